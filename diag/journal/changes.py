"""What an author can record, each as a draft: the shapes of values, in one place.

`facts`, `places`, `visits`, `follow_ups` and `audits` read back what is built here.
"""

from collections.abc import Mapping
from dataclasses import replace

from diag.journal import subjects
from diag.journal.revision import Json, NewRevision
from diag.model.audit import (
    Answer,
    Dispatch,
    EvidenceFile,
    FloorRow,
    FollowUp,
    Observation,
    OwnAdvice,
    Photo,
    Place,
    Proposal,
    Questionnaire,
    Scenario,
    Subject,
    Visit,
    VisitPlan,
)
from diag.model.enums import Audience, AuditStatus, PlaceKind
from diag.model.text import Number
from diag.model.votes import DecisionList, VoteHand

COVERS = 2
"""What signatures written now cover; 2: observations too. None before said it."""


def opened(audit: str, campaign: str, subject: Subject) -> NewRevision:
    """Say what the audit is about."""
    value = {"campaign": campaign, "kind": str(subject.kind), "code": subject.code}
    return NewRevision(audit, subjects.SUBJECT, value)


def pinned(
    audit: str, edition: str, asked_again: Mapping[str, int] | None = None
) -> NewRevision:
    """Say which edition of the checklists judges the audit.

    `asked_again`: question → Lamport number up to which its answers no longer count,
    since the edition gives the question another meaning.
    """
    value: dict[str, Json] = {"digest": edition}
    if asked_again:
        value["asked_again"] = dict(asked_again)
    return NewRevision(audit, subjects.EDITION, value)


def planned(audit: str, plan: VisitPlan) -> NewRevision:
    """Set how long the visit is to be, since when, and where one does not go."""
    value = plan.model_dump(mode="json", exclude_defaults=True)
    return NewRevision(audit, subjects.MINUTES, value)


def moved(
    audit: str, status: AuditStatus, digest: str = "", comment: str = ""
) -> NewRevision:
    """Say where the audit stands; a closing carries the digest that is signed."""
    fields = {"status": str(status), "digest": digest, "comment": comment}
    value: dict[str, Json] = {name: text for name, text in fields.items() if text}
    if digest:
        value["covers"] = COVERS
    return NewRevision(audit, subjects.STATUS, value)


def accepted(
    audit: str, digest: str, many: int, comment: str = "", *, alone: bool = False
) -> NewRevision:
    """Accept an audit: the digest of all that it covers, and how many lines they are.

    `alone`: by somebody who wrote some of it.
    """
    fields: dict[str, Json] = {
        "status": str(AuditStatus.ACCEPTE),
        "digest": digest,
        "n": many,
        "covers": COVERS,
    }
    if comment:
        fields["comment"] = comment
    if alone:
        fields["alone"] = True
    return NewRevision(audit, subjects.STATUS, fields)


def placed(audit: str, place: Place) -> NewRevision:
    """Create a place, or change its kind, parent and name."""
    value = {"kind": str(place.kind), "parent": place.parent, "name": place.name}
    return NewRevision(audit, subjects.place(place.id), value)


def closed(audit: str, kind: PlaceKind, *, complete: bool = True) -> NewRevision:
    """Say « toutes les salles sont là », or that there may be others."""
    return NewRevision(audit, subjects.closed(kind), complete)


def arranged(audit: str, floor: Mapping[str, tuple[FloorRow, ...]]) -> NewRevision:
    """Say how rooms stand in their buildings."""
    rows: dict[str, Json] = {
        holder: [[[room, width] for room, width in row] for row in own]
        for holder, own in floor.items()
    }
    return NewRevision(audit, subjects.FLOOR, {"rows": rows})


def answered(audit: str, place: str, question: str, answer: Answer) -> NewRevision:
    """Answer a question at a place."""
    value: dict[str, Json] = {
        "state": str(answer.state),
        "provenance": str(answer.provenance),
    }
    if answer.value is not None:
        value["value"] = answer.value
    if answer.reason:
        value["reason"] = answer.reason
    return NewRevision(audit, subjects.answer(place, question), value)


