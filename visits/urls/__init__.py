"""Addresses of the visits, one module per thing; `public` and `home` stand at the site's root."""

from django.urls import include, path

app_name = "visits"
urlpatterns = [
    path("visites/semaine/", include("visits.urls.week")),
    path("visites/terrain/", include("visits.urls.field")),
    path("visites/fiche/", include("visits.urls.form")),
    path("visites/locataire/", include("visits.urls.sheet")),
    path("visites/", include("visits.urls.lists")),
    path("signalements/", include("visits.urls.watch")),
    path("actions/", include("visits.urls.actions")),
    path("partenaires/", include("visits.urls.partners")),
    path("pilotage/travaux/", include("visits.urls.works")),
    path("pilotage/programmes/", include("visits.urls.programmes")),
    path("pilotage/parc/", include("visits.urls.stock")),
    path("pilotage/tableaux/", include("visits.urls.workbooks")),
    path("pilotage/", include("visits.urls.steering")),
    path("dispositifs/", include("visits.urls.evaluation")),
    path("exports/", include("visits.urls.releases")),
]
