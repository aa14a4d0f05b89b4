"""Someone who agreed to everything and told everything, everywhere it may stand."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from seniors import observe
from seniors.enums import ConsentKind, Source
from seniors.fragility.items import ITEMS
from seniors.fragility.store import score_seniors
from surveys.models import Draft, Invitation, Response
from surveys.receiving import intake
from tests.surveys.make import make_campaign, territory_of
from tests.visits.sending import YES, send, sent
from visits.contests import contest
from visits.enums import Slot
from visits.lists.listing import propose_list, publish_list
from visits.lists.selection import Recipe
from visits.models import Appointment, Photo, Signal, VisitDraft
from visits.visiting import form, recording

SENSITIVE = {code: one.high for code, one in ITEMS.items() if one.sensitive}
WISH, WORDS, WHY = "glycine et banc", "palier des hirondelles", "coup de fil du jardin"
# As a key of a JSON; « apa » is in too many words.
SAID = [code if len(code) > 3 else f"item.{code}" for code in SENSITIVE]
ON_FORM = {code for code in SENSITIVE if f"item.{code}" in form.FIELDS}


def tell_everything(jeanne, officer):
    """Survey, draft, note, two visits with a picture, an opinion, a list, a form set aside."""
    today = timezone.localdate()
    campaign = make_campaign(territory_of(jeanne))
    intake.record_response(
        jeanne,
        campaign=campaign,
        channel=Response.Channel.PAPER,
        received_on=today - timedelta(days=30),
        values=SENSITIVE | {"lonely": 4},
        consents=dict.fromkeys(ConsentKind, True),
    )
    invitation = Invitation.objects.get(senior=jeanne)
    Draft.objects.create(invitation=invitation, channel="web", values={"falls": 2, "lonely": 1})
    observe.record(
        jeanne, uid=uuid4(), source=Source.OFFICER, observed_on=today, values={"falls": 1}
    )
    content = YES | {"present.senior": 1, "wish.words": WISH, "home.words": WORDS}
    content |= {f"item.{code}": SENSITIVE[code] for code in ON_FORM}
    content |= {"hazard.bathroom.bars": 1, "need.bars": 1}
    made = send(jeanne, officer, content, days_ago=10)
    _photo(jeanne, made.form.uid, officer)
    again = sent(jeanne, content | {"wish.words": f"{WISH} blanche"}, days_ago=10)
    with pytest.raises(recording.Conflict):
        recording.record_visit(again | {"uid": str(made.form.uid)}, by=officer)
    VisitDraft.objects.create(
        senior=jeanne, officer=officer, channel="web",
        content={"item.falls": 1, "wish.words": WISH, "made_on": today.isoformat()},
    )  # fmt: skip
    contest(jeanne, says="sooner", reason=WHY, by=officer)
    Signal.objects.create(
        senior=jeanne, urgency="soon", kind="fall", what=WORDS, seen_on=today,
        closed_on=today, outcome="known",
    )  # fmt: skip
    Appointment.objects.create(
        senior=jeanne, officer=officer, day=today + timedelta(days=3), slot=Slot.MORNING,
        created_by=officer,
    )  # fmt: skip
    score_seniors(territory=territory_of(jeanne))
    _list(jeanne, officer)
    return made


def _photo(senior, form_uid, by) -> Path:
    folder = Path(settings.MEDIA_ROOT) / "photos"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "p.jpg").write_bytes(b"jpeg")
    Photo.objects.create(
        uid=uuid4(), form_uid=form_uid, senior=senior, room="bathroom", stored_as="photos/p.jpg",
        by=by,
    )  # fmt: skip
    return folder / "p.jpg"


def _list(senior, officer):
    """A published list, under way, that says why she is on it."""
    starts = timezone.localdate()
    made = propose_list(
        officer=officer,
        territories=[territory_of(senior)],
        ends_on=starts + timedelta(days=4),
        recipe=Recipe(capacity=1, seed=1, starts_on=starts, random_share=0.0, silent_share=0.0,
                      revisit_months=0),
        by=officer,
    )  # fmt: skip
    publish_list(made, by=officer)
    assert made.entries.get().senior == senior
    return made
