"""Settling what people said apart: one revision that names all the heads shown.

The parents are those of the conflict as it was shown: what arrives meanwhile stays
beside, and is a new conflict that one sees.
"""

from collections.abc import Callable

from diag.desk.office.conflicts import Contested
from diag.desk.session import Session
from diag.desk.visit.answers import Entry, answer_for
from diag.journal import changes
from diag.journal.canonical import Json
from diag.journal.conflicts import Conflict
from diag.journal.door import MAX_PARENTS
from diag.journal.draft import Draft, Op
from diag.journal.revision import Revision
from diag.journal.subjects import AnswerTopic, AuditTopic, NoteTopic, PlaceTopic
from diag.model.enums import AuditStatus, Provenance
from diag.model.errors import DiagError
from diag.model.text import clean_line, clean_text


def take(shown: Contested, letter: str) -> tuple[Revision, ...]:
    """Say again what one candidate says; return the revisions that do.

    Raises:
        DiagError: no such candidate, or nothing could be written.
    """
    taken = shown.candidate(letter).revision
    if taken.op == "del" and isinstance(shown.conflict.topic, PlaceTopic):
        return remove(shown)
    value = _again(shown.session, shown.conflict, taken.value)
    return _settle(shown, value, op="del" if taken.op == "del" else "set")


def write(
    shown: Contested,
    typed: str,
    *,
    provenance: Provenance | None = None,
    sure: bool = False,
) -> tuple[Revision, ...]:
    """Say a third thing.

    Raises:
        RefusedEntryError: the value cannot be; nothing was written.
        DoubtError: the value is unlikely and was not confirmed; nothing was written.
        DiagError: nothing can be typed there: one of the candidates is to be taken.
    """
    if not shown.can_write:
        raise DiagError(f"« {shown.about} » ne se retape pas : prenez A ou B.")
    topic, audit = shown.conflict.topic, shown.session.audit.id
    if isinstance(topic, AnswerTopic):
        question = shown.question
        assert question is not None  # said by can_write
        entry = Entry(question.id, typed, provenance=provenance, sure=sure)
        answer = answer_for(question, entry)
        draft = changes.answered(audit, topic.place, topic.question, answer)
        return _settle(shown, draft.value)
    text = _clean(typed, line=isinstance(topic, PlaceTopic))
    if isinstance(topic, NoteTopic):
        return _settle(shown, text or None, op="set" if text else "del")
    named = {**_noun(shown), "name": text}
    return _settle(shown, named)


def leave(shown: Contested, comment: str) -> tuple[Revision, ...]:
    """Leave it open, and say why in the note beside the answers.

    Raises:
        DiagError: an empty comment, or a note that people differ on.
    """
    topic, session = shown.conflict.topic, shown.session
    if not isinstance(topic, AnswerTopic):
        raise DiagError(
            f"« {shown.about} » n'a pas de note : laissez-le ouvert sans commentaire."
        )
    said = _clean(comment)
    if not said:
        raise DiagError("Le commentaire est vide : dites pourquoi il reste ouvert.")
    if len(shown.notes) > 1:
        raise DiagError("Les notes diffèrent aussi : tranchez d'abord la note.")
    whole = "\n".join((*shown.notes, said))
    return session.say(
        changes.noted(session.audit.id, topic.place, topic.question, whole)
    )


def keep(shown: Contested) -> tuple[Revision, ...]:
    """Keep a place that one removed while another wrote there."""
    return _settle(shown, _noun(shown))


def remove(shown: Contested) -> tuple[Revision, ...]:
    """Remove a place, all that was written there being known."""
    return _settle(shown, None, op="del", seen=shown.inside)


def _settle(
    shown: Contested, value: Json, op: Op = "set", seen: tuple[str, ...] = ()
) -> tuple[Revision, ...]:
    """Write one revision a subject, in one go, over the heads that were shown."""
    audit = shown.session.audit.id
    return shown.session.say(
        *(
            Draft(audit, subject, value, op, parents=heads[-MAX_PARENTS:], seen=seen)
            for subject, heads in shown.conflict.by_subject
        )
    )


def _again(session: Session, conflict: Conflict, value: Json) -> Json:
    """Return what a candidate says, as one signs it today."""
    closing = {"status": str(AuditStatus.CLOS)}
    is_closing = isinstance(value, dict) and value.get("status") == closing["status"]
    if conflict.topic == AuditTopic("status") and is_closing:
        return {**closing, "digest": session.digest}
    return value


def _noun(shown: Contested) -> dict[str, Json]:
    """Return a place as it stands now."""
    topic, session = shown.conflict.topic, shown.session
    assert isinstance(topic, PlaceTopic)
    place = session.facts.places[topic.place]
    value = changes.placed(session.audit.id, place).value
    assert isinstance(value, dict)
    return value


def _clean(typed: str, *, line: bool = False) -> str:
    cleaning: Callable[[str], str] = clean_line if line else clean_text
    try:
        return cleaning(typed).strip()
    except ValueError as error:
        raise DiagError(f"Texte refusé : {error}.") from error
