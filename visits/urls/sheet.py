"""Addresses of what is done from a senior's sheet."""

from django.urls import path

from visits.views import sheet

urlpatterns = [
    path("<uuid:senior>/prevoir/", sheet.plan, name="sheet-plan"),
    path("<uuid:senior>/pause/", sheet.mute, name="sheet-mute"),
    path("<uuid:senior>/avis/", sheet.contest, name="sheet-contest"),
]
