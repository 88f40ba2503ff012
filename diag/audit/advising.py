"""The engineer's hand on recommendations and on their votes; the council's decision.

Recommendations are reordered, reworded, completed by the engineer's own; votes are
arranged before the closing. Each gesture is one revision with its author and its
reason; what was computed comes back when it is taken away. A list that is frozen is
never touched: what became of its votes is the follow-up of their actions, beside it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from diag.assess.plan import DONE, Action, still_standing
from diag.audit.follow import add_step, unknown_advice
from diag.audit.memory import own_here, steps_before
from diag.audit.remarks import current_wording, declared_wording, own_advice
from diag.audit.report import Report, report_of
from diag.audit.session import AuditSession
from diag.audit.votes import decisions_of, last_list, terms_of
from diag.journal import changes
from diag.journal.records import ranks_of
from diag.model.audit import FollowUp, OwnAdvice
from diag.model.checklist import Wording
from diag.model.enums import (
    Audience,
    AuditStatus,
    Decision,
    FollowUpState,
    Owner,
    PlaceKind,
)
from diag.model.errors import DiagError
from diag.model.text import accept, canonical_number, cents_typed, clean_line
from diag.model.votes import TITLE, DecisionList, Vote, VoteHand
from diag.words.dates import describe_day
from diag.words.sentences import counted, euros, unknown_blanks
from diag.words.vocabulary import FOLLOW_UPS_VOTED, PART_WORDS, PARTS

_DELAY = re.compile(r"|P\d{1,3}[YMWD]")
_DEAREST = 10**11


def find_advice(session: AuditSession, ident: str) -> str:
    """Return the id of a recommendation of the checklists, or of the engineer's own.

    `A3`, or `3` for its rank, as documents number it, is understood.

    Raises:
        DiagError: unknown; names the nearest one.
    """
    known = {*session.checklist.recommendations, *own_advice(session)}
    ident = session.heirs.get(ident, ident)
    if ident in known:
        return ident
    for action in report_of(session).plan:
        if ident.upper() in {action.ref.upper(), action.number}:
            return action.id
    raise unknown_advice(session, ident, known)


def reword(
    session: AuditSession, ident: str, audience: Audience, words: Mapping[str, str]
) -> Wording:
    """Reword a recommendation for one reader; no words: as declared.

    Parts that are not named keep their words.

    Raises:
        DiagError: a part that this reader does not get, an empty title, or a
            placeholder that nothing fills.
    """
    unknown = sorted({*words} - {*PARTS[audience]})
    if unknown:
        raise DiagError(
            f"« {unknown[0]} » ne se dit pas à ce destinataire ({audience}). "
            f"Parties possibles : {', '.join(PARTS[audience])}."
        )
    if ident in session.checklist.recommendations:
        for name, text in words.items():
            for blank in unknown_blanks(text):
                raise DiagError(
                    f"{PART_WORDS[name]} : « {blank[:40]} » ne se remplit pas et "
                    "s'imprimerait tel quel. Écrivez {quantite}, "
                    "{quantite|salle|salles}, {cout}, {lieux} ou {echeance}, ou "
                    "retirez les accolades.",
                    about=name,
                )
    declared = declared_wording(session, ident, audience)
    if not words:
        session.record(changes.reworded(session.audit.id, ident, audience, {}))
        return declared
    kept = current_wording(session, ident, audience)
    wording = kept.model_copy(
        update={name: accept(text, name) for name, text in words.items()}
    )
    if not wording.title or "\n" in wording.title:
        raise DiagError(
            "Le titre d'une préconisation tient sur une ligne, non vide.", about="title"
        )
    changed = wording.model_dump(exclude_defaults=True, exclude={"otherwise"})
    changed = {} if wording == declared else changed
    session.record(changes.reworded(session.audit.id, ident, audience, changed))
    return wording


def add_own(
    session: AuditSession,
    title: str,
    *,
    owner: Owner,
    why: str = "",
    criterion: str = "",
    euros: str = "",
    delay: str = "",
) -> OwnAdvice:
    """Add a recommendation of the engineer's own; the documents print it.

    Raises:
        DiagError: empty title, unknown criterion, or an amount that is none.
    """
    if criterion and criterion not in session.checklist.criteria:
        raise DiagError(f"Critère « {criterion[:60]} » inconnu des grilles.")
    if not _DELAY.fullmatch(delay):
        raise DiagError(
            f"Délai « {delay[:20]} » refusé. Donnez par exemple P7D (7 jours), "
            "P6M (6 mois) ou P1Y (1 an).",
            about="delay",
        )
    try:
        clean = clean_line(title)
    except ValueError as error:
        raise DiagError(f"Titre refusé : {error}.", about="title") from error
    if not clean:
        raise DiagError(
            "Le titre est vide. Dites ce qu'il faut faire, en une ligne.", about="title"
        )
    own = OwnAdvice(
        id=session.workspace.world.fresh_id(),
        title=clean,
        owner=owner,
        why=accept(why, "why"),
        criterion=criterion,
        cents=_cents(euros),
        delay=delay,
    )
    session.record(changes.owned(session.audit.id, own))
    return own


def remove_own(session: AuditSession, ident: str) -> None:
    """Take a recommendation of the engineer's own away; history keeps it.

    Raises:
        DiagError: when it is not one.
    """
    if ident not in {one.id for one in own_here(session)}:
        raise DiagError(
            "Seule une préconisation ajoutée dans cet audit se retire. "
            "Une autre s'écarte, avec un motif."
        )
    session.record(changes.disowned(session.audit.id, ident))


def move(session: AuditSession, ident: str, by: int) -> bool:
    """Move a recommendation up (−1) or down (+1); return whether it could.

    Raises:
        DiagError: when it is not in the plan, or waits for another.
    """
    actions = report_of(session).plan.actions
    here = next((one for one in actions if one.id == ident), None)
    if here is None:
        raise DiagError("Seule une préconisation du plan change de rang.")
    if here.under:
        raise DiagError(
            f"{here.ref} attend une autre préconisation : elle la suit. "
            "Déplacez celle qu'elle attend."
        )
    tops = [one for one in actions if not one.under]
    at = tops.index(here)
    if not 0 <= at + by < len(tops):
        return False
    # A rank between those of the two others, or ranks for all when none fits.
    audit, new = session.audit.id, at + by
    order = [one for one in tops if one is not here]
    low = order[new - 1].rank if new else order[0].rank - 1
    high = order[new].rank if new < len(order) else order[-1].rank + 1
    rank = (low + high) / 2
    if low < rank < high and (rank * 10**12).denominator == 1:
        session.record(changes.ranked(audit, here.id, canonical_number(rank)))
    else:
        order.insert(new, here)
        session.record(
            *(changes.ranked(audit, one.id, at) for at, one in enumerate(order, 1))
        )
    return True


def as_computed(session: AuditSession) -> int:
    """Forget the engineer's own order; return how many ranks were forgotten."""
    ranks = ranks_of(session.workspace.journal, session.audit.id)
    drafts = [changes.ranked(session.audit.id, ident, None) for ident in ranks]
    session.record(*drafts)
    return len(drafts)


