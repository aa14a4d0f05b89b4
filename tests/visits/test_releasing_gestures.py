"""An export from the request to its end: who may do what, what is refused, what is journalled."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from seniors import pulse
from seniors.enums import ConsentKind, Role
from seniors.models import AccessLog
from seniors.withdrawal import Channel, withdraw
from tests.make import make_user
from tests.visits.releasing import YEAR, make_convention, make_release, make_stock
from visits import tasks
from visits.enums import ReleaseState
from visits.models import Convention, Release, ReleaseRead
from visits.releasing import making, releases, tables
from visits.releasing.releases import ReleaseRefusal

pytestmark = pytest.mark.django_db
TOLD = {"kind": "tables", "year": YEAR, "purpose": "Bilan annuel"}


def asked(by=None, **fields) -> Release:
    convention = make_convention(**fields)
    return releases.ask(convention=convention, **TOLD, by=by or make_user(Role.EVALUATOR))


def test_an_officer_asks_for_no_export():
    with pytest.raises(ReleaseRefusal):
        asked(make_user(Role.OFFICER))


@pytest.mark.parametrize(("starts", "ends", "words"), [(-30, -1, "est terminée"),
                                                       (2, 30, "n’a pas commencé")])  # fmt: skip
def test_nothing_is_asked_for_outside_a_convention(starts, ends, words):
    today = timezone.localdate()
    days = {"starts_on": today + timedelta(days=starts), "ends_on": today + timedelta(days=ends)}
    with pytest.raises(ReleaseRefusal, match=words):
        asked(**days)
    assert not Release.objects.exists()


def test_a_file_of_people_takes_a_convention_that_allows_it():
    with pytest.raises(ReleaseRefusal, match="fichier individuel"):
        releases.ask(
            convention=make_convention(rows=False),
            **TOLD | {"kind": "rows"},
            by=make_user(Role.EVALUATOR),
        )


def test_a_convention_that_ended_meanwhile_stops_the_approval_and_the_download():
    make_stock(12)
    ready, waiting = make_release(), asked()
    Convention.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    for gesture in (
        lambda: releases.approve(waiting, by=make_user(Role.ADMINISTRATOR)),
        lambda: releases.read(Release.objects.get(pk=ready.pk), by=ready.asked_by),
    ):
        with pytest.raises(ReleaseRefusal, match="est terminée"):
            gesture()


def test_an_administrator_never_decides_of_her_own_request_unless_she_is_alone():
    own = make_user(Role.ADMINISTRATOR)
    release = asked(own)  # the convention was written by another administrator
    with pytest.raises(ReleaseRefusal, match="autre personne"):
        releases.approve(release, by=own)
    release.convention.created_by.is_active = False
    release.convention.created_by.save()
    assert releases.approve(release, by=own).state == ReleaseState.MAKING


def test_what_is_decided_is_not_decided_again():
    release, chief = asked(), make_user(Role.ADMINISTRATOR)
    releases.refuse(release, because="Trop tôt", by=chief)
    with pytest.raises(ReleaseRefusal, match="déjà refusé"):
        releases.approve(release, by=chief)


def test_each_download_is_journalled_and_a_file_lives_seven_days():
    make_stock(12)
    release = make_release()
    assert release.expires_at - release.made_at == timedelta(days=7)
    releases.read(release, by=release.asked_by)
    assert ReleaseRead.objects.get().user == release.asked_by
    told = AccessLog.objects.order_by("pk").values_list("gesture", flat=True)
    assert list(told) == ["release-ask", "release-approve", "release-download"]
    release.expires_at = timezone.now()
    release.save()
    with pytest.raises(ReleaseRefusal, match="sept jours"):
        releases.read(release, by=release.asked_by)
    call_command("purge_releases", "--apply")
    release.refresh_from_db()
    assert release.state == ReleaseState.EXPIRED
    assert not releases.path_of(release).exists()
    assert release.manifest["cells"]  # remembered: the next exports must not let anyone subtract


def test_the_purge_says_first_what_it_would_do(capsys):
    make_stock(12)
    release = make_release()
    Release.objects.update(expires_at=timezone.now())
    call_command("purge_releases")
    assert "1 export(s)" in capsys.readouterr().out
    assert releases.path_of(release).exists()


def test_a_task_run_twice_makes_the_file_once():
    make_stock(12)
    release = asked()
    releases.approve(release, by=release.convention.created_by)
    tasks.make_release(release.pk)
    made = Release.objects.get(pk=release.pk)
    tasks.make_release(release.pk)
    assert Release.objects.get(pk=release.pk).made_at == made.made_at
    assert made.state == ReleaseState.READY


def test_an_error_leaves_no_file_and_a_sentence(monkeypatch):
    make_stock(12)
    release = asked()
    releases.approve(release, by=release.convention.created_by)

    quoted = "Zwertvaegher"

    def fail(*args, **kwargs):
        raise OSError(quoted)

    monkeypatch.setattr(tables, "make_tables", fail)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the task's own, without words
        tasks.make_release(release.pk)
    release.refresh_from_db()
    assert release.state == ReleaseState.FAILED
    assert "aucun fichier" in release.manifest["error"]
    assert quoted not in f"{release.manifest}{caught.value}"
    assert left() == []


def test_an_agreement_taken_back_while_a_file_is_made_stops_it():
    people, convention = make_stock(60), make_convention()
    told = TOLD | {"kind": "rows"}
    release = releases.ask(convention=convention, **told, by=make_user(Role.EVALUATOR))
    release = releases.approve(release, by=convention.created_by)

    def take_back(done: int) -> None:
        by = convention.created_by
        withdraw(people[0], [ConsentKind.EVALUATION], by=by, channel=Channel.LETTER)

    making.make_release(release, progress=take_back)
    assert release.state == ReleaseState.FAILED == Release.objects.get().state
    assert "Un accord a été repris" in release.manifest["error"]
    assert left() == []


def test_a_work_that_died_leaves_no_file_and_is_told():
    """Killed, it says no word more: neither of its file nor of its end."""
    make_stock(12)
    ready, dead, alive = make_release(), asked(), asked()
    for release in (dead, alive):
        releases.approve(release, by=release.convention.created_by)
        pulse.wait(releases.key_of(release))
        releases.path_of(release).with_suffix(releases.BEGUN).write_bytes(b"PK")
    pulse._write(releases.key_of(dead), pulse.FAILED, 3)
    lost = asked()  # its sign of life was never written
    releases.approve(lost, by=lost.convention.created_by)
    Release.objects.filter(pk=lost.pk).update(decided_at=timezone.now() - timedelta(hours=2))
    releases.path_of(lost).write_bytes(b"PK")
    assert releases.purge() == 0
    for release in (dead, lost):
        release.refresh_from_db()
        assert release.state == ReleaseState.FAILED
        assert "aucun fichier" in release.manifest["error"]
    assert left() == sorted([f"{ready.uid.hex}.zip", f"{alive.uid.hex}.part"])
    # Whoever ends after that, ends nothing.
    begun = releases.path_of(dead).with_suffix(releases.BEGUN)
    begun.write_bytes(b"PK")
    assert releases.deliver(dead, begun, {}) is False
    assert len(left()) == 2


def left() -> list[str]:
    """The archives, whole or begun, that are on the disk."""
    folder = releases.memory_path().parent
    return sorted(one.name for one in folder.iterdir() if one.suffix in (".zip", ".part"))


def test_an_evaluator_sees_her_requests_only(client):
    mine, other = asked(), asked()
    client.force_login(mine.asked_by)
    page = client.get(reverse("visits:release-list")).content.decode()
    assert str(mine.uid) in page
    assert str(other.uid) not in page
    assert client.get(reverse("visits:release-show", args=[other.uid])).status_code == 404


def test_the_pages_lead_from_the_request_to_the_file(client, settings):
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"sync": True}
    make_stock(60)
    convention, evaluator = make_convention(), make_user(Role.EVALUATOR)
    client.force_login(evaluator)
    told = TOLD | {"convention": convention.pk}
    page = client.post(reverse("visits:release-new"), told, follow=True)
    release = Release.objects.get()
    assert "Une autre personne" in page.content.decode()
    client.force_login(convention.created_by)
    page = client.post(reverse("visits:release-approve", args=[release.uid]), follow=True)
    assert "Prêt" in page.content.decode()
    client.force_login(evaluator)
    page = client.get(reverse("visits:release-show", args=[release.uid])).content.decode()
    assert "Effectifs masqués" in page
    answer = client.get(reverse("visits:release-file", args=[release.uid]))
    assert b"".join(answer.streaming_content).startswith(b"PK")
    assert answer["Content-Disposition"] == f'attachment; filename="bienveille-tableaux-{YEAR}.zip"'


def test_a_refusal_takes_a_reason_and_shows_it(client):
    release = asked()
    client.force_login(release.convention.created_by)
    address = reverse("visits:release-refuse", args=[release.uid])
    assert client.post(address, {"because": ""}).status_code == 422
    page = client.post(address, {"because": "L’année n’est pas finie"}, follow=True)
    assert "L’année n’est pas finie" in page.content.decode()


def test_a_convention_has_an_order_and_a_threshold(client):
    client.force_login(make_user(Role.ADMINISTRATOR))
    told = {"recipient": "CNAV", "purpose": "Bilan", "starts_on": "2026-05-01",
            "ends_on": "2026-04-01", "k": 4}  # fmt: skip
    page = client.post(reverse("visits:convention-new"), told)
    assert (page.status_code, "finit avant" in page.content.decode()) == (422, True)
    assert "moins de cinq" in page.content.decode()
    client.post(reverse("visits:convention-new"), told | {"ends_on": "2029-04-01", "k": 11})
    kept = Convention.objects.get()
    client.post(reverse("visits:convention-edit", args=[kept.uid]),
                told | {"ends_on": "2030-04-01", "k": 11})  # fmt: skip
    assert Convention.objects.get().ends_on.year == 2030


def test_a_convention_under_which_an_export_was_asked_for_keeps_its_recipient(client):
    """Pseudonyms are keyed by the convention: given to another, the files of both would join."""
    release = asked(recipient="CNAV", purpose="Bilan")
    kept = release.convention
    client.force_login(kept.created_by)
    address = reverse("visits:convention-edit", args=[kept.uid])
    told = {"recipient": "CNAV", "purpose": "Bilan", "starts_on": f"{kept.starts_on}",
            "ends_on": f"{kept.ends_on + timedelta(days=300)}", "k": 12, "rows": "on"}  # fmt: skip
    page = client.get(address).content.decode()
    assert (page.count("readonly"), page.count("Ne change plus")) == (2, 2)
    for change in ({"recipient": "Carsat Bretagne"}, {"purpose": "Recherche"}):
        answer = client.post(address, told | change)
        assert answer.status_code == 422
        assert "enregistrez une nouvelle convention" in answer.content.decode()
        again = Convention.objects.get()
        assert (again.recipient, again.purpose, again.k) == ("CNAV", "Bilan", 11)
    assert client.post(address, told).status_code == 302
    assert Convention.objects.get().k == 12
    page = client.get(reverse("visits:release-show", args=[release.uid])).content.decode()
    assert "Pour CNAV" in page


def test_the_list_takes_the_same_queries_for_one_and_for_thirty(client, django_assert_num_queries):
    chief = make_user(Role.ADMINISTRATOR)
    convention, evaluator = make_convention(), make_user(Role.EVALUATOR)
    client.force_login(chief)
    for count in (1, 29):
        for _ in range(count):
            releases.ask(convention=convention, **TOLD, by=evaluator)
        with django_assert_num_queries(6):
            client.get(reverse("visits:release-list"))
