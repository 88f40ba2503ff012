"""What is not written yet: the user is to confirm it first, or to leave it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.journal.journal import Head
from diag.journal.revision import NewRevision
from diag.journal.subjects import AnswerTopic, NoteTopic, PlaceTopic
from diag.model.errors import DiagError
from diag.model.fact import Answer, Facts, Place

if TYPE_CHECKING:
    from diag.audit.session import AuditSession


class NeedsConfirmation(DiagError):
    """Something was about to be written that the user must confirm first."""

    asked = ""
    """The question; a `ConcurrentChange` has none: `describe_concurrent` words it."""
    yes, no = "Écrire", "Ne rien écrire"
    """Its two answers."""
    done, left = "", ""
    """The sentence once it is written, or not."""
    drops = False
    """Whether what was typed is of no more use once it is not written."""
    takes_back = False
    """Whether it undoes an earlier entry: what is being typed is another."""

    def __init__(
        self, session: "AuditSession", drafts: tuple[NewRevision, ...], sentence: str
    ) -> None:
        super().__init__(sentence)
        self.session = session
        self._drafts = drafts

    def write_anyway(self) -> None:
        """Record what was withheld.

        Raises:
            DiagError: when nothing could be written.
        """
        self.session.record(*self._drafts)


class ClosedAuditError(NeedsConfirmation):
    """An answer was about to enter a closed audit, and nobody has confirmed it."""

    asked = "L'audit est clos : y écrire quand même ?"
    done = "Enregistré · l'audit était clos"
    left = "Rien n'est écrit : l'audit est clos."

    def __init__(
        self, session: "AuditSession", drafts: tuple[NewRevision, ...]
    ) -> None:
        super().__init__(
            session,
            drafts,
            f"L'audit de {session.about.title} ({session.audit.campaign}) est clos : "
            "rien n'y est écrit. Rouvrez-le dans le bilan.",
        )

    def write_anyway(self) -> None:
        """Record what was refused, and ask no more while this session is open.

        Raises:
            DiagError: when nothing could be written.
        """
        self.session.asks_when_closed = False
        super().write_anyway()


Met = Place | tuple[str, ...] | tuple[Answer, ...] | None
"""A place, the notes or the answers of a question; nothing when there is none."""


@dataclass(frozen=True, slots=True)
class MetChange:
    """What another program changed since it was read, where a draft would write."""

    topic: PlaceTopic | NoteTopic | AnswerTopic
    before: Met
    """What was read."""
    now: Met
    heads: tuple[Head, ...]


class ConcurrentChange(NeedsConfirmation):
    """Another program has changed what was about to be replaced."""

    yes, no = "Remplacer", "Garder l'autre"
    done = "Enregistré · à la place de ce que l'autre fenêtre avait écrit"
    left = "Rien n'est écrit : ce que l'autre fenêtre a écrit est gardé."
    drops = True

    def __init__(
        self,
        session: "AuditSession",
        drafts: tuple[NewRevision, ...],
        met: tuple[MetChange, ...],
    ) -> None:
        super().__init__(session, drafts, self.left)
        self.met = met


def standing(facts: Facts, topic: PlaceTopic | NoteTopic | AnswerTopic) -> Met:
    """Return what stands where a draft would write."""
    match topic:
        case PlaceTopic(place):
            return facts.places.get(place)
        case NoteTopic(place, question):
            return facts.notes.get((place, question), ())
        case AnswerTopic(place, question):
            return facts.answers.get((place, question), ())