def order(session: AuditSession) -> Iterator[str]:
    """Give the plan in its order, one line each, as the town hall reads it."""
    report = report_of(session)
    for one in report.plan.actions:
        indent = "  " if one.under else ""
        hand = "  (placée à la main)" if one.by_hand else ""
        title = report.title(one)
        yield f"{one.number.rjust(4)}  {indent}{title}  [{one.id}]{hand}"


def _cents(euros: str) -> int:
    if not euros.strip():
        return 0
    try:
        cents = cents_typed(euros)
    except ValueError as error:
        raise DiagError(
            f"Montant refusé : {error}. Donnez des euros HT : 1200, ou 12,50.",
            about="euros",
        ) from error
    if not 0 <= cents <= _DEAREST:
        raise DiagError(
            "Montant refusé : donnez des euros HT, de 0 à un milliard.", about="euros"
        )
    return cents


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
        other, terms = _action(session, report, into), terms_of(report.public)
        if terms.tier(other) != terms.tier(action):
            raise DiagError(
                "Un vote ne mélange pas deux classes : ce qu'une loi ou une date "
                "impose, ce qui empêche de travailler et le reste se votent à part."
            )
        given["into"] = other.id
    if due:
        if due < report.date:
            raise DiagError(
                f"Le {due:%d/%m/%Y} est passé : donnez un jour à venir.", about="due"
            )
        given["due"] = due.isoformat()
    for name, text, longest in (
        ("title", title, TITLE),
        ("otherwise", otherwise, OTHERWISE),
    ):
        if text:
            words = accept(text, name, line=True)
            if len(words) > longest:
                raise DiagError(
                    f"{len(words)} caractères, {longest} au plus : la page doit tenir. "
                    "Raccourcissez.",
                    about=name,
                )
            given[name] = words
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


def record_hand(session: AuditSession, ident: str, hand: VoteHand | None) -> None:
    """Record a gesture; None: the vote is as computed again.

    Raises:
        DiagError: the audit is closed, or the action is unknown.
    """
    action = _action(session, report_of(session), ident)
    session.record(changes.handled(session.audit.id, action.id, hand))


def preview_hand(
    session: AuditSession, ident: str, hand: VoteHand | None
) -> tuple[DecisionList, DecisionList]:
    """Return the votes as they are, and as they would be; nothing is recorded."""
    action = _action(session, report_of(session), ident)
    others = {one: each for one, each in session.hands.items() if one != action.id}
    after = others | ({action.id: hand} if hand else {})
    return votes_today(session), votes_today(session, after)


