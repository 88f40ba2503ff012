"""What changed since last time, and what was supposed, as blocks."""

from collections.abc import Sequence

from diag.audit.compare import (
    AuditsCompared as Progress,
)
from diag.audit.compare import (
    _advice_since as _advice,
)
from diag.audit.compare import (
    _lead,
    _method,
    _named,
    _score_row,
)
from diag.audit.suppose import _AFTER, _BEFORE, Option
from diag.audit.suppose import supposed_lines as _told
from diag.documents.blocks import bold, bullets, sections, table, written
from diag.documents.escape import Md


def option_section(option: Option | None, *, reserved: bool) -> Md:
    """Return the whole section, its title included; nothing without an option.

    Only a `reserved` document has what is supposed of sensitive matters.
    """
    if option is None:
        return Md("")
    title = f"Option : {option.name} (hypothèse)"
    lead = (
        "Cette partie est une hypothèse : rien n'en a été relevé sur place. Les "
        "scores, les actions et les budgets du reste du document n'en tiennent pas "
        "compte."
    )
    return sections((
        Md(f"## {written(title)}"),
        written(lead),
        written("Nous avons supposé :"),
        bullets(_told(option.supposed, reserved=reserved)),
        _side_by_side("Scores sur 100, hypothèse comprise", "Domaine", option.scores),
        _side_by_side("Dépense encore à décider, TTC", "Dépense", option.costs),
        _option_advice(
            "Actions supposées faites, ou devenues inutiles", option.resolved
        ),
        _option_advice("Actions que cette option ajouterait", option.new),
    ))


def _side_by_side(caption: str, first: str, rows: Sequence[Sequence[str]]) -> Md:
    return table(caption, (first, _BEFORE, _AFTER), rows)


def _option_advice(caption: str, rows: Sequence[Sequence[str]]) -> Md:
    return table(caption, ("Action", "Coût"), rows)


def since(progress: Progress, *, named: int) -> Md:
    """Return what changed, `named` criteria at most by name in each list."""
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
