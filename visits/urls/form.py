"""Addresses of the visit form on line and from paper, and of what must be settled."""

from django.urls import path

from visits.views import form, settle

urlpatterns = [
    path("", form.index, name="form-drafts"),
    path("recu/<uuid:uid>/", form.receipt, name="form-receipt"),
    path("a-trancher/", settle.index, name="clash-list"),
    path("a-trancher/<int:pk>/", settle.choose, name="clash-settle"),
    path("mise-de-cote/<int:pk>/", settle.aside, name="aside-show"),
    path("photo/<uuid:uid>/", form.photo, name="photo-show"),
    path("<uuid:senior>/", form.fill, name="form-fill"),
    path("<uuid:senior>/champ/", form.save, name="form-save"),
    path("<uuid:senior>/relire/", form.review, name="form-review"),
    path("<uuid:senior>/abandonner/", form.discard, name="form-discard"),
    path("<uuid:senior>/photo/<slug:room>/", form.add_photo, name="photo-add"),
]
