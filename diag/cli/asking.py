"""`diag audit questions`: what remains to ask, most useful first."""

import click

from diag.cli.console import (
    campaign_option,
    json_option,
    print_json,
    subject_argument,
    workspace_of,
)
from diag.desk import audits
from diag.desk.visit.asking import Question, left_to_ask
from diag.words.sentences import counted


@click.command()
@subject_argument
@click.option("--place", default="", help="Nom du lieu (sinon tous).")
@click.option("--all", "everything", is_flag=True, help="Aussi ce qui est répondu.")
@click.option("--limit", default=12, show_default=True, help="Nombre de questions.")
@campaign_option
@json_option
@click.pass_context
def questions(
    ctx: click.Context,
    ref: str,
    place: str,
    limit: int,
    campaign: str | None,
    *,
    everything: bool,
    as_json: bool,
) -> None:
    """Montre ce qui reste à demander, le plus utile d'abord."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        found = left_to_ask(session, place=place, everything=everything)
    if as_json:
        print_json([question.to_json() for question in found])
        return
    for question in found[: None if everything else limit]:
        _print(question)
    click.echo(f"{counted(len(found), 'question')} en tout.", err=True)


def _print(question: Question) -> None:
    maybe = "" if question.sure else " (peut-être sans objet)"
    click.echo(f"{question.id}  [{question.place_name}]{maybe}")
    click.echo(f"    {question.label}")
    if question.ask:
        click.echo(f"    demander : {question.ask}")
    if question.look:
        click.echo(f"    regarder : {question.look}")
    click.echo(f"    réponse  : {question.expected}")
    if question.current:
        click.echo(f"    répondu  : {question.current}")
