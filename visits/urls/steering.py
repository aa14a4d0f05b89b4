"""Addresses of what managers steer by: the chain, the budget, what comes."""

from django.urls import path

from visits.views import future, scenarios, steering

urlpatterns = [
    path("", steering.show, name="steering-show"),
    path("pilotage.xlsx", steering.workbook, name="steering-workbook"),
    path("rapport.pdf", steering.report, name="steering-report"),
    path("recalculer/", steering.recount, name="steering-recount"),
    path("avenir/", future.show, name="steering-future"),
    path("avenir/avenir.xlsx", future.workbook, name="steering-future-workbook"),
    path("scenarios/", scenarios.show, name="steering-scenarios"),
    path("scenarios/scenarios.xlsx", scenarios.workbook, name="steering-scenarios-workbook"),
]
