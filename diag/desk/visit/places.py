"""Rooms, buildings, lots: found by the name an engineer types, added, renamed."""

from collections.abc import Sequence
from difflib import get_close_matches
from uuid import UUID

from diag.desk.session import Session
from diag.journal import changes
from diag.journal.places import removal
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.model.folding import fold
from diag.model.place import PARENT_KINDS, ROOT_KINDS, Place
from diag.model.text import clean_line

KIND_NAMES = {
    PlaceKind.SYNDICAT: "syndicat",
    PlaceKind.COMMUNE: "commune",
    PlaceKind.ECOLE: "école",
    PlaceKind.BATIMENT: "bâtiment",
    PlaceKind.SALLE: "salle",
    PlaceKind.LOT: "lot",
}
"""What each kind is called on screen."""
FEMININE = frozenset({PlaceKind.COMMUNE, PlaceKind.ECOLE, PlaceKind.SALLE})
"""The kinds whose name is feminine."""

MAX_NAME = 200
"""Longest name of a place, in characters."""


def agreeing(kind: PlaceKind, participle: str) -> str:
    """Return « ajoutée » of a room, « ajouté » of a building."""
    return participle + "e" * (kind in FEMININE)


def find_place(session: Session, text: str) -> Place:
    """Return the place of that name or id; an empty text is the school itself.

    Raises:
        DiagError: unknown or ambiguous; names the nearest ones.
    """
    places = session.facts.places
    if not text:
        return places[session.facts.root]
    if text in places:
        return places[text]
    named = [place for place in places.values() if fold(place.name) == fold(text)]
    if len(named) == 1:
        return named[0]
    if named:
        ids = ", ".join(place.id for place in named)
        raise DiagError(
            f"Plusieurs lieux s'appellent « {text} ». Donnez l'identifiant : {ids}."
        )
    names = [place.name for place in places.values()]
    near = get_close_matches(text, names, n=1)
    hint = f" Vouliez-vous dire « {near[0]} » ?" if near else ""
    raise DiagError(
        f"Lieu « {text[:60]} » inconnu dans cet audit.{hint} Voyez la liste.",
        command=f"diag audit place {session.about.ref} list",
    )


def add_place(
    session: Session, kind: PlaceKind, name: str, parent: str = ""
) -> tuple[Place, str]:
    """Add a place; return it and the id of the revision that says so.

    Raises:
        DiagError: when its name is empty or taken, or its parent cannot hold it.
    """
    place = _new(session, kind, name, parent)
    (revision,) = session.say(changes.placed(session.audit.id, place))
    return place, revision.id


def add_places(
    session: Session, kind: PlaceKind, names: Sequence[str], parent: str = ""
) -> tuple[Place, ...]:
    """Add places in one gesture, that one undo takes back; their names differ.

    Raises:
        DiagError: when a name is empty or taken, or the parent cannot hold them.
    """
    places = tuple(_new(session, kind, name, parent) for name in names)
    session.say(*(changes.placed(session.audit.id, place) for place in places))
    return places


def _new(session: Session, kind: PlaceKind, name: str, parent: str) -> Place:
    if kind in ROOT_KINDS:
        raise DiagError(f"On n'ajoute pas de lieu de sorte « {KIND_NAMES[kind]} ».")
    holder = find_place(session, parent)
    if holder.kind not in PARENT_KINDS[kind]:
        raise DiagError(
            f"Un lieu de sorte « {KIND_NAMES[kind]} » ne se range pas dans "
            f"« {holder.name} » ({KIND_NAMES[holder.kind]})."
        )
    seed = session.workspace.world.nonce() + session.workspace.world.nonce()
    ident = str(UUID(bytes=seed, version=4))
    return Place(id=ident, kind=kind, parent=holder.id, name=_free(session, name))


def rename_place(session: Session, text: str, name: str) -> Place:
    """Give a place another name; its answers stay.

    Raises:
        DiagError: unknown place, or a name that is empty or taken.
    """
    place = _listed(find_place(session, text))
    renamed = place.model_copy(update={"name": _free(session, name)})
    session.say(changes.placed(session.audit.id, renamed))
    return renamed


def remove_place(session: Session, text: str) -> Place:
    """Take a place out of the list; history keeps what was said of it.

    Raises:
        DiagError: unknown place, or the school itself.
    """
    place = _listed(find_place(session, text))
    session.say(removal(session.workspace.journal, session.audit.id, place.id))
    return place


def _listed(place: Place) -> Place:
    if place.kind in ROOT_KINDS:
        raise DiagError(f"« {place.name} » est le sujet de l'audit lui-même.")
    return place


def _free(session: Session, name: str) -> str:
    try:
        clean = clean_line(name)
    except ValueError as error:
        raise DiagError(f"Nom de lieu refusé : {error}.") from error
    if not clean:
        raise DiagError("Le nom du lieu est vide. Donnez par exemple « Classe CP ».")
    if len(clean) > MAX_NAME:
        raise DiagError(
            f"Nom de lieu trop long : {len(clean)} caractères, {MAX_NAME} admis. "
            "Mettez le reste dans une note."
        )
    taken = {fold(place.name) for place in session.facts.places.values()}
    if fold(clean) in taken:
        raise DiagError(
            f"Un lieu s'appelle déjà « {clean} ». Donnez un nom qui le distingue."
        )
    return clean
