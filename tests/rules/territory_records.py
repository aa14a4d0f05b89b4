"""Real records of one territory, and the addresses that name them."""

import base64
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from seniors import merge
from seniors.enums import ConsentKind, Role
from seniors.fragility.store import score_seniors
from seniors.models import (
    Dwelling,
    GridVersion,
    ImportRun,
    Objection,
    ScoreRun,
    Senior,
    Territory,
    User,
)
from surveys.models import Call, Invitation, Printing, Response, Wave
from surveys.receiving import intake
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.seniors.importing import csv_file, previewed
from tests.surveys.make import make_campaign
from tests.visits.acting import make_action, make_partner
from tests.visits.phone_makers import make_form, sealed
from tests.visits.sending import send
from tests.visits.weekly import coming_monday
from visits import workbooks
from visits.enums import Slot, State
from visits.models import (
    Action,
    ActionKind,
    Appointment,
    AsideForm,
    Clash,
    Convention,
    Cover,
    Device,
    Invoice,
    Measure,
    MeasureSite,
    Mute,
    Partner,
    Photo,
    Programme,
    Release,
    SavedView,
    Signal,
    StockCriterion,
    StockLevel,
    Visit,
    VisitDraft,
    VisitList,
    WatchLink,
    WorksLot,
)
from visits.phone import phones
from visits.stock.offers import propose
from visits.works.invoices import save_invoice
from visits.works.lots import launch


class Cast:
    """Two territories, who works there, and a person at home in the first.

    `mark` is then the name of all that is of the first: people, residence, partners, a colleague.
    """

    def __init__(self, mark: str = "") -> None:
        self.here, self.there = make_territory(), make_territory()
        self.mark = mark
        named = {"last_name": mark} if mark else {}
        self.owner = make_user(Role.OFFICER, self.here)
        self.colleague = make_user(Role.OFFICER, self.here, **named)
        self.manager = make_user(Role.MANAGER, self.here)
        self.far_officer = make_user(Role.OFFICER, self.there)
        self.far_manager = make_user(Role.MANAGER, self.there)
        self.evaluator = make_user(Role.EVALUATOR, self.here)
        self.administrator = make_user(Role.ADMINISTRATOR)
        self.senior = someone(self.here, mark)


@dataclass(frozen=True)
class Ask:
    """What an address holds, its query, and what is posted there (JSON for the phone)."""

    args: tuple = ()
    query: dict[str, Any] = field(default_factory=dict)
    posted: dict[str, Any] | None = None
    json: bool = False


def someone(territory: Territory, mark: str = "") -> Senior:
    """A person at home there."""
    place = {"name": mark} if mark else {}
    named = {"last_name": mark} if mark else {}
    return make_senior(make_dwelling(make_residence(territory, **place)), **named)


def today() -> date:
    return timezone.localdate()


def kept_file(name: str) -> str:
    """A file among those that the site keeps."""
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"%PDF-")
    return name


# Seniors


def objection(cast: Cast) -> Ask:
    made = Objection.objects.create(senior=cast.senior, since=today(), reason="Ne veut pas")
    return Ask((cast.senior.uid, made.pk))


def pair(cast: Cast) -> Ask:
    return Ask((cast.senior.uid, someone(cast.here).uid))


def pair_across(cast: Cast) -> Ask:
    """Two records, one of each territory."""
    return Ask((cast.senior.uid, someone(cast.there).uid))


def merged(cast: Cast) -> Ask:
    other = someone(cast.here)
    chosen = {clash.field: "kept" for clash in merge.clashes(cast.senior, other)}
    return Ask((merge.merge(cast.senior, other, chosen, by=cast.administrator).pk,))


