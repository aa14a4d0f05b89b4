"""Addresses that the phone calls: its page, its day, its forms; and the page of the phones."""

from django.urls import path

from visits.views import devices, field, urgent

urlpatterns = [
    path("", field.page, name="field-page"),
    path("hors-ligne/", field.away, name="field-away"),
    path("sw.js", field.worker, name="field-worker"),
    path("contact/", field.contact, name="field-contact"),
    path("bloques/", field.blocked, name="field-blocked"),
    path("jour/", field.day, name="field-day"),
    path("urgences/", urgent.phone, name="field-urgent"),
    path("appareil/", field.enrol, name="device-enrol"),
    path("appareil/<uuid:uid>/cle/", field.key, name="device-key"),
    path("mot-de-passe/", field.type_password, name="field-password"),
    path("visites/", field.forms, name="field-forms"),
    path("photos/<uuid:uid>/", field.photo, name="field-photo"),
    path("appareils/", devices.index, name="device-list"),
    path("appareils/<uuid:uid>/bloquer/", devices.revoke, name="device-revoke"),
    path("appareils/<uuid:uid>/debloquer/", devices.restore, name="device-restore"),
]
