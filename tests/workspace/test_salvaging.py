"""A journal damaged after its last copy: what can still be read comes back."""

from pathlib import Path

import pytest

from diag.audit.answer import record_note
from diag.journal.journal import FILE
from diag.model.errors import DiagError
from diag.workspace import backup as keeping
from diag.workspace.backup import salvage
from diag.workspace.workspace import Workspace
from tests.audit.builders import started, workspace
from tests.cli.running import diag

pytestmark = pytest.mark.durable

PAGE = 4096
NOTES = 120
LEAF = 0x0A
"""How a page of rows begins, in a table without rowid."""


def lines(desk: Workspace, audit: str) -> set[bytes]:
    return set(desk.journal.lines(audit))


def written(folder: Path) -> tuple[str, Path, set[bytes]]:
    """Make a workspace that was copied early; return its audit, the copy, its lines."""
    with workspace(folder) as desk:
        session = started(desk)
        audit = session.audit.id
        copied = keeping.back_up(desk, folder.parent / "copies").journal
        questions = [
            ident
            for ident, one in session.checklist.questions.items()
            if one.place is session.facts.places[session.facts.root].kind
        ]
        for number in range(NOTES):
            asked = questions[number % len(questions)]
            record_note(session, asked, f"{number} {'abc' * 80}")
        desk.journal.compact()
        return audit, copied, lines(desk, audit)


def damage(path: Path, whole: set[bytes]) -> None:
    """Blot one page of rows out of the middle of the log, and none that leads there."""
    content = bytearray(path.read_bytes())
    middle = sorted(whole)[len(whole) // 2 :]
    pages = (content.index(body[:200]) // PAGE * PAGE for body in middle)
    at = next(page for page in pages if content[page] == LEAF)
    content[at : at + PAGE] = bytes(PAGE)
    path.write_bytes(content)


def test_what_a_damaged_journal_still_tells_comes_back(tmp_path: Path) -> None:
    home = tmp_path / "home"
    audit, copied, whole = written(home)
    damage(home / FILE, whole)

    aside = keeping.restore(home, copied)[0]
    with Workspace.open(home) as desk:
        before = lines(desk, audit)
    said = diag(home, "salvage", str(aside))

    assert said.code == 0, said.err
    with Workspace.open(home) as desk:
        after = lines(desk, audit)
        assert len(before) < 10
        assert len(whole) - 20 <= len(after) < len(whole)
        assert after <= whole
        assert salvage(desk, aside).new == 0
    assert "reprises ici" in said.out


def test_a_line_that_is_not_what_was_written_is_left(tmp_path: Path) -> None:
    home = tmp_path / "home"
    audit, copied, whole = written(home)
    content = (home / FILE).read_bytes()
    content = content.replace(b"abcabc", b"abdabc")
    (home / FILE).write_bytes(content)

    aside = keeping.restore(home, copied)[0]

    with Workspace.open(home) as desk:
        before = lines(desk, audit)
        salvage(desk, aside)
        assert lines(desk, audit) == before
    assert len(whole) > len(before)


def test_a_base_that_comes_from_elsewhere_is_not_opened(tmp_path: Path) -> None:
    home = tmp_path / "home"
    _, copied, _ = written(home)
    with Workspace.open(home) as desk:
        for other in (copied, home / FILE):
            with pytest.raises(DiagError, match="mis de côté"):
                salvage(desk, other)
        (home / "autre.db").write_bytes(b"ce n'est pas une base" * 500)
        with pytest.raises(DiagError):
            salvage(desk, home / "autre.db")
