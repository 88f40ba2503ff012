"""`diag audit start`, `list`, `status`: which audits there are, where each stands."""

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
from diag.desk.bilan import follow
from diag.desk.privacy.retention import overdue, overdue_words
from diag.desk.session import Session
from diag.desk.territory.outlook import STATUS_WORDS
from diag.journal.dispatches import dispatches_of
from diag.model.dispatch import Dispatch
from diag.model.enums import AuditStatus


@click.command()
@subject_argument
@campaign_option
@json_option
@click.pass_context
def start(ctx: click.Context, ref: str, campaign: str | None, *, as_json: bool) -> None:
    """Ouvre l'audit dans la campagne ; sans effet s'il est ouvert."""
    with workspace_of(ctx) as workspace:
        session = audits.start(workspace, ref, campaign)
        told = _summary(session)
        if session.notice:
            click.echo(session.notice, err=True)
    if as_json:
        print_json(told)
        return
    click.echo(
        f"Audit ouvert : {session.about.title} ({session.about.ref}), "
        f"campagne {told['campaign']}."
    )
    click.echo(f"Ensuite : diag audit questions {session.about.ref}")


@click.command("list")
@json_option
@click.pass_context
def list_(ctx: click.Context, *, as_json: bool) -> None:
    """Liste les audits de cet espace de travail."""
    with workspace_of(ctx) as workspace:
        found = audits.listed(workspace)
        late = overdue(workspace, (one.audit.campaign for one in found))
    for one in late:
        click.echo(overdue_words(one), err=True)
    if as_json:
        print_json([
            {
                "audit": one.audit.id,
                "campaign": one.audit.campaign,
                **about_json(one.about),
                "status": one.status,
            }
            for one in found
        ])
        return
    print_table(
        (
            one.about.ref,
            one.audit.campaign,
            STATUS_WORDS[one.status],
            one.about.commune,
            one.about.name,
        )
        for one in found
    )
    if not found:
        click.echo("Aucun audit. Ouvrez-en un : diag audit start UAI", err=True)


@click.command()
@subject_argument
@click.option(
    "--set",
    "status_",
    type=click.Choice([str(each) for each in AuditStatus]),
    help="Nouvel état.",
)
@campaign_option
@json_option
@click.pass_context
def status(
    ctx: click.Context,
    ref: str,
    status_: str | None,
    campaign: str | None,
    *,
    as_json: bool,
) -> None:
    """Dit où en est l'audit, ou le fait avancer (--set)."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        if status_ is not None:
            follow.move(session, AuditStatus(status_))
        told = _summary(session)
    if as_json:
        print_json(told)
        return
    click.echo(f"{session.about.title} ({session.about.ref})")
    click.echo(f"  campagne      {told['campaign']}")
    click.echo(f"  état          {STATUS_WORDS[AuditStatus(told['status'])]}")
    click.echo(f"  réponses      {told['answers']}")
    click.echo(f"  modifications {told['revisions']}")
    click.echo(f"  conflits      {told['conflicts']}")
    click.echo(f"  empreinte     {told['digest']}")
    # Words of its own, for an audit that was sent only.
    from diag.desk.sending.words import dispatch_words  # noqa: PLC0415

    for sent in told["dispatches"]:
        click.echo(f"  document      {dispatch_words(Dispatch.model_validate(sent))}")
    if told["sealed"] is False:
        click.echo("  attention : l'audit a été modifié après sa clôture.")


def _summary(session: Session) -> dict[str, Any]:
    return {
        "audit": session.audit.id,
        "campaign": session.audit.campaign,
        **about_json(session.about),
        "status": str(session.status),
        "edition": session.edition,
        "answers": len(session.facts.answers),
        "revisions": len(session.revisions()),
        "conflicts": len(session.conflicts),
        "digest": session.digest,
        "sealed": session.sealed,
        "dispatches": [
            sent.model_dump(mode="json")
            for sent in dispatches_of(session.workspace.journal, session.audit.id)
        ],
    }
