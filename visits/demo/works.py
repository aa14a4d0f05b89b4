"""Works of the last months and their money: in every state, some in a lot, some billed and paid."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Count

from seniors.enums import OccupantRole, Role
from seniors.french import counted
from seniors.models import Senior, User
from visits.acting.follow_up import add_need, decide, move
from visits.acting.steps import OPEN
from visits.demo.people import usernames
from visits.demo.plan import Demo
from visits.enums import Claim, State
from visits.models import Action, ActionKind, Budget, Invoice, Works
from visits.works import tax
from visits.works.budgets import save_budget
from visits.works.invoices import requested_on, save_invoice, save_works
from visits.works.lots import candidates, launch
from visits.works.prices import VAT_ASSUMED, price_of

S = State
EACH = 14  # people per officer, beside those of one residence
TOGETHER = 6
WAY = (S.ACCEPTED, S.REQUESTED, S.UNDER_WAY, S.DONE, S.CONFIRMED)
# What is done, in turn, and how far it went; None is a need that nothing answers yet.
DONE = (
    ("shower", S.REQUESTED), ("grab_bars", S.ACCEPTED), ("shower", None), ("handrail", S.CONFIRMED),
    ("raised_wc", S.DONE), ("shutters", S.UNDER_WAY), ("grab_bars", S.CONFIRMED),
    ("shower", S.CANCELLED), ("thresholds", S.ACCEPTED), ("shower", S.CONFIRMED),
    ("night_path", S.PROPOSED), ("raised_wc", None),
)  # fmt: skip
QUANTITIES = {"grab_bars": Decimal(2), "handrail": Decimal("3.5"), "shutters": Decimal(3)}
FUNDERS = ("landlord", "carsat", "landlord", "")
REFUSED = ("Cloison trop légère", "Le locataire déménage", "Colonne d’eau à refaire d’abord")
COMPANIES = ("Ateliers du Ponant", "Menuiserie de l’Aulne", "Bretagne Accessibilité")
GIVEN = {"landlord": Decimal(150_000), "carsat": Decimal(20_000), "mutual": Decimal(0)}


def fund_works(demo: Demo) -> str | None:
    """Works, invoices, lots and budgets, once."""
    if Budget.objects.exists():
        return None
    manager = User.objects.filter(username__in=usernames(), role=Role.MANAGER).get()
    with transaction.atomic():
        works = [one for one in _works(demo) if one]
        bills = [one for one in (_bill(n, one, manager) for n, one in enumerate(works)) if one]
        lots = _lots(demo, manager)
        _budgets(demo, manager)
        _claims(demo, manager)
    return f"{len(works)} travaux, {counted(lots, 'lot')}, {counted(len(bills), 'facture')}"


def _works(demo: Demo) -> Iterator[Action | None]:
    """Some people of each officer, then several of one residence who want the same."""
    kinds = {kind.code: kind for kind in ActionKind.objects.select_related("price")}
    number = 0
    for officer in User.objects.filter(username__in=usernames(), role=Role.OFFICER).order_by("pk"):
        free = Senior.objects.housed().filter(
            needs=None, dwelling__residence__territory__in=officer.territories.all()
        )
        for senior in free.order_by("reference")[:EACH]:
            code, state = DONE[number % len(DONE)]
            age = 20 + number * 37 % 460
            yield _work(demo, senior, kinds[code], state, age, officer, number)
            number += 1
        largest = free.values("dwelling__residence").annotate(n=Count("pk")).order_by("-n").first()
        if largest:
            there = free.filter(
                dwelling__residence=largest["dwelling__residence"], role=OccupantRole.HOLDER
            )
            for senior in there.order_by("reference")[:TOGETHER]:
                yield _work(demo, senior, kinds["grab_bars"], S.ACCEPTED, 40, officer, number)


def _work(
    demo: Demo,
    senior: Senior,
    kind: ActionKind,
    state: State | None,
    age: int,
    by: User,
    number: int,
) -> Action | None:
    """One need found `age` days ago, and its action at equal intervals up to its state."""
    found = demo.as_of - timedelta(days=age)
    need = add_need(senior, kind.needs[0], found_on=found, by=by)
    if state is None:
        return None
    way = [S.ACCEPTED, S.REQUESTED, S.CANCELLED] if state == S.CANCELLED else list(WAY)
    way = way[: way.index(state) + 1] if state in way else []
    action = decide(need, kind, state=S.PROPOSED, on=found, by=by)
    gap = min(age // (len(way) + 1), 12 + number % 5 * 9)
    for step, to in enumerate(way, 1):
        note = REFUSED[number // len(DONE) % len(REFUSED)] if to == S.CANCELLED else ""
        on = found + timedelta(days=gap * step)
        said = ("", "yes", "yes", "rather", "no")[number % 5] if to == S.CONFIRMED else ""
        action = move(action, to, on=on, by=by, note=note, satisfied=said)
    return action


def _bill(number: int, action: Action, by: User) -> Invoice | None:
    """Its quantity and funder; an invoice once it is done, paid three times out of four."""
    quantity = QUANTITIES.get(action.kind.code, Decimal(1))
    funder = FUNDERS[number % len(FUNDERS)]
    save_works(Works(action=action, quantity=quantity, funder=funder), by=by)
    price = price_of(action.kind)
    if action.state not in (S.DONE, S.CONFIRMED) or price is None or requested_on(action) is None:
        return None
    net = (quantity * price.unit_cost * Decimal("0.95")).quantize(Decimal("0.01"))
    gross = (net * (1 + VAT_ASSUMED / 100)).quantize(Decimal("0.01"))
    helped = min(net, Decimal(1750)) if funder == "carsat" else Decimal(0)
    return save_invoice(
        Invoice(
            supplier=COMPANIES[number % len(COMPANIES)],
            number=f"2026-{number:04}",
            billed_on=action.state_on,
            paid_on=action.state_on if number % 4 else None,
            net=net,
            gross=gross,
            subsidy=helped,
            subsidy_from="carsat" if helped else "",
            tax_roll=f"29 {action.dwelling.residence_id:04}" if number % 5 else "",
        ),
        action,
        by=by,
    )


def _lots(demo: Demo, manager: User) -> int:
    """One lot in every other residence that waits for several; the others wait to be launched."""
    kind = ActionKind.objects.get(code="grab_bars")
    waiting = Action.objects.filter(kind=kind, state=S.ACCEPTED, dwelling__isnull=False)
    places = (
        waiting.order_by()
        .values("dwelling__residence")
        .annotate(n=Count("pk"))
        .filter(n__gte=3)
        .order_by("dwelling__residence")
    )
    count = 0
    for place in list(places)[::2]:
        works = [
            one
            for one in candidates(manager, kind, None).select_related("dwelling__residence")
            if one.state in OPEN and one.dwelling.residence_id == place["dwelling__residence"]
        ]
        residence = works[0].dwelling.residence
        launch(
            works,
            kind=kind,
            label=f"{kind.label}, {residence}"[:120],
            residence=residence,
            company=COMPANIES[count % len(COMPANIES)],
            wanted_by=demo.as_of + timedelta(days=45),
            note="Appeler avant de venir.",
            on=demo.as_of,
            by=manager,
        )
        count += 1
    return count


def _budgets(demo: Demo, manager: User) -> None:
    """This year's and the last one's."""
    for year in (demo.as_of.year - 1, demo.as_of.year):
        for funder, amount in GIVEN.items():
            save_budget(year, funder, amount=amount, source="Montant inventé", by=manager)


def _claims(demo: Demo, manager: User) -> None:
    """What was paid last year is claimed already, where the roll is known."""
    year = demo.as_of.year - 1
    for entry in tax.register(manager):
        if entry.year == year and entry.ways:
            place = Invoice.objects.filter(tax_roll=entry.tax_roll).first()
            residence = place.works.action.dwelling.residence
            on = date(demo.as_of.year, 1, 15)
            tax.mark(
                manager, year=year, residence=residence, tax_roll=entry.tax_roll,
                claim=Claim.CLAIMED, on=on,
            )  # fmt: skip
