"""What a screen and a command tell of a sync, with a real hub."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from subprocess import CompletedProcess
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from PIL import Image

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.photos import PhotoSubject, join_photos, picture_of, thumbnail_of
from diag.audit.places import add_place
from diag.audit.session import start as session_of
from diag.journal import changes
from diag.journal.attachments import AttachmentStore
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.office import bundles
from diag.office import sync as syncing
from diag.sync import http, transfer
from diag.sync.exchange import AWAITED, Progress, SyncResult
from diag.sync.transfer import LIGHT
from diag.sync.trust import Enrolment, keep_enrolment
from diag.workspace.workspace import Workspace
from tests.audit.builders import OTHER, SCHOOL, started, territory, workspace
from tests.sync.serving import Served, free_port, made_home, served


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = made_home(tmp_path_factory.mktemp("hub") / "hub", free_port())
    home.teach(territory().annuaire)
    with served(home) as running:
        yield running


def silent(_phase: str, _done: int, _total: int) -> None:
    """Progress nothing."""


def told(outcome: SyncResult) -> str:
    return "\n".join(syncing.words_of(outcome))


def test_a_workspace_that_no_hub_knows_says_how_to_enrol(desk: Workspace) -> None:
    with pytest.raises(DiagError, match="inscrivez ce poste") as caught:
        syncing.run(desk, silent)
    assert caught.value.command == "diag sync enrol INVITATION"
    assert syncing.last(desk) == ()


def test_what_is_not_at_the_office_is_counted_then_sent_and_remembered(
    desk: Workspace, hub: Served
) -> None:
    started(desk)
    known = syncing.enrol(desk, hub.invite("999"))

    (before,) = syncing.waiting(desk, known)
    assert before.about is not None
    assert before.about.ref == SCHOOL
    (outcome,) = syncing.run(desk, silent)

    assert outcome.is_whole
    assert outcome.pushed == before.revisions
    assert syncing.waiting(desk, known) == ()
    assert syncing.last(desk) == (outcome,)
    assert "Tout ce qui est ici est au bureau" in told(outcome)


def test_a_colleague_opens_the_audit_with_its_edition(
    desk: Workspace, hub: Served, tmp_path: Path
) -> None:
    session = started(desk, OTHER)
    syncing.enrol(desk, hub.invite("999"))
    syncing.run(desk, silent)
    with workspace(tmp_path / "b", author="u-2", seed=2, known=()) as other:
        syncing.enrol(other, hub.invite("999"))
        syncing.run(other, silent)

        assert other.editions.holds(session.edition)
        assert other.settings.name_of("u-1") == "Camille Perrin"
        assert syncing.last(other)[0].people == {}
        assert started(other, OTHER).edition == session.edition


def test_who_takes_in_another_answer_reads_where_it_is_to_be_settled(
    desk: Workspace, hub: Served, tmp_path: Path
) -> None:
    mine = started(desk, OTHER)
    syncing.enrol(desk, hub.invite("999"))
    syncing.run(desk, silent)
    with workspace(tmp_path / "b", author="u-2", seed=2) as other:
        syncing.enrol(other, hub.invite("999"))
        syncing.run(other, silent)
        record_answer(mine, NewAnswer("debit_descendant", 42))
        record_answer(started(other, OTHER), NewAnswer("debit_descendant", 43))
        (first,) = syncing.run(desk, silent)
        (met,) = syncing.run(other, silent)
        (after,) = syncing.run(other, silent)

    differing = f"À trancher : {mine.about.name} ({OTHER})."
    assert "À trancher" not in told(first), "nothing differs here yet"
    assert differing in told(met)
    assert "À trancher" not in told(after), "nothing came"


def test_a_damaged_audit_to_settle_hides_nothing_of_a_sync(
    desk: Workspace, hub: Served, tmp_path: Path
) -> None:
    """What had passed was told as an error, and not remembered."""
    mine = started(desk, OTHER)
    add_place(mine, PlaceKind.SALLE, "Atelier")
    syncing.enrol(desk, hub.invite("999"))
    syncing.run(desk, silent)
    with workspace(tmp_path / "b", author="u-2", seed=2) as other:
        syncing.enrol(other, hub.invite("999"))
        syncing.run(other, silent)
        record_answer(started(other, OTHER), NewAnswer("debit_descendant", 43))
        record_answer(mine, NewAnswer("debit_descendant", 42))
        syncing.run(desk, silent)
        with other.journal.transaction() as connection:
            sql = "update rev set body = replace(body, 'Atelier', 'Reserve')"
            connection.execute(sql)
        (outcome,) = syncing.run(other, silent)

        assert outcome.pulled
        assert syncing.last(other) == (outcome,)


def test_stopped_by_the_user_is_told_as_a_problem(desk: Workspace, hub: Served) -> None:
    started(desk)
    syncing.enrol(desk, hub.invite("999"))

    (outcome,) = syncing.run(desk, silent, lambda: True)

    assert "interrompue" in told(outcome)
    assert not outcome.is_whole


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (SyncResult("h", "Hub", 0, pushed=1), "1 modification envoyée, 0 reçue"),
        (SyncResult("h", "Hub", 0, pulled=2), "2 reçues"),
        (SyncResult("h", "Hub", 0, awaited=2), "2 pièces jointes pas encore reçues"),
        (SyncResult("h", "Hub", 0, unequal=["x"]), "1 audit : pas encore le même"),
        (SyncResult("h", "Hub", 0, refused=["trop"]), "Refusé : trop"),
        (SyncResult("h", "Hub", 0, clock_gap=-600_000), "retarde de 10 min"),
        (SyncResult("h", "Hub", 0, clock_gap=180_000), "avance de 3 min"),
    ],
)
def test_an_account_tells_what_matters(outcome: SyncResult, words: str) -> None:
    assert words in told(outcome)


def test_an_audit_that_stays_here_is_named_with_why(
    hub: Served, tmp_path: Path
) -> None:
    with workspace(tmp_path / "c", author="u-3", seed=3) as coast:
        session = started(coast, OTHER)
        syncing.enrol(coast, hub.invite("998"))

        (outcome,) = syncing.run(coast, silent)

        assert outcome.code == 12
        assert outcome.unequal == [session.audit.id]
        ((title, why),) = outcome.causes.items()
        assert OTHER in title
        assert "pas dans le territoire de ce poste" in why
        assert f"  {title} : {why}" in told(outcome)
        assert syncing.last(coast) == (outcome,)


def test_progress_ends_at_its_total(desk: Workspace, hub: Served) -> None:
    seen: dict[str, tuple[int, int]] = {}

    def watch(phase: str, done: int, total: int) -> None:
        seen[phase] = (done, total)

    typed: Progress = watch
    started(desk)
    syncing.enrol(desk, hub.invite("999"))
    syncing.run(desk, typed)

    assert set(seen) >= {"revisions"}
    assert all(done == total for done, total in seen.values())


def test_a_laptop_that_comes_in_again_signs_with_another_key(
    desk: Workspace, hub: Served
) -> None:
    syncing.enrol(desk, hub.invite("999"))
    before = bundles.own_keys(desk).keys
    syncing.enrol(desk, hub.invite("999"))
    after = bundles.own_keys(desk).keys

    assert after.sign != before.sign
    assert after.age == before.age
    assert hub.store.devices()[-1].sign_key == after.card.sign
    assert len(syncing.hubs(desk)) == 1


def test_two_windows_that_come_in_at_once_sign_with_the_key_that_the_hub_took(
    desk: Workspace, hub: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each made its own: one enrolled a key that the other had just replaced."""
    syncing.enrol(desk, hub.invite("999"))
    before = len(hub.store.devices())
    met, ask = Barrier(2), http.enrol

    def enrol(*asked: Any) -> Enrolment:
        with suppress(BrokenBarrierError):  # it waits for its turn
            met.wait(timeout=0.3)
        return ask(*asked)

    def come_in(invitation: str) -> None:
        with Workspace.open(desk.folder) as window:
            syncing.enrol(window, invitation)

    monkeypatch.setattr(http, "enrol", enrol)
    with ThreadPoolExecutor() as pool:
        list(pool.map(come_in, [hub.invite("999") for _ in range(2)]))

    (known,) = syncing.hubs(desk)
    keys = {one.id: one.sign_key for one in hub.store.devices()[before:]}
    assert len(keys) == 2
    assert keys[known.device] == bundles.own_keys(desk).keys.card.sign


