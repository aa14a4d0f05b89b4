"""The demonstration: an invented landlord taken through the doors that a real one goes through.

Each step first looks whether it is done, so that the whole may be run again and goes on from what
is there. The landlord's files are made by `seniors.demo`; its truth is never read here. A new step
is a module with one gesture, and one line in `steps`.
"""

from seniors.demo.landlord import FIRST_EXTRACT, LATER, OCCUPANTS, STOCK
from visits.demo import desk
from visits.demo.actions import follow_up
from visits.demo.agreements import take_back
from visits.demo.field import see_the_field
from visits.demo.files import import_file, make_files, migrate
from visits.demo.lists import propose_lists, score
from visits.demo.measures import try_measures
from visits.demo.people import PASSWORD, accounts, open_accounts
from visits.demo.plan import Demo, OtherDemo, Step, begin, spaced
from visits.demo.programmes import plan_works
from visits.demo.releases import sign_convention
from visits.demo.stock import look_at_stock
from visits.demo.survey import ask_last_year, import_answers, open_campaign
from visits.demo.week import live_the_week
from visits.demo.works import fund_works

__all__ = ["PASSWORD", "Demo", "OtherDemo", "accounts", "begin", "steps"]


def steps(demo: Demo) -> tuple[Step, ...]:
    """What is to be done, in order."""
    before = demo.as_of - FIRST_EXTRACT
    # What a person chooses once on screen: the codes of PMR are not published.
    accessible = {"is_accessible": {"1": "1", "2": "0"}}
    return (
        Step("database", "Base de données", migrate),
        Step(
            "files",
            f"Bailleur inventé de {spaced(demo.dwellings)} logements",
            lambda: make_files(demo),
        ),
        Step(
            "stock",
            "Logements",
            lambda: import_file(demo, STOCK, "dwellings", before, values=accessible),
        ),
        Step("people", "Occupants", lambda: import_file(demo, OCCUPANTS, "occupants", before)),
        Step("accounts", "Comptes et territoires", open_accounts),
        Step("last_year", "Enquête de l’an passé", lambda: ask_last_year(demo)),
        Step("campaign", "Enquête annuelle", lambda: open_campaign(demo)),
        Step("answers", "Réponses à l’enquête", lambda: import_answers(demo)),
        Step(
            "later",
            "Occupants six mois après",
            lambda: import_file(demo, LATER, "occupants", demo.as_of),
        ),
        Step("field", "Visites, signalements, oppositions", lambda: see_the_field(demo)),
        Step("score", "Ordre de visite", lambda: score(demo)),
        Step("lists", "Listes de visites", lambda: propose_lists(demo)),
        Step("reminders", "Relances de l’enquête", lambda: desk.remind(demo)),
        Step("desk", "Papiers, téléphone, réponses en ligne", lambda: desk.receive(demo)),
        Step("calls", "Appels", lambda: desk.call(demo)),
        Step("agreements", "Accords retirés", lambda: take_back(demo)),
        Step("week", "Rendez-vous de la semaine", lambda: live_the_week(demo)),
        Step("actions", "Partenaires et actions", lambda: follow_up(demo)),
        Step("works", "Travaux, factures, budgets", lambda: fund_works(demo)),
        Step("programmes", "Programmes de travaux", lambda: plan_works(demo)),
        Step("homes", "Parc adapté", lambda: look_at_stock(demo)),
        Step("measures", "Dispositifs", lambda: try_measures(demo)),
        Step("releases", "Convention d’export", lambda: sign_convention(demo)),
    )
