from fractions import Fraction

import pytest

from diag.journal import changes, subjects
from diag.journal.journal import Journal
from diag.journal.records import own_advice_of, ranks_of
from diag.journal.revision import NewRevision, Origin
from diag.model.audit import OwnAdvice
from diag.model.enums import Owner
from tests.journal.builders import AUDIT as OPENED

AUDIT = OPENED.id
OWN = OwnAdvice(
    id="3f0c", title="Repeindre", owner=Owner.COMMUNE, cents=12_000, delay="P6M"
)


def test_a_rank_is_exact_and_the_last_one_counts(
    journal: Journal, author: Origin
) -> None:
    journal.write(changes.ranked(AUDIT, "passer-a-la-fibre", 3), author)
    journal.write(changes.ranked(AUDIT, "passer-a-la-fibre", "2.5"), author)

    assert ranks_of(journal, AUDIT) == {"passer-a-la-fibre": Fraction(5, 2)}


def test_a_rank_taken_away_leaves_the_computed_order(
    journal: Journal, author: Origin
) -> None:
    journal.write(changes.ranked(AUDIT, "passer-a-la-fibre", 3), author)
    journal.write(changes.ranked(AUDIT, "passer-a-la-fibre", None), author)

    assert ranks_of(journal, AUDIT) == {}


@pytest.mark.parametrize("value", [True, "trois", {"rank": 1}, [1]])
def test_a_rank_that_is_no_number_is_ignored(
    journal: Journal, author: Origin, value: object
) -> None:
    journal.write(NewRevision(AUDIT, subjects.rank("x"), value), author)  # type: ignore[arg-type]  # hostile

    assert ranks_of(journal, AUDIT) == {}


def test_own_advice_comes_back_as_it_was_said(journal: Journal, author: Origin) -> None:
    journal.write(changes.owned(AUDIT, OWN), author)

    assert own_advice_of(journal, AUDIT) == (OWN,)


def test_own_advice_taken_away_is_gone(journal: Journal, author: Origin) -> None:
    journal.write(changes.owned(AUDIT, OWN), author)
    journal.write(changes.disowned(AUDIT, OWN.id), author)

    assert own_advice_of(journal, AUDIT) == ()


@pytest.mark.parametrize("value", ["titre", {"title": "sans porteur"}])
def test_own_advice_that_cannot_be_read_is_ignored(
    journal: Journal, author: Origin, value: object
) -> None:
    journal.write(NewRevision(AUDIT, subjects.own("x"), value), author)  # type: ignore[arg-type]  # hostile

    assert own_advice_of(journal, AUDIT) == ()
