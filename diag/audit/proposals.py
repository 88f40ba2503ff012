"""Proposals: answers that forms, phones, imports and measures offer; one is accepted.

They wait in the journal, so that two laptops lose none. What is accepted becomes an
answer, known as its source knows it, in one commit that one undo takes back.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID, uuid5

from diag.answers.answer_type import Parsed, Refused
from diag.answers.types import TYPES, answer_words, evidence
from diag.audit.answer import (
    ALWAYS,
    NewAnswer,
    answer_for,
    check_parts,
    ways_of,
    with_implied,
)
from diag.audit.session import AuditSession
from diag.audit.snapshot import known_already
from diag.journal import changes, subjects
from diag.journal.records import proposals_of
from diag.journal.revision import NewRevision
from diag.model.audit import Answer, Place, Proposal
from diag.model.checklist import Question
from diag.model.enums import UNDER_WAY, PlaceKind, ProposalSource, Provenance, State
from diag.model.errors import DiagError
from diag.words.dates import written_day
from diag.words.sentences import counted

_KNOWN_BY = {
    ProposalSource.FORM: Provenance.DECLARED,
    ProposalSource.PHONE: Provenance.DECLARED,
    ProposalSource.IMPORT: Provenance.IMPORTED,
    ProposalSource.MEASURE: Provenance.MEASURED,
}
"""How what each source offers is known."""


@dataclass(frozen=True, slots=True)
class OfferedAnswer:
    """A proposal as a person reads it before accepting it."""

    offer: Proposal
    question: Question | None
    """None when the checklists no longer ask it: it can only be refused."""
    where: str
    """Name of its place."""
    words: str
    """What it answers."""
    known: str
    """What is known already and how; empty for nothing."""
    doubt: str
    """Why it should be looked at, or why it cannot be accepted; empty as a rule."""

    @property
    def source(self) -> str:
        """Return who wrote it, when, and what it rests on."""
        offer = self.offer
        return ", ".join(filter(None, (offer.by, offer.why, written_day(offer.on))))

    @property
    def label(self) -> str:
        """Return what is asked."""
        return self.question.label if self.question else self.offer.question


LISTS = "lists"
"""What the ids of what official lists offer are made of."""


def proposal_id(session: AuditSession, origin: str, place: str, question: str) -> str:
    """Return the id that every laptop finds for what an origin offers there."""
    return str(uuid5(UUID(session.audit.id), f"{origin}/{place}/{question}"))


def propose(
    session: AuditSession,
    offers: Iterable[Proposal],
    beside: Iterable[NewRevision] = (),
) -> int:
    """Keep proposals in one commit, with what comes beside; return how many are new.

    What was offered before with the same answer is left as it was settled.

    Raises:
        DiagError: when nothing could be written.
    """
    audit, new = session.audit.id, list[NewRevision]()
    for offer in offers:
        wanted = changes.proposed(audit, offer)
        history = session.workspace.journal.history(audit, wanted.subject)
        if not any(
            isinstance(one.value, dict)
            and isinstance(wanted.value, dict)
            and _answered_by(one.value) == _answered_by(wanted.value)
            for one in history
            if not one.undoes
        ):
            new.append(wanted)
    drafts = (*beside, *new)
    if drafts:
        session.record(*drafts)
    return len(new)


def _answered_by(value: dict[str, object]) -> tuple[object, object, object]:
    return value.get("state"), value.get("value"), value.get("why")


def propose_lists(session: AuditSession) -> int:
    """Offer what official lists hold since a person answered otherwise.

    What the answer was given over is not offered, nor what its reason was given for.
    Returns how many are new; none in an audit that nobody visits any more.

    Raises:
        DiagError: when nothing could be written.
    """
    if session.status not in UNDER_WAY:
        return 0
    audit = session.audit.id
    today = session.workspace.world.today().isoformat()
    given = known_already(audit, session.about, session.checklist)
    return propose(
        session,
        (
            Proposal(
                id=proposal_id(session, LISTS, place, ident),
                place=place,
                question=ident,
                value=answer.value,
                source=ProposalSource.IMPORT,
                by=answer.reason,
                on=today,
            )
            for place, ident, answer in given
            if (heads := session.facts.answers.get((place, ident)))
            # A list is not set against an answer of which somebody said why.
            and not any(
                head.reason and head.provenance is not Provenance.IMPORTED
                for head in heads
            )
            and not any(  # nor offered again once it was answered
                isinstance(one.value, dict) and one.value.get("value") == answer.value
                for one in session.workspace.journal.history(
                    audit, subjects.answer(place, ident)
                )
            )
        ),
    )


def waiting(session: AuditSession) -> tuple[OfferedAnswer, ...]:
    """Return what waits for a person, by place then in the order of the checklists.

    What is already answered so, by whoever, waits no more.
    """
    order = {ident: rank for rank, ident in enumerate(session.checklist.questions)}
    places = {ident: rank for rank, ident in enumerate(session.facts.places)}
    offers = sorted(
        proposals_of(session.workspace.journal, session.audit.id),
        key=lambda one: (
            places.get(one.place, len(places)),
            one.lot,
            one.place,
            order.get(one.question, len(order)),
        ),
    )
    stand = {
        key: (heads[0].state, heads[0].value)
        for key, heads in session.facts.answers.items()
        if len(heads) == 1
    }
    return tuple(
        _read(session, one)
        for one in offers
        if stand.get((one.place, one.question)) != (one.state, one.value)
    )


def count_waiting(session: AuditSession) -> int:
    """Return how many wait; none in an audit that nobody visits any more."""
    return len(waiting(session)) if session.status in UNDER_WAY else 0


def waiting_words(count: int) -> str:
    """Return « 3 réponses proposées attendent votre accord »."""
    one, many = "réponse proposée attend", "réponses proposées attendent"
    return f"{counted(count, one, many)} votre accord"


def _read(session: AuditSession, offer: Proposal) -> OfferedAnswer:
    question = session.checklist.questions.get(offer.question)
    place = session.facts.places.get(offer.place)
    where = place.name if place else offer.lot or "lieu retiré"
    if question is None:
        return OfferedAnswer(offer, None, where, "", "", "ne se pose plus ici")
    heads = session.facts.answers.get((offer.place, offer.question), ())
    doubt = ""
    if place is None and not offer.lot:
        doubt = "ce lieu a été retiré"
    elif offer.state is State.KNOWN:
        try:
            doubt = TYPES[question.type].parse(question, offer.value).doubt
        except Refused as refused:
            doubt = refused.problem
    return OfferedAnswer(
        offer=offer,
        question=question,
        where=where,
        words=answer_words(question, Answer(offer.state, offer.value)),
        known=evidence(question, heads),
        doubt=doubt,
    )


def accept(session: AuditSession, idents: Collection[str]) -> int:
    """Answer what proposals offer, in one commit; return how many answers that is.

    What an answer implies, and the lots that it needs, are written with it.

    Raises:
        Refused: one of them cannot be an answer, or stands above its whole.
        DiagError: its question is no longer asked, its place is gone.
    """
    chosen = _named(session, idents)
    drafts: list[NewRevision] = []
    for place, group in groupby(chosen, key=lambda one: one.offer.place):
        drafts += _accepted(session, place, tuple(group))
    audit = session.audit.id
    seen = (changes.settled(audit, one.offer.id) for one in chosen)
    session.record(*drafts, *seen)
    return len(chosen)


def refuse(session: AuditSession, idents: Collection[str]) -> int:
    """Take proposals away, in one commit; return how many. History keeps them."""
    chosen = _named(session, idents)
    audit = session.audit.id
    session.record(*(changes.settled(audit, one.offer.id) for one in chosen))
    return len(chosen)


def _named(session: AuditSession, idents: Collection[str]) -> tuple[OfferedAnswer, ...]:
    chosen = tuple(one for one in waiting(session) if one.offer.id in {*idents})
    if not chosen:
        raise DiagError("Cette proposition n'attend plus : quelqu'un l'a déjà vue.")
    return chosen


def _accepted(
    session: AuditSession, place: str, offers: tuple[OfferedAnswer, ...]
) -> Iterator[NewRevision]:
    """Yield the lot that answers need, then the answers and what they imply.

    Raises:
        DiagError: when one of them cannot be written.
    """
    audit, facts = session.audit.id, session.facts
    if place not in facts.places:
        one = offers[0]
        if not one.offer.lot:
            raise DiagError(
                f"{one.label} : ce lieu a été retiré. Écartez la proposition."
            )
        yield changes.placed(
            audit,
            Place(
                id=one.offer.place,
                kind=PlaceKind.LOT,
                parent=session.facts.root,
                name=one.offer.lot,
            ),
        )
    given: dict[str, Answer] = {}
    for one in offers:
        question, offer = one.question, one.offer
        if question is None:
            raise DiagError(
                f"{offer.question} ne se pose plus ici. Écartez la proposition."
            )
        value = None
        if offer.state is State.KNOWN:
            value = Parsed(TYPES[question.type].parse(question, offer.value).value)
        how = _KNOWN_BY[offer.source]
        allowed = how in {*question.provenance, *ALWAYS}
        entry = NewAnswer(
            question.id,
            value,
            state=offer.state,
            provenance=how if allowed else ways_of(question)[0],
            reason=one.source,
        )
        given[question.id] = answer_for(question, entry)
    check_parts(session, place, given)
    for ident, answer in with_implied(session.checklist, facts, place, given).items():
        yield changes.answered(audit, place, ident, answer)