def votes_today(
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


# What the council decided: one step of each action of a frozen vote.

_BECOMES = {
    Decision.OUI: FollowUpState.DECIDEE,
    Decision.NON: FollowUpState.ECARTEE,
    Decision.AJOURNE: FollowUpState.PROPOSEE,
}

_FURTHER = DONE | {FollowUpState.FINANCEE, FollowUpState.COMMANDEE}


def decide(
    session: AuditSession,
    vote: Vote,
    decision: Decision,
    on: date,
    *,
    reason: str = "",
    due: date | None = None,
) -> tuple[FollowUp, ...]:
    """Record what a council decided of a frozen vote, in one commit; return the steps.

    Each of its actions has one, but those that are done; a yes brings back none that is
    paid for or ordered. `due` is the day to which the vote is put off.

    Raises:
        DiagError: a council to come or before the visit, a no without its deliberation,
            a vote put off without a later day, or all of it is done.
    """
    said = accept(reason, "reason")
    if on > session.workspace.world.today():
        raise DiagError(
            f"Le {on:%d/%m/%Y} est à venir : un conseil qui n'a pas eu lieu n'a rien "
            "décidé. Donnez le jour du conseil.",
            about="on",
        )
    visited = min((one.date for one in session.visits), default="")
    if on.isoformat() < visited:
        raise DiagError(
            f"Le {on:%d/%m/%Y} est avant la visite du {describe_day(visited)} : le "
            "conseil n'avait pas encore ces votes. Donnez le jour du conseil.",
            about="on",
        )
    if decision is Decision.NON and not said:
        raise DiagError(
            "Un « non » s'écrit avec sa délibération : la commune la lira. Donnez-la.",
            command='--reason "délibération …"',
            about="reason",
        )
    if decision is Decision.AJOURNE and (due is None or due <= on):
        raise DiagError(
            "Un vote ajourné a une nouvelle date, après le conseil. Donnez-la.",
            command="--due JJ/MM/AAAA",
            about="due",
        )
    if decision is not Decision.AJOURNE and due:
        raise DiagError(
            "Seul un vote ajourné a une nouvelle date. Retirez-la.", about="due"
        )
    known = steps_standing(session)
    kept = _FURTHER if decision is Decision.OUI else DONE
    syndicat = session.about.kind is PlaceKind.SYNDICAT
    steps = tuple(
        FollowUp(
            recommendation=ident,
            state=_BECOMES[decision],
            on=on.isoformat(),
            by="comité syndical" if syndicat else "conseil municipal",
            why=reason,
            due=due.isoformat() if due else "",
        )
        for ident in vote.actions
        if ident not in known or known[ident].state not in kept
    )
    if not steps:
        raise DiagError(
            f"Vote {vote.number} : {state_words(vote, known)}. Rien à noter de plus."
        )
    add_step(session, *steps)
    return steps


def frozen_vote(session: AuditSession, number: int) -> Vote:
    """Return a vote of the list that the closing froze.

    Raises:
        DiagError: the audit is not closed, or has no vote of that number.
    """
    found = report_of(session).frozen
    if found is None and session.status is AuditStatus.CLOS:
        raise DiagError(
            "Cet audit a été clos par une version qui ne gelait pas les votes. "
            "Rouvrez-le, puis clôturez-le de nouveau.",
            command=f"diag audit status {session.about.ref} --set en_cours",
        )
    if found is None:
        raise DiagError(
            "Un conseil décide de votes gelés, et l'audit n'est pas clos. "
            "Clôturez-le d'abord.",
            command=f"diag audit status {session.about.ref} --set clos",
        )
    for one in found.votes:
        if one.number == number:
            return one
    raise DiagError(
        f"Pas de vote {number} : l'audit en a {len(found.votes)}. Voyez-les.",
        command=f"diag audit votes {session.about.ref}",
    )


def steps_standing(session: AuditSession) -> dict[str, FollowUp]:
    """Return the last step of each recommendation, of this audit or of those before."""
    steps = (*still_standing(steps_before(session)), *session.follow_ups)
    return {one.recommendation: one for one in steps if one.place is None}


def state_words(
    vote: Vote, steps: Mapping[str, FollowUp], *, brief: bool = False
) -> str:
    """Return what became of a vote: « votée le 12 janvier 2027 »; empty: nothing yet.

    Where its actions differ, each state with how many they are. `brief`: no day.
    """
    known = [steps[ident] for ident in vote.actions if ident in steps]
    states = Counter[str]()
    for one in known:
        # A day agreed on at the school has nobody who decided.
        is_put_off = one.state is FollowUpState.PROPOSEE and one.due and one.by
        words = "ajournée" if is_put_off else FOLLOW_UPS_VOTED[one.state]
        if not brief:
            words += f" le {describe_day(one.on)}" if one.on else ""
            words += f", reportée au {describe_day(one.due)}" if is_put_off else ""
            words += f" : {one.why}" if one.state is FollowUpState.ECARTEE else ""
        states[words] += 1
    if left := len(vote.actions) - len(known):
        states["sans suite"] = left
    if len(states) == 1:
        return "" if left else next(iter(states))
    return ", ".join(
        f"{words} ({counted(many, 'action')})" for words, many in states.items()
    )
