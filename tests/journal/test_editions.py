import pytest

from diag.checklist.edition import compiled, digest
from diag.journal.errors import DamagedError, JournalError
from diag.journal.journal import Editions, Journal
from tests.assess.builders import boolean, checklist, criterion

LIST = checklist([boolean("fibre")], [criterion("debit", {3: "fibre"})])


def test_an_edition_is_kept_once_by_its_digest_and_opened(journal: Journal) -> None:
    editions = Editions(journal)
    kept = editions.keep(compiled(LIST))
    assert kept == digest(compiled(LIST))
    assert editions.keep(compiled(LIST)) == kept
    assert editions.digests() == [kept]
    assert editions.read(kept) == compiled(LIST)
    assert editions.open(kept) == LIST


def test_an_edition_that_is_not_here_says_where_it_may_be(journal: Journal) -> None:
    editions = Editions(journal)
    assert not editions.holds("ab" * 32)
    with pytest.raises(JournalError, match="synchronisez"):
        editions.open("ab" * 32)


def test_an_edition_that_changed_on_disk_is_refused(journal: Journal) -> None:
    kept = Editions(journal).keep(compiled(LIST))
    with journal.transaction() as connection:
        connection.execute("update edition set body = replace(body, 'fibre', 'cuivre')")
    with pytest.raises(DamagedError, match="abîmée"):
        Editions(journal).open(kept)


def test_an_edition_of_a_newer_diag_is_refused_in_french(journal: Journal) -> None:
    kept = Editions(journal).keep(b'{"titre":"an 2040"}')
    with pytest.raises(JournalError, match="illisible"):
        Editions(journal).open(kept)
