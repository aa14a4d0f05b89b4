"""Addresses of the partners and of the catalogue of actions."""

from django.urls import path

from visits.views import partners

urlpatterns = [
    path("", partners.index, name="partner-list"),
    path("nouveau/", partners.new, name="partner-new"),
    path("catalogue/", partners.kinds, name="kind-list"),
    path("catalogue/nouvelle/", partners.kind_new, name="kind-new"),
    path("catalogue/<int:pk>/", partners.kind_edit, name="kind-edit"),
    path("catalogue/<int:pk>/deplacer/", partners.kind_move, name="kind-move"),
    path("catalogue/<int:pk>/retirer/", partners.kind_close, name="kind-close"),
    path("<uuid:uid>/", partners.show, name="partner-show"),
    path("<uuid:uid>/modifier/", partners.edit, name="partner-edit"),
    path("<uuid:uid>/retirer/", partners.close, name="partner-close"),
    path("<uuid:uid>/presence/", partners.attendance, name="partner-attendance"),
]