def import_run(cast: Cast) -> ImportRun:
    """A file of dwellings read, one row of which is refused."""
    row = {"IDENT_INT": "L1", "RESIDENCE": "Kerfeunteun", "DEPCOM": "29232", "LIBCOM": "Quimper"}
    row |= {"NUMVOIE": "3", "NOMVOIE": "RUE DE LA PAIX", "ETAGE": "2"}
    path = Path(settings.MEDIA_ROOT) / kept_file("logements.csv")
    return previewed(csv_file(path, [row, row | {"IDENT_INT": "L2", "ETAGE": "haut"}]), "dwellings")


def import_under_way(cast: Cast) -> Ask:
    run = import_run(cast)
    ImportRun.objects.update(state=ImportRun.State.PREVIEWING)
    return Ask((run.uid,))


# Surveys


def printing(cast: Cast, by: User | None = None) -> Ask:
    made = Printing.objects.create(
        campaign=make_campaign(cast.here),
        territory=cast.here,
        copies=1,
        created_by=by or cast.manager,
        finished_at=timezone.now(),
        stored_as=kept_file("questionnaires.pdf"),
    )
    return Ask((made.uid,))


def asked(cast: Cast, senior: Senior | None = None) -> Invitation:
    """The person at home here, or another, asked in a campaign of both territories."""
    senior = senior or cast.senior
    make_campaign(cast.here, cast.there)
    return Invitation.objects.select_related("campaign").get(senior=senior)


def paper(cast: Cast, senior: Senior | None = None) -> Ask:
    invitation = asked(cast, senior)
    return Ask((invitation.campaign.uid, invitation.reference))


def person_to_call(cast: Cast, senior: Senior | None = None) -> Ask:
    invitation = asked(cast, senior)
    return Ask((invitation.campaign.uid, invitation.senior.uid))


def call(cast: Cast, senior: Senior | None = None) -> Ask:
    """She was said dead on the telephone, a minute ago."""
    invitation = asked(cast, senior)
    made = Call.objects.create(
        invitation=invitation, by=cast.owner, at=timezone.now(), outcome=Call.Outcome.DIED
    )
    return Ask((invitation.campaign.uid, made.pk), posted={"said": "true"})


def wave(cast: Cast, *territories: Territory) -> Ask:
    """Letters drawn for these territories, all of one campaign."""
    made = Wave.objects.create(
        campaign=make_campaign(*territories),
        channel="letter",
        planned_on=today(),
        created_by=cast.administrator,
        started_at=timezone.now(),
        finished_at=timezone.now(),
        stored_as=kept_file("relances.pdf"),
    )
    made.territories.set(territories)
    return Ask((made.uid,))


# Lists and the week


def visit_list(cast: Cast, officer: User | None = None) -> VisitList:
    """A draft of the owner with one person, or of `officer` in the other territory."""
    officer = officer or cast.owner
    grid = GridVersion.objects.get_or_create(digest="x", version="x", text="")[0]
    made = VisitList.objects.create(
        officer=officer,
        score_run=ScoreRun.objects.create(grid=grid, as_of=today()),
        starts_on=coming_monday(),
        ends_on=coming_monday() + timedelta(days=4),
        capacity=1,
        seed=1,
        random_share=0,
        silent_share=0,
        revisit_months=12,
    )
    territory = officer.territories.get()
    made.territories.set([territory])
    senior = cast.senior if territory == cast.here else someone(territory)
    made.entries.create(senior=senior, position=1, why="score", reason="82 ans.", total=60.0)
    return made


def entry(cast: Cast) -> Ask:
    made = visit_list(cast)
    return Ask((made.uid, made.entries.get().pk))


def entry_of_another_list(cast: Cast) -> Ask:
    """A line of the other territory, under the address of a list of this one."""
    other = visit_list(cast, cast.far_officer)
    return Ask((visit_list(cast).uid, other.entries.get().pk))


def neighbour(cast: Cast) -> Ask:
    made = visit_list(cast)
    near = {"near": made.entries.get(), "senior": someone(cast.here), "closeness": 2}
    return Ask((made.uid, made.neighbours.create(reason="Même résidence.", **near).pk))