def noted(
    audit: str, place: str, question: str, text: str, *, left: tuple[str, ...] = ()
) -> NewRevision:
    """Write the note beside an answer; an empty one takes it away.

    `left`: ids of the answers that differ, when it gives why they are left so.
    """
    draft = _set_or_delete(audit, subjects.note(place, question), text or None)
    return replace(draft, seen=left)


def flagged(
    audit: str, place: str, question: str, *, to_review: bool = True
) -> NewRevision:
    """Say that a question is to come back to, or no longer."""
    return _set_or_delete(audit, subjects.flag(place, question), to_review or None)


def unanswered(audit: str, place: str, question: str) -> NewRevision:
    """Take an answer away, as if the question had not been asked."""
    return NewRevision(audit, subjects.answer(place, question), op="del")


def visited(audit: str, visit: Visit) -> NewRevision:
    """Record a day on site."""
    value: dict[str, Json] = {"date": visit.date}
    for name in ("present", "met"):
        if names := getattr(visit, name):
            value[name] = list(names)
    if visit.authorisation:
        value["authorisation"] = visit.authorisation
    if visit.measuring:
        value["measuring"] = visit.measuring.model_dump(mode="json")
    return NewRevision(audit, subjects.visit(visit.id), value)


def unvisited(audit: str, visit: str) -> NewRevision:
    """Take a day on site away; history keeps it."""
    return NewRevision(audit, subjects.visit(visit), op="del")


def photographed(audit: str, photo: Photo) -> NewRevision:
    """Join a photo, or change what it shows."""
    value = photo.model_dump(mode="json", exclude={"id"}, exclude_defaults=True)
    return NewRevision(audit, subjects.photo(photo.id), value)


def unphotographed(audit: str, photo: str) -> NewRevision:
    """Take a photo away; history keeps it."""
    return NewRevision(audit, subjects.photo(photo), op="del")


def observed(audit: str, seen: Observation) -> NewRevision:
    """Note what was seen, or change it; who wrote each word is in the journal."""
    value = seen.model_dump(
        mode="json", exclude={"id", "author"}, exclude_defaults=True
    )
    return NewRevision(audit, subjects.observation(seen.id), value)


def unobserved(audit: str, observation: str) -> NewRevision:
    """Take an observation away; history keeps it."""
    return NewRevision(audit, subjects.observation(observation), op="del")


def followed(audit: str, step: FollowUp) -> NewRevision:
    """Add a step to the life of a recommendation."""
    value: dict[str, Json] = {"state": str(step.state)}
    value |= {name: given for name in _OF_STEP if (given := getattr(step, name))}
    return NewRevision(audit, subjects.follow(step.recommendation, step.place), value)


_OF_STEP = ("on", "due", "by", "why", "programme", "year", "decision", "cents")


def dispatched(audit: str, sent: Dispatch) -> NewRevision:
    """Say that a report was sent, or handed to the mail program."""
    value = sent.model_dump(mode="json", exclude={"id"}, exclude_defaults=True)
    return NewRevision(audit, subjects.dispatch(sent.id), value)


def questioned(audit: str, printed: Questionnaire) -> NewRevision:
    """Say what a printed questionnaire asks, by number."""
    value = printed.model_dump(mode="json", exclude={"id"})
    return NewRevision(audit, subjects.questionnaire(printed.id), value)


def proposed(audit: str, offer: Proposal) -> NewRevision:
    """Offer an answer: it waits for a person."""
    value = offer.model_dump(mode="json", exclude={"id"}, exclude_defaults=True)
    return NewRevision(audit, subjects.proposal(offer.id), value)


def settled(audit: str, proposal: str) -> NewRevision:
    """Say that a proposal was seen: what was accepted of it is an answer."""
    return NewRevision(audit, subjects.proposal(proposal), op="del")


def gathered(audit: str, file: EvidenceFile) -> NewRevision:
    """Say that a file of another tool was kept."""
    value = file.model_dump(mode="json", exclude={"id"}, exclude_defaults=True)
    return NewRevision(audit, subjects.evidence(file.id), value)


