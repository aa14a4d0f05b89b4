"""Addresses of the exports: asked for, approved, downloaded."""

from django.urls import path

from visits.views import releases

urlpatterns = [
    path("", releases.index, name="release-list"),
    path("demander/", releases.new, name="release-new"),
    path("conventions/", releases.conventions, name="convention-list"),
    path("conventions/nouvelle/", releases.convention_new, name="convention-new"),
    path("conventions/<uuid:uid>/", releases.convention_edit, name="convention-edit"),
    path("<uuid:uid>/", releases.show, name="release-show"),
    path("<uuid:uid>/approuver/", releases.approve, name="release-approve"),
    path("<uuid:uid>/refuser/", releases.refuse, name="release-refuse"),
    path("<uuid:uid>/export.zip", releases.file, name="release-file"),
]
