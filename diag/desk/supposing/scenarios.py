"""Suppositions kept under a name: beside the facts, never among them."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import TypeAdapter

from diag.desk.session import Session
from diag.desk.supposing.suppose import Added, Closed, Said, Split, Supposition
from diag.journal import changes
from diag.journal.scenarios import scenarios_of
from diag.model.audit import Scenario
from diag.model.errors import DiagError
from diag.model.folding import fold
from diag.model.text import clean_line


class _Shape(NamedTuple):
    type: type[Supposition]
    adapter: TypeAdapter[Any]


_SHAPES = {
    name: _Shape(kind, TypeAdapter(kind))
    for name, kind in {
        "said": Said,
        "added": Added,
        "closed": Closed,
        "split": Split,
    }.items()
}
_LONGEST = 120


def scenarios(session: Session) -> tuple[Scenario, ...]:
    """Return what was kept in an audit, by name."""
    return scenarios_of(session.workspace.journal, session.audit.id)


def keep_scenario(
    session: Session, name: str, suppositions: Sequence[Supposition]
) -> Scenario:
    """Keep suppositions under a name; one that bears it already is replaced.

    Raises:
        DiagError: an empty name, one that is too long, or nothing supposed.
    """
    clean = _name(name)
    if not suppositions:
        raise DiagError("Rien n'est supposé : il n'y a rien à garder.")
    world = session.workspace.world
    same = [one for one in scenarios(session) if fold(one.name) == fold(clean)]
    fresh = str(UUID(bytes=world.nonce() + world.nonce(), version=4))
    scenario = Scenario(
        id=same[0].id if same else fresh,
        name=clean,
        suppositions=tuple(map(_written, suppositions)),
    )
    session.say(changes.imagined(session.audit.id, scenario))
    return scenario


def forget_scenario(session: Session, name: str) -> Scenario:
    """Take a scenario away; history keeps it.

    Raises:
        DiagError: unknown; names the nearest one.
    """
    scenario = scenario_named(session, name)
    session.say(changes.forgotten(session.audit.id, scenario.id))
    return scenario


def scenario_named(session: Session, name: str) -> Scenario:
    """Return a scenario by its name or its id.

    Raises:
        DiagError: unknown; names the nearest one.
    """
    known = scenarios(session)
    for one in known:
        if name == one.id or fold(one.name) == fold(name):
            return one
    near = get_close_matches(name, [one.name for one in known], n=1)
    hint = f" Vouliez-vous dire « {near[0]} » ?" if near else ""
    names = ", ".join(f"« {one.name} »" for one in known) or "aucun"
    raise DiagError(
        f"Scénario « {name[:60]} » inconnu.{hint} Scénarios gardés : {names}."
    )


def suppositions_of(
    session: Session, scenario: Scenario
) -> tuple[tuple[Supposition, ...], tuple[str, ...]]:
    """Return what a scenario supposes, and what no longer means anything here.

    A room taken away since, a question that the checklists no longer ask, is left out
    and told.
    """
    kept: list[Supposition] = []
    lost: list[str] = []
    places = set(session.facts.places)
    for written in scenario.suppositions:
        one = _read(written)
        if one is None:
            lost.append("une supposition d'une version plus récente")
        elif problem := next(_problems(session, one, places), ""):
            lost.append(problem)
        else:
            kept.append(one)
            places = _places_after(session, kept)
    return tuple(kept), tuple(lost)


def _places_after(session: Session, kept: Sequence[Supposition]) -> set[str]:
    facts = session.facts
    for one in kept:
        facts = one.applied(facts)
    return set(facts.places)


def _problems(session: Session, one: Supposition, places: set[str]) -> Iterator[str]:
    if isinstance(one, Said) and one.question not in session.checklist.questions:
        yield f"la question « {one.question} », qui n'est plus posée"
    named = [getattr(one, name, "") for name in ("place", "like", "reusing")]
    if any(place and place not in places for place in named):
        yield "un lieu retiré depuis"


def _written(one: Supposition) -> dict[str, Any]:
    what = next(name for name, shape in _SHAPES.items() if isinstance(one, shape.type))
    said = _SHAPES[what].adapter.dump_python(one, mode="json", exclude_defaults=True)
    return {"what": what, **said}


def _read(written: dict[str, Any]) -> Supposition | None:
    """Return a supposition; one that this version cannot read is none."""
    told = dict(written)
    shape = _SHAPES.get(str(told.pop("what", "")))
    try:
        return shape.adapter.validate_python(told) if shape else None
    except ValueError:
        return None


def _name(text: str) -> str:
    try:
        clean = clean_line(text)
    except ValueError as error:
        raise DiagError(f"Nom de scénario refusé : {error}.") from error
    if not clean or len(clean) > _LONGEST:
        raise DiagError(
            f"Un scénario porte un nom d'au plus {_LONGEST} signes, par exemple "
            "« Fibre et dédoublement du CP »."
        )
    return clean
