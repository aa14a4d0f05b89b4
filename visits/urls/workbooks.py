"""Addresses of the long lists that are written apart."""

from django.urls import path

from visits.views import workbooks

urlpatterns = [
    path("", workbooks.ask, name="workbook-ask"),
    path("<uuid:uid>/", workbooks.show, name="workbook-show"),
    path("<uuid:uid>/tableau.xlsx", workbooks.file, name="workbook-file"),
]
