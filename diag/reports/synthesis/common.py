"""What several schools have in common: what falls short, what already works."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from diag.model.checklist import Criterion
from diag.model.enums import Compliance, Kind
from diag.reports.escape import Md
from diag.reports.layout import bullets, table
from diag.reports.synthesis.extract import Extract, Finding
from diag.words.sentences import first_sentence, listed
from diag.words.vocabulary import PRIORITIES

SEVERAL = 2
"""From so many schools on, a finding is common."""
REASON_WORDS = 20
"""Longest reason of a finding, in words, when a sentence is so short."""

_ORDER = (Kind.COMPLIANCE, Kind.BLOCKING, Kind.IMPROVEMENT)


@dataclass(frozen=True, slots=True)
class Shared:
    """How several audits stand on one criterion."""

    criterion: Criterion
    short: tuple[Extract, ...]
    reached: tuple[Extract, ...]
    unsure: tuple[Extract, ...]
    """Those that a fact still missing may send either way."""

    @property
    def of(self) -> int:
        """How many audits it concerns."""
        return len(self.short) + len(self.reached) + len(self.unsure)

    @property
    def counts(self) -> str:
        """« 3 écoles sur 5, 1 à vérifier »."""
        word = "école" if len(self.short) < SEVERAL else "écoles"
        told = f"{len(self.short)} {word} sur {self.of}"
        return f"{told}, {len(self.unsure)} à vérifier" if self.unsure else told


def shared(extracts: Iterable[Extract]) -> tuple[Shared, ...]:
    """Return every criterion that may be named, the most pressing and widest first."""
    told: dict[str, list[tuple[Extract, Finding]]] = {}
    for extract in extracts:
        for finding in extract.findings:
            if not finding.discreet:
                told.setdefault(finding.criterion.id, []).append((extract, finding))
    found = (_shared(pairs) for pairs in told.values())
    return tuple(
        sorted(
            found,
            key=lambda one: (
                _ORDER.index(one.criterion.kind),
                -len(one.short),
                -one.criterion.weight,
            ),
        )
    )


def weak_table(found: Sequence[Shared], limit: int) -> Md:
    """Return what falls short in several schools, and why it matters."""
    weak = [one for one in found if len(one.short) >= SEVERAL]
    kept = sorted(weak, key=lambda one: -len(one.short))[:limit]
    rows = [
        (
            one.criterion.title,
            one.counts,
            first_sentence(one.criterion.why, REASON_WORDS),
            PRIORITIES[one.criterion.kind],
        )
        for one in weak
        if one in kept
    ]
    columns = (
        "Ce qui est attendu",
        "En dessous",
        "Ce que cela change pour les élèves",
        "Priorité",
    )
    return table("Ce qui manque à plusieurs écoles", columns, rows)


def strong_list(found: Iterable[Shared], limit: int) -> Md:
    """Return what is as expected wherever it applies, in several schools."""
    strong = [
        one
        for one in found
        if len(one.reached) == one.of >= SEVERAL
        and one.criterion.kind is not Kind.COMPLIANCE
    ]
    strong.sort(key=lambda one: (-one.of, -one.criterion.weight))
    return bullets(
        f"{one.criterion.title} : {one.of} écoles sur {one.of}"
        for one in strong[:limit]
    )


def alert_rows(
    found: Iterable[Shared],
    short: Callable[[Sequence[Extract]], str],
    unsure: Callable[[Sequence[Extract]], str],
) -> list[tuple[str, ...]]:
    """Return each point of compliance that fails somewhere, the schools told twice."""
    return [
        (one.criterion.title, short(one.short), unsure(one.unsure))
        for one in found
        if one.criterion.kind is Kind.COMPLIANCE and one.short
    ]


def unchecked_list(
    found: Iterable[Shared], names: Callable[[Sequence[Extract]], str]
) -> Md:
    """Return the points of compliance that nobody surely fails, still to be checked."""
    return bullets(
        f"{one.criterion.title} : {names(one.unsure)}"
        for one in found
        if one.criterion.kind is Kind.COMPLIANCE and one.unsure and not one.short
    )


def alerts_words(extracts: Sequence[Extract]) -> str:
    """Return « 4 points non conformes, 2 à vérifier », told of one audit or more."""
    wrong = sum(one.alerts[0] for one in extracts)
    unchecked = sum(one.alerts[1] for one in extracts)
    parts = []
    if wrong:
        parts.append(f"{wrong} non conforme{'s' * (wrong > 1)}")
    if unchecked:
        parts.append(f"{unchecked} à vérifier")
    return listed(parts) or "rien à signaler"


def names_or_count(
    extracts: Sequence[Extract], name: Callable[[Extract], str], limit: int = 4
) -> str:
    """Return the names of schools, or how many they are past a few."""
    if len(extracts) > limit:
        return f"{len(extracts)} écoles"
    return listed([name(one) for one in extracts], limit)


def is_broken(found: Shared) -> bool:
    """Say whether it is a rule that some school surely does not keep."""
    return any(
        finding.compliance is Compliance.NON_CONFORME
        for one in found.short
        for finding in one.findings
        if finding.criterion.id == found.criterion.id
    )


def _shared(pairs: Sequence[tuple[Extract, Finding]]) -> Shared:
    return Shared(
        criterion=pairs[0][1].criterion,
        short=tuple(one for one, finding in pairs if finding.short),
        reached=tuple(one for one, finding in pairs if finding.reached),
        unsure=tuple(
            one for one, finding in pairs if not (finding.short or finding.reached)
        ),
    )
