"""Two workspaces exchange bundles: names travel, the directory wins, undo is told."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as Nothing

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.session import AuditSession, listed
from diag.journal import changes
from diag.journal.asks import DELAY
from diag.journal.bundles import brought
from diag.journal.journal import Journal, put_setting
from diag.model.errors import DiagError
from diag.office import bundles
from diag.office.sealing import rules_of
from diag.workspace.subjects import auditee_of
from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.builders import DAY, OTHER, SCHOOL, SETTINGS, started


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = Nothing()  # type: ignore[no-untyped-call] # keyring's own
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)


@pytest.fixture
def other(tmp_path: Path, desk: Workspace) -> Iterator[Workspace]:
    """Give a colleague whose directory knows no school."""
    theirs = {"author": "u-2", "device": "d-2", "people": {"u-2": "Sacha"}}
    settings = SETTINGS.model_copy(update=theirs)
    with Workspace.create(tmp_path / "other", settings, fixed_world(DAY, 7)) as made:
        know(desk, made, "Sacha")
        know(made, desk, "Camille")
        yield made


def know(who: Workspace, whom: Workspace, name: str) -> None:
    key = str(bundles.own_keys(whom).keys.card)
    assert bundles.add_colleague(who, name, key)[0] == name


def test_a_bundle_carries_whom_it_is_about_and_who_wrote(
    session: AuditSession, other: Workspace, tmp_path: Path
) -> None:
    desk, path = session.workspace, tmp_path / "a.diag"
    record_answer(session, NewAnswer("nb_classes", 4))
    written = bundles.export(desk, [SCHOOL], ["sacha"], path)
    seen = bundles.preview(other, path)
    told = "\n".join(bundles.words_of(other, seen))
    assert session.about.name in told
    assert not listed(other)
    entered = bundles.bring_in(other, path)
    assert entered.revisions == written.revisions
    assert auditee_of(other, session.audit).name == session.about.name
    mine = desk.settings.author
    assert other.settings.people[mine] == desk.settings.people[mine]
    assert AuditSession(other, session.audit, session.about).facts == session.facts


def test_the_week_of_an_erasure_is_counted_from_when_its_ask_came(
    session: AuditSession, other: Workspace, tmp_path: Path
) -> None:
    """It was from the bundle after: the one that confirms it waited a week more."""
    desk = session.workspace
    record_answer(session, NewAnswer("nb_classes", 4))
    said = session.revisions()[-1]
    bundles.export(desk, [SCHOOL], ["Sacha"], tmp_path / "a.diag")
    bundles.bring_in(other, tmp_path / "a.diag")
    draft = changes.erasure_asked(session.audit.id, said.id, "demande d'un parent")
    asked = other.journal.write(draft, other.origin)
    bundles.export(other, None, ["Camille"], tmp_path / "b.diag")
    bundles.bring_in(desk, tmp_path / "b.diag")
    came = desk.world.clock()

    desk.world = replace(desk.world, clock=lambda: came + DELAY)

    assert rules_of(desk).seen[asked.id] <= came
    other.journal.write(draft, other.origin)  # over the first, which still counts
    bundles.export(other, None, ["Camille"], tmp_path / "c.diag")
    bundles.bring_in(desk, tmp_path / "c.diag")
    assert rules_of(desk).seen[asked.id] <= came
    desk.world = replace(desk.world, clock=lambda: came - DELAY)
    assert rules_of(desk).seen[asked.id] == came - DELAY, "it was ahead by years"


def test_a_link_that_somebody_left_in_a_shared_folder_is_not_written_through(
    session: AuditSession, other: Workspace, tmp_path: Path
) -> None:
    precious = tmp_path / "precieux"
    precious.write_text("à garder")
    (tmp_path / "a.diag.part").symlink_to(precious)

    bundles.export(session.workspace, [SCHOOL], ["sacha"], tmp_path / "a.diag")

    assert precious.read_text() == "à garder"
    assert bundles.bring_in(other, tmp_path / "a.diag").revisions


def test_a_bundle_teaches_the_names_of_who_wrote_in_it_alone(
    session: AuditSession,
    other: Workspace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else a colleague's bundle could fill the settings of everybody with names."""
    summarize = bundles._summarize
    named = {"u-1": "Camille Perrin", "u-9": "Personne d'ici"}
    monkeypatch.setattr(
        bundles, "_summarize", lambda *words: summarize(*words)._replace(people=named)
    )
    bundles.export(session.workspace, [SCHOOL], ["sacha"], tmp_path / "a.diag")

    bundles.bring_in(other, tmp_path / "a.diag")

    assert other.settings.people == {"u-2": "Sacha", "u-1": "Camille Perrin"}


