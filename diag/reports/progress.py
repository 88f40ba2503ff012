"""What changed since the last audit, told apart: what the school did, what the method.

The audit before is judged again by today's checklists: what moves between the two is
a change of method, and never told as progress.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from diag.model.checklist import Criterion
from diag.reports.escape import Md
from diag.reports.layout import bold, sections, table, written
from diag.words.sentences import listed, sentence


@dataclass(frozen=True, slots=True)
class ScoreMove:
    """A score then, the same facts judged by today's checklists, and now, in words."""

    title: str
    before: str
    """Empty when the checklists of then had no such domain."""
    again: str
    now: str

    @property
    def moved(self) -> bool:
        """Say whether anything but the method moved it."""
        return self.again != self.now


@dataclass(frozen=True, slots=True)
class Progress:
    """Two audits of the same subject."""

    campaign: str
    """Campaign of the audit before."""
    method_changed: bool
    """Whether the checklists are others."""
    overall: ScoreMove
    domains: tuple[ScoreMove, ...]
    better: tuple[Criterion, ...] = ()
    worse: tuple[Criterion, ...] = ()
    judged_otherwise: tuple[Criterion, ...] = ()
    """Those that the checklists judge by other rules than then."""
    settled: int = 0
    """How many recommendations made then are no longer called for."""
    lasting: int = 0
    """How many made then still are."""


def since(progress: Progress, *, named: int) -> Md:
    """Return what changed, `named` criteria at most told by name in each list."""
    return sections((
        written(_lead(progress)),
        _scores(progress),
        *(
            Md(f"{bold(title)} {written(_named(some, named))}")
            for title, some in (
                ("Mieux :", progress.better),
                ("Moins bien :", progress.worse),
                ("Jugé autrement par les nouvelles grilles :", _method(progress)),
            )
            if some
        ),
        written(_advice(progress)),
    ))


def against(progress: Progress) -> str:
    """Return « contre 31 en 2025-2026 », judged alike, and the method if it changed."""
    if progress.overall.again == "sans objet":
        return ""
    alike = ", rejugé par les grilles d'aujourd'hui" if progress.method_changed else ""
    return f"contre {progress.overall.again} en {progress.campaign}{alike}"


def _lead(progress: Progress) -> str:
    if not progress.method_changed:
        return (
            f"Depuis l'audit de la campagne {progress.campaign}, les grilles sont les "
            "mêmes : ce qui change vient des faits."
        )
    return (
        f"Depuis l'audit de la campagne {progress.campaign}, les grilles ont changé. "
        "Nous avons rejugé l'ancien audit avec celles d'aujourd'hui : un changement de "
        "méthode n'est pas un progrès."
    )


def _scores(progress: Progress) -> Md:
    moved = [
        one
        for one in progress.domains
        if one.moved or (progress.method_changed and one.before != one.again)
    ]
    rows = [_score_row(progress, one) for one in (*moved, progress.overall)]
    again = ("Rejugé aujourd'hui",) if progress.method_changed else ()
    columns = ("Domaine", progress.campaign, *again, "Maintenant")
    return table("Scores sur 100, alors et maintenant", columns, rows)


def _score_row(progress: Progress, one: ScoreMove) -> tuple[str, ...]:
    again = (one.again,) if progress.method_changed else ()
    return one.title, one.before or "n'existait pas", *again, one.now


def _method(progress: Progress) -> Sequence[Criterion]:
    moved = {one.id for one in (*progress.better, *progress.worse)}
    return [one for one in progress.judged_otherwise if one.id not in moved]


def _named(criteria: Sequence[Criterion], limit: int) -> str:
    names = [f"« {one.title} »" for one in criteria]
    return sentence(listed(names, limit))


def _advice(progress: Progress) -> str:
    settled, lasting = progress.settled, progress.lasting
    if not settled:
        return "Les actions proposées alors restent à faire." if lasting else ""
    if not lasting:
        return "Plus aucune action proposée alors n'est nécessaire."
    gone = "n'est plus nécessaire" if settled == 1 else "ne sont plus nécessaires"
    stay = "reste" if lasting == 1 else "restent"
    return f"Des actions proposées alors, {settled} {gone} et {lasting} {stay} à faire."
