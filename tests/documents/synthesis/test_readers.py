"""What the inspector and the board read, and what neither must."""

from dataclasses import replace
from fractions import Fraction

from diag.assess.results import Score
from diag.documents.synthesis.common import average, extremes
from diag.documents.synthesis.territory import (
    circonscription_synthesis,
    territory_synthesis,
)
from diag.model.enums import READERS, Owner, Standing
from diag.model.text import Bounds
from tests.documents.builders import ORDINARY
from tests.documents.synthesis.gatherings import (
    KEPT,
    LAVOIR,
    MOULIN,
    extract,
    gathering,
    school,
)


def test_the_inspector_reads_of_no_money() -> None:
    text = circonscription_synthesis(gathering(name="Circonscription Nord")).markdown
    assert "€" not in text
    assert "TTC" not in text


def test_the_board_reads_no_school_s_name() -> None:
    text = territory_synthesis(gathering(name="Territoire")).markdown
    for name in ("Moulin", "Lavoir", "Pré"):
        assert name not in text


def test_the_engineer_s_own_words_may_name_a_school_the_board_does_not_read_them() -> (
    None
):
    told = extract(ORDINARY, MOULIN)
    first = replace(
        told.tasks[0],
        owner=Owner.SYNDICAT,
        ready=True,
        undecided=True,
        own_words=True,
        titles=dict.fromkeys(READERS, "Revenir au Moulin"),
    )
    whole = gathering(replace(told, tasks=(first,)), name="Territoire")
    assert "Revenir au Moulin" not in territory_synthesis(whole).markdown


def test_neither_names_what_a_sensitive_fact_speaks_through() -> None:
    for write in (circonscription_synthesis, territory_synthesis):
        assert "ots de passe" not in write(gathering()).markdown


def test_communes_follow_one_another_with_their_own_sums() -> None:
    beyond = school("9990010F", "École d'ailleurs", commune="Bellecombe", insee="99902")
    told = gathering(
        extract(ORDINARY, MOULIN), extract(KEPT, LAVOIR), extract(KEPT, beyond)
    )
    text = territory_synthesis(told).markdown
    assert "| Bellecombe | 1 | rien à signaler | 229\u00a0€ | définitif |" in text
    assert "| Aubeterre | 2 |" in text


def test_an_average_holds_every_possible_one() -> None:
    sure = Score(Standing.IN, Bounds(Fraction(1, 2), Fraction(1, 2)), Fraction(1))
    unsure = Score(Standing.IN, Bounds(Fraction(0), Fraction(1)), Fraction(0))
    out = Score(Standing.OUT, None, Fraction(1))
    found = average([sure, unsure, out])
    assert found is not None
    assert found.bounds == Bounds(Fraction(1, 4), Fraction(3, 4))
    assert found.completeness == Fraction(1, 2)
    assert average([out]) is None


def test_the_lowest_and_the_highest_are_of_schools_that_are_known_enough() -> None:
    low, high, unknown = (
        Score(Standing.IN, Bounds(Fraction(a, 100), Fraction(b, 100)), Fraction(1))
        for a, b in ((20, 30), (70, 80), (0, 100))
    )
    assert extremes([low, high, unknown]) == "20 et 80"
    assert extremes([unknown]) == "–"
