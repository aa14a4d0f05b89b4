"""Addresses of the backlog of adaptations and its money."""

from django.urls import path

from visits.views import works, works_lots, works_money, works_prices

urlpatterns = [
    path("", works.index, name="works-list"),
    path("travaux.xlsx", works.workbook, name="works-workbook"),
    path("vues/", works.view_save, name="works-view-save"),
    path("vues/<int:pk>/retirer/", works.view_drop, name="works-view-drop"),
    path("residence/<int:pk>/", works.residence, name="works-residence"),
    path("delais/", works.delays_page, name="works-delays"),
    path("lots/", works_lots.index, name="works-lot-list"),
    path("lots/nouveau/", works_lots.new, name="works-lot-new"),
    path("lots/<uuid:uid>/", works_lots.show, name="works-lot-show"),
    path("lots/<uuid:uid>/annuler/", works_lots.cancel, name="works-lot-cancel"),
    path("lots/<uuid:uid>/bon.pdf", works_lots.sheet, name="works-lot-order"),
    path("lots/<uuid:uid>/bon.xlsx", works_lots.workbook, name="works-lot-workbook"),
    path("<uuid:uid>/", works_money.show, name="works-show"),
    path("<uuid:uid>/facture/", works_money.invoice_new, name="works-invoice-new"),
    path("facture/<uuid:uid>/", works_money.invoice_edit, name="works-invoice"),
    path("facture/<uuid:uid>/retirer/", works_money.invoice_remove, name="works-invoice-remove"),
    path("taxe/", works_money.register, name="works-tax"),
    path("taxe/<int:year>/<int:residence>/", works_money.register_mark, name="works-tax-mark"),
    path("taxe/<int:year>.xlsx", works_money.register_workbook, name="works-tax-workbook"),
    path("budget/", works_money.budget, name="works-budget"),
    path("budget/<int:year>/<slug:funder>/", works_money.budget_edit, name="works-budget-edit"),
    path("prix/", works_prices.index, name="works-prices"),
    path("prix/<int:pk>/", works_prices.edit, name="works-price"),
]