def addition_from_afar(cast: Cast) -> Ask:
    """Someone of the territory, asked for on a list of the other one."""
    theirs = visit_list(cast, cast.far_officer)
    return Ask((theirs.uid,), posted={"senior": cast.senior.uid, "because": "Voisine"})


def list_posted(cast: Cast) -> Ask:
    made = visit_list(cast)
    VisitList.objects.update(published_at=timezone.now(), published_by=cast.owner)
    return Ask(posted={"list": made.uid})


def moment(**named: Any) -> Ask:
    """A half-day asked for someone."""
    return Ask(posted={"day": coming_monday(), "slot": Slot.MORNING} | named)


def entry_planned(cast: Cast) -> Ask:
    list_posted(cast)
    return moment(entry=VisitList.objects.get().entries.get().pk)


def appointment(cast: Cast, day: date | None = None) -> Appointment:
    return Appointment.objects.create(
        senior=cast.senior,
        officer=cast.owner,
        day=day or coming_monday(),
        slot=Slot.MORNING,
        created_by=cast.owner,
    )


def week(cast: Cast) -> Ask:
    """The week of the owner, with an appointment."""
    return Ask(query={"pour": cast.owner.pk, "le": appointment(cast).day})


def cover(cast: Cast) -> Cover:
    """The colleague stands in for the owner from today."""
    return Cover.objects.create(
        officer=cast.owner,
        colleague=cast.colleague,
        starts_on=today(),
        ends_on=today() + timedelta(days=3),
        created_by=cast.owner,
    )


def cover_asked(cast: Cast, colleague: User) -> Ask:
    """The owner is away from tomorrow, and this one stands in."""
    days = {"starts_on": today() + timedelta(days=1), "ends_on": today() + timedelta(days=3)}
    return Ask(posted={"officer": cast.owner.pk, "colleague": colleague.pk} | days)


def list_covered(cast: Cast) -> Ask:
    cover(cast)
    return Ask((visit_list(cast).uid,))


def week_covered(cast: Cast) -> Ask:
    cover(cast)
    return week(cast)


def mute(cast: Cast) -> Ask:
    made = Mute.objects.create(
        senior=cast.senior, why=Mute.Why.REFUSED, since=today(), created_by=cast.owner
    )
    return Ask((made.pk,))


def visit_posted(cast: Cast) -> Ask:
    made = Visit.objects.create(
        senior=cast.senior, made_on=today(), outcome=Visit.Outcome.ABSENT, made_by=cast.owner
    )
    return Ask(posted={"visit": made.uid})


# Forms and phones


def draft(cast: Cast) -> Ask:
    VisitDraft.objects.create(senior=cast.senior, officer=cast.owner, channel="desk")
    return Ask((cast.senior.uid,))


def partner_agreed(cast: Cast, territory: Territory) -> Ask:
    """She agrees to be handed over to a partner of that territory; each has begun a form."""
    for one in (cast.owner, cast.colleague, cast.manager, cast.administrator):
        VisitDraft.objects.create(senior=cast.senior, officer=one, channel="desk")
    named = str(make_partner(territory=territory).uid)
    code = "agree.home_help"
    return Ask((cast.senior.uid,), {"champ": code}, {code: named})


def clash(cast: Cast) -> Ask:
    send(cast.senior, cast.owner, {"hazard.toilet.low": 0})
    send(cast.senior, cast.colleague, {"hazard.toilet.low": 2})
    return Ask((Clash.objects.get().pk,))


def second_answer(cast: Cast) -> Ask:
    """Two answers to one campaign that do not say the same."""
    campaign = make_campaign(cast.here)
    for cold in (1, 0):
        kept = intake.record_or_set_aside(
            cast.senior,
            campaign=campaign,
            channel=Response.Channel.PAPER,
            received_on=today(),
            values={"cold_home": cold},
            consents={ConsentKind.VISIT: True},
        )
    return Ask((kept.uid,), {}, {"decision": "first"})


