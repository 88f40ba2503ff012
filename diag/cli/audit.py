"""`diag audit …`: opened, listed, claimed, moved from status to status, upgraded."""

from datetime import date
from typing import Any

import click

from diag.assess import ENGINE
from diag.audit import follow as following
from diag.audit import upgrade as upgrading
from diag.audit.fitting import (
    DURATIONS,
    choose_minutes,
    fit_of,
    minutes_named,
)
from diag.audit.follow import signature_json, standing_words
from diag.audit.history import dispatch_words
from diag.audit.remarks import PUBLIC_READERS, slips_of
from diag.audit.session import AuditSession, Listed, listed
from diag.audit.session import start as start_audit
from diag.audit.snapshot import OLDER
from diag.audit.upgrade import upgrade_json, upgrade_lines
from diag.audit.walk import left_to_ask
from diag.cli import LazyGroup
from diag.cli.shared import (
    Among,
    Day,
    about_json,
    agree_to_let_out,
    audit_command,
    campaign_option,
    let_out_option,
    print_json,
    print_lines,
    print_table,
    subject_argument,
    undo_words,
    workspace_command,
)
from diag.journal.records import dispatches_of
from diag.journal.school_lines import older_audits
from diag.journal.signatures import signature_of
from diag.model.audit import Dispatch
from diag.model.enums import AuditStatus
from diag.model.text import fold
from diag.office.retention import overdue, overdue_words
from diag.office.supervision import stand_of
from diag.words.sentences import counted
from diag.workspace.workspace import Workspace

COMMANDS = {
    "answer": "diag.cli.answer:answer",
    "claim": "diag.cli.audit:claim",
    "close-places": "diag.cli.answer:close_list",
    "decide": "diag.cli.follow:decide",
    "erase": "diag.cli.privacy:erase",
    "export": "diag.cli.sync:export_audit",
    "follow": "diag.cli.follow:follow",
    "history": "diag.cli.answer:history",
    "import": "diag.cli.sync:import_audit",
    "import-evidence": "diag.cli.evidence:take_evidence",
    "list": "diag.cli.audit:list_",
    "note": "diag.cli.answer:note",
    "observe": "diag.cli.evidence:observe",
    "photo": "diag.cli.answer:photo",
    "place": "diag.cli.answer:place",
    "profile": "diag.cli.audit:profile",
    "questions": "diag.cli.audit:questions",
    "recommend": "diag.cli.follow:recommend",
    "reorder": "diag.cli.follow:reorder",
    "reword": "diag.cli.follow:reword",
    "start": "diag.cli.audit:start",
    "status": "diag.cli.audit:status",
    "undo": "diag.cli.answer:undo",
    "upgrade": "diag.cli.audit:upgrade",
    "visit": "diag.cli.follow:visit",
    "vote": "diag.cli.follow:vote",
    "votes": "diag.cli.follow:votes",
}
"""Subcommand → module and attribute."""

_SHOWN = 12
"""So many questions are printed, unless more are asked for."""


audit = LazyGroup(
    "audit",
    places=COMMANDS,
    help="""Mène un audit : lieux, réponses, visites, suites.

    SUJET est l'UAI d'une école, commune:INSEE ou syndicat:SIREN (« syndicat » : le
    vôtre).
    """,
)


