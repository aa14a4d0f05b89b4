"""Addresses of the visit lists."""

from django.urls import path

from visits.views import lists, papers

urlpatterns = [
    path("", lists.index, name="list-index"),
    path("nouvelle/", lists.new, name="list-new"),
    path("nouvelle/effectif/", lists.reach, name="list-reach"),
    path("<uuid:uid>/", lists.show, name="list-show"),
    path("<uuid:uid>/proposer/", lists.again, name="list-again"),
    path("<uuid:uid>/publier/", lists.publish, name="list-publish"),
    path("<uuid:uid>/supprimer/", lists.discard, name="list-discard"),
    path("<uuid:uid>/ajouter/", lists.add, name="list-add"),
    path("<uuid:uid>/voisin/<int:neighbour>/", lists.add_neighbour, name="list-neighbour"),
    path("<uuid:uid>/ecarter/<int:entry>/", lists.skip, name="list-skip"),
    path("<uuid:uid>/remettre/<int:entry>/", lists.unskip, name="list-unskip"),
    path("<uuid:uid>/liste.xlsx", papers.workbook, name="list-workbook"),
    path("<uuid:uid>/tournee.pdf", papers.round_sheet, name="list-round"),
    path("<uuid:uid>/fiches.pdf", papers.forms, name="list-forms"),
    path("<uuid:uid>/fiche/<int:entry>.pdf", papers.form, name="list-form"),
]