def aside(cast: Cast) -> Ask:
    made = AsideForm.objects.create(
        uid=uuid.uuid4(), senior=cast.senior, digest="x", content={}, by=cast.owner
    )
    return Ask((made.pk,))


def photo(cast: Cast) -> Ask:
    made = Photo.objects.create(
        uid=uuid.uuid4(),
        form_uid=uuid.uuid4(),
        senior=cast.senior,
        room="bathroom",
        stored_as=kept_file("photo.jpg"),
        by=cast.owner,
    )
    return Ask((made.uid,))


def device(cast: Cast) -> Device:
    key = base64.b64encode(bytes(32)).decode()
    return Device.objects.create(user=cast.owner, label="Téléphone", key=key, private_key="x")


def forms_sent(cast: Cast) -> Ask:
    """A form that the owner's phone finished."""
    shut = sealed(phones.enrol(cast.owner, "Téléphone"), make_form(cast.senior))
    return Ask(posted={"forms": [shut]}, json=True)


# Signals, actions, partners


def signal(cast: Cast, senior: Senior | None = None) -> Signal:
    what = {"urgency": "soon", "what": "Volets fermés", "seen_on": today()}
    return Signal.objects.create(senior=senior or cast.senior, **what)


def urgent_seen(cast: Cast) -> Ask:
    made = Signal.objects.create(
        senior=cast.senior, urgency="now", what="Volets fermés", seen_on=today()
    )
    return Ask(posted={"signal": made.uid})


def match_from_afar(cast: Cast) -> Ask:
    """A signal of the other territory, said to be about someone of this one."""
    theirs = signal(cast, someone(cast.there))
    return Ask((theirs.uid,), posted={"senior": cast.senior.uid})


def watch_link(cast: Cast) -> Ask:
    made = WatchLink.objects.create(
        residence=cast.senior.dwelling.residence,
        created_by=cast.owner,
        expires_on=today() + timedelta(days=30),
    )
    return Ask((made.uid,))


def action(cast: Cast) -> Action:
    """Asked of a partner, with the person's agreement."""
    return make_action(state=State.REQUESTED, senior=cast.senior, by=cast.owner)


def actions_posted(cast: Cast) -> Ask:
    told = {"to": State.CANCELLED, "on": today(), "note": "Déménage", "confirmed": "1"}
    return Ask(posted={"action": action(cast).uid} | told)


def partner_named(cast: Cast, territory: Territory) -> Ask:
    """An action that she accepts, asked of a partner of that territory with her agreement."""
    made = make_action(state=State.ACCEPTED, senior=cast.senior, by=cast.owner)
    named = make_partner(territory=territory).pk
    told = {"to": State.REQUESTED, "partner": named, "agreed": "on", "on": today()}
    return Ask((made.uid,), posted=told)


def follower(cast: Cast, officer: User) -> Ask:
    """An action given to that one."""
    return Ask((action(cast).uid,), posted={"officer": officer.pk})


def partner(*territories: Territory) -> Ask:
    made: Partner = make_partner(is_place=True)
    made.territories.set(territories)
    return Ask((made.uid,))


def territory_chosen(cast: Cast) -> Ask:
    """A partner to be written down for the other territory."""
    kinds = [ActionKind.objects.get(code="home_help").pk]
    return Ask(posted={"name": "ADMR", "kinds": kinds, "territories": [cast.there.pk]})


# Works and their money


def saved_view(cast: Cast) -> Ask:
    kept = {"page": "works", "name": "Retards", "query": "late=on"}
    return Ask((SavedView.objects.create(user=cast.manager, **kept).pk,))


def workbook(cast: Cast) -> Ask:
    """A long list that the manager has had written."""
    book = workbooks.ask("works", "", 3_000, by=cast.manager)
    workbooks.write(book, b"PK")
    return Ask((book.uid,))


