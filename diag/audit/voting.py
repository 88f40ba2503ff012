"""The engineer's hand on the votes, before the closing: regrouped, reworded, moved.

Each gesture is one revision with its author and its reason; what was computed comes
back when it is taken away. Nothing here touches a list that is frozen.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from diag.assess.plan import Action
from diag.audit.advising import find_advice
from diag.audit.report import Report, report_of
from diag.audit.session import AuditSession
from diag.audit.votes import TITLE, decisions_of, last_list, terms_of
from diag.journal import changes
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.model.text import accept
from diag.model.votes import DecisionList, VoteHand
from diag.words.dates import describe_day
from diag.words.figures import euros
from diag.words.sentences import counted

OTHERWISE = 110
"""Longest « sinon », in characters."""


def handled(
    session: AuditSession,
    ident: str,
    *,
    into: str = "",
    due: date | None = None,
    title: str = "",
    otherwise: str = "",
    why: str = "",
) -> VoteHand:
    """Return a gesture on the vote of an action, checked and not recorded.

    What is not given stays as it was. `into`: the action whose vote it joins, or its
    own: a vote apart.

    Raises:
        DiagError: the audit is closed, the action takes no vote, two classes would be
            mixed, a text is too long, or no reason is given.
    """
    report = report_of(session)
    action = _action(session, report, ident)
    kept = session.hands.get(action.id, VoteHand())
    given: dict[str, object] = {}
    if into:
        given["into"] = _joined(session, report, action, into)
    if due:
        given["due"] = _moved(report, due)
    for name, text, longest in (
        ("title", title, TITLE),
        ("otherwise", otherwise, OTHERWISE),
    ):
        if text:
            given[name] = _short(text, name, longest)
    reason = accept(why, "why", line=True)
    if not given:
        raise DiagError(
            "Rien à changer : donnez un vote à rejoindre, une date, un titre ou ce "
            "qui reste sinon."
        )
    if not reason:
        raise DiagError(
            "Un vote se change avec un motif : l'historique le garde. Dites pourquoi.",
            command='--why "…"',
            about="why",
        )
    return kept.model_copy(update={**given, "why": reason})


def record(session: AuditSession, ident: str, hand: VoteHand | None) -> None:
    """Record a gesture; None: the vote is as computed again.

    Raises:
        DiagError: the audit is closed, or the action is unknown.
    """
    action = _action(session, report_of(session), ident)
    session.record(changes.handled(session.audit.id, action.id, hand))


def previewed(
    session: AuditSession, ident: str, hand: VoteHand | None
) -> tuple[DecisionList, DecisionList]:
    """Return the votes as they are, and as they would be; nothing is recorded."""
    action = _action(session, report_of(session), ident)
    others = {one: each for one, each in session.hands.items() if one != action.id}
    after = others | ({action.id: hand} if hand else {})
    return drawn(session), drawn(session, after)


def drawn(
    session: AuditSession, hands: Mapping[str, VoteHand] | None = None
) -> DecisionList:
    """Return the votes of an audit that is open, as they would be frozen today."""
    return decisions_of(report_of(session, hands=hands), last_list(session))


def changed_words(before: DecisionList, after: DecisionList) -> Iterator[str]:
    """Give what a gesture changes: votes that go (−), votes that come (+)."""
    old, new = [*_vote_words(before)], [*_vote_words(after)]
    changes = [
        *(f"− {row}" for row in old if row not in new),
        *(f"+ {row}" for row in new if row not in old),
    ]
    yield from changes or ["Aucun vote ne change."]


def _vote_words(found: DecisionList) -> Iterator[str]:
    for one in found.votes:
        many = counted(len(one.actions), "action")
        paid = f"{euros(one.spent.gross)} brut, {euros(one.spent.net)} net"
        otherwise = f", sinon : {one.otherwise.long}" if one.otherwise.long else ""
        due = f", avant le {describe_day(one.due)}" if one.due else ""
        yield f"{one.title} ({many}, {paid}, {one.session}{due}){otherwise}"


def _action(session: AuditSession, report: Report, ident: str) -> Action:
    if session.status is AuditStatus.CLOS:
        raise DiagError(
            "L'audit est clos : ses votes sont gelés. Rouvrez-le pour les changer ; "
            "sa clôture en fera une nouvelle version.",
            command=f"diag audit status {session.about.ref} --set en_cours",
        )
    action = report.public.plan.action(find_advice(session, ident))
    if action is None:
        raise DiagError(
            "Cette préconisation ne se vote pas : l'audit ne la propose pas, ou elle "
            "est réservée. Voyez les votes.",
            command=f"diag audit votes {session.about.ref}",
        )
    return action


def _joined(session: AuditSession, report: Report, action: Action, into: str) -> str:
    other, terms = _action(session, report, into), terms_of(report.public)
    if terms.tier(other) != terms.tier(action):
        raise DiagError(
            "Un vote ne mélange pas deux classes : ce qu'une loi ou une date impose, "
            "ce qui empêche de travailler et le reste se votent à part."
        )
    return other.id


def _moved(report: Report, due: date) -> str:
    if due < report.date:
        raise DiagError(
            f"Le {due:%d/%m/%Y} est passé : donnez un jour à venir.", about="due"
        )
    return due.isoformat()


def _short(text: str, about: str, longest: int) -> str:
    words = accept(text, about, line=True)
    if len(words) > longest:
        raise DiagError(
            f"{len(words)} caractères, {longest} au plus : la page doit tenir. "
            "Raccourcissez.",
            about=about,
        )
    return words
