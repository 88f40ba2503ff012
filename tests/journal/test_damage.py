"""Bytes that change on the disk are told, and what a hub holds is had again."""

import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from hypothesis import given

from diag.journal import changes, proof
from diag.journal.backup import backup, verify
from diag.journal.bundles import brought, intake
from diag.journal.errors import DamagedError, JournalError
from diag.journal.journal import FILE, Editions, Journal
from diag.journal.revision import Origin
from tests.journal.builders import AUDIT, ROOT, known
from tests.journal.worlds import histories, memory

pytestmark = pytest.mark.durable

FLIPS = 60


@pytest.fixture
def whole(tmp_path: Path, author: Origin) -> tuple[Path, list[bytes]]:
    """A journal of some pages, closed, and what it says."""
    with Journal.open(tmp_path) as journal:
        for number in range(90):
            draft = changes.answered(AUDIT.id, ROOT, f"q{number}", known(number))
            journal.write(draft, author)
        journal.compact()
        lines = list(journal.lines(AUDIT.id))
    return tmp_path, lines


def told_of(folder: Path, lines: list[bytes]) -> str:
    """Return « damaged » when it is said, « same » when nothing of it is seen."""
    try:
        verify(folder / FILE)
        with Journal.open(folder) as journal:
            found = list(journal.lines(AUDIT.id))
            heads = journal.heads(AUDIT.id)
            journal.rebuild()
            assert journal.heads(AUDIT.id) == heads
    except JournalError:
        return "damaged"
    assert found == lines, "a changed byte was read as if nothing had happened"
    return "same"


def test_a_flipped_byte_anywhere_is_told_or_harmless(
    whole: tuple[Path, list[bytes]],
) -> None:
    folder, lines = whole
    path = folder / FILE
    content = path.read_bytes()
    chance = Random(7)
    told = []
    for _ in range(FLIPS):
        at = chance.randrange(len(content))
        flipped = bytearray(content)
        flipped[at] ^= 1 << chance.randrange(8)
        for each in folder.glob(f"{FILE}-*"):
            each.unlink()
        path.write_bytes(flipped)
        told.append(told_of(folder, lines))

    assert told.count("damaged") >= FLIPS // 10


def test_a_head_that_changed_is_told_in_a_copy_and_found_again_in_the_journal(
    whole: tuple[Path, list[bytes]], tmp_path: Path
) -> None:
    folder, _ = whole
    with Journal.open(folder) as journal:
        before = journal.heads(AUDIT.id)
        for change in ("lam = lam + 1", "value = '{}'", "device = 'x'"):
            with journal.transaction() as connection:
                connection.execute(f"update head set {change} where lam = 7")
            with pytest.raises(DamagedError, match="réponses courantes"):
                verify(folder / FILE)

            journal.prove_all()
            verify(backup(journal.connection, tmp_path / "copies"))

            assert journal.heads(AUDIT.id) == before


@given(histories())
def test_heads_that_ingest_made_are_those_of_the_log(lines: list[bytes]) -> None:
    with memory(lines) as connection:
        for number, audit in proof.audits_in(connection):
            assert proof.is_as_summed(connection, number)
            assert proof.state_of(connection, number, audit) is proof.LogState.SOUND
            gone = (
                "delete from head where audit = ? "
                "and rev in (select min(rev) from head where audit = ?)"
            )
            if connection.execute(gone, (number, number)).rowcount:
                assert not proof.is_as_summed(connection, number)
                state = proof.state_of(connection, number, audit)
                assert state is proof.LogState.CHANGED


def retype(connection: sqlite3.Connection, table: str, old: str, new: str) -> None:
    """Have SQLite take a column to be of another type; what it holds stays."""
    change = "update sqlite_schema set sql = replace(sql, ?, ?) where name = ?"
    connection.execute("pragma writable_schema = on")
    connection.execute(change, (old, new, table))
    connection.execute("pragma writable_schema = reset")


@pytest.mark.plain
def test_a_number_of_an_audit_that_became_a_text_is_told_at_once(
    whole: tuple[Path, list[bytes]],
) -> None:
    """As a page of another table in the place of one of the log: cards begin by keys.

    SQLite takes such a text for a number to look for what is above, and finds it again.
    """
    folder, _ = whole
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as connection:
        types = ["audit integer", "audit text"]
        retype(connection, "rev", *types)
        connection.execute("insert into rev values ('000', '', zeroblob(32), 7, '', 0)")
        retype(connection, "rev", *reversed(types))
        connection.set_progress_handler(lambda: True, 100_000)

        with pytest.raises(DamagedError, match="liste des audits"):
            proof.audits_in(connection)


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_a_file_cut_short_is_told(whole: tuple[Path, list[bytes]], kept: float) -> None:
    folder, _ = whole
    content = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(content[: int(len(content) * kept)])

    with pytest.raises(DamagedError):
        verify(folder / FILE)


def test_a_list_of_bundles_that_the_disk_emptied_is_told_before_the_next_one(
    tmp_path: Path,
) -> None:
    told: list[str] = []
    with Journal.open(tmp_path) as journal:
        journal.on_change = told.append
        for name, sha in (("mardi", "00"), ("jeudi", "11")):
            assert not told
            with intake(journal) as bundle:
                bundle.begin(name, sha * 32)
                bundle.record(sha * 32, 1, {})
            if name == "mardi":
                with journal.transaction() as connection:
                    connection.execute("delete from bundle")

    assert "paquets lus ici a changé sur le disque" in told[0]


def test_a_list_of_bundles_or_editions_that_the_disk_emptied_is_told(
    tmp_path: Path,
) -> None:
    told: list[str] = []
    with Journal.open(tmp_path) as journal:
        journal.on_change = told.append
        with intake(journal) as bundle:
            bundle.begin("mardi", "00" * 32)
            bundle.record("00" * 32, 1, {})
        Editions(journal).keep(b"{}")
        assert len(brought(journal)) == len(Editions(journal).digests()) == 1
        assert not told

        with journal.transaction() as connection:
            connection.execute("delete from bundle")
            connection.execute("delete from edition")

        brought(journal)
        Editions(journal).digests()
    assert "paquets lus ici a changé sur le disque" in told[0]
    assert "grilles gardées ici ont changé sur le disque" in told[1]


def test_a_bundle_that_the_disk_made_unreadable_is_told(tmp_path: Path) -> None:
    with Journal.open(tmp_path) as journal:
        with intake(journal) as bundle:
            bundle.begin("mardi", "00" * 32)
            bundle.record("00" * 32, 1, {})
        with journal.transaction() as connection:
            connection.execute("update bundle set detail = '{'")

        with pytest.raises(DamagedError, match="paquets lus ici"):
            brought(journal)
