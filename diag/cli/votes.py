"""`diag audit votes`, `vote`, `decide`: what a council votes, then what it decided."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import click

from diag.audit import advising
from diag.audit.remarks import slips_typed
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.audit.votes import votes_of
from diag.cli.shared import (
    Day,
    agree_to_let_out,
    audit_command,
    let_out_option,
    print_json,
    print_lines,
)
from diag.model.audit import FollowUp
from diag.model.enums import Decision
from diag.model.votes import AidRange, DecisionList
from diag.words.dates import describe_day
from diag.words.sentences import counted, euros, euros_between, sentence


@click.command()
@audit_command
def votes(session: AuditSession, *, as_json: bool) -> None:
    """Dit ce que le conseil vote : gelé à la clôture, sinon proposé à ce jour."""
    report = report_of(session)
    is_frozen = report.frozen is not None
    found = votes_of(report) if is_frozen else advising.votes_today(session)
    steps = advising.steps_standing(session)
    if as_json:
        print_json(_votes_json(found, steps, is_frozen=is_frozen))
        return
    version = f", version {found.version}"
    state = f"gelés le {describe_day(found.day)}{version}" if is_frozen else "non gelés"
    click.echo(f"{session.about.title} : {counted(len(found.votes), 'vote')}, {state}")
    refs = found.refs if is_frozen else {}
    print_lines(_vote_lines(found, refs, steps))


@click.command()
@audit_command
@click.argument("recommendation", metavar="PRÉCONISATION")
@click.option("--with", "into", default="", help="Rejoindre le vote de celle-ci.")
@click.option("--alone", is_flag=True, help="En faire un vote à part.")
@click.option("--due", type=Day(), help="Le jour avant lequel agir.")
@click.option("--title", default="", help="Ce qui est voté, 60 caractères au plus.")
@click.option("--otherwise", default="", help="Ce qui reste sinon, 110 au plus.")
@click.option("--why", default="", help="Le motif, que l'historique garde.")
@click.option("--as-computed", is_flag=True, help="Revenir à ce qui était calculé.")
@click.option("--dry-run", is_flag=True, help="Montrer les votes, sans rien écrire.")
@let_out_option
def vote(
    session: AuditSession,
    recommendation: str,
    into: str,
    due: date | None,
    title: str,
    otherwise: str,
    why: str,
    *,
    alone: bool,
    as_computed: bool,
    dry_run: bool,
    let_out: bool,
) -> None:
    """Regroupe, reformule ou déplace un vote avant la clôture ; dit ce qui change."""
    hand = None
    if not as_computed:
        hand = advising.handled(
            session,
            recommendation,
            into=recommendation if alone else into,
            due=due,
            title=title,
            otherwise=otherwise,
            why=why,
        )
    before, after = advising.preview_hand(session, recommendation, hand)
    if hand and not dry_run:
        agree_to_let_out(
            slips_typed(session, hand.title, hand.otherwise), let_out=let_out
        )
    if not dry_run:
        advising.record_hand(session, recommendation, hand)
    print_lines(advising.changed_words(before, after))
    undo = f"Pour revenir : diag audit undo {session.about.ref}"
    click.echo("Rien n'est écrit : c'est un aperçu." if dry_run else f"Noté. {undo}")


@click.command()
@audit_command
@click.argument("number", metavar="VOTE", type=click.IntRange(min=1))
@click.argument("decision", type=click.Choice([str(each) for each in Decision]))
@click.option("--on", "day", type=Day(), required=True, help="Le jour du conseil.")
@click.option("--reason", default="", help="La délibération ; il la faut pour un non.")
@click.option("--due", type=Day(), help="La nouvelle date d'un vote ajourné.")
def decide(
    session: AuditSession,
    number: int,
    decision: str,
    day: date,
    reason: str,
    due: date | None,
) -> None:
    """Note ce que le conseil a décidé d'un vote gelé, pour toutes ses actions."""
    one = advising.frozen_vote(session, number)
    steps = advising.decide(
        session, one, Decision(decision), day, reason=reason, due=due
    )
    words = advising.state_words(one, advising.steps_standing(session))
    many = counted(len(steps), "action notée", "actions notées")
    click.echo(f"Vote {number}, {one.title} : {words}")
    click.echo(f"{many}. Pour revenir : diag audit undo {session.about.ref}")


def _vote_lines(
    found: DecisionList, refs: Mapping[str, str], steps: Mapping[str, FollowUp]
) -> Iterator[str]:
    """Give each vote: what and how much, where, when and why, what became of it.

    Then the sums, what is paid without a vote, what keeps from advising. `refs`: the
    numbers of its actions, once they were given.
    """
    for one in found.votes:
        yield (
            f"{one.number:>3}  {one.title} : brut {euros(one.spent.gross)}, net "
            f"{euros(one.spent.net)}"
        )
        named = [f"{refs.get(each, '')} {each}".strip() for each in one.actions]
        details = (one.where, one.session, one.nature.words, ", ".join(named))
        yield f"     {' · '.join(filter(None, details))}"
        if one.aid:
            span = euros_between(one.aid.low, one.aid.high)
            yield f"     aide, si elle est accordée : {span}"
        if became := advising.state_words(one, steps):
            yield f"     → {became}"
    for line in found.aside:
        if line.spent.gross:
            yield f"  –  Sans vote : {line.title}, {euros(line.spent.gross)}"
    if found.gross:
        yield f"     Ensemble : brut {euros(found.gross)}, net {euros(found.net)}"
    for missing in found.missing:
        yield f"  ?  {sentence(missing)}"
    for asked in found.questions:
        where = f", {asked.where}" if asked.where else ""
        who = f"{asked.whom}, {asked.minutes} min"
        yield f"  ?  {asked.label}{where} ({who}) : {asked.opens}"


def _votes_json(
    found: DecisionList, steps: Mapping[str, FollowUp], *, is_frozen: bool
) -> dict[str, Any]:
    """Return a list for a program: as it is kept, its sums, what became of its votes.

    `state` is that of all actions of a vote, null where they differ or have none.
    """
    kept = found.model_dump(mode="json")
    for each, one in zip(kept["votes"], found.votes, strict=True):
        each["spent"] |= {"gross": one.spent.gross, "net": one.spent.net}
        each["class"] = each.pop("tier")
        if one.aid:
            each["aid"] |= _aid_json([one.aid])
        each["steps"] = {
            ident: {name: getattr(steps[ident], name) for name in _OF_STEP}
            for ident in one.actions
            if ident in steps
        }
        states = {
            steps[ident].state if ident in steps else None for ident in one.actions
        }
        each["state"] = states.pop() if len(states) == 1 else None
    for name in ("aside", "pending"):
        for each in kept[name]:
            each["class"] = each.pop("tier")
    sums: dict[str, object] = {
        "gross": found.gross,
        "fctva": found.fctva,
        "net": found.net,
        "aid": _aid_json(found.aids),
    }
    return {"frozen": is_frozen, **kept, **sums}


def _aid_json(aids: Sequence[AidRange]) -> dict[str, int] | None:
    """Return the sum of what schemes may pay; None: all of it is to be asked."""
    if not aids:
        return None
    low, high = (sum(getattr(one, end) for one in aids) for end in ("low", "high"))
    return {"low": low, "high": high}


_OF_STEP = ("state", "on", "by", "why", "due")
