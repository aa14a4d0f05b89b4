"""Addresses open to anyone who has a watch link; they stand at the site's root, short to type."""

from django.urls import path

from visits.views import report

urlpatterns = [
    path("veille/<str:token>/", report.report, name="watch-report"),
    path("veille/<str:token>/envoi/", report.send, name="watch-send"),
    path("veille/<str:token>/merci/", report.thanks, name="watch-thanks"),
    path("veille/<str:token>/merci/<str:ticket>/", report.thanks, name="watch-done"),
    path("veille/<str:token>/merci/<str:ticket>/suite/", report.complete, name="watch-complete"),
]
