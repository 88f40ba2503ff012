"""`diag progress`: how a campaign advances, for who supervises it."""

from collections.abc import Iterable
from typing import Any

import click

from diag.cli.console import json_option, print_json, print_table, workspace_of
from diag.desk.territory.supervision import Tally, by_commune, by_engineer, standings
from diag.desk.visit.trail import day_words
from diag.model.enums import AuditStatus
from diag.words.figures import percent
from diag.words.sentences import counted


@click.command()
@json_option
@click.pass_context
def progress(ctx: click.Context, *, as_json: bool) -> None:
    """Dit où en est la campagne, par commune et par ingénieur.

    Un audit compte dès que quelque chose y est dit, pour qui y a le plus répondu. À
    lire après « diag sync ».
    """
    with workspace_of(ctx) as workspace:
        found = standings(workspace)
        campaign = workspace.campaign
    communes, engineers = by_commune(found), by_engineer(found)
    if as_json:
        print_json({
            "campaign": campaign,
            "communes": [_told(one) for one in communes],
            "engineers": [_told(one) for one in engineers],
        })
        return
    click.echo(f"Campagne {campaign} : {counted(len(found), 'audit')}.")
    for title, tallies in (("Par commune", communes), ("Par ingénieur", engineers)):
        if tallies:
            click.echo(f"\n{title}")
            print_table(_rows(tallies))
    waiting = sum(one.status is AuditStatus.SOUMIS for one in found)
    conflicts = sum(one.conflicts for one in found)
    if waiting:
        click.echo(f"\n{counted(waiting, 'audit')} à relire : diag review")
    if conflicts:
        click.echo(f"\n{counted(conflicts, 'conflit')} à trancher : diag conflicts")


def _rows(tallies: Iterable[Tally]) -> Iterable[tuple[str, ...]]:
    for one in tallies:
        yield (
            f"  {one.title}",
            counted(one.audits, "audit"),
            one.words,
            f"connu à {percent(one.known)}" if one.known is not None else "",
            counted(one.conflicts, "conflit") if one.conflicts else "",
            f"le {day_words(one.last)}" if one.last else "",
        )


def _told(one: Tally) -> dict[str, Any]:
    return {
        "title": one.title,
        "audits": one.audits,
        "statuses": {str(status): count for status, count in one.statuses.items()},
        "known": str(one.known) if one.known is not None else None,
        "conflicts": one.conflicts,
        "last": one.last,
    }
