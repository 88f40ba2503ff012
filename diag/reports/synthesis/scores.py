"""Scores of several schools: intervals that hold every possible average, no rank."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from diag.assess.results import Score
from diag.model.enums import Socle
from diag.model.number import Bounds
from diag.reports.escape import Md
from diag.reports.frame import SCORE_COLUMN
from diag.reports.layout import table
from diag.reports.synthesis.extract import Extract
from diag.words.figures import in_words, percent
from diag.words.sentences import listed, sentence
from diag.words.vocabulary import SOCLES

SOCLE_WORDS = {
    Socle.ATTEINT: "atteint",
    Socle.NON_ATTEINT: "non atteint",
    Socle.INDETERMINE: "à vérifier",
    Socle.SANS_OBJET: "sans objet",
}
"""Whether everything blocking holds, in a cell."""


def average(scores: Iterable[Score]) -> Bounds | None:
    """Return the average, exact: of the lows below, of the highs above.

    Each school counts as one, whatever its size; what has no score does not count.
    """
    bounds = [one.bounds for one in scores if one.bounds is not None]
    if not bounds:
        return None
    return Bounds(
        sum((one.low for one in bounds), Fraction()) / len(bounds),
        sum((one.high for one in bounds), Fraction()) / len(bounds),
    )


def span(scores: Iterable[Score]) -> Bounds | None:
    """Return what holds every score: from the least possible to the greatest."""
    bounds = [one.bounds for one in scores if one.bounds is not None]
    if not bounds:
        return None
    return Bounds(min(one.low for one in bounds), max(one.high for one in bounds))


def score_cell(score: Score) -> str:
    """Return « entre 47 et 61 », or « sans objet »."""
    return in_words(score.bounds) if score.bounds else "sans objet"


def average_words(extracts: Sequence[Extract]) -> str:
    """Return « entre 47 et 61 sur 100 », averaged over schools."""
    found = average(one.overall for one in extracts)
    return f"{in_words(found)} sur 100" if found else "sans objet"


def completeness(extracts: Sequence[Extract]) -> str:
    """Return how much of the schools' examination is settled, averaged."""
    told = [one.overall.completeness for one in extracts]
    return percent(sum(told, Fraction()) / len(told)) if told else percent(Fraction())


def socle_words(extracts: Sequence[Extract]) -> str:
    """Return how many schools have everything indispensable."""
    states = [one.socle for one in extracts]
    if len(states) == 1:
        return sentence(SOCLES[states[0]])
    told = [
        f"{words} dans {states.count(socle)}"
        for socle, words in SOCLE_WORDS.items()
        if socle in states and socle is not Socle.SANS_OBJET
    ]
    count = f"{len(states)} école{'s' * (len(states) > 1)}"
    return f"Socle, sur {count} : {listed(told)}." if told else ""


def domain_table(extracts: Sequence[Extract], *, spread: bool = True) -> Md:
    """Return the average of each domain; with its `spread`, from least to greatest."""
    found: dict[str, tuple[str, list[Score]]] = {}
    for one in extracts:
        for ident, title, score in one.domains:
            found.setdefault(ident, (title, []))[1].append(score)
    rows = [_row(title, scores, spread=spread) for title, scores in found.values()]
    extra = ("Du plus bas au plus haut",) if spread else ()
    columns = ("Domaine", SCORE_COLUMN, *extra, "Écoles concernées")
    return table("Moyenne des écoles auditées, domaine par domaine", columns, rows)


def _row(title: str, scores: Sequence[Score], *, spread: bool) -> tuple[str, ...]:
    whole, counted = average(scores), sum(one.bounds is not None for one in scores)
    limits = span(scores)
    if whole is None or limits is None:
        return title, "sans score", *(("–",) if spread else ()), str(counted)
    return (
        title,
        in_words(whole),
        *((in_words(limits),) if spread else ()),
        str(counted),
    )
