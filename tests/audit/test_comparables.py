"""Schools like it: an interval when enough are known, else what is missing."""

from fractions import Fraction

from diag.audit.compare import Comparables, describe_comparables
from diag.model.enums import Audience
from diag.model.number import Bounds
from diag.words.figures import NBSP, NNBSP
from tests.documents.builders import changed, report
from tests.documents.reading import markdown

WORDS = "écoles primaires de 4 à 6 classes"
HALF = Bounds(Fraction(3, 10), Fraction(11, 20))
KNOWN = Comparables(WORDS, 7, HALF, {"reseau": HALF})


def plain(text: str) -> str:
    return text.replace(NBSP, " ").replace(NNBSP, " ")


def test_enough_schools_are_told_as_an_interval() -> None:
    assert describe_comparables(KNOWN) == (
        "La moitié au moins des 7 autres écoles primaires de 4 à 6 classes "
        "auditées dans le territoire se situe entre 30 et 55."
    )
    one = Comparables(WORDS, 5, Bounds(HALF.low, HALF.low))
    assert describe_comparables(one).endswith("se situe à 30.")


def test_too_few_are_counted_and_not_told() -> None:
    assert "2 autres auditées parmi les écoles" in describe_comparables(
        Comparables(WORDS, 2)
    )
    assert "aucune autre auditée" in describe_comparables(Comparables(WORDS, 0))
    assert "il en faut 5" in describe_comparables(Comparables(WORDS, 4))


def test_the_academy_reads_each_domain_beside_its_like() -> None:
    told = plain(
        markdown(changed(report(), look_around=lambda: KNOWN), Audience.ACADEMIE)
    )
    assert "Écoles comparables, la moitié" in told
    assert "| 30 à 55 |" in told
    assert "| trop peu d'écoles |" in told
    assert "ce n'est pas un classement" in told
    few = changed(report(), look_around=lambda: Comparables(WORDS, 2))
    said = plain(markdown(few, Audience.ACADEMIE))
    assert "2 autres auditées" in said
    assert "classement" not in said


def test_the_mayor_is_compared_only_when_it_can_be_told() -> None:
    known = changed(report(), look_around=lambda: KNOWN)
    few = changed(report(), look_around=lambda: Comparables(WORDS, 2))
    assert "entre 30 et 55" in plain(markdown(known, Audience.MAIRIE)).split("***")[0]
    assert "comparaison" not in markdown(few, Audience.MAIRIE)
    assert "comparaison" not in markdown(known, Audience.EQUIPE)
    assert "entre 30 et 55" not in plain(markdown(known, Audience.EQUIPE))
