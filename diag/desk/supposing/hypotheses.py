"""« Et si… » in an engineer's words: read, told, and what comes up each time."""

from collections.abc import Iterator
from difflib import get_close_matches

from diag.desk.session import Session
from diag.desk.supposing.suppose import (
    Added,
    Closed,
    Said,
    Split,
    Supposition,
    supposed,
)
from diag.desk.visit.answers import find_question
from diag.desk.visit.keyed import meant
from diag.desk.visit.places import KIND_NAMES
from diag.model.checklist import Checklist
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.model.fact import Facts
from diag.model.folding import fold
from diag.model.place import ROOT_KINDS, Place
from diag.model.text import clean_line
from diag.reports.answers import value_words

FIBRE = (
    ("acces_internet", True),
    ("technologie_acces", "ftth_pro"),
    ("debit_descendant", 300),
    ("debit_montant", 100),
)
"""What « la fibre est arrivée » supposes, of the questions that the checklists ask."""

_USE, _CLASS = "type_salle", "classe"
"""The fact that says what a room is for, and its value where a class is taught."""


def fibre(session: Session) -> tuple[Supposition, ...]:
    """Return what the arrival of fibre supposes; nothing when nobody asks about it."""
    known, root = session.checklist.questions, session.facts.root
    return tuple(
        Said(root, name, value)
        for name, value in FIBRE
        if name in known
        and (not known[name].choices or value in {c.id for c in known[name].choices})
    )


def said(session: Session, facts: Facts, question: str, raw: str, at: str) -> Said:
    """Return another answer to a question, as typed; « ? » as if nobody knew.

    Raises:
        DiagError: unknown question or place, or a value that cannot be.
    """
    asked = find_question(session, question)
    place = facts.places[facts.root]
    if asked.place not in ROOT_KINDS:
        place = place_named(facts, at, asked.place)
    value = None if raw.strip() == "?" else meant(asked, raw)
    return Said(place.id, asked.id, value)


def added(facts: Facts, name: str, like: str = "") -> Added:
    """Return one more room, equipped like another one when named.

    Raises:
        DiagError: a name that is empty or taken, an unknown twin.
    """
    twin = place_named(facts, like, PlaceKind.SALLE).id if like else ""
    return Added(PlaceKind.SALLE, _free(facts, name), twin)


def closed(facts: Facts, name: str) -> Closed:
    """Return a room that is no longer used."""
    return Closed(place_named(facts, name, PlaceKind.SALLE).id)


def split(session: Session, facts: Facts, name: str, reusing: str = "") -> Split:
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
    second = _free(facts, f"{place.name}, second groupe")
    return Split(place.id, second, naming(session.checklist), donor)


def classrooms(facts: Facts) -> tuple[Place, ...]:
    """Return the rooms where a class is taught, or may be: none is said otherwise."""
    return tuple(
        place
        for place in facts.places_of(PlaceKind.SALLE)
        if (answer := facts.answer(place.id, _USE)) is None
        or answer.value in {None, _CLASS}
    )


def naming(checklist: Checklist) -> tuple[str, ...]:
    """Return the questions that say what a room is."""
    for label in checklist.places:
        if label.id is PlaceKind.SALLE:
            return label.named_by
    return ()


def told(session: Session, suppositions: tuple[Supposition, ...]) -> Iterator[str]:
    """Give each supposition in words, as the places stand when it is made."""
    facts = session.facts
    for one in suppositions:
        yield _told(session.checklist, facts, one)
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
    near = get_close_matches(text, [place.name for place in places], n=1)
    hint = f" Vouliez-vous dire « {near[0]} » ?" if near else ""
    names = ", ".join(f"« {place.name} »" for place in places[:8]) or "aucun"
    raise DiagError(
        f"Lieu « {text[:60]} » ({KIND_NAMES[kind]}) inconnu.{hint} Lieux : {names}."
    )


def _told(checklist: Checklist, facts: Facts, one: Supposition) -> str:
    match one:
        case Said(place, question, value):
            asked = checklist.questions[question]
            words = "pas connu" if value is None else value_words(asked, value)
            where = "" if place == facts.root else f"{_name(facts, place)}, "
            return f"{where}{asked.label} : {words}"
        case Added(_, name, like):
            return f"une salle de plus : {name}" + (
                f", équipée comme {_name(facts, like)}" if like else ", vide"
            )
        case Closed(place):
            return f"salle fermée : {_name(facts, place)}"
        case Split(place, _, _, reusing):
            taken = (
                f", avec l'équipement de {_name(facts, reusing)}, qui ferme"
                if reusing
                else ", second groupe dans une salle nue"
            )
            return f"dédoublement : {_name(facts, place)}{taken}"


def _name(facts: Facts, place: str) -> str:
    found = facts.places.get(place)
    return found.name if found else "lieu retiré"


def _free(facts: Facts, name: str) -> str:
    try:
        clean = clean_line(name)
    except ValueError as error:
        raise DiagError(f"Nom de lieu refusé : {error}.") from error
    if not clean:
        raise DiagError("Le nom du lieu est vide. Donnez par exemple « Classe CP ».")
    if fold(clean) in {fold(place.name) for place in facts.places.values()}:
        raise DiagError(f"Un lieu s'appelle déjà « {clean} ».")
    return clean