@click.command()
@audit_command
@click.option("--place", default="", help="Nom du lieu (sinon tous).")
@click.option("--all", "everything", is_flag=True, help="Aussi ce qui est répondu.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    help=f"Nombre de questions (sinon {_SHOWN} à l'écran, toutes en JSON).",
)
def questions(
    session: AuditSession,
    place: str,
    limit: int | None,
    *,
    everything: bool,
    as_json: bool,
) -> None:
    """Montre ce qui reste à demander, le plus utile d'abord."""
    found = left_to_ask(session, place=place, everything=everything)
    if as_json:
        print_json([question.to_json() for question in found[:limit]])
        return
    for question in found[: limit or (None if everything else _SHOWN)]:
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
    click.echo(f"{counted(len(found), 'question')} en tout.", err=True)


@click.command()
@audit_command
@click.argument("minutes", required=False, metavar="[MINUTES]")
def profile(session: AuditSession, minutes: str | None, *, as_json: bool) -> None:
    """Choisit les minutes de la visite, ou dit ce qui tient dans chaque durée.

    Court, standard et complet valent 30, 45 et 90 minutes. Comptent la marche, les
    questions et les mesures sur place, et deux minutes à chaud ; ni les formulaires, ni
    les lieux qui restent à ajouter. Une réponse hors de la visite compte comme les
    autres.
    """
    if minutes is not None:
        choose_minutes(session, minutes_named(minutes))
    session.check_method()
    chosen = session.plan.minutes if session.plan else 0
    lasting = sorted({*DURATIONS, chosen} - {0})
    found = [fit_of(session, each) for each in lasting]
    if as_json:
        print_json([
            {
                "minutes": one.minutes,
                "chosen": one.minutes == chosen,
                "answers": one.answers,
                "left_out": one.wanting,
                "minutes_more": one.more_minutes,
            }
            for one in found
        ])
        return
    print_table(
        ("*" if one.minutes == chosen else " ", f"{one.minutes} min", one.words)
        for one in found
    )


@click.command()
@workspace_command
@subject_argument
@campaign_option
@click.option("--minutes", help="Durée de la visite : 20, 30, 45, 90…")
def start(
    workspace: Workspace,
    ref: str,
    campaign: str | None,
    minutes: str | None,
    *,
    as_json: bool,
) -> None:
    """Ouvre l'audit dans la campagne ; sans effet s'il est ouvert."""
    lasting = minutes_named(minutes) if minutes else 0
    session = start_audit(workspace, ref, campaign)
    if lasting and (session.plan is None or session.plan.minutes != lasting):
        choose_minutes(session, lasting)
    summary = _summary(session)
    if session.notice:
        click.echo(session.notice, err=True)
    if as_json:
        print_json(summary)
        return
    click.echo(
        f"Audit ouvert : {session.about.title} ({session.about.ref}), "
        f"campagne {summary['campaign']}."
    )
    click.echo(f"Ensuite : diag audit questions {session.about.ref}")


@click.command()
@audit_command
@click.option("--until", type=Day(), help="Dernier jour ; sans elle, aujourd'hui.")
@click.option("--release", "leaves", is_flag=True, help="Vous n'y êtes plus.")
def claim(
    session: AuditSession, until: date | None, *, leaves: bool, as_json: bool
) -> None:
    """Dit que vous êtes sur l'audit ; les autres le voient, et restent libres."""
    if leaves and until:
        raise click.UsageError("--until ou --release, pas les deux.")
    if leaves:
        following.release(session)
    else:
        following.claim(session, until or session.workspace.world.today())
    words = following.claim_words(session)
    if as_json:
        print_json({
            **about_json(session.about),
            "claims": following.claims_json(session),
        })
        return
    click.echo(f"{session.about.title} : {words or 'personne ne dit y être'}.")


_TO_DO = (
    AuditStatus.RETOURNE,
    AuditStatus.EN_COURS,
    AuditStatus.SOUMIS,
    AuditStatus.ACCEPTE,
    AuditStatus.CLOS,
)
"""States, those that wait for the engineer first."""


@click.command("list")
@workspace_command
def list_(workspace: Workspace, *, as_json: bool) -> None:
    """Liste les audits : la dernière campagne d'abord, ce qui est à faire en tête."""
    found = sorted(listed(workspace), key=lambda one: fold(one.about.commune))
    found.sort(key=lambda one: _TO_DO.index(one.status))
    found.sort(key=lambda one: one.audit.campaign, reverse=True)
    older = older_audits(workspace.journal, engine=ENGINE)
    late = overdue(workspace, (one.audit.campaign for one in found))
    for one in late:
        click.echo(overdue_words(one), err=True)
    signatures = [signature_of(workspace.journal, one.audit.id) for one in found]
    if as_json:
        print_json([
            {
                "audit": one.audit.id,
                "campaign": one.audit.campaign,
                **about_json(one.about),
                "status": one.status,
                "older_method": one.audit.id in older,
                "signature": signature_json(workspace.settings, signed),
                "returned": _returned(workspace, one),
                "claims": following.claims_json(
                    AuditSession(workspace, one.audit, one.about)
                ),
            }
            for one, signed in zip(found, signatures, strict=True)
        ])
        return
    print_table(
        (
            one.about.ref,
            one.audit.campaign,
            standing_words(workspace.settings, one.status, signed)
            + f", {OLDER}" * (one.audit.id in older),
            one.about.commune,
            one.about.name,
            _returned(workspace, one)
            or following.claim_words(AuditSession(workspace, one.audit, one.about)),
        )
        for one, signed in zip(found, signatures, strict=True)
    )
    if not found:
        click.echo("Aucun audit. Ouvrez-en un : diag audit start UAI", err=True)


def _returned(workspace: Workspace, one: Listed) -> str:
    """Return who gave an audit back, when and why; empty when nobody did."""
    if one.status is not AuditStatus.RETOURNE:
        return ""
    stand = stand_of(AuditSession(workspace, one.audit, one.about))
    return stand.words if stand else ""


@click.command()
@audit_command
@click.option(
    "--set",
    "status_",
    type=Among(AuditStatus),
    help="Nouvel état.",
)
@let_out_option
def status(
    session: AuditSession, status_: AuditStatus | None, *, let_out: bool, as_json: bool
) -> None:
    """Dit où en est l'audit, ou le fait avancer (--set)."""
    if status_ is AuditStatus.CLOS:
        agree_to_let_out(slips_of(session, PUBLIC_READERS), let_out=let_out)
    if status_ is not None:
        from diag.office.sealing import move_sealed  # noqa: PLC0415 - the sync's, 30 ms

        move_sealed(session, status_)
    summary = _summary(session)
    if as_json:
        print_json(summary)
        return
    click.echo(f"{session.about.title} ({session.about.ref})")
    click.echo(f"  campagne      {summary['campaign']}")
    older = f", {OLDER}" if session.is_older else ""
    settings = session.workspace.settings
    words = standing_words(settings, session.status, session.signature)
    click.echo(f"  état          {words}{older}")
    if present := following.claim_words(session):
        click.echo(f"  sur place     {present}")
    click.echo(f"  réponses      {summary['answers']}")
    click.echo(f"  modifications {summary['revisions']}")
    click.echo(f"  conflits      {summary['conflicts']}")
    click.echo(f"  empreinte     {summary['digest']}")
    for sent in summary["dispatches"]:
        click.echo(f"  document      {dispatch_words(Dispatch.model_validate(sent))}")
    if summary["sealed"] is False:
        click.echo("  attention : l'audit a été modifié après sa clôture.")


def _summary(session: AuditSession) -> dict[str, Any]:
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
        "signature": signature_json(session.workspace.settings, session.signature),
        "dispatches": [
            sent.model_dump(mode="json")
            for sent in dispatches_of(session.workspace.journal, session.audit.id)
        ],
    }


