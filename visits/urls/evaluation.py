"""Addresses of the measures: their figures, their effect, what was decided."""

from django.urls import path

from visits.views import measures

urlpatterns = [
    path("", measures.index, name="measure-list"),
    path("nouveau/", measures.new, name="measure-new"),
    path("<uuid:uid>/", measures.show, name="measure-show"),
    path("<uuid:uid>/modifier/", measures.edit, name="measure-edit"),
    path("<uuid:uid>/lieux/", measures.add_sites, name="measure-add-sites"),
    path("<uuid:uid>/lieux/<int:pk>/retirer/", measures.remove_site, name="measure-remove-site"),
    path("<uuid:uid>/decision/", measures.decide, name="measure-decide"),
    path("<uuid:uid>/effet/<slug:code>/", measures.effect, name="measure-effect"),
    path("<uuid:uid>/effet/<slug:code>/calcul/", measures.compute, name="measure-compute"),
    path("<uuid:uid>/calcul/", measures.compute_all, name="measure-compute-all"),
    path("<uuid:uid>/fiche.pdf", measures.sheet, name="measure-sheet"),
]
