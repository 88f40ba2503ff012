"""What is noted in an audit: a text, its place, maybe its question; no verdict.

Notes that an earlier version wrote next to an answer are listed with the observations:
who notes knows of one thing only. Reworded, such a note becomes an observation.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from diag.audit.photos import PhotoSubject, shown_by
from diag.audit.session import AuditSession
from diag.journal import changes
from diag.model.audit import Observation
from diag.model.errors import DiagError
from diag.model.text import accept

LONGEST_NOTED = 10_000
"""Characters of an observation: three pages of text."""

_BESIDE = "/"
"""What parts a place from a question, in the name of a note of before."""


@dataclass(frozen=True, slots=True)
class Noted:
    """Something noted, as it is listed: an observation, or a note of before."""

    id: str
    """Of the observation; `PLACE/QUESTION` for a note beside an answer."""
    seen: Observation
    """A note of before as if it had been one: never to be shown, at no known time."""
    is_older: bool

    @property
    def mark(self) -> str:
        """Return « à montrer », « direction »; empty where the technician reads it."""
        if self.seen.reply:
            return "direction"
        return "à montrer" if self.seen.shown else ""


def noted_in(session: AuditSession) -> tuple[Noted, ...]:
    """Return all that is noted in an audit: what is seen in its order, then notes."""
    seen = [Noted(one.id, one, is_older=False) for one in session.observations]
    older = [
        Noted(
            f"{place}{_BESIDE}{question}",
            Observation(id="", text=text, place=place, question=question),
            is_older=True,
        )
        for (place, question), texts in session.facts.notes.items()
        for text in texts
    ]
    return (*seen, *older)


def observe(
    session: AuditSession,
    text: str,
    *,
    place: str = "",
    question: str = "",
    files: Iterable[str] = (),
    reply: bool = False,
) -> Observation:
    """Note what is seen, in one durable commit; place and question as typed, or ids.

    `reply`: the head teacher's own words, which the mayor's last page prints.

    Raises:
        DiagError: an empty text or one too long, unknown place or question.
    """
    where = shown_by(session, place=place, question=question)
    seen = _new_observation(session, _accepted_text(text), where).model_copy(
        update={
            "files": tuple(dict.fromkeys(files)),
            "shown": reply,
            "reply": reply,
        }
    )
    session.record(changes.observed(session.audit.id, seen))
    return seen


def reword_noted(session: AuditSession, ident: str, text: str) -> Observation:
    """Write other words in place of what is noted; a note becomes an observation.

    Raises:
        DiagError: unknown, or a text that cannot be kept.
    """
    noted, words = find_noted(session, ident), _accepted_text(text)
    if noted.is_older:
        before = noted.seen
        seen = _new_observation(
            session, words, PhotoSubject(before.place, before.question)
        )
        without = changes.noted(session.audit.id, seen.place, seen.question, "")
        session.record(without, changes.observed(session.audit.id, seen))
        return seen
    return _changed_observation(session, noted, {"text": words})


def mark_noted(
    session: AuditSession, ident: str, *, shown: bool, reply: bool = False
) -> Observation:
    """Say that an observation is « à montrer » in public documents, or no longer.

    `reply`: it is what the head teacher answers to the audit.

    Raises:
        DiagError: unknown, or a note of before, which is to be reworded first.
    """
    noted = find_noted(session, ident)
    if noted.is_older:
        raise DiagError(
            "Cette note d'avant ne se montre pas telle quelle : récrivez-la, elle "
            "devient une observation."
        )
    return _changed_observation(
        session, noted, {"shown": shown or reply, "reply": reply}
    )


def remove_noted(session: AuditSession, ident: str) -> Observation:
    """Take away what is noted; history keeps it, undo brings it back.

    Raises:
        DiagError: unknown.
    """
    noted = find_noted(session, ident)
    session.record(
        changes.noted(session.audit.id, noted.seen.place, noted.seen.question, "")
        if noted.is_older
        else changes.unobserved(session.audit.id, noted.id)
    )
    return noted.seen


def find_noted(session: AuditSession, ident: str) -> Noted:
    """Return what is noted under an id, or the only id that begins so.

    Raises:
        DiagError: unknown, or several begin so.
    """
    every = noted_in(session)
    exact = [one for one in every if one.id == ident]
    found = exact or [one for one in every if one.id.startswith(ident)]
    if ident and len({one.id for one in found}) == 1:
        return found[0]
    raise DiagError(
        f"Observation « {ident[:40]} » inconnue dans cet audit. Voyez la liste.",
        command=f"diag audit observe {session.about.ref} list",
    )


def _new_observation(
    session: AuditSession, text: str, where: PhotoSubject
) -> Observation:
    world = session.workspace.world
    return Observation(
        id=world.fresh_id(),
        text=text,
        place=where.place,
        question=where.question,
        at=world.clock(),
        author=session.workspace.settings.author,
    )


def _accepted_text(text: str) -> str:
    words = accept(text)
    if not words:
        raise DiagError(
            "Une observation vide ne se garde pas. Écrivez ce que vous voyez."
        )
    if len(words) > LONGEST_NOTED:
        raise DiagError(
            f"Observation trop longue : {len(words)} caractères, {LONGEST_NOTED} "
            "admis. Coupez-la en deux."
        )
    return words


def _changed_observation(
    session: AuditSession, noted: Noted, fields: dict[str, object]
) -> Observation:
    seen = noted.seen.model_copy(update=fields)
    if seen != noted.seen:
        session.record(changes.observed(session.audit.id, seen))
    return seen
