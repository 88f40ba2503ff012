"""Lines of a newer version: kept byte for byte, counted apart, erased with the rest."""

from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from diag.journal import backup, changes, schema
from diag.journal.carve import carve
from diag.journal.connection import connect, key_of
from diag.journal.errors import DamagedError
from diag.journal.exchange import proven_sum, unread_lines, whole_sum
from diag.journal.file import recorded_lines
from diag.journal.journal import FILE, Journal
from diag.journal.people import retire
from diag.journal.revision import NewRevision, Origin, Revision
from tests.journal.builders import AUDIT, ROOT, quarantined
from tests.journal.newer import newer, other_act, skeleton


def noted(journal: Journal, author: Origin, text: str = "un portail") -> Revision:
    return journal.write(changes.noted(AUDIT.id, ROOT, "q", text), author)


def kept(journal: Journal) -> list[bytes]:
    return [keyed.line for keyed in unread_lines(journal).get(AUDIT.id, [])]


def erasure(key: bytes) -> NewRevision:
    return changes.erased(AUDIT.id, key.hex(), "demande")


@pytest.mark.parametrize("write", [newer, other_act])
def test_it_is_kept_as_it_is_and_changes_nothing_that_is_read(
    journal: Journal, author: Origin, write: Callable[[Revision], bytes]
) -> None:
    line = write(noted(journal, author))
    before, heads = proven_sum(journal, AUDIT.id), journal.heads(AUDIT.id)

    taken = journal.ingest([line])

    assert (taken.new, taken.rejected, len(taken.unread)) == (0, (), 1)
    assert kept(journal) == [line]
    assert quarantined(journal) == ()
    assert proven_sum(journal, AUDIT.id) == before
    assert journal.manifest() == (before,)
    assert journal.heads(AUDIT.id) == heads
    whole = whole_sum(journal, AUDIT.id)
    assert whole.revisions == before.revisions + 1
    assert int(whole.digest, 16) ^ int(before.digest, 16) == int(
        sha256(line).hexdigest(), 16
    )
    assert journal.ingest([line]).unread == ()


@pytest.mark.parametrize(
    "change",
    [
        {"v": "2"},
        {"v": True},
        {"v": 0},
        {"audit": "ailleurs"},
        {"subject": ""},
        {"v": 1},
        {"v": 1, "op": ""},
        {"v": 1, "nonce": 3},
    ],
)
def test_what_no_version_would_write_is_still_refused(
    journal: Journal, author: Origin, change: dict[str, object]
) -> None:
    poison = newer(noted(journal, author), **{"lam": -1, **change})  # type: ignore[arg-type]

    taken = journal.ingest([poison, poison.replace(b",", b", ", 1)])

    assert len(taken.rejected) == 2
    assert kept(journal) == []


def test_its_value_leaves_with_an_erasure_in_both_orders(
    tmp_path: Path, author: Origin
) -> None:
    (tmp_path / "far").mkdir()
    with Journal.open(tmp_path) as here, Journal.open(tmp_path / "far") as far:
        line = newer(noted(here, author, "Madame Untelle"))
        key = sha256(line).digest()
        here.ingest([line])
        said = here.write(erasure(key), author)
        far.ingest([said.line])
        far.ingest([line])

        for journal in (here, far):
            (left,) = kept(journal)
            assert b"Untelle" not in left
            assert key.hex().encode() in left
            assert journal.ingest([line]).unread == ()
        before = whole_sum(far, AUDIT.id)
        assert far.ingest([skeleton(line, key)]).rejected == ()
        assert whole_sum(far, AUDIT.id) == before
    assert line not in [*recorded_lines(tmp_path, key_of(tmp_path / FILE))]


def test_a_skeleton_without_its_erasure_is_refused(
    journal: Journal, author: Origin
) -> None:
    line = newer(noted(journal, author))

    taken = journal.ingest([skeleton(line, sha256(line).digest())])

    assert len(taken.rejected) == 1
    assert kept(journal) == []


def test_it_leaves_with_the_audit(journal: Journal, author: Origin) -> None:
    one = noted(journal, author, "Madame Untelle")
    journal.ingest([newer(one)])

    retire(journal, AUDIT.id, "terme", author)
    journal.ingest([newer(one, lam=9)])

    assert len(kept(journal)) == 2
    assert not [line for line in kept(journal) if b"Untelle" in line]


def test_what_an_older_build_refused_of_it_is_kept_once_it_is_upgraded(
    tmp_path: Path, author: Origin
) -> None:
    with Journal.open(tmp_path) as journal:
        line = newer(noted(journal, author))
        poison = b"?"
    path = tmp_path / "old.db"
    with closing(connect(path)) as old:
        schema.upgrade(old, until="m006_places_judge")
        for each in (line, poison):
            row = (sha256(each).digest(), each.decode(), "champ « v » mal formé", None)
            old.execute("insert into quarantine values (?, ?, ?, ?)", row)

        schema.upgrade(old)

        assert old.execute("select body from opaque").fetchall() == [(line.decode(),)]
        assert old.execute("select body from quarantine").fetchall() == [("?",)]


def test_a_changed_byte_of_it_is_found_in_a_copy(
    journal: Journal, author: Origin
) -> None:
    journal.ingest([newer(noted(journal, author))])
    journal.connection.execute(
        "update opaque set body = replace(body, 'portail', 'postail')"
    )

    with pytest.raises(DamagedError, match="version plus récente"):
        backup.verify(journal.path)


@pytest.mark.plain
def test_it_comes_back_from_a_damaged_file_and_from_the_recorder(
    tmp_path: Path, author: Origin
) -> None:
    with Journal.open(tmp_path) as journal:
        line = newer(noted(journal, author))
        journal.ingest([line])
        journal.compact()

    assert carve(tmp_path / FILE).lines[sha256(line).digest()] == line
    assert line in [*recorded_lines(tmp_path, None)]