@click.command()
@audit_command
@click.option(
    "--to",
    "edition",
    default="courante",
    show_default=True,
    metavar="ÉDITION",
    help="Livrée, courante, un dossier, ou le début d'une empreinte.",
)
@click.option("--dry-run", is_flag=True, help="Dit ce qui changerait, sans rien faire.")
@click.option("--all", "everything", is_flag=True, help="Nomme toutes les réponses.")
def upgrade(
    session: AuditSession,
    edition: str,
    *,
    dry_run: bool,
    everything: bool,
    as_json: bool,
) -> None:
    """Passe l'audit à une autre édition des grilles : gardé, à redemander, perdu."""
    found = upgrading.preview(session, edition)
    lines = list(upgrade_lines(session, found, everything=everything))
    closed = session.status is AuditStatus.CLOS
    if not dry_run:
        upgrading.upgrade(session, found)
    if as_json:
        print_json({**upgrade_json(found), "done": not dry_run})
        return
    print_lines(lines)
    if not dry_run:
        click.echo(f"C'est fait. {undo_words(session)}")
    elif closed:
        click.echo("Rien n'est changé. L'audit est clos : il faudrait le rouvrir.")
    else:
        click.echo("Rien n'est changé : sans --dry-run, l'audit passe à cette édition.")
