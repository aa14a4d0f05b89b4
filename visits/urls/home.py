"""The address of the first page, apart from those of the visit lists."""

from django.urls import path

from visits.views import home

urlpatterns = [path("", home.home, name="home")]
