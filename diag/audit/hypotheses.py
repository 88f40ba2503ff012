"""« Et si… » in an engineer's words: read, worded, and what comes up each time."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from diag.answers.types import TYPES, value_words
from diag.assess.words import money_words, short_cost
from diag.audit.answer import find_question
from diag.audit.places import free_name
from diag.audit.session import AuditSession
from diag.audit.suppose import (
    Added,
    Closed,
    Option,
    Split,
    SupposedAnswer,
    SupposedOutcome,
    Supposition,
    outcome,
    supposed,
    title_of,
)
from diag.journal import changes
from diag.journal.records import scenarios_of
from diag.model.audit import ROOT_KINDS, Facts, Place, Scenario
from diag.model.checklist import Checklist
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.model.text import clean_line, fold
from diag.words.sentences import suggest
from diag.words.vocabulary import PLACE_NAMES

FIBRE = (
    ("acces_internet", True),
    ("technologie_acces", "ftth_pro"),
    ("debit_descendant", 300),
    ("debit_montant", 100),
    ("fibre_commandee", True),
)
"""What « la fibre est arrivée » supposes, of the questions that the checklists ask."""

USE, CLASS_USE = "type_salle", "classe"
"""The fact that gives what a room is for, and its value where a class is taught."""


def fibre(session: AuditSession) -> tuple[Supposition, ...]:
    """Return what the arrival of fibre supposes; nothing when nobody asks about it."""
    known, root = session.checklist.questions, session.facts.root
    return tuple(
        SupposedAnswer(root, name, value)
        for name, value in FIBRE
        if name in known
        and (not known[name].choices or value in {c.id for c in known[name].choices})
    )


def suppose_answer(
    session: AuditSession, facts: Facts, question: str, raw: str, at: str
) -> SupposedAnswer:
    """Return another answer to a question, as typed; « ? » as if nobody knew.

    Raises:
        DiagError: unknown question or place, or a value that cannot be.
    """
    asked = find_question(session, question)
    place = facts.places[facts.root]
    if asked.place not in ROOT_KINDS:
        place = place_named(facts, at, asked.place)
    if raw.strip() == "?":
        return SupposedAnswer(place.id, asked.id, None)
    today = session.workspace.world.today()
    parsed = TYPES[asked.type].parse_keys(asked, raw, today)
    return SupposedAnswer(place.id, asked.id, parsed.value)


def added(facts: Facts, name: str, like: str = "") -> Added:
    """Return one more room, equipped like another one when named.

    Raises:
        DiagError: a name that is empty or taken, an unknown twin.
    """
    twin = place_named(facts, like, PlaceKind.SALLE).id if like else ""
    return Added(PlaceKind.SALLE, free_name(facts, name), twin)


def closed(facts: Facts, name: str) -> Closed:
    """Return a room that is no longer used."""
    return Closed(place_named(facts, name, PlaceKind.SALLE).id)


def split(session: AuditSession, facts: Facts, name: str, reusing: str = "") -> Split:
    """Return a class in two; the second room takes over another one's equipment.

    Raises:
        DiagError: an unknown room, no classroom, or a room that would equip itself.
    """
    place = place_named(facts, name, PlaceKind.SALLE)
    if place not in classrooms(facts):
        raise DiagError(
            f"« {place.name} » n'est pas une classe : rien à dédoubler. Si c'en est "
            "une, corrigez l'usage de la salle dans la visite."
        )
    donor = place_named(facts, reusing, PlaceKind.SALLE).id if reusing else ""
    if donor == place.id:
        raise DiagError(f"« {place.name} » ne peut pas s'équiper elle-même.")
    second = free_name(facts, f"{place.name}, second groupe")
    return Split(place.id, second, naming(session.checklist), donor)


def classrooms(facts: Facts) -> tuple[Place, ...]:
    """Return the rooms where a class is taught, or may be: an unknown use counts."""
    return tuple(
        place
        for place in facts.places_of(PlaceKind.SALLE)
        if (answer := facts.answer(place.id, USE)) is None
        or answer.value in {None, CLASS_USE}
    )


def naming(checklist: Checklist) -> tuple[str, ...]:
    """Return the questions that name what a room is."""
    for label in checklist.places:
        if label.id is PlaceKind.SALLE:
            return label.named_by
    return ()


def describe_hypotheses(
    session: AuditSession, suppositions: tuple[Supposition, ...]
) -> Iterator[str]:
    """Give each supposition in words, as the places stand when it is made."""
    facts = session.facts
    for one in suppositions:
        match one:
            case SupposedAnswer(place, question, value):
                asked = session.checklist.questions[question]
                words = "pas connu" if value is None else value_words(asked, value)
                where = "" if place == facts.root else f"{_place_name(facts, place)}, "
                yield f"{where}{asked.label} : {words}"
            case Added(_, name, like):
                yield f"une salle de plus : {name}" + (
                    f", équipée comme {_place_name(facts, like)}" if like else ", vide"
                )
            case Closed(place):
                yield f"salle fermée : {_place_name(facts, place)}"
            case Split(place, _, _, reusing):
                taken = (
                    f", avec l'équipement de {_place_name(facts, reusing)}, qui ferme"
                    if reusing
                    else ", second groupe dans une salle nue"
                )
                yield f"dédoublement : {_place_name(facts, place)}{taken}"
        facts = supposed(facts, (one,))


def place_named(facts: Facts, text: str, kind: PlaceKind) -> Place:
    """Return the place of that kind, by name or id, supposed ones included.

    Raises:
        DiagError: unknown; names the nearest one.
    """
    places = facts.places_of(kind)
    for place in places:
        if text == place.id or fold(place.name) == fold(text):
            return place
    hint = suggest(text, (place.name for place in places), quoted=True)
    names = ", ".join(f"« {place.name} »" for place in places[:8]) or "aucun"
    raise DiagError(
        f"Lieu « {text[:60]} » ({PLACE_NAMES[kind]}) inconnu.{hint} Lieux : {names}."
    )


def _place_name(facts: Facts, place: str) -> str:
    found = facts.places.get(place)
    return found.name if found else "lieu retiré"


def option_of(session: AuditSession, name: str) -> Option | None:
    """Return a scenario as documents print it; the audit's facts stay what they are.

    None where all that it supposes is sensitive, and the audit is read without it.

    Raises:
        DiagError: unknown; or nothing of it means anything here any more.
    """
    scenario = scenario_named(session, name)
    kept, _ = suppositions_of(session, scenario)
    if not kept and session.is_public:
        return None
    if not kept:
        raise DiagError(
            f"Le scénario « {scenario.name} » ne suppose plus rien qui existe ici."
        )
    session.check_method()
    found = outcome(session.facts, session.checklist, kept)
    once, yearly = zip(*(money_words(one) for one in found.costs), strict=True)
    return Option(
        name=scenario.name,
        supposed=tuple(describe_hypotheses(session, kept)),
        scores=tuple(
            (title, before, after)
            for title, before, after in found.scores
            if before != after or title == found.scores[-1][0]
        ),
        costs=(("Une fois", *once), ("Par an", *yearly)),
        resolved=_advice(session, found, new=False),
        new=_advice(session, found, new=True),
    )


def _advice(
    session: AuditSession, found: SupposedOutcome, *, new: bool
) -> tuple[tuple[str, str], ...]:
    advised = found.new if new else found.resolved
    kind = session.about.kind
    return tuple((title_of(one, kind), short_cost(one.cost)) for one in advised)


class _Shape(NamedTuple):
    type: type[Supposition]
    adapter: TypeAdapter[Any]


_SHAPES = {
    name: _Shape(kind, TypeAdapter(kind))
    for name, kind in {
        "said": SupposedAnswer,
        "added": Added,
        "closed": Closed,
        "split": Split,
    }.items()
}

_LONGEST = 120


def scenarios(session: AuditSession) -> tuple[Scenario, ...]:
    """Return what was kept in an audit, by name."""
    return scenarios_of(session.workspace.journal, session.audit.id)


def keep_scenario(
    session: AuditSession, name: str, suppositions: Sequence[Supposition]
) -> Scenario:
    """Keep suppositions under a name; one that bears it already is replaced.

    Raises:
        DiagError: an empty name, one that is too long, or nothing supposed.
    """
    try:
        clean = clean_line(name)
    except ValueError as error:
        raise DiagError(f"Nom de scénario refusé : {error}.") from error
    if not clean or len(clean) > _LONGEST:
        raise DiagError(
            f"Un scénario porte un nom d'au plus {_LONGEST} signes, par exemple "
            "« Fibre et dédoublement du CP »."
        )
    if not suppositions:
        raise DiagError("Rien n'est supposé : il n'y a rien à garder.")
    same = [one for one in scenarios(session) if fold(one.name) == fold(clean)]
    fresh = session.workspace.world.fresh_id()
    written = []
    for one in suppositions:
        what = next(each for each in _SHAPES if isinstance(one, _SHAPES[each].type))
        adapter = _SHAPES[what].adapter
        fields = adapter.dump_python(one, mode="json", exclude_defaults=True)
        written.append({"what": what, **fields})
    scenario = Scenario(
        id=same[0].id if same else fresh, name=clean, suppositions=tuple(written)
    )
    session.record(changes.imagined(session.audit.id, scenario))
    return scenario


def forget_scenario(session: AuditSession, name: str) -> Scenario:
    """Take a scenario away; history keeps it.

    Raises:
        DiagError: unknown; names the nearest one.
    """
    scenario = scenario_named(session, name)
    session.record(changes.forgotten(session.audit.id, scenario.id))
    return scenario


def scenario_named(session: AuditSession, name: str) -> Scenario:
    """Return a scenario by its name or its id.

    Raises:
        DiagError: unknown; names the nearest one.
    """
    known = scenarios(session)
    for one in known:
        if name == one.id or fold(one.name) == fold(name):
            return one
    hint = suggest(name, (one.name for one in known), quoted=True)
    names = ", ".join(f"« {one.name} »" for one in known) or "aucun"
    raise DiagError(
        f"Scénario « {name[:60]} » inconnu.{hint} Scénarios gardés : {names}."
    )


def suppositions_of(
    session: AuditSession, scenario: Scenario
) -> tuple[tuple[Supposition, ...], tuple[str, ...]]:
    """Return what a scenario supposes, and what no longer means anything here.

    A room taken away since, a question that the checklists no longer ask, is left out
    and named.
    """
    questions, places = session.checklist.questions, set(session.facts.places)
    kept: list[Supposition] = []
    lost: list[str] = []
    for written in scenario.suppositions:
        fields = dict(written)
        shape = _SHAPES.get(str(fields.pop("what", "")))
        one = None
        if shape:
            with suppress(ValueError):  # as a later version writes it
                one = shape.adapter.validate_python(fields)
        if one is None:
            lost.append("une supposition d'une version plus récente")
        elif isinstance(one, SupposedAnswer) and one.question not in questions:
            lost.append(f"la question « {one.question} », qui n'est plus posée")
        elif {getattr(one, name, "") for name in _PLACES_NAMED} - {"", None, *places}:
            lost.append("un lieu retiré depuis")
        else:
            kept.append(one)
            places = set(supposed(session.facts, kept).places)
    return tuple(kept), tuple(lost)


_PLACES_NAMED = ("place", "like", "reusing")
"""Fields of a supposition that name a place."""