def works_lot(cast: Cast) -> WorksLot:
    """Grab bars ordered for the person."""
    made = make_action("grab_bars", State.ACCEPTED, senior=cast.senior, by=cast.owner)
    told = {"label": "Barres", "company": "", "note": "", "wanted_by": None, "residence": None}
    return launch([made], kind=made.kind, on=today(), by=cast.manager, **told)[0]


def programme(cast: Cast) -> Programme:
    """New bathrooms where the person lives."""
    told = {"year": today().year + 1, "natures": ["bathrooms"], "recorded_by": cast.manager}
    return Programme.objects.create(residence=cast.senior.dwelling.residence, **told)


def residence_chosen(cast: Cast) -> Ask:
    """A programme to be written down for a residence of the other territory."""
    home = make_residence(cast.there)
    told = {"year": today().year + 1, "natures": ["bathrooms"], "state": "planned"}
    return Ask(posted={"residence": home.pk} | told)


def works_of_a_programme(cast: Cast) -> Ask:
    """Grab bars that she wants, to be launched with it."""
    made = make_action("grab_bars", State.ACCEPTED, senior=cast.senior, by=cast.owner)
    return Ask((programme(cast).uid, made.kind_id), posted={"action": made.uid, "confirmed": 1})


# Measures


def measure(cast: Cast, *territories: Territory) -> Measure:
    """One that an administrator described, begun in these territories."""
    made = Measure.objects.create(
        name="Douches",
        purpose="Éviter les chutes",
        effects=["lsns6"],
        created_by=cast.administrator,
    )
    made.kinds.add(ActionKind.objects.get(code="shower"))
    for territory in territories:
        MeasureSite.objects.create(measure=made, territory=territory, starts_on=today())
    return made


def measure_places(cast: Cast) -> Ask:
    home = make_residence(cast.here)
    posted = {"residences": [home.pk], "starts_on": today().isoformat()}
    return Ask((measure(cast, cast.here).uid,), posted=posted)


def measure_place(cast: Cast) -> Ask:
    made = measure(cast, cast.here)
    return Ask((made.uid, made.sites.get().pk), posted={})


def measure_decision(cast: Cast) -> Ask:
    posted = {"outcome": "keep", "words": "Peu de chutes", "on": today().isoformat()}
    return Ask((measure(cast, cast.here).uid,), posted=posted)


# Exports


def convention(cast: Cast) -> Convention:
    year = timedelta(days=365)
    told = {"recipient": "Carsat", "starts_on": today() - year, "ends_on": today() + year}
    return Convention.objects.create(created_by=cast.administrator, **told)


def release(cast: Cast) -> Ask:
    """Asked for by the evaluator."""
    told = {"kind": "tables", "year": today().year, "purpose": "Bilan"}
    made = Release.objects.create(convention=convention(cast), asked_by=cast.evaluator, **told)
    return Ask((made.uid,))


def works(cast: Cast) -> Action:
    return make_action("handrail", State.REQUESTED, senior=cast.senior, by=cast.owner)


INVOICE = {"supplier": "Menuiserie", "number": "F1", "net": 100, "gross": 110, "tax_roll": "12 A"}


def invoice(cast: Cast) -> Invoice:
    made = Invoice(billed_on=today(), paid_on=today(), **INVOICE)
    return save_invoice(made, works(cast), by=cast.manager)


def tax_line(cast: Cast) -> Ask:
    invoice(cast)
    place = cast.senior.dwelling.residence_id
    return Ask((today().year, place), posted={"roll": "12 A", "from": "none", "claim": "claimed"})


# Stock


def criterion_noted(cast: Cast) -> Ask:
    home = cast.senior.dwelling
    criterion = StockCriterion.objects.first()
    posted = {"dwelling": [home.pk], "criteria": [criterion.pk], "met": "yes"}
    posted |= {"evidence": "visit", "on": today().isoformat()}
    return Ask((home.residence_id,), posted=posted)


def vacant_dwelling(cast: Cast) -> Ask:
    home = make_dwelling(make_residence(cast.here), mode=Dwelling.Mode.OFFERED, floor=0)
    return Ask((home.uid, cast.senior.uid))


