"""The address that a partner was given: no account, one file."""

from django.urls import path

from visits.views import referral

urlpatterns = [
    path("<str:secret>/", referral.show, name="referral-show"),
    path("<str:secret>/reponse/", referral.answer, name="referral-answer"),
    path("<str:secret>/fiche.pdf", referral.paper, name="referral-paper"),
]
