"""Many schools as a whole: how many, what fails most often, where the median lies."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from diag.assess.money import added
from diag.documents.atlas.folder import commune_path
from diag.documents.atlas.school import (
    SchoolEntry,
    SchoolScores,
    ScoreBar,
    gauge,
    middle,
)
from diag.model.text import fold
from diag.words.vocabulary import SOCLES

FREQUENT = 12
"""At most so many points of compliance listed, the most frequent first."""


@dataclass(frozen=True, slots=True)
class CommuneLine:
    """One commune in the table of communes."""

    insee: str
    name: str
    schools: int
    audited: int
    failing: int
    """Points of compliance that fail, over all its schools."""
    median: ScoreBar
    budget: str

    @property
    def path(self) -> str:
        """Where its page stands."""
        return commune_path(self.name, self.insee)


@dataclass(frozen=True, slots=True)
class Overview:
    """Schools counted and summed up."""

    schools: int
    audited: int
    provisional: int
    with_alerts: int
    """Schools where a point of compliance fails."""
    median: ScoreBar
    socles: tuple[tuple[str, int], ...]
    domains: tuple[tuple[str, int, ScoreBar], ...]
    """Title, how many schools have a score, their median."""
    frequent: tuple[tuple[str, int], ...]
    """Points of compliance that fail, and in how many schools."""
    more: int
    """How many other points fail somewhere."""
    budget: str
    """Three years, with tax; empty when the view has no money."""


def overview(entries: Iterable[SchoolEntry]) -> Overview:
    """Return schools counted and summed up."""
    listed = list(entries)
    told = [one.told for one in listed if one.told]
    socles = Counter(one.socle for one in told)
    wrong = Counter(title for one in told for title in one.failing)
    ranked = sorted(wrong.items(), key=lambda one: (-one[1], fold(one[0])))
    return Overview(
        schools=len(listed),
        audited=len(told),
        provisional=sum(one.provisional for one in told),
        with_alerts=sum(bool(one.failing) for one in told),
        median=_median(told),
        socles=tuple((said, socles[one]) for one, said in SOCLES.items()),
        domains=_domains(told),
        frequent=tuple(ranked[:FREQUENT]),
        more=len(ranked[FREQUENT:]),
        budget=_budget(told),
    )


def commune_lines(
    entries: Iterable[SchoolEntry], names: Mapping[str, str] | None = None
) -> tuple[CommuneLine, ...]:
    """Return the communes of schools by name, and those of `names` (INSEE → name).

    The name given there is the one that is printed.
    """
    told = dict(names or {})
    found: dict[str, list[SchoolEntry]] = {insee: [] for insee in told}
    for one in entries:
        if one.insee:
            found.setdefault(one.insee, []).append(one)
            told.setdefault(one.insee, one.commune or one.insee)
    lines = [_line(insee, told[insee], some) for insee, some in found.items()]
    return tuple(sorted(lines, key=lambda one: (fold(one.name), one.insee)))


def _line(insee: str, name: str, entries: Sequence[SchoolEntry]) -> CommuneLine:
    told = [one.told for one in entries if one.told]
    return CommuneLine(
        insee=insee,
        name=name,
        schools=len(entries),
        audited=len(told),
        failing=sum(len(one.failing) for one in told),
        median=_median(told),
        budget=_budget(told),
    )


def _domains(told: Sequence[SchoolScores]) -> tuple[tuple[str, int, ScoreBar], ...]:
    titles = dict.fromkeys(title for one in told for title in one.domains)
    scores = {
        title: [one.domains[title] for one in told if title in one.domains]
        for title in titles
    }
    return tuple(
        (title, len(some), gauge(middle(some))) for title, some in scores.items()
    )


def _median(told: Iterable[SchoolScores]) -> ScoreBar:
    return gauge(middle(one.overall for one in told), "pas encore de score")


def _budget(told: Sequence[SchoolScores]) -> str:
    paid = [one.budget for one in told if one.budget is not None]
    return f"{added(paid).cell} TTC" if paid else ""