def test_a_laptop_that_is_given_another_territory_hands_over_what_waits(
    desk: Workspace, hub: Served
) -> None:
    syncing.enrol(desk, hub.invite("999"))
    audit = started(desk, OTHER).audit.id

    narrow = syncing.enrol(desk, hub.invite("998"))

    assert hub.store.lines(audit, 0, 1, 1) is not None
    record_answer(session_of(desk, OTHER), NewAnswer("nb_classes", 6))
    assert narrow.territories == ("998",)
    (outcome,) = syncing.run(desk, silent)
    assert [one for one in outcome.refused if "territoire" in one]


def test_a_hub_made_anew_is_told_from_the_one_it_replaces(
    desk: Workspace, hub: Served
) -> None:
    """Of one name, one hid what waited for the other, and none could be forgotten."""
    started(desk)
    syncing.enrol(desk, hub.invite("999"))
    syncing.run(desk, silent)
    (first,) = syncing.hubs(desk)
    keep_enrolment(desk.folder, first.model_copy(update={"hub": "0" * 16}))

    names = syncing.names_of(syncing.hubs(desk))
    told_names = {outcome.name for outcome in syncing.run(desk, silent)}
    with pytest.raises(DiagError, match="désigne plusieurs serveurs") as raised:
        syncing.forget(desk, first.name)
    gone = syncing.forget(desk, names["0" * 16])

    assert len(set(names.values())) == 2
    assert told_names == set(names.values())
    assert all(name in str(raised.value) for name in names.values())
    assert gone.hub == "0" * 16
    assert syncing.names_of(syncing.hubs(desk)) == {first.hub: first.name}


