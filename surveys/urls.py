"""Addresses of the annual survey."""

from django.urls import include, path

from surveys.views import (
    answers,
    asides,
    calls,
    campaign,
    keying,
    printing,
    questionnaires,
    silence,
    waves,
    web,
    web_agreements,
    web_answer,
)

app_name = "surveys"
staff = [
    path("secondes-reponses/<uuid:uid>/", asides.aside_show, name="aside-show"),
    path("<uuid:uid>/secondes-reponses/", asides.aside_list, name="aside-list"),
    path("", campaign.campaign_list, name="campaign-list"),
    path("nouvelle/", campaign.campaign_new, name="campaign-new"),
    path("questionnaires/", questionnaires.questionnaire_list, name="questionnaire-list"),
    path(
        "questionnaires/verifier/", questionnaires.questionnaire_check, name="questionnaire-check"
    ),
    path(
        "questionnaires/comparer/",
        questionnaires.questionnaire_compare,
        name="questionnaire-compare",
    ),
    path(
        "questionnaires/<slug:name>/codes.csv",
        questionnaires.questionnaire_codes,
        name="questionnaire-codes",
    ),
    path(
        "questionnaires/<slug:name>/codes.pdf",
        questionnaires.questionnaire_paper,
        name="questionnaire-paper",
    ),
    path(
        "questionnaires/<slug:name>/xlsform.xlsx",
        questionnaires.questionnaire_xlsform,
        name="questionnaire-xlsform",
    ),
    path("questionnaires/<slug:name>/", printing.questionnaire_sample, name="questionnaire-sample"),
    path("impressions/<uuid:uid>/", printing.printing_show, name="printing-show"),
    path("impressions/<uuid:uid>/fichier/", printing.printing_file, name="printing-file"),
    path("<uuid:uid>/", campaign.campaign_show, name="campaign-show"),
    path("<uuid:uid>/sans-reponse/", campaign.campaign_silent, name="campaign-silent"),
    path("<uuid:uid>/residences/", silence.silence_residences, name="silence-residences"),
    path("<uuid:uid>/retours/", silence.silence_returns, name="silence-returns"),
    path("<uuid:uid>/questions/", silence.silence_questions, name="silence-questions"),
    path("<uuid:uid>/ne-repondent-plus/", silence.silence_people, name="silence-people"),
    path("<uuid:uid>/nouveaux/", campaign.campaign_newcomers, name="campaign-newcomers"),
    path("<uuid:uid>/relances/nouvelle/", waves.wave_new, name="wave-new"),
    path("relances/<uuid:uid>/", waves.wave_show, name="wave-show"),
    path("relances/<uuid:uid>/annuler/", waves.wave_cancel, name="wave-cancel"),
    path("relances/<uuid:uid>/reprendre/", waves.wave_resume, name="wave-resume"),
    path("relances/<uuid:uid>/lettres/", waves.wave_file, name="wave-file"),
    path("<uuid:uid>/imprimer/", printing.printing_start, name="printing-start"),
    path("<uuid:uid>/reponses/", answers.answers_new, name="answers-new"),
    path("<uuid:uid>/appels/", calls.call_list, name="call-list"),
    path("<uuid:uid>/appels/suivante/", calls.call_next, name="call-next"),
    path("<uuid:uid>/appels/<uuid:person>/", calls.call_sheet, name="call-sheet"),
    path("<uuid:uid>/appels/<uuid:person>/enregistrer/", calls.call_save, name="call-save"),
    path("<uuid:uid>/appels/<uuid:person>/resultat/", calls.call_outcome, name="call-outcome"),
    path("<uuid:uid>/appels/<int:pk>/annuler/", calls.call_undo, name="call-undo"),
    path("<uuid:uid>/appels/<int:pk>/verifier/", calls.call_check, name="call-check"),
    path("<uuid:uid>/saisie/", keying.keying_start, name="keying-start"),
    path("<uuid:uid>/saisie/a-ressaisir/", keying.keying_again, name="keying-again"),
    path("<uuid:uid>/saisie/<slug:reference>/", keying.keying_sheet, name="keying-sheet"),
]
public = [
    path("", web.web_home, name="web-home"),
    path("recu/<str:token>/", web.web_receipt, name="web-receipt"),
    path("<str:reference>/", web.web_open, name="web-open"),
    path("<str:reference>/debut/", web.web_start, name="web-start"),
    path("<str:reference>/question/<slug:code>/", web_answer.web_question, name="web-question"),
    path("<str:reference>/questions/", web_answer.web_all, name="web-all"),
    path("<str:reference>/deux-pages/", web_answer.web_clash, name="web-clash"),
    path("<str:reference>/relire/", web.web_check, name="web-check"),
    path("<str:reference>/plus-tard/", web.web_later, name="web-later"),
    path("<str:reference>/accords/", web_agreements.web_agreements, name="web-agreements"),
    path("<str:reference>/effacer/", web.web_forget, name="web-forget"),
]
urlpatterns = [path("enquetes/", include(staff)), path("enquete/", include(public))]
