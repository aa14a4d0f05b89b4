"""Invoices, the tax register, budgets: what is refused, counted, said unknown."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from seniors.enums import Role
from seniors.models import AccessLog
from tests.make import make_dwelling, make_residence, make_senior, make_territory, make_user
from tests.visits.acting import ago, make_action
from visits.enums import Claim, State
from visits.models import Action, Budget, Invoice, Works, WorksPrice
from visits.works import budgets, invoices, tax

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def manager():
    return make_user(Role.MANAGER, make_territory())


@pytest.fixture
def works(manager):
    return asked(manager)


def asked(manager, code="handrail", **fields):
    """Works asked for 20 days ago."""
    home = make_dwelling(make_residence(manager.territories.get(), **fields))
    return make_action(code, State.REQUESTED, senior=make_senior(home), by=manager)


def bill(action, by, **fields) -> Invoice:
    told = {
        "supplier": "Menuiserie Le Bras",
        "number": f"F{Invoice.objects.count()}",
        "billed_on": ago(10),
        "paid_on": ago(2),
        "net": Decimal(1000),
        "gross": Decimal(1100),
        "tax_roll": "29 B 12",
    }
    return invoices.save_invoice(Invoice(**told | fields), action, by=by)


def refused(action, by, **fields) -> str:
    with pytest.raises(invoices.InvoiceRefusal) as error:
        bill(action, by, **fields)
    assert not Invoice.objects.exists()
    return error.value.code


def test_an_invoice_before_the_request_is_refused(works, manager):
    assert refused(works, manager, billed_on=ago(21)) == "before"
    assert bill(works, manager, billed_on=ago(20)).pk


def test_an_invoice_of_works_not_asked_for_is_refused(manager):
    home = make_dwelling(make_residence(manager.territories.get()))
    decided = make_action("handrail", State.ACCEPTED, senior=make_senior(home), by=manager)
    assert refused(decided, manager) == "not_asked"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"paid_on": ago(11)}, "paid"),
        ({"billed_on": ago(-1), "paid_on": None}, "future"),
        ({"paid_on": ago(-1)}, "future"),
        ({"gross": Decimal(999)}, "amounts"),
        ({"net": Decimal(-1)}, "amounts"),
        ({"subsidy": Decimal(1101), "subsidy_from": "carsat"}, "subsidy"),
        ({"subsidy": Decimal(10)}, "subsidy"),
        ({"subsidy_from": "carsat"}, "subsidy"),
        ({"subsidy": Decimal(10), "subsidy_from": "anah"}, "funder"),
    ],
)
def test_amounts_and_dates_that_cannot_be_are_refused(works, manager, fields, code):
    assert refused(works, manager, **fields) == code


def test_the_same_invoice_twice_is_one(works, manager):
    bill(works, manager, number="F1")
    with pytest.raises(invoices.InvoiceRefusal) as error:
        bill(works, manager, number="F1")
    assert (error.value.code, Invoice.objects.count()) == ("twice", 1)


FILLED = {
    "supplier": "Menuiserie",
    "number": "F1",
    "billed_on": ago(10).isoformat(),
    "net": "1 000,00",
    "vat": "100",
}


def test_the_amount_with_vat_is_computed_or_checked(client, works, manager):
    client.force_login(manager)
    address = reverse("visits:works-invoice-new", args=[works.uid])
    assert client.post(address, FILLED | {"vat": ""}).status_code == 422
    assert client.post(address, FILLED | {"gross": "1200"}).status_code == 422
    assert not Invoice.objects.exists()
    assert client.post(address, FILLED).status_code == 302
    assert Invoice.objects.get().gross == Decimal(1100)


def test_a_refused_invoice_says_why_on_its_form(client, works, manager):
    client.force_login(manager)
    address = reverse("visits:works-invoice-new", args=[works.uid])
    answer = client.post(address, FILLED | {"billed_on": ago(200).isoformat()})
    assert answer.status_code == 422
    assert "avant la demande" in answer.content.decode()
    assert not Invoice.objects.exists()


def test_quantity_estimate_and_funder_are_kept_and_the_lot_stays(client, works, manager):
    client.force_login(manager)
    address = reverse("visits:works-show", args=[works.uid])
    posted = {"quantity": "3,5", "estimate": "", "funder": "carsat"}
    assert client.post(address, posted).status_code == 302
    kept = Works.objects.get()
    assert (kept.quantity, kept.estimate, kept.funder) == (Decimal("3.5"), None, "carsat")
    assert client.get(address).context["action"].amount == Decimal(280)
    assert client.post(address, posted | {"quantity": "-1"}).status_code == 422
    assert AccessLog.objects.filter(gesture="works-show").count() == 2


# The register of the property tax


def test_what_is_paid_is_claimed_by_year_residence_and_roll(works, manager):
    bill(works, manager)
    bill(works, manager, subsidy=Decimal(200), subsidy_from="carsat")
    bill(works, manager, tax_roll="29 B 13")
    bill(works, manager, paid_on=None)
    found = [
        (one.tax_roll, one.count, one.net, one.gross, one.subsidy) for one in tax.register(manager)
    ]
    assert found == [("29 B 12", 2, 2000, 2200, 200), ("29 B 13", 1, 1000, 1100, 0)]
    assert tax.register(manager)[0].tax_year == ago(2).year + 1
    assert tax.left_out(manager) == {"unmarked": 0, "unpaid": 1}


def test_works_not_marked_as_accessibility_are_left_out_and_counted(manager):
    bill(asked(manager, "shutters"), manager)
    bill(asked(manager, "thresholds"), manager)
    assert tax.register(manager) == []
    assert tax.left_out(manager) == {"unmarked": 2, "unpaid": 0}


def test_a_line_is_marked_claimed_in_one_gesture_and_then_no_longer_changes(client, works, manager):
    invoice = bill(works, manager)
    other = bill(works, manager, tax_roll="29 B 13")
    client.force_login(manager)
    address = reverse(
        "visits:works-tax-mark", args=[ago(2).year, works.senior.dwelling.residence_id]
    )
    claimed = {"roll": "29 B 12", "from": "none", "claim": "claimed"}
    client.post(address, claimed)
    invoice.refresh_from_db()
    other.refresh_from_db()
    assert (invoice.claim, invoice.claimed_on, other.claim) == (Claim.CLAIMED, TODAY, Claim.NONE)
    again = client.post(address, claimed, follow=True)
    assert "a déjà changé" in again.content.decode()
    with pytest.raises(invoices.InvoiceRefusal) as error:
        invoices.remove_invoice(invoice, by=manager)
    assert error.value.code == "claimed"
    client.post(address, {"roll": "29 B 12", "from": "claimed", "claim": "granted"})
    invoice.refresh_from_db()
    assert invoice.claim == Claim.GRANTED


def test_what_was_claimed_stays_in_the_register_whatever_is_marked_since(client, works, manager):
    """The mark of a kind is taken off: a claim filed is still followed, nothing else is added."""
    place = works.senior.dwelling.residence
    line = {"year": ago(2).year, "residence": place, "tax_roll": "29 B 12", "on": TODAY}
    refused = bill(works, manager)
    tax.mark(manager, before=Claim.NONE, claim=Claim.CLAIMED, **line)
    tax.mark(manager, before=Claim.CLAIMED, claim=Claim.REFUSED, **line)
    filed = bill(works, manager)
    tax.mark(manager, before=Claim.NONE, claim=Claim.CLAIMED, **line)
    never = bill(works, manager)
    WorksPrice.objects.update(is_deductible=False)
    kept = {one.claim: one.count for one in tax.register(manager)}
    assert kept == {Claim.CLAIMED: 1, Claim.REFUSED: 1}
    assert set(tax.claim_file(manager, ago(2).year)) == {refused, filed}
    assert tax.left_out(manager) == {"unmarked": 1, "unpaid": 0}
    tax.mark(manager, before=Claim.CLAIMED, claim=Claim.GRANTED, **line)
    with pytest.raises(tax.ClaimRefusal):
        tax.mark(manager, before=Claim.NONE, claim=Claim.CLAIMED, **line)
    assert list(Invoice.objects.order_by("pk").values_list("claim", flat=True)) == [
        Claim.REFUSED, Claim.GRANTED, Claim.NONE,
    ]  # fmt: skip
    assert never.claimed_on is None


@pytest.mark.parametrize(
    "posted",
    [
        {"roll": "", "from": "none", "claim": "claimed"},
        {"roll": "x", "from": "none", "claim": "z"},
        {"roll": "29 B 12", "from": "none", "claim": "granted"},
        {"roll": "29 B 12", "claim": "claimed"},
    ],
)
def test_a_line_without_a_reference_or_a_known_state_is_not_marked(client, works, manager, posted):
    bill(works, manager, tax_roll="")
    client.force_login(manager)
    place = works.senior.dwelling.residence_id
    answer = client.post(
        reverse("visits:works-tax-mark", args=[ago(2).year, place]), posted, follow=True
    )
    assert "message-error" in answer.content.decode()
    assert Invoice.objects.get().claim == Claim.NONE


def test_the_page_says_what_is_uncertain_and_the_workbook_adds_up(client, works, manager):
    for number in range(3):
        bill(works, manager, number=f"G{number}")
    client.force_login(manager)
    said = client.get(reverse("visits:works-tax")).content.decode()
    assert "À vérifier" in said
    assert "s’impute sur un autre" in said
    book = client.get(reverse("visits:works-tax-workbook", args=[ago(2).year]))
    sheet = openpyxl.load_workbook(BytesIO(b"".join(book.streaming_content))).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    [entry] = tax.register(manager)
    assert (len(rows), sum(row[10] for row in rows)) == (entry.count, float(entry.net))
    assert not any("Le Goff" in str(cell) for row in rows for cell in row)


def test_an_invoice_stays_with_the_dwelling_of_the_works(works, manager):
    """She moves to another agency: the claim is that of the building where the works are."""
    bill(works, manager)
    elsewhere = make_dwelling()
    works.senior.dwelling = elsewhere
    works.senior.save()
    assert [one.name for one in tax.register(manager)] == [works.dwelling.residence.name]
    assert tax.register(make_user(Role.MANAGER, elsewhere.residence.territory)) == []


def test_an_invoice_comes_after_the_tenant_has_left_and_she_is_not_named(client, works, manager):
    place = works.dwelling.residence
    person = works.senior
    person.dwelling, person.ended_on, person.end = None, ago(5), "left"
    person.save()
    client.force_login(manager)
    page = client.get(reverse("visits:works-show", args=[works.uid]))
    residence = client.get(reverse("visits:works-residence", args=[place.pk]))
    for answer in (page, residence):
        assert (answer.status_code, "Le Goff" in answer.content.decode()) == (200, False)
    assert [line.action for line in residence.context["lines"]] == [works]
    assert not AccessLog.objects.exists()
    posted = client.post(reverse("visits:works-invoice-new", args=[works.uid]), FILLED)
    assert (posted.status_code, Invoice.objects.count()) == (302, 1)


# Budgets


def line(year: int, funder: str) -> budgets.Line:
    return next(one for one in budgets.lines_of(year) if one.funder == funder)


def test_a_budget_says_given_committed_spent_and_left(works, manager):
    year = ago(20).year
    budgets.save_budget(year, "landlord", amount=Decimal(5000), source="CA", by=manager)
    invoices.save_works(Works(action=works, quantity=Decimal(2), funder="landlord"), by=manager)
    assert (line(year, "landlord").committed, line(year, "landlord").left) == (160, 4840)
    bill(works, manager, subsidy=Decimal(300), subsidy_from="carsat", billed_on=ago(10))
    found = line(year, "landlord")
    given = Decimal("272.73")  # 300 of 1,100 with VAT, of which 1,000 without
    assert (found.committed, found.spent) == (0, 1000 - given)
    assert found.left == 4000 + given
    assert (line(year, "carsat").spent, line(year, "carsat").left) == (given, None)


def test_what_is_spent_is_the_sum_of_the_invoices_without_vat(works, manager):
    """A subsidy of the whole bill, VAT included, leaves nothing to pay and nothing below zero."""
    year = ago(10).year
    invoices.save_works(Works(action=works, quantity=Decimal(1), funder="landlord"), by=manager)
    for subsidy, giver in ((0, ""), (1100, "carsat"), (Decimal("333.33"), "department")):
        bill(works, manager, subsidy=Decimal(subsidy), subsidy_from=giver)
    spent = {one.funder: one.spent for one in budgets.lines_of(year) if one.spent}
    shares = {"carsat": Decimal(1000), "department": Decimal("303.03")}
    assert spent == shares | {"landlord": 3000 - sum(shares.values())}
    assert sum(spent.values()) == sum(Invoice.objects.values_list("net", flat=True))
    assert budgets.together(budgets.lines_of(year)).spent == 3000
    assert budgets.share_without_vat(Decimal(50), Decimal(0), Decimal(50)) == 0


def test_a_first_invoice_leaves_the_rest_committed_until_the_works_are_done(works, manager):
    year = ago(20).year
    budgets.save_budget(year, "landlord", amount=Decimal(5000), source="CA", by=manager)
    invoices.save_works(Works(action=works, quantity=Decimal(2), funder="landlord"), by=manager)
    bill(works, manager, net=Decimal(40), gross=Decimal(44))
    bill(works, manager, net=Decimal(20), gross=Decimal(22))
    assert line(year, "landlord").committed == 100
    for ended in (State.DONE, State.CONFIRMED):
        Action.objects.filter(pk=works.pk).update(state=ended)
        assert line(year, "landlord").committed == 0


def test_works_done_and_confirmed_stay_committed_until_they_are_invoiced(works, manager):
    year = ago(20).year
    budgets.save_budget(year, "landlord", amount=Decimal(10_000), source="CA", by=manager)
    told = {"estimate": Decimal(6500), "funder": "landlord"}
    invoices.save_works(Works(action=works, **told), by=manager)
    for state in (State.REQUESTED, State.UNDER_WAY, State.DONE, State.CONFIRMED):
        Action.objects.filter(pk=works.pk).update(state=state)
        found = line(year, "landlord")
        assert (found.committed, found.spent, found.left) == (6500, 0, 3500)
    bill(works, manager, net=Decimal(6000), gross=Decimal(6600))
    found = line(year, "landlord")
    assert (found.committed, found.spent, found.left) == (0, 6000, 4000)


def test_works_asked_again_are_committed_once_in_the_year_of_the_last_request(works, manager):
    """A step taken back counts no more: they are then committed in the year of the first."""
    this_year = ago(20).year
    invoices.save_works(Works(action=works, quantity=Decimal(2), funder="landlord"), by=manager)
    earlier = {"from_state": State.ACCEPTED, "to_state": State.REQUESTED, "by": manager}
    works.steps.create(on=date(this_year - 1, 3, 1), **earlier)
    again = works.steps.filter(to_state=State.REQUESTED, on=ago(20))
    for taken_back, expected in ((None, [0, 160]), (timezone.now(), [160, 0])):
        again.update(taken_back_at=taken_back, taken_back_by=taken_back and manager)
        years = (this_year - 1, this_year)
        assert [line(year, "landlord").committed for year in years] == expected


def test_zero_and_missing_are_not_the_same(client, manager):
    client.force_login(manager)
    address = reverse("visits:works-budget")
    said = client.get(address).content.decode()
    assert "Aucun budget n’est écrit" in said
    assert "budget à zéro" not in said
    budgets.save_budget(TODAY.year, "carsat", amount=Decimal(0), source="", by=manager)
    said = client.get(address).content.decode()
    assert "Aucun budget n’est écrit" not in said
    assert ("budget à zéro" in said, "à donner" in said) == (True, True)


def test_works_without_a_funder_or_a_price_are_said(manager):
    asked(manager, "thresholds")
    found = line(ago(20).year, "")
    assert (found.label, found.committed, found.unpriced) == ("à demander", 0, 1)


@pytest.mark.parametrize("amount", ["", "-1", "beaucoup"])
def test_a_budget_that_cannot_be_is_refused(client, manager, amount):
    client.force_login(manager)
    address = reverse("visits:works-budget-edit", args=[2026, "landlord"])
    assert client.post(address, {"amount": amount}).status_code == 422
    assert not Budget.objects.exists()
    assert client.post(address, {"amount": "12 000"}).status_code == 302
    assert Budget.objects.get().amount == 12_000


def test_a_year_that_makes_no_sense_is_this_one(client, manager):
    client.force_login(manager)
    for text in ("", "26", "hier", "9999", "²²²²"):
        answer = client.get(reverse("visits:works-budget"), {"annee": text})
        assert answer.context["year"] == TODAY.year
    assert client.get(reverse("visits:works-budget"), {"annee": "2024"}).context["year"] == 2024


def test_an_address_of_a_year_that_cannot_be_is_nowhere(client, works, manager):
    client.force_login(manager)
    place = works.senior.dwelling.residence_id
    addresses = [
        reverse("visits:works-tax-workbook", args=[999_999]),
        reverse("visits:works-tax-mark", args=[999_999, place]),
        reverse("visits:works-budget-edit", args=[999_999, "landlord"]),
        reverse("visits:works-budget-edit", args=[2026, "anah"]),
    ]
    posted = {"roll": "29 B 12", "claim": "claimed"}
    assert [client.post(one, posted).status_code for one in addresses[1:]] == [404] * 3
    assert client.get(addresses[0]).status_code == 404


@pytest.mark.parametrize("count", [1, 6])
def test_the_pages_take_the_same_queries(client, manager, count, django_assert_num_queries):
    action = asked(manager)
    for number in range(count):
        bill(action, manager, number=f"H{number}", tax_roll=f"R{number}")
        asked(manager)
    client.force_login(manager)
    pages = {
        reverse("visits:works-tax"): 6,
        reverse("visits:works-budget"): 6,
        reverse("visits:works-show", args=[action.uid]): 16,
    }
    for address, queries in pages.items():
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200


def test_dates_at_the_turn_of_the_year_go_to_the_year_of_payment(works, manager):
    Works.objects.create(action=works)
    Invoice.objects.create(
        works=works.works,
        supplier="x",
        number="1",
        billed_on=date(2025, 12, 20),
        paid_on=date(2026, 1, 3),
        net=1,
        gross=1,
        tax_roll="x",
        recorded_by=manager,
    )
    [entry] = tax.register(manager)
    assert (entry.year, entry.tax_year) == (2026, 2027)
    assert budgets.lines_of(2025)[-1].spent == 1


def test_the_page_of_works_leads_a_manager_to_their_money(client, manager, works):
    """Not an officer, who keeps no money; not the page of what is no works."""
    other = make_action("activities", senior=works.senior, by=manager)
    officer = make_user(Role.OFFICER, manager.territories.get())
    shown = []
    for user, action in ((manager, works), (officer, works), (manager, other)):
        client.force_login(user)
        page = client.get(reverse("visits:action-show", args=[action.uid])).content.decode()
        shown.append(reverse("visits:works-show", args=[action.uid]) in page)
    assert shown == [True, False, False]
