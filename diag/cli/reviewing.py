"""`diag review`: which audits wait for a review; accepting, giving back."""

from typing import Any

import click

from diag.cli.console import (
    about_json,
    campaign_option,
    json_option,
    print_json,
    print_table,
    subject_argument,
    workspace_of,
)
from diag.desk import audits
from diag.desk.office import reviewing
from diag.desk.office.reviewing import Stand
from diag.desk.visit.trail import day_words


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def review(ctx: click.Context, *, as_json: bool) -> None:
    """Liste les audits soumis à relecture : qui les a soumis, et quand.

    On les soumet par « diag audit status UAI --set soumis ».
    """
    if ctx.invoked_subcommand:
        return
    with workspace_of(ctx) as workspace:
        found = reviewing.to_review(workspace)
        if as_json:
            print_json([_told(one) for one in found])
            return
        print_table(
            (
                one.session.about.ref,
                one.session.audit.campaign,
                day_words(one.at),
                one.who,
                one.session.about.title,
            )
            for one in found
        )
    if not found:
        click.echo("Aucun audit n'attend de relecture.")


@review.command()
@subject_argument
@click.option("--comment", default="", help="Un mot pour l'ingénieur.")
@campaign_option
@click.pass_context
def accept(ctx: click.Context, ref: str, comment: str, campaign: str | None) -> None:
    """Accepte un audit soumis."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        reviewing.accept(session, comment)
        click.echo(f"{session.about.title} : accepté.")


@review.command("return")
@subject_argument
@click.option("--comment", required=True, help="Ce qu'il faut compléter.")
@campaign_option
@click.pass_context
def return_(ctx: click.Context, ref: str, comment: str, campaign: str | None) -> None:
    """Retourne un audit soumis, avec un motif que l'ingénieur lira."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        reviewing.give_back(session, comment)
        click.echo(f"{session.about.title} : retourné, {comment}")


def _told(one: Stand) -> dict[str, Any]:
    return {
        **about_json(one.session.about),
        "campaign": one.session.audit.campaign,
        "status": str(one.status),
        "author": one.who,
        "at": one.at,
        "comment": one.comment,
    }