def test_schools_that_come_together_are_kept_in_one_commit(
    session: AuditSession,
    other: Workspace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One commit each, of all that is kept, took minutes for six thousand."""
    desk, commits = session.workspace, list[str]()
    started(desk, OTHER)
    bundles.export(desk, [SCHOOL, OTHER], ["sacha"], tmp_path / "a.diag")

    def put(journal: Journal, key: str, value: object) -> None:
        commits.append(key)
        put_setting(journal, key, value)

    monkeypatch.setattr("diag.workspace.subjects.put_setting", put)

    bundles.bring_in(other, tmp_path / "a.diag")

    assert commits == ["schools_told"]
    assert {one.about.code for one in listed(other)} == {SCHOOL, OTHER}
    assert not [one for one in listed(other) if one.about.name.startswith("École 9")]


def test_conflicts_are_told_before_and_after(
    session: AuditSession, other: Workspace, tmp_path: Path
) -> None:
    desk = session.workspace
    bundles.export(desk, None, ["Sacha"], tmp_path / "a.diag")
    bundles.bring_in(other, tmp_path / "a.diag")
    record_answer(session, NewAnswer("nb_classes", 4))
    theirs = AuditSession(other, session.audit, session.about)
    record_answer(theirs, NewAnswer("nb_classes", 5))
    bundles.export(desk, None, ["Sacha"], tmp_path / "b.diag")
    seen = bundles.preview(other, tmp_path / "b.diag")
    assert "1 conflit à trancher" in "\n".join(bundles.words_of(other, seen))
    assert bundles.bring_in(other, tmp_path / "b.diag").conflicts == seen.conflicts


def test_an_undo_is_told_and_once(
    session: AuditSession, other: Workspace, tmp_path: Path
) -> None:
    bundles.export(session.workspace, None, ["Sacha"], tmp_path / "a.diag")
    name = bundles.bring_in(other, tmp_path / "a.diag").name
    assert bundles.undo(other, name) > 0
    assert not listed(other)
    assert brought(other.journal)[0].undone_at is not None
    with pytest.raises(DiagError, match="Aucun paquet"):
        bundles.undo(other, name)


def test_two_workspaces_meet_in_what_they_share(
    session: AuditSession, other: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "partage").mkdir()
    folder = str(tmp_path / "partage")
    desk = session.workspace
    record_answer(session, NewAnswer("nb_classes", 4))
    assert bundles.synchronise_shared(desk, folder).written
    bundles.synchronise_shared(other, folder)
    theirs = AuditSession(other, session.audit, session.about)
    record_answer(theirs, NewAnswer("nb_classes", 5))
    bundles.synchronise_shared(other, folder)
    bundles.synchronise_shared(desk, folder)
    again = AuditSession(desk, session.audit, session.about)
    assert again.facts.answers == theirs.facts.answers
    assert again.digest == theirs.digest


def test_a_folder_needs_someone_to_write_for(desk: Workspace, tmp_path: Path) -> None:
    with pytest.raises(DiagError, match="la clé d'aucun collègue"):
        bundles.synchronise_shared(desk, str(tmp_path))


def test_a_workspace_is_not_shared(other: Workspace) -> None:
    with pytest.raises(DiagError, match="ne se partage pas"):
        bundles.synchronise_shared(other, str(other.folder.parent))


def test_nothing_to_give_is_said(other: Workspace, tmp_path: Path) -> None:
    with pytest.raises(DiagError, match="Aucun audit à donner"):
        bundles.export(other, None, ["Camille"], tmp_path / "a.diag")


def test_ones_own_key_is_no_colleagues(desk: Workspace) -> None:
    with pytest.raises(DiagError, match="la clé de ce poste"):
        bundles.add_colleague(desk, "Moi", str(bundles.own_keys(desk).keys.card))


def test_the_first_line_is_written_for_who_is_known_to_read_it(
    session: AuditSession, other: Workspace, tmp_path: Path
) -> None:
    desk = session.workspace
    told = []
    for number, (giver, taker) in enumerate([(desk, other), (other, desk)] * 2):
        path = tmp_path / f"{number}.diag"
        bundles.export(giver, None, [*bundles.ring_of(giver).cards], path)
        told.append(path.read_bytes()[:1])
        bundles.bring_in(taker, path)

    assert told == [b"a", b"{", b"{", b"{"], "age's own form, until they have answered"
