"""`diag audit votes`, `diag audit vote`: what a council votes, and the hand on it."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import click

from diag.audit import voting
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.audit.votes import votes_of
from diag.cli.shared import Day, audit_command, print_json, print_lines
from diag.model.votes import DecisionList
from diag.words.dates import describe_day
from diag.words.figures import euros
from diag.words.sentences import counted, sentence


@click.command()
@audit_command
def votes(session: AuditSession, *, as_json: bool) -> None:
    """Dit ce que le conseil vote : gelé à la clôture, sinon proposé à ce jour."""
    report = report_of(session)
    is_frozen = report.frozen is not None
    found = votes_of(report) if is_frozen else voting.drawn(session)
    if as_json:
        print_json(votes_json(found, is_frozen=is_frozen))
        return
    version = f", version {found.version}"
    state = f"gelés le {describe_day(found.day)}{version}" if is_frozen else "non gelés"
    click.echo(f"{session.about.title} : {counted(len(found.votes), 'vote')}, {state}")
    refs = found.refs if is_frozen else {}
    print_lines([*vote_rows(found, refs), *_beside(found)])


@click.command()
@audit_command
@click.argument("recommendation")
@click.option("--with", "into", default="", help="Rejoindre le vote de celle-ci.")
@click.option("--alone", is_flag=True, help="En faire un vote à part.")
@click.option("--due", type=Day(), help="Le jour avant lequel agir.")
@click.option("--title", default="", help="Ce qui est voté, 60 caractères au plus.")
@click.option("--otherwise", default="", help="Ce qui reste sinon, 110 au plus.")
@click.option("--why", default="", help="Le motif, que l'historique garde.")
@click.option("--as-computed", is_flag=True, help="Revenir à ce qui était calculé.")
@click.option("--dry-run", is_flag=True, help="Montrer les votes, sans rien écrire.")
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
) -> None:
    """Regroupe, reformule ou déplace un vote avant la clôture ; dit ce qui change."""
    hand = None
    if not as_computed:
        hand = voting.handled(
            session,
            recommendation,
            into=recommendation if alone else into,
            due=due,
            title=title,
            otherwise=otherwise,
            why=why,
        )
    before, after = voting.previewed(session, recommendation, hand)
    if not dry_run:
        voting.record(session, recommendation, hand)
    print_lines(voting.changed_words(before, after))
    undo = f"Pour revenir : diag audit undo {session.about.ref}"
    click.echo("Rien n'est écrit : c'est un aperçu." if dry_run else f"Noté. {undo}")


def vote_rows(found: DecisionList, refs: Mapping[str, str]) -> Iterator[str]:
    """Give each vote on two lines: what and how much, then where, when and why.

    `refs`: the numbers of its actions, once they were given.
    """
    for one in found.votes:
        yield (
            f"{one.number:>3}  {one.title} : brut {euros(one.spent.gross)}, net "
            f"{euros(one.spent.net)}"
        )
        named = [f"{refs.get(each, '')} {each}".strip() for each in one.actions]
        details = (one.where, one.session, one.nature.words, ", ".join(named))
        yield f"     {' · '.join(filter(None, details))}"


def _beside(found: DecisionList) -> Iterator[str]:
    """Give the sums, what takes no vote but is paid, and what keeps from voting."""
    for line in found.aside:
        if line.spent.gross:
            yield f"  –  Sans vote : {line.title}, {euros(line.spent.gross)}"
    if found.gross:
        yield f"     Ensemble : brut {euros(found.gross)}, net {euros(found.net)}"
    for missing in found.missing:
        yield f"  ?  {sentence(missing)}"
    for one in found.questions:
        where = f", {one.where}" if one.where else ""
        yield f"  ?  {one.label}{where} ({one.whom}, {one.minutes} min) : {one.opens}"


def votes_json(found: DecisionList, *, is_frozen: bool) -> dict[str, Any]:
    """Return a list for a program: as it is kept, with its sums."""
    kept = found.model_dump(mode="json")
    for each, one in zip(kept["votes"], found.votes, strict=True):
        each["spent"] |= {"gross": one.spent.gross, "net": one.spent.net}
        each["class"] = each.pop("tier")
    for name in ("aside", "pending"):
        for each in kept[name]:
            each["class"] = each.pop("tier")
    sums = {"gross": found.gross, "fctva": found.fctva, "net": found.net}
    return {"frozen": is_frozen, **kept, **sums}