def home_proposed(cast: Cast) -> Ask:
    uid, _ = vacant_dwelling(cast).args
    home = Dwelling.objects.get(uid=uid)
    return Ask((propose(home, cast.senior, by=cast.owner).uid,))


# Of the first territory, what lists show: each is made once, for one person, in this order.
CROWD = (
    "home proposed", "pair", "draft", "clash", "aside", "photo", "device", "signal", "watch link",
    "action", "week", "cover", "list posted", "wave", "lot", "programme", "invoice",
    "criterion noted", "measure", "partner", "saved view", "workbook", "release",
    "run of a territory", "import", "objection", "mute",
)  # fmt: skip


def crowd(mark: str) -> Cast:
    """A cast among as many records of the first territory as can stand together, all marked."""
    cast = Cast(mark)
    for name in CROWD:
        with transaction.atomic():
            RECORDS[name](cast)
    Partner.objects.exclude(territories=None).update(name=mark)
    Measure.objects.update(name=mark)
    return cast


RECORDS: dict[str, Callable[[Cast], Ask]] = {
    "senior": lambda cast: Ask((cast.senior.uid,)),
    "senior asked": lambda cast: Ask(query={"senior": cast.senior.uid}),
    "senior planned": lambda cast: moment(senior=cast.senior.uid),
    "fact": lambda cast: Ask((cast.senior.uid, "online")),
    "consent": lambda cast: Ask((cast.senior.uid, "health")),
    "room": lambda cast: Ask((cast.senior.uid, "bathroom")),
    "residence": lambda cast: Ask((cast.senior.dwelling.residence_id,)),
    "criterion": lambda cast: Ask((StockCriterion.objects.first().pk,)),
    "criterion noted": criterion_noted,
    "dwelling": lambda cast: Ask((cast.senior.dwelling.uid,)),
    "evidence ticked": lambda cast: Ask((cast.senior.dwelling.residence_id,), posted={}),
    "home proposed": home_proposed,
    "level": lambda cast: Ask((StockLevel.objects.first().pk,)),
    "vacant dwelling": vacant_dwelling,
    "residence asked": lambda cast: Ask(query={"residence": cast.senior.dwelling.residence_id}),
    "objection": objection,
    "pair": pair,
    "pair across": pair_across,
    "merge": merged,
    "account": lambda cast: Ask((cast.owner.pk,)),
    "import": lambda cast: Ask((import_run(cast).uid,)),
    "import under way": import_under_way,
    "run": lambda cast: Ask((score_seniors().uid,)),
    "run of a territory": lambda cast: Ask((score_seniors(territory=cast.here).uid,)),
    "campaign": lambda cast: Ask((make_campaign(cast.here).uid,)),
    "paper": paper,
    "paper from afar": lambda cast: paper(cast, someone(cast.there)),
    "person to call": person_to_call,
    "person to call afar": lambda cast: person_to_call(cast, someone(cast.there)),
    "call": call,
    "call afar": lambda cast: call(cast, someone(cast.there)),
    "questionnaire": lambda cast: Ask(("bienvieillir-60-2026",)),
    "printing": printing,
    "printing to start": lambda cast: Ask((make_campaign(cast.here).uid,), {}, {"territory": "x"}),
    "printing of another": lambda cast: printing(cast, cast.administrator),
    "wave": lambda cast: wave(cast, cast.here),
    "wave of both": lambda cast: wave(cast, cast.here, cast.there),
    "list": lambda cast: Ask((visit_list(cast).uid,)),
    "list covered": list_covered,
    "list posted": list_posted,
    "entry": entry,
    "entry planned": entry_planned,
    "entry visited": lambda cast: Ask(posted={"entry": visit_list(cast).entries.get().pk}),
    "entry of another list": entry_of_another_list,
    "neighbour": neighbour,
    "addition from afar": addition_from_afar,
    "appointment": lambda cast: Ask((appointment(cast).uid,)),
    "appointments posted": lambda cast: Ask(posted={"uid": appointment(cast).uid, "how": "phone"}),
    "appointment of today": lambda cast: Ask(
        posted={"appointment": appointment(cast, today()).uid}
    ),
    "week": week,
    "week covered": week_covered,
    "cover": lambda cast: Ask((cover(cast).pk,)),
    "cover asked": lambda cast: cover_asked(cast, cast.colleague),
    "cover by someone afar": lambda cast: cover_asked(cast, cast.far_officer),
    "mute": mute,
    "visit posted": visit_posted,
    "draft": draft,
    "partner agreed": lambda cast: partner_agreed(cast, cast.here),
    "partner agreed afar": lambda cast: partner_agreed(cast, cast.there),
    "form": lambda cast: Ask((send(cast.senior, cast.owner).form.uid,)),
    "clash": clash,
    "aside": aside,
    "second answer": second_answer,
    "photo": photo,
    "device": lambda cast: Ask((device(cast).uid,)),
    "device asked": lambda cast: Ask(query={"appareil": device(cast).uid}),
    "forms sent": forms_sent,
    "photo sent": lambda cast: Ask((uuid.uuid4(),), {}, {"device": str(device(cast).uid)}, True),
    "signal": lambda cast: Ask((signal(cast).uid,)),
    "match from afar": match_from_afar,
    "urgent seen": urgent_seen,
    "watch link": watch_link,
    "action": lambda cast: Ask((action(cast).uid,)),
    "actions posted": actions_posted,
    "actions given": lambda cast: Ask(
        posted={"action": action(cast).uid, "officer": cast.colleague.pk, "confirmed": "1"}
    ),
    "follower named": lambda cast: follower(cast, cast.colleague),
    "follower afar": lambda cast: follower(cast, cast.far_officer),
    "partner named": lambda cast: partner_named(cast, cast.here),
    "partner named afar": lambda cast: partner_named(cast, cast.there),
    "need": lambda cast: Ask((action(cast).need.uid,)),
    "agreement": lambda cast: Ask((action(cast).agreements.get().pk,)),
    "convention": lambda cast: Ask((convention(cast).uid,)),
    "release": release,
    "kind": lambda cast: Ask((ActionKind.objects.first().pk,)),
    "kind of works": lambda cast: Ask((ActionKind.objects.get(code="shower").pk,)),
    "saved view": saved_view,
    "workbook": workbook,
    "works": lambda cast: Ask((works(cast).uid,)),
    "works to pay": lambda cast: Ask(
        (works(cast).uid,), posted=INVOICE | {"billed_on": today().isoformat()}
    ),
    "invoice": lambda cast: Ask((invoice(cast).uid,)),
    "tax line": tax_line,
    "tax year": lambda cast: Ask((invoice(cast).paid_on.year,)),
    "budget": lambda cast: Ask((today().year, "landlord")),
    "measure": lambda cast: Ask((measure(cast, cast.here).uid,)),
    "measure of both": lambda cast: Ask((measure(cast, cast.here, cast.there).uid,)),
    "effect of a measure": lambda cast: Ask((measure(cast, cast.here).uid, "lsns6")),
    "places of a measure": measure_places,
    "place of a measure": measure_place,
    "decision on a measure": measure_decision,
    "lot": lambda cast: Ask((works_lot(cast).uid,)),
    "lot to cancel": lambda cast: Ask((works_lot(cast).uid,), posted={"note": "Marché revu"}),
    "programme": lambda cast: Ask((programme(cast).uid,)),
    "works of a programme": works_of_a_programme,
    "territory chosen afar": territory_chosen,
    "residence chosen afar": residence_chosen,
    "partner": lambda cast: partner(cast.here),
    "partner of both": lambda cast: partner(cast.here, cast.there),
    "partner of nowhere": lambda cast: partner(),
}
