"""Addresses of the officer's week: appointments, round, papers, stand-ins."""

from django.urls import path

from visits.views import cover, urgent, week, week_outcomes, week_papers

urlpatterns = [
    path("", week.show, name="week-show"),
    path("placer/", week.plan, name="week-plan"),
    path("proposer/", week.propose, name="week-propose"),
    path("retirer/", week.take_back, name="week-take-back"),
    path("prevenir/", week.tell, name="week-tell"),
    path("ordonner/", week.order, name="week-order"),
    path("ordre/", week.set_order, name="week-set-order"),
    path("<uuid:uid>/deplacer/", week.move, name="week-move"),
    path("<uuid:uid>/annuler/", week.cancel, name="week-cancel"),
    path("issue/", week_outcomes.outcome, name="week-outcome"),
    path("issue/annuler/", week_outcomes.undo, name="week-outcome-undo"),
    path("urgences/", urgent.board, name="week-urgent"),
    path("urgences/vu/", urgent.see, name="week-urgent-see"),
    path("lettres.pdf", week_papers.letters, name="week-letters"),
    path("<uuid:uid>/lettre.pdf", week_papers.letter, name="week-letter"),
    path("agenda.ics", week_papers.calendar, name="week-calendar"),
    path("<uuid:uid>/visite.ics", week_papers.event, name="week-event"),
    path("tournee.pdf", week_papers.round_sheet, name="week-round"),
    path("remplacements/", cover.index, name="cover-list"),
    path("remplacements/<int:pk>/finir/", cover.end, name="cover-end"),
    path("departs/", cover.departures, name="departure-list"),
    path("pauses/<int:pk>/lever/", cover.lift, name="mute-lift"),
]
