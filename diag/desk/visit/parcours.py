"""How long a visit is: chosen for an audit, what it asks, how long that takes.

It is said in the audit itself, as a revision: whoever visits the same school follows
the same plan, and the history tells how long the visit was meant to be.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from diag.desk.session import Session
from diag.desk.visit.walk import Stop, walk_of
from diag.journal import changes
from diag.model.enums import Profile, Provenance
from diag.model.errors import DiagError
from diag.model.folding import fold

PROFILES = {
    Profile.SHORT: ("court", "l'indispensable"),
    Profile.STANDARD: ("standard", "l'ordinaire"),
    Profile.FULL: ("complet", "tout"),
}
"""How a visit is called, and what it asks: how long it lasts depends on the school."""

_ASKED, _AGAIN, _MEASURED = 10, 4, 60
"""Seconds that a question takes, that it takes again in another room, that a measure
takes: trade knowledge."""


@dataclass(frozen=True, slots=True)
class Parcours:
    """What a visit of one length would still ask, as things stand."""

    profile: Profile
    left: int
    """Questions that surely apply and are still to be learnt."""
    maybe: int
    """More that may apply, once others are answered."""
    minutes: int
    """To ask and measure what is left, rounded up; walking and talking not counted."""
    minutes_most: int
    """The same, if all that may apply does; places still to be added not counted."""
    chosen: bool

    @property
    def name(self) -> str:
        """Return « court », « standard » or « complet »."""
        return PROFILES[self.profile][0]

    @property
    def asked(self) -> str:
        """Return how many questions are left: « 38 à 52 questions »."""
        most = self.left + self.maybe
        told = f"{self.left} à {most}" if self.maybe else str(self.left)
        return f"{told} question{'s' * (most > 1)}"

    @property
    def lasts(self) -> str:
        """Return how long they take: « de 9 à 12 min »."""
        if self.minutes_most > self.minutes:
            return f"de {self.minutes} à {self.minutes_most} min"
        return f"environ {self.minutes} min"

    @property
    def words(self) -> str:
        """Return what is left, in words: « 38 à 52 questions, de 9 à 12 min »."""
        if not self.left + self.maybe:
            return "rien à demander"
        return f"{self.asked}, {self.lasts}"


def parcours_of(session: Session) -> tuple[Parcours, ...]:
    """Return the three lengths of visit, from the shortest."""
    chosen = session.profile
    return tuple(_parcours(session, each, chosen=each is chosen) for each in Profile)


def choose_profile(session: Session, profile: Profile) -> None:
    """Say how long the visit is meant to be; said again, nothing is written."""
    if profile is not session.profile:
        session.say(changes.profiled(session.audit.id, profile))


def profile_named(text: str) -> Profile:
    """Return the profile that a word names.

    Raises:
        DiagError: when it names none.
    """
    word = fold(text)
    found = [each for each, (name, _) in PROFILES.items() if word and name == word]
    if not found:
        names = ", ".join(name for name, _ in PROFILES.values())
        raise DiagError(f"Parcours « {text[:30]} » inconnu. Choisissez : {names}.")
    return found[0]


def told_left(session: Session, profile: Profile) -> str:
    """Return what a visit of that length still asks: « Parcours court : … »."""
    found = _parcours(session, profile, chosen=True)
    return f"Parcours {found.name}\u00a0: {found.words}"


def _parcours(session: Session, profile: Profile, *, chosen: bool) -> Parcours:
    walk = walk_of(session.facts, session.checklist, profile)
    least = _minutes(stop for stop in walk.stops if stop.is_left)
    most = _minutes(stop for stop in walk.stops if not stop.settled)
    return Parcours(profile, walk.left, walk.maybe, least, most, chosen)


def _minutes(stops: Iterable[Stop]) -> int:
    asked: set[str] = set()
    total = 0
    for stop in stops:
        again = _AGAIN if stop.question.id in asked else _ASKED
        total += _MEASURED if _is_measured(stop) else again
        asked.add(stop.question.id)
    return -(-total // 60)


def _is_measured(stop: Stop) -> bool:
    """Say whether a fact is measured first of all, asked only for want of it."""
    return stop.question.provenance[0] is Provenance.MEASURED
