"""Addresses of the signals and of the links that bring them."""

from django.urls import path

from visits.views import watch, watch_links

urlpatterns = [
    path("", watch.inbox, name="signal-list"),
    path("nouveau/", watch.new, name="signal-new"),
    path("suites/", watch.yields, name="signal-yields"),
    path("<uuid:uid>/", watch.show, name="signal-show"),
    path("<uuid:uid>/prendre/", watch.take, name="signal-take"),
    path("<uuid:uid>/personne/", watch.match, name="signal-match"),
    path("<uuid:uid>/clore/", watch.close, name="signal-close"),
    path("<uuid:uid>/rouvrir/", watch.reopen, name="signal-reopen"),
    path("liens/", watch_links.index, name="signal-links"),
    path("liens/nouveau/<int:residence>/", watch_links.new, name="signal-link-new"),
    path("liens/<uuid:uid>/bloquer/", watch_links.revoke, name="signal-link-revoke"),
    path("liens/<uuid:uid>/affiche.pdf", watch_links.poster, name="signal-link-poster"),
    path("liens/<uuid:uid>/cartes.pdf", watch_links.cards, name="signal-link-cards"),
]
