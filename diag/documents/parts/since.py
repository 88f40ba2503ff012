"""What changed since last time, and what was supposed, as blocks."""

from collections.abc import Callable, Sequence

from diag.assess.results import Score
from diag.assess.words import is_printable, printed_cell, score_words
from diag.audit.compare import AuditsCompared
from diag.audit.suppose import Option
from diag.documents.blocks import Md, bold, bullets, sections, table, written
from diag.words.sentences import listed, sentence

Cell = Callable[[Score], str]
"""Words a score in a column: `printed_cell`, but in the technical annex."""


def option_section(option: Option | None, cell: Cell = printed_cell) -> Md:
    """Return the whole section, its title included; nothing without an option."""
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
        bullets(one[:1].upper() + one[1:] for one in option.supposed),
        _side_by_side(
            "Scores sur 100, hypothèse comprise",
            "Domaine",
            [(title, cell(then), cell(now)) for title, then, now in option.scores],
        ),
        _side_by_side("Dépense encore à décider, TTC", "Dépense", option.costs),
        _option_advice(
            "Actions supposées faites, ou devenues inutiles", option.resolved
        ),
        _option_advice("Actions que cette option ajouterait", option.new),
    ))


def _side_by_side(caption: str, first: str, rows: Sequence[Sequence[str]]) -> Md:
    return table(caption, (first, "Aujourd'hui", "Avec l'option"), rows)


def _option_advice(caption: str, rows: Sequence[Sequence[str]]) -> Md:
    return table(caption, ("Action", "Coût"), rows)


def since(progress: AuditsCompared, *, named: int, cell: Cell = printed_cell) -> Md:
    """Return what changed, `named` criteria at most by name in each list."""
    moved = [
        one
        for one in progress.domains
        if one.moved or (progress.method_changed and one.method_changed)
    ]
    rows = [
        (
            one.title,
            cell(one.before) if one.before else "n'existait pas",
            *((cell(one.again),) if progress.method_changed else ()),
            cell(one.now),
        )
        for one in (*moved, progress.overall)
    ]
    again = ("Rejugé aujourd'hui",) if progress.method_changed else ()
    columns = ("Domaine", progress.campaign, *again, "Maintenant")
    apart = {one.id for one in (*progress.better, *progress.worse)}
    method = [one for one in progress.judged_otherwise if one.id not in apart]
    return sections((
        written(_lead(progress)),
        table("Scores sur 100, alors et maintenant", columns, rows),
        *(
            Md(f"{bold(title)} {written(sentence(listed(titles, named)))}")
            for title, some in (
                ("Mieux :", progress.better),
                ("Moins bien :", progress.worse),
                ("Jugé autrement par les nouvelles grilles :", method),
            )
            if (titles := [f"« {one.title} »" for one in some])
        ),
        written(_actions(progress)),
    ))


def against(progress: AuditsCompared) -> str:
    """Return « contre 31 en 2025-2026 », judged alike, and the method if it changed.

    Nothing where that score was too little known to be printed.
    """
    then = progress.overall.again
    if then.bounds is None or not is_printable(then):
        return ""
    alike = ", rejugé par les grilles d'aujourd'hui" if progress.method_changed else ""
    return f"contre {score_words(then)} en {progress.campaign}{alike}"


def _lead(progress: AuditsCompared) -> str:
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


def _actions(progress: AuditsCompared) -> str:
    settled, lasting = progress.settled, progress.lasting
    if not settled:
        return "Les actions proposées alors restent à faire." if lasting else ""
    if not lasting:
        return "Plus aucune action proposée alors n'est nécessaire."
    gone = "n'est plus nécessaire" if settled == 1 else "ne sont plus nécessaires"
    stay = "reste" if lasting == 1 else "restent"
    return f"Des actions proposées alors, {settled} {gone} et {lasting} {stay} à faire."
