"""Photos of closed audits leave the laptop once every hub has them, and come back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from diag.audit.follow import move
from diag.audit.photos import PhotoSubject, join_photos, photos_of, picture_of
from diag.audit.session import AuditSession
from diag.journal.attachments import AttachmentStore, drop_unnamed
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.office import sync as syncing
from diag.office.sync import AT_OFFICE, AWAITED, absent, fetch
from diag.sync.hub.home import HubHome
from diag.sync.trust import drop_enrolment
from diag.workspace.workspace import Workspace
from tests.audit.builders import SCHOOL, started, territory, workspace
from tests.audit.pictures import jpeg
from tests.cli.running import diag
from tests.sync.serving import Served, free_port, made_home, served

HOUR = 3_600_000


def home_in(folder: Path) -> HubHome:
    home = made_home(folder, free_port())
    home.teach(territory().annuaire)
    return home


@pytest.fixture
def near(tmp_path: Path) -> Iterator[Served]:
    with served(home_in(tmp_path / "near")) as running:
        yield running


@pytest.fixture
def far(tmp_path: Path) -> HubHome:
    """A second hub, that answers when one has it answer."""
    return home_in(tmp_path / "far")


@dataclass
class Hours:
    """A clock that one sets."""

    now: int = 500_000 * HOUR

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def hours() -> Hours:
    return Hours()


@contextmanager
def photographed(folder: Path, hours: Hours) -> Iterator[AuditSession]:
    """Give an audit with a photo of its own."""
    with workspace(folder) as made:
        made.world = replace(made.world, clock=hours)
        session = started(made)
        join_photos(session, [jpeg(folder / "baie.jpg")], PhotoSubject())
        yield session


def synced(desk: Workspace, hours: Hours, *, after: int = 0) -> int:
    """Sync; return how many photos left."""
    hours.now += after * HOUR
    outcomes = syncing.run(desk, lambda _phase, _done, _total: None)
    return sum(outcome.freed for outcome in outcomes)


def here(session: AuditSession) -> list[bool]:
    """Say of each photo whether its picture is here."""
    return [picture_of(session, photo) is not None for photo in photos_of(session)]


def test_a_photo_leaves_when_the_audit_is_closed_and_a_day_later_still_there(
    tmp_path: Path, hours: Hours, near: Served
) -> None:
    with photographed(tmp_path / "desk", hours) as session:
        desk = session.workspace
        syncing.enrol(desk, near.invite("999"))
        assert synced(desk, hours) == 0
        assert synced(desk, hours, after=48) == 0  # still being done
        move(session, AuditStatus.CLOS)
        assert synced(desk, hours, after=48) == 0  # the hub may not be copied yet
        assert synced(desk, hours, after=23) == 0
        assert all(here(session))

        left = synced(desk, hours, after=1)

        assert left == 1
        assert not any(here(session))
        assert set(absent(session).values()) == {AT_OFFICE}
        assert "quitté ce poste" in "\n".join(syncing.words_of(syncing.last(desk)[-1]))
        assert synced(desk, hours, after=48) == 0  # and is not taken back alone


def test_one_hub_of_two_that_lacks_it_keeps_it_here(
    tmp_path: Path, hours: Hours, near: Served, far: HubHome
) -> None:
    with photographed(tmp_path / "desk", hours) as session:
        desk = session.workspace
        syncing.enrol(desk, near.invite("999"))
        with served(far) as running:
            syncing.enrol(desk, running.invite("998"))  # of another territory
        move(session, AuditStatus.CLOS)

        for _ in range(3):  # the second one does not answer
            assert synced(desk, hours, after=48) == 0
        with served(far) as running:
            for _ in range(3):  # it answers, and may not hold this audit
                assert synced(desk, hours, after=48) == 0
            assert all(here(session))

            syncing.enrol(desk, running.invite("999"))
            assert synced(desk, hours) == 0
            assert synced(desk, hours, after=24) == 1
        assert not any(here(session))


def test_a_laptop_that_no_hub_knows_keeps_its_photos(
    tmp_path: Path, hours: Hours, near: Served
) -> None:
    with photographed(tmp_path / "desk", hours) as session:
        desk = session.workspace
        hub = syncing.enrol(desk, near.invite("999"))
        move(session, AuditStatus.CLOS)
        synced(desk, hours)
        drop_enrolment(desk.folder, hub)
        with pytest.raises(DiagError, match="Aucun serveur"):
            synced(desk, hours, after=48)
        assert all(here(session))


def test_what_left_comes_back_when_asked_for_and_stays_a_day(
    tmp_path: Path, hours: Hours, near: Served
) -> None:
    with photographed(tmp_path / "desk", hours) as session:
        desk = session.workspace
        syncing.enrol(desk, near.invite("999"))
        move(session, AuditStatus.CLOS)
        synced(desk, hours)
        before = {photo.id: picture_of(session, photo) for photo in photos_of(session)}
        synced(desk, hours, after=24)
        assert absent(session).keys() == before.keys()

        listed = diag(desk.folder, "audit", "photo", SCHOOL, "list")
        done = diag(desk.folder, "audit", "photo", SCHOOL, "fetch")

        assert AT_OFFICE in listed.out
        assert done.code == 0, done.err
        assert "reçue" in done.out
        again = {photo.id: picture_of(session, photo) for photo in photos_of(session)}
        assert again == before
        assert "déjà ici" in diag(desk.folder, "audit", "photo", SCHOOL, "fetch").out
        assert synced(desk, hours, after=1) == 0
        assert synced(desk, hours, after=24) == 1


def test_what_a_colleague_has_not_sent_is_awaited(
    tmp_path: Path, hours: Hours, near: Served
) -> None:
    with (
        photographed(tmp_path / "a", hours) as session,
        workspace(tmp_path / "b", author="u-2", seed=2) as other,
    ):
        desk, (photo, *_) = session.workspace, photos_of(session)
        theirs = started(other)
        theirs.workspace.journal.ingest(desk.journal.lines(session.audit.id))
        assert absent(theirs)[photo.id] == AWAITED
        syncing.enrol(other, near.invite("999"))

        told = fetch(other, [photo])
        assert (told.received, told.awaited, told.problem) == (0, 1, "")
        syncing.enrol(desk, near.invite("999"))
        synced(desk, hours)
        told = fetch(other, [photo])

        assert (told.received, told.awaited) == (1, 0)
        assert photo.id not in absent(theirs)


def test_a_hub_that_is_down_gives_a_sentence(
    tmp_path: Path, hours: Hours, far: HubHome
) -> None:
    with photographed(tmp_path / "desk", hours) as session:
        desk = session.workspace
        with pytest.raises(DiagError, match="Aucun serveur"):
            fetch(desk, photos_of(session))
        with served(far) as running:
            syncing.enrol(desk, running.invite("999"))
        photo = photos_of(session)[0]
        AttachmentStore(desk.folder).drop(photo.sha)

        told = fetch(desk, [photo])

        assert (told.received, told.awaited) == (0, 1)
        assert told.problem


def test_an_erased_photo_leaves_no_trace_that_it_had_left(
    tmp_path: Path, hours: Hours
) -> None:
    with photographed(tmp_path / "desk", hours) as session:
        attachments = AttachmentStore(session.workspace.folder)
        (photo,) = photos_of(session)
        attachments.let_go([photo.sha])
        assert attachments.gone() == {photo.sha}
        unnamed = attachments.put(b"une autre", "image/jpeg")
        attachments.let_go([unnamed])

        assert drop_unnamed(session.workspace.journal) == (1, True)

        assert attachments.gone() == {photo.sha}


def test_the_picture_of_a_line_set_aside_waits_with_it(
    tmp_path: Path, hours: Hours
) -> None:
    """A repair sets lines aside, and brings them back: their pictures are not lost."""
    with photographed(tmp_path / "desk", hours) as session:
        journal = session.workspace.journal
        attachments = AttachmentStore(session.workspace.folder)
        (photo,) = photos_of(session)
        bare = attachments.put(b"une autre", "image/jpeg")
        aside = [body for (body,) in journal.select("select body from rev")]
        with journal.transaction() as connection:
            connection.execute("delete from rev where subject glob 'photo/*'")
            connection.executemany(
                "insert into quarantine values (?, ?, 'abîmée', null)",
                [(b"%d" % rank, body) for rank, body in enumerate([*aside, "{ coupé"])],
            )

        assert drop_unnamed(journal) == (1, True)

        assert attachments.get(bare) is None
        assert attachments.get(photo.sha) is not None
        assert attachments.get(photo.thumbnail) is not None
