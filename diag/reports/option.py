"""A kept scenario as documents print it: an option, always said to be a hypothesis."""

from collections.abc import Sequence
from dataclasses import dataclass

from diag.reports.escape import Md
from diag.reports.layout import bullets, sections, table, written

_BEFORE, _AFTER = "Aujourd'hui", "Avec l'option"


@dataclass(frozen=True, slots=True)
class Supposed:
    """One thing supposed, in words."""

    words: str
    is_sensitive: bool = False
    """Whether it is about something that only the technical document tells."""


@dataclass(frozen=True, slots=True)
class Option:
    """What would follow from a scenario, beside what is."""

    name: str
    """As its author called it."""
    supposed: tuple[Supposed, ...]
    scores: tuple[tuple[str, str, str], ...]
    """Title, score now, score then: those that move, the whole last."""
    costs: tuple[tuple[str, str, str], ...]
    """What is paid once and every year, now and then."""
    resolved: tuple[tuple[str, str], ...]
    """What would no longer be recommended, and its cost."""
    new: tuple[tuple[str, str], ...]
    """What would be recommended then, and its cost."""


def option_section(option: Option | None, *, reserved: bool) -> Md:
    """Return the whole section, its title included; nothing without an option.

    Only a `reserved` document tells what is supposed of sensitive matters.
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
        _advice("Actions supposées faites, ou devenues inutiles", option.resolved),
        _advice("Actions que cette option ajouterait", option.new),
    ))


def _told(supposed: Sequence[Supposed], *, reserved: bool) -> list[str]:
    told = [
        one.words[:1].upper() + one.words[1:]
        for one in supposed
        if reserved or not one.is_sensitive
    ]
    hidden = len(supposed) - len(told)
    more = "un point réservé au service technique"
    if hidden > 1:
        more = f"{hidden} points réservés au service technique"
    return [*told, more] if hidden else told


def _side_by_side(caption: str, first: str, rows: Sequence[Sequence[str]]) -> Md:
    return table(caption, (first, _BEFORE, _AFTER), rows)


def _advice(caption: str, rows: Sequence[Sequence[str]]) -> Md:
    return table(caption, ("Action", "Coût"), rows)