def reworded(
    audit: str, recommendation: str, audience: Audience, words: Mapping[str, str]
) -> NewRevision:
    """Tell a recommendation otherwise to one audience; no words: as declared."""
    subject = subjects.wording(recommendation, audience)
    return _set_or_delete(audit, subject, dict(words) or None)


def ranked(audit: str, recommendation: str, rank: Number | None) -> NewRevision:
    """Put a recommendation elsewhere in the order of reading; None: as computed."""
    return _set_or_delete(audit, subjects.rank(recommendation), rank)


def owned(audit: str, advice: OwnAdvice) -> NewRevision:
    """Add a recommendation of the engineer's own, or change it."""
    value = advice.model_dump(mode="json", exclude={"id"}, exclude_defaults=True)
    return NewRevision(audit, subjects.own(advice.id), value)


def disowned(audit: str, recommendation: str) -> NewRevision:
    """Take a recommendation of the engineer's own away."""
    return NewRevision(audit, subjects.own(recommendation), op="del")


def imagined(audit: str, scenario: Scenario) -> NewRevision:
    """Keep suppositions under a name, or change them."""
    value = scenario.model_dump(mode="json", exclude={"id"})
    return NewRevision(audit, subjects.scenario(scenario.id), value)


def forgotten(audit: str, scenario: str) -> NewRevision:
    """Take kept suppositions away; history keeps them."""
    return NewRevision(audit, subjects.scenario(scenario), op="del")


def frozen(audit: str, ballot: str, votes: DecisionList) -> tuple[NewRevision, ...]:
    """Freeze what a council votes: a revision a vote, what is beside, then which list.

    Nothing is ever written again under the name of that list.
    """
    parts: dict[str | int, Json] = {
        one.number: one.model_dump(mode="json", exclude={"number"})
        for one in votes.votes
    }
    whole = votes.model_dump(mode="json", exclude={"votes", "version"})
    for name in BESIDE:
        parts[name] = whole.pop(name)
    parts[SHEET] = whole
    which: Json = {"list": ballot, "version": votes.version}
    return (
        *(
            NewRevision(audit, subjects.ballot(ballot, part), value)
            for part, value in parts.items()
        ),
        NewRevision(audit, subjects.VOTES, which),
    )


BESIDE = ("aside", "pending", "numbers", "reserved")
"""Parts of a list beside its votes: each fits in a line."""

SHEET = "list"
"""The part that says the rest."""


def handled(audit: str, recommendation: str, hand: VoteHand | None) -> NewRevision:
    """Say what the engineer did to a recommendation's vote; None: as computed."""
    value = hand.model_dump(mode="json", exclude_defaults=True) if hand else None
    return _set_or_delete(audit, subjects.hand(recommendation), value)


def erased(audit: str, revision: str, reason: str) -> NewRevision:
    """Erase a revision's value for ever; the reason gives why, never what."""
    return NewRevision(
        audit, subjects.erasure(revision), {"reason": reason}, op="erase"
    )


def erasure_asked(audit: str, revision: str, reason: str) -> NewRevision:
    """Ask that a revision be erased; the reason gives why, never what."""
    return NewRevision(audit, subjects.ask(revision), {"reason": reason})


def erasure_stopped(audit: str, revision: str, ask: str, reason: str) -> NewRevision:
    """Stop an erasure that was asked for; beside those of other asks, not over them."""
    value: Json = {"ask": ask, "reason": reason}
    return NewRevision(audit, subjects.stop(revision), value, parents=())


def erasure_confirmed(audit: str, revision: str, ask: str, reason: str) -> NewRevision:
    """Erase, for ever, what another person asked to."""
    value: Json = {"ask": ask, "reason": reason}
    return NewRevision(audit, subjects.erasure(revision), value, op="erase")


def _set_or_delete(audit: str, subject: str, value: Json) -> NewRevision:
    if value is None:
        return NewRevision(audit, subject, op="del")
    return NewRevision(audit, subject, value)
