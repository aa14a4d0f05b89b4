"""Addresses of the tenant records, imports and scores."""

from django.urls import path

from seniors.views import accounts, consents, imports, merges, runs, senior

app_name = "seniors"
urlpatterns = [
    path("", senior.senior_list, name="senior-list"),
    path("<uuid:uid>/", senior.senior_show, name="senior-show"),
    path("<uuid:uid>/corriger/", senior.senior_correct, name="senior-correct"),
    path("<uuid:uid>/corriger/<slug:code>/", senior.fact_correct, name="fact-correct"),
    path(
        "<uuid:uid>/accords/<slug:kind>/retirer/",
        consents.consent_withdraw,
        name="consent-withdraw",
    ),
    path("<uuid:uid>/lettre/", consents.letter_show, name="letter-show"),
    path("<uuid:uid>/effacer/", consents.erase, name="erase"),
    path("doublons/", merges.merge_list, name="merge-list"),
    path("doublons/<uuid:kept>/<uuid:absorbed>/", merges.merge_compare, name="merge-compare"),
    path("doublons/<uuid:kept>/<uuid:absorbed>/deux/", merges.merge_refuse, name="merge-refuse"),
    path("doublons/<int:pk>/annuler/", merges.merge_undo, name="merge-undo"),
    path("comptes/", accounts.account_list, name="account-list"),
    path("comptes/nouveau/", accounts.account_new, name="account-new"),
    path("comptes/<int:pk>/", accounts.account_edit, name="account-edit"),
    path("comptes/<int:pk>/mot-de-passe/", accounts.account_password, name="account-password"),
    path("<uuid:uid>/opposition/", senior.objection_new, name="objection-new"),
    path("<uuid:uid>/opposition/<int:pk>/lever/", senior.objection_lift, name="objection-lift"),
    path("conservation/", consents.retention_show, name="retention-show"),
    path("imports/", imports.import_list, name="import-list"),
    path("imports/nouveau/", imports.import_new, name="import-new"),
    path("imports/<uuid:uid>/", imports.import_show, name="import-show"),
    path("imports/<uuid:uid>/colonnes/", imports.import_columns, name="import-columns"),
    path("imports/<uuid:uid>/enregistrer/", imports.import_apply, name="import-apply"),
    path("imports/<uuid:uid>/clore/", imports.import_close_many, name="import-close-many"),
    path("imports/<uuid:uid>/reprendre/", imports.import_restart, name="import-restart"),
    path("imports/<uuid:uid>/annuler/", imports.import_cancel, name="import-cancel"),
    path("imports/<uuid:uid>/refus/", imports.import_refusals, name="import-refusals"),
    path("calculs/", runs.run_list, name="run-list"),
    path("calculs/lancer/", runs.run_start, name="run-start"),
    path("calculs/<uuid:uid>/", runs.run_show, name="run-show"),
    path("calculs/<uuid:uid>/verifier/", runs.run_check, name="run-check"),
]
