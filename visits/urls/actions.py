"""Addresses of needs, actions, and what is handed over."""

from django.urls import path

from visits.views import action_mends, actions, hand_over

urlpatterns = [
    path("", actions.index, name="action-list"),
    path("liste.xlsx", actions.workbook, name="action-workbook"),
    path("nouvelle/", actions.new, name="action-new"),
    path("ensemble/", actions.many, name="action-many"),
    path("confier/", action_mends.hand_on_many, name="action-give-many"),
    path("logements/", actions.homes, name="action-homes"),
    path("besoin/<uuid:uid>/clore/", actions.need_close, name="action-need-close"),
    path("besoin/<uuid:uid>/rouvrir/", action_mends.need_open, name="action-need-open"),
    path("accord/<int:pk>/retirer/", hand_over.withdraw_agreement, name="action-withdraw"),
    path("<uuid:uid>/", actions.show, name="action-show"),
    path("<uuid:uid>/avancer/", actions.step_on, name="action-step"),
    path("<uuid:uid>/reprendre/", action_mends.step_back, name="action-step-back"),
    path("<uuid:uid>/confier/", action_mends.hand_on, name="action-give"),
    path("<uuid:uid>/transmettre.pdf", hand_over.paper, name="action-paper"),
    path("<uuid:uid>/lien/", hand_over.link, name="action-link"),
]
