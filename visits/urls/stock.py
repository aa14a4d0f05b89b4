"""Addresses of the stock under the landlord's label, and of the vacant dwellings."""

from django.urls import path

from visits.views import programme_tables, stock, stock_homes, stock_label

urlpatterns = [
    path("", stock.index, name="stock-list"),
    path("parc.xlsx", stock.workbook, name="stock-workbook"),
    path("mettre-a-jour/", stock.refresh, name="stock-refresh"),
    path("residence/<int:pk>/", stock.residence, name="stock-residence"),
    path("residence/<int:pk>/noter/", stock.note_many, name="stock-note"),
    path("residence/<int:pk>/preuves/", stock.evidence, name="stock-evidence"),
    path("criteres/", programme_tables.criteria, name="stock-import"),
    path("vacants/", stock_homes.vacancies, name="stock-vacant"),
    path("logement/<uuid:uid>/", stock_homes.show, name="stock-dwelling"),
    path("logement/<uuid:uid>/<uuid:senior>/", stock_homes.propose, name="stock-propose"),
    path("propose/<uuid:uid>/decline/", stock_homes.decline, name="stock-decline"),
    path("locataire/<uuid:uid>/", stock_homes.person, name="stock-person"),
    path("label/", stock_label.show, name="stock-label"),
    path("label/niveau/nouveau/", stock_label.level_new, name="stock-level-new"),
    path("label/niveau/<int:pk>/", stock_label.level_edit, name="stock-level"),
    path("label/niveau/<int:pk>/monter/", stock_label.level_raise, name="stock-level-raise"),
    path("label/niveau/<int:pk>/retirer/", stock_label.level_remove, name="stock-level-remove"),
    path("label/critere/nouveau/", stock_label.criterion_new, name="stock-criterion-new"),
    path("label/critere/<int:pk>/", stock_label.criterion_edit, name="stock-criterion"),
    path(
        "label/critere/<int:pk>/retirer/",
        stock_label.criterion_remove,
        name="stock-criterion-remove",
    ),
]
