"""A retired audit says nothing any more, whatever comes in and whenever."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from diag.journal import changes
from diag.journal.errors import RefusedError
from diag.journal.facts import audits, open_audit
from diag.journal.journal import Journal
from diag.journal.people import retire, retired
from diag.journal.revision import Origin
from tests.journal.builders import AUDIT, CAMPAIGN, ROOT, SUBJECT, person

SECRET = "Madame Untelle, au 06"


@contextmanager
def another(folder: Path) -> Iterator[Journal]:
    folder.mkdir()
    with Journal.open(folder) as opened:
        yield opened


@pytest.fixture
def told(journal: Journal, author: Origin) -> list[bytes]:
    """The lines of an audit of two revisions, in an old bundle for example."""
    open_audit(journal, CAMPAIGN, SUBJECT, author)
    journal.write(changes.noted(AUDIT.id, ROOT, "q", SECRET), author)
    return list(journal.lines(AUDIT.id))


def test_all_of_it_is_erased_and_it_is_listed_no_more(
    journal: Journal, author: Origin, told: list[bytes]
) -> None:
    done = retire(journal, AUDIT.id, "terme", author)

    assert len(done.erased) == len(told) == 2
    assert retired(journal) == {AUDIT.id}
    assert audits(journal) == ()
    assert all(SECRET.encode() not in line for line in journal.lines(AUDIT.id))


def test_an_old_bundle_does_not_bring_it_back(
    journal: Journal, author: Origin, told: list[bytes]
) -> None:
    retire(journal, AUDIT.id, "terme", author)

    assert journal.ingest(told).new == 0
    assert audits(journal) == ()


def test_what_a_laptop_wrote_apart_and_brings_later_loses_its_value(
    journal: Journal, author: Origin, told: list[bytes], tmp_path: Path
) -> None:
    retire(journal, AUDIT.id, "terme", author)
    with another(tmp_path / "autre") as other:
        other.ingest(told)
        late = other.write(changes.noted(AUDIT.id, ROOT, "r", SECRET), person("u02"))
        journal.ingest(other.lines(AUDIT.id))
        assert SECRET.encode() not in b"".join(journal.lines(AUDIT.id))

        again = retire(journal, AUDIT.id, "terme", author)
        other.ingest(journal.lines(AUDIT.id))

        assert again.erased == (late.id,)
        assert other.digest(AUDIT.id) == journal.digest(AUDIT.id)
        assert SECRET.encode() not in b"".join(other.lines(AUDIT.id))


def test_the_retirement_may_come_before_what_it_erases(
    journal: Journal, author: Origin, told: list[bytes], tmp_path: Path
) -> None:
    done = retire(journal, AUDIT.id, "terme", author)
    with another(tmp_path / "autre") as other:
        other.ingest([done.erasures[-1].line])
        other.ingest(told)
        other.ingest(journal.lines(AUDIT.id))

        assert list(other.lines(AUDIT.id)) == list(journal.lines(AUDIT.id))


def test_the_same_audit_is_not_opened_again(
    journal: Journal, author: Origin, told: list[bytes]
) -> None:
    retire(journal, AUDIT.id, "terme", author)

    with pytest.raises(RefusedError, match="durée de conservation"):
        open_audit(journal, CAMPAIGN, SUBJECT, author)


def test_a_rebuild_keeps_it_silent(
    journal: Journal, author: Origin, told: list[bytes]
) -> None:
    retire(journal, AUDIT.id, "terme", author)
    journal.rebuild()

    assert audits(journal) == ()


def test_no_byte_of_it_stays_on_disk(
    journal: Journal, author: Origin, told: list[bytes], tmp_path: Path
) -> None:
    retire(journal, AUDIT.id, "terme", author)

    assert journal.compact()
    for path in tmp_path.glob("diag.db*"):
        assert SECRET.encode() not in path.read_bytes(), path
