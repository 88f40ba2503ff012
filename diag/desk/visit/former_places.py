"""The places of an earlier audit, taken again as they were by one that has none."""

from typing import NamedTuple
from uuid import UUID, uuid5

from diag.desk.bilan.previous import session_before
from diag.desk.session import Session
from diag.journal import changes
from diag.model.errors import DiagError
from diag.model.place import Place


class FormerPlaces(NamedTuple):
    """What an earlier audit of the same school listed."""

    campaign: str
    root: str
    """Id of the school itself, in that audit."""
    places: tuple[Place, ...]
    """All but the school, in the order in which they were added."""

    @property
    def words(self) -> str:
        """Name them: « les 11 lieux de 2026-2027 »."""
        count = len(self.places)
        listed = f"les {count} lieux" if count > 1 else "le lieu"
        return f"{listed} de {self.campaign}"

    @property
    def taken(self) -> str:
        """Say what is there again: « les 11 lieux de 2026-2027, sans réponse »."""
        return f"{self.words}, sans réponse"


def former_places(session: Session) -> FormerPlaces | None:
    """Return the places of the last audit that has some; None once this one has any."""
    if len(session.facts.places) > 1:
        return None
    before = session_before(session)
    while before is not None:
        root, *places = before.facts.places.values()
        if places:
            return FormerPlaces(before.audit.campaign, root.id, tuple(places))
        before = session_before(before)
    return None


def take_places_again(session: Session) -> FormerPlaces:
    """Add them in one gesture: names, kinds, what holds what; nothing is answered.

    Two who do so apart add the same places, not each their own.

    Raises:
        DiagError: when there is nothing to take, or this audit has places already.
    """
    former = former_places(session)
    if former is None:
        raise DiagError(
            "Rien à reprendre : l'audit a déjà des lieux, ou aucun audit précédent de "
            "l'école n'en a."
        )
    audit = session.audit.id
    ids = {place.id: str(uuid5(UUID(audit), place.id)) for place in former.places}
    ids[former.root] = session.facts.root
    session.say(
        *(
            changes.placed(
                audit,
                place.model_copy(
                    update={"id": ids[place.id], "parent": ids[place.parent or ""]}
                ),
            )
            for place in former.places
        )
    )
    return former
