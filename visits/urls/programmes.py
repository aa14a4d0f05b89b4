"""Addresses of programmes of works and of what stands around residences."""

from django.urls import path

from visits.views import programme_tables, programmes

urlpatterns = [
    path("", programmes.index, name="programme-list"),
    path("nouveau/", programmes.new, name="programme-new"),
    path("importer/", programme_tables.programmes, name="programme-import"),
    path("environs/importer/", programme_tables.around, name="surroundings-import"),
    path("environs/<int:pk>/", programmes.surroundings_edit, name="surroundings-edit"),
    path("<uuid:uid>/", programmes.show, name="programme-show"),
    path("<uuid:uid>/modifier/", programmes.edit, name="programme-edit"),
    path("<uuid:uid>/retirer/", programmes.remove, name="programme-remove"),
    path("<uuid:uid>/lancer/<int:kind>/", programmes.launch, name="programme-launch"),
]
