"""What the journal does for bundles: a rehearsal, one commit, a name, an undoing."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from diag.journal import attachments, bundles, changes, exchange
from diag.journal.errors import JournalError, ReadOnlyError
from diag.journal.journal import Journal
from tests.journal.builders import AUDIT, CAMPAIGN, NOON, ROOT, SUBJECT, known, person
from tests.journal.worlds import content

NAME, SHA = "2026-11-25-anne-ab12cd", "ab" * 32


@pytest.fixture
def lines(tmp_path: Path) -> list[bytes]:
    """Give what somebody else wrote."""
    with Journal.open(tmp_path / "anne") as theirs:
        anne = person("anne")
        theirs.write(changes.opened(AUDIT.id, CAMPAIGN, SUBJECT), anne)
        theirs.write(changes.answered(AUDIT.id, ROOT, "nb_classes", known(3)), anne)
        return list(theirs.lines(AUDIT.id))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path / "bruno") as made:
        yield made


@pytest.fixture(autouse=True)
def folders(tmp_path: Path) -> None:
    for name in ("anne", "bruno"):
        (tmp_path / name).mkdir()


def take(journal: Journal, lines: list[bytes]) -> bundles.BundleIntake:
    with bundles.intake(journal) as intake:
        intake.begin(NAME, SHA)
        intake.take(lines)
        intake.record(SHA, NOON, {"sender": "anne"})
    return intake


def test_what_came_has_a_name(journal: Journal, lines: list[bytes]) -> None:
    assert take(journal, lines).new == {AUDIT.id: 2}
    found = bundles.find_bundle(journal, SHA)
    assert found == bundles.bundle_named(journal, NAME)
    assert bundles.brought(journal) == (found,)
    assert found is not None
    assert found.detail == {
        "sender": "anne",
        "sums": {AUDIT.id: journal.digest(AUDIT.id)},
    }


def test_a_rehearsal_shows_all_and_leaves_nothing(
    journal: Journal, lines: list[bytes]
) -> None:
    before = content(journal.connection)
    with bundles.rehearsal(journal) as intake:
        intake.begin(NAME, SHA)
        intake.take(lines)
        assert bundles.audits_among(journal, [AUDIT.id]) == {AUDIT.id: AUDIT}
    assert content(journal.connection) == before
    assert not journal.connection.in_transaction


def test_an_error_on_the_way_leaves_nothing(
    journal: Journal, lines: list[bytes]
) -> None:
    before = content(journal.connection)
    with suppress(OSError), bundles.intake(journal) as intake:
        intake.begin(NAME, SHA)
        intake.take(lines)
        raise OSError
    assert content(journal.connection) == before
    assert not bundles.brought(journal)


def test_what_is_read_again_stays_undoable_as_it_was(
    journal: Journal, lines: list[bytes]
) -> None:
    take(journal, lines)
    found = bundles.find_bundle(journal, SHA)
    assert take(journal, lines).known == 2
    assert bundles.find_bundle(journal, SHA) == found
    assert bundles.undo(journal, NAME, NOON) == 2


def test_reading_one_state_sees_no_later_writing(
    journal: Journal, lines: list[bytes]
) -> None:
    with exchange.still(journal), Journal.open(journal.path.parent) as other:
        other.ingest(lines)
        assert not journal.manifest()
    assert journal.manifest()


def test_a_journal_to_read_takes_no_bundle(
    journal: Journal, lines: list[bytes]
) -> None:
    with Journal.open(journal.path.parent, readonly=True) as still:
        with pytest.raises(ReadOnlyError):
            take(still, lines)
        with pytest.raises(JournalError):
            bundles.undo(still, NAME, NOON)


def test_authors_and_attachments_are_known(
    journal: Journal, lines: list[bytes]
) -> None:
    take(journal, lines)
    digest = "cd" * 32
    journal.write(changes.pinned(AUDIT.id, digest), person("bruno"))
    assert bundles.authors_in(journal, [AUDIT.id]) == {"anne", "bruno"}
    assert attachments.attachments_in(journal, [AUDIT.id]) == {digest}