@pytest.mark.parametrize(
    ("minutes", "gap"),
    [
        (3, "3 min"),
        (119, "119 min"),
        (300, "5 h"),
        (57_600, "40 jours"),
        (6_311_520, "12 ans"),
    ],
)
def test_how_far_a_clock_is_reads_at_once(minutes: int, gap: str) -> None:
    late = SyncResult("ab", "Vallombre", 0, clock_gap=-minutes * 60_000)

    (line,) = [one for one in syncing.words_of(late) if "horloge" in one]

    assert f"retarde de {gap} sur" in line


def test_what_waits_of_a_purged_audit_is_named_as_such() -> None:
    ident = "336b9f36-45bd-5979-88ef-dcc23f6d8247"

    assert syncing.Waiting(ident, None, 87).title == (
        "audit effacé, ou inconnu ici (336b9f36)"
    )


def test_on_a_line_paid_by_volume_thumbnails_pass_and_photos_wait(
    desk: Workspace, hub: Served, tmp_path: Path
) -> None:
    """Both ways: what is seen is small, what waits is counted, nothing is lost."""
    session = started(desk)
    noise = Image.effect_noise((1600, 1200), 90).convert("RGB")
    noise.save(tmp_path / "baie.jpg", quality=95)
    (photo,) = join_photos(session, [tmp_path / "baie.jpg"], PhotoSubject()).photos
    syncing.enrol(desk, hub.invite("999"))

    (sent,) = syncing.run(desk, silent, light=True)
    with workspace(tmp_path / "b", author="u-2", seed=2) as other:
        syncing.enrol(other, hub.invite("999"))
        (seen,) = syncing.run(other, silent, light=True)
        there = session_of(other, SCHOOL)
        small = thumbnail_of(there, photo)
        assert small is not None
        assert len(small) < LIGHT < photo.size
        assert picture_of(there, photo) is None
        (again,) = syncing.run(desk, silent)
        (whole,) = syncing.run(other, silent)

        assert picture_of(there, photo) == picture_of(session, photo)

    assert (sent.deferred, sent.deferred_bytes, sent.is_whole) == (1, photo.size, False)
    assert (sent.code, seen.code) == (AWAITED, AWAITED)
    assert "1 pièce jointe (" in told(sent)
    assert "attend une connexion" in told(sent)
    assert (seen.received, seen.deferred) == (2, 1), "an edition, a thumbnail"
    assert (again.sent, again.deferred, whole.received) == (1, 0, 1)
    assert again.is_whole
    assert whole.is_whole


def test_a_photo_erased_elsewhere_leaves_this_laptop_with_its_thumbnail(
    desk: Workspace, hub: Served, tmp_path: Path
) -> None:
    session = started(desk)
    for name in ("kept", "gone"):
        noise = Image.effect_noise((640, 480), 90).convert("RGB")
        noise.save(tmp_path / f"{name}.jpg")
    files = [tmp_path / "kept.jpg", tmp_path / "gone.jpg"]
    kept, gone = join_photos(session, files, PhotoSubject()).photos
    syncing.enrol(desk, hub.invite("999"))
    syncing.run(desk, silent)
    with workspace(tmp_path / "b", author="u-2", seed=2) as other:
        syncing.enrol(other, hub.invite("999"))
        syncing.run(other, silent)
        held = AttachmentStore(other.folder)
        assert {kept.sha, gone.sha, gone.thumbnail} < held.all()
        (line,) = [
            one for one in session.revisions() if one.subject == f"photo/{gone.id}"
        ]
        session.record(changes.erased(session.audit.id, line.id, "Un visage"))
        syncing.run(desk, silent)

        syncing.run(other, silent)

        assert held.all().isdisjoint({gone.sha, gone.thumbnail})
        assert {kept.sha, kept.thumbnail} <= held.all()


def test_a_cut_line_is_not_said_to_have_let_thumbnails_through() -> None:
    cut = SyncResult("ab", "Vallombre", 0, deferred=1, awaited=1, problem="Coupé.")

    (line,) = [one for one in syncing.words_of(cut) if "payée au volume" in one]

    assert "passées" not in line


COMMANDS = dict(transfer._COMMANDS)
"""What the tests' own world takes away: no test asks this machine."""


@pytest.mark.parametrize(
    ("platform", "told_by_the_system", "is_dear"),
    [
        ("linux", b"u 1\n", True),
        ("linux", b"u 3\n", True),
        ("linux", b"u 4\n", False),
        ("linux", b"", False),
        ("win32", b"Variable\r\n", True),
        ("win32", b"Unrestricted\r\n", False),
        ("darwin", b"", False),
    ],
)
def test_the_system_tells_whether_the_line_is_paid_by_volume(
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    told_by_the_system: bytes,
    is_dear: bool,  # noqa: FBT001 - a column of the table
) -> None:
    done = CompletedProcess((), 0, told_by_the_system)
    monkeypatch.setattr("diag.sync.transfer._COMMANDS", COMMANDS)
    monkeypatch.setattr("diag.sync.transfer.sys.platform", platform)
    monkeypatch.setattr("diag.sync.transfer.subprocess.run", lambda *_, **__: done)

    assert transfer.is_metered() is is_dear
