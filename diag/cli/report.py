"""`diag report`, `atlas`, `draft`, `synthesis`, `demo`: documents."""

import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from diag.audit.compare import keep_judged
from diag.audit.remarks import PUBLIC_READERS, slips_of
from diag.audit.report import report_of
from diag.audit.session import open_session
from diag.cli.shared import (
    agree_to_let_out,
    campaign_option,
    form_options,
    let_out_option,
    progress_bar,
    subject_argument,
    within,
    workspace_command,
    workspace_of,
)
from diag.documents.formats import OPENED, Format
from diag.model.enums import READERS, Audience
from diag.model.errors import DiagError
from diag.programme.assembling import board_of
from diag.programme.container import opened
from diag.words.sentences import counted
from diag.workspace.workspace import Workspace

if TYPE_CHECKING:
    from diag.documents.write import DocumentsWanted, WrittenFile

# Documents, with Jinja, cost 100 ms to import: `diag --help` does without.


@click.command()
@click.argument("ref", metavar="SUJET", required=False)
@click.option("--all", "everything", is_flag=True, help="Tous les audits commencés.")
@click.option("--again", is_flag=True, help="Avec --all : réécrire ce qui est à jour.")
@click.option(
    "--audience",
    "audiences",
    multiple=True,
    type=click.Choice([str(each) for each in Audience]),
    help="Destinataire ; répétable (sinon les quatre, sans le feuillet réservé).",
)
@form_options
@click.option(
    "--scenario",
    default="",
    help="Scénario gardé, imprimé comme une option (mairie et technique).",
)
@let_out_option
@campaign_option
@click.pass_context
def report(
    ctx: click.Context,
    ref: str | None,
    *,
    everything: bool,
    again: bool,
    audiences: tuple[str, ...],
    forms: tuple[Format, ...],
    folder: Path | None,
    day: date | None,
    campaign: str | None,
    scenario: str,
    let_out: bool,
) -> None:
    """Écrit les documents d'un audit, ou de tous (--all).

    Pour la mairie, l'équipe, l'académie et le service technique. Le feuillet réservé
    ne s'écrit que demandé (--audience reserve) et se remet en main propre. Avec --all,
    ce qui est déjà écrit et à jour n'est pas réécrit : relancez la commande pour
    reprendre.
    """
    if everything == bool(ref):
        raise click.UsageError("Nommez un audit (UAI), ou tous : diag report --all.")
    from diag.documents.write import (  # noqa: PLC0415 - Jinja
        DocumentsWanted,
        folder_in,
        write_reports,
    )

    chosen = tuple(Audience(each) for each in audiences) or READERS
    with workspace_of(ctx) as workspace:
        if ref is None:
            wanted = DocumentsWanted(
                chosen, forms, folder, again=again, scenario=scenario, let_out=let_out
            )
            _write_all(workspace, campaign, wanted)
            return
        session = open_session(workspace, ref, campaign)
        agree_to_let_out(slips_of(session, chosen), let_out=let_out)
        made = report_of(session, day, scenario=scenario)
        keep_judged(session)
        print_written(write_reports(made, chosen, folder_in(session, folder), forms))
    ref = made.about.ref
    if made.is_unsealed:
        click.echo(
            f"Audit {made.standing} : les documents le disent à chaque page. "
            "Relisez-le, puis signez-le à nouveau "
            f"(diag audit status {ref} --set {made.status}).",
            err=True,
        )
    elif made.provisional:
        click.echo(
            "Provisoire : l'audit n'est pas clos "
            f"(diag audit status {ref} --set clos).",
            err=True,
        )


def _write_all(
    workspace: Workspace,
    campaign: str | None,
    wanted: "DocumentsWanted",
) -> None:
    from diag.documents.write import audits_in, tally, write_many  # noqa: PLC0415

    found = audits_in(workspace, campaign)
    done = []
    for rank, written in enumerate(write_many(workspace, found, wanted), 1):
        done.append(written)
        click.echo(f"{rank}/{len(found)}  {written.name} : {written.words}")
    click.echo(tally(done), err=True)
    if any(one.held for one in done):
        click.echo("Laisser sortir ces mots : --let-out.", err=True)
    if any(one.problem for one in done):
        sys.exit(1)


@click.command()
@workspace_command
@click.argument(
    "folder", metavar="DOSSIER", type=click.Path(path_type=Path, file_okay=False)
)
@click.option(
    "--view",
    default="syndicat",
    show_default=True,
    metavar="VUE",
    help="Pour qui : syndicat, mairie:INSEE ou circonscription:NOM.",
)
@campaign_option
@click.option(
    "--outline",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Contour du territoire sous la carte (GeoJSON, WGS 84).",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice([*map(str, OPENED)]),
    default=[*map(str, OPENED)],
    help="Forme des documents joints ; répétable (sinon toutes).",
)
@let_out_option
def atlas(
    workspace: Workspace,
    folder: Path,
    view: str,
    campaign: str | None,
    outline: Path | None,
    formats: tuple[str, ...],
    *,
    let_out: bool,
) -> None:
    """Écrit l'atlas d'une campagne : carte, liste, pages d'écoles.

    Un dossier de pages qui s'ouvre sans serveur ni réseau, à déposer sur une clé ou
    un partage. La vue dit ce que le destinataire peut voir : une mairie ne reçoit que
    ses écoles, une circonscription aucun montant.
    """
    from diag.documents.atlas import write_atlas  # noqa: PLC0415
    from diag.documents.tables import chosen  # noqa: PLC0415

    every = chosen(workspace, (), campaign, everything=True).sessions
    found = (slip for one in every for slip in slips_of(one, PUBLIC_READERS))
    agree_to_let_out(found, let_out=let_out)
    forms = [Format(one) for one in dict.fromkeys(formats)]
    with progress_bar() as show:
        done = write_atlas(
            workspace,
            folder,
            view,
            show,
            campaign=campaign,
            outline=outline,
            forms=forms,
        )
    click.echo(str(done.index))
    for warning in done.warnings:
        click.echo(warning, err=True)
    counts = [counted(number, one, many) for number, one, many in done.counts]
    click.echo(f"{', '.join(counts)}. Pour : {done.view.title}.", err=True)


@click.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Dossier de la démonstration, à part du vôtre.  [par défaut : diag-demo]",
)
@click.pass_context
def demo(ctx: click.Context, folder: Path | None) -> None:
    """Montre tout sur un territoire inventé."""
    root = ctx.find_root()
    # DIAG_HOME names one's own workspace: no demonstration is made in it.
    if root.get_parameter_source("workspace") is ParameterSource.COMMANDLINE:
        if folder:
            raise click.UsageError(
                "« --workspace » et « --dir » donnent deux dossiers à la "
                "démonstration : gardez l'un des deux."
            )
        folder = root.obj
    folder = folder or Path("diag-demo")
    # The whole program is imported: only the demonstration pays for it.
    from diag.demo import demonstrate  # noqa: PLC0415

    made = demonstrate(folder, click.echo)
    click.echo("\nDocuments de l'école auditée en entier :")
    for path in made.full:
        click.echo(f"  {path}")
    click.echo("Documents provisoires de l'école auditée à moitié :")
    for path in made.half:
        click.echo(f"  {path}")
    click.echo("Documents de la commune, avant un don de tablettes :")
    for path in made.commune:
        click.echo(f"  {path}")
    click.echo(
        "\nEssayez :\n"
        f"  diag --workspace {folder} schools valbrise\n"
        f"  diag --workspace {folder} score 9990148G\n"
        f"  diag --workspace {folder} audit questions 9990211A"
    )


@click.command()
@workspace_command
@click.argument(
    "kind",
    metavar="DOCUMENT",
    type=click.Choice([
        "note",
        "deliberation",
        "compte-rendu",
        "projet",
        "dossier",
        "convention",
    ]),
)
@subject_argument
@form_options
@let_out_option
@campaign_option
def draft(
    workspace: Workspace,
    kind: str,
    ref: str,
    forms: tuple[Format, ...],
    folder: Path | None,
    day: date | None,
    *,
    let_out: bool,
    campaign: str | None,
) -> None:
    """Prépare un document que d'autres achèvent.

    DOCUMENT : note (explicative de synthèse), deliberation ou compte-rendu (du comité),
    pour commune:INSEE ou l'UAI d'une école ; projet (pédagogique), dossier (de
    candidature) ou convention (de prêt), pour l'UAI d'une école. Une deliberation du
    comité syndical : pour programme:NOM. Chacun dit ce qui est pré-rempli, de quelle
    date, et ce qui reste à écrire : « À compléter ».
    """
    from diag.documents.drafts import DraftKind, drafted  # noqa: PLC0415
    from diag.documents.write import write_paper  # noqa: PLC0415

    what, _, named = ref.partition(":")
    if what.casefold() == "programme":
        from diag.documents.programme import (  # noqa: PLC0415
            programme_deliberation,
            programme_folder,
        )

        if kind != DraftKind.DELIBERATION:
            raise DiagError(
                f"« {kind} » ne se prépare pas pour un programme : seule sa "
                "délibération.",
                about="kind",
            )
        board = board_of(opened(workspace, named), afresh=False)
        paper = programme_deliberation(board, day or workspace.world.today())
        place = within(folder, programme_folder(board))
        print_written(write_paper(paper, place, forms))
        return
    from diag.documents.synthesis import slips_gathered  # noqa: PLC0415

    agree_to_let_out(slips_gathered(workspace, ref, campaign), let_out=let_out)
    made = drafted(workspace, DraftKind(kind), ref, day, campaign)
    place = within(folder, made.folder)
    print_written(write_paper(made.paper, place, forms))
    if made.provisional:
        click.echo("Provisoire : l'audit n'est pas clos (diag audit list).", err=True)


@click.command()
@workspace_command
@click.argument("scope", metavar="PORTÉE")
@form_options
@let_out_option
@campaign_option
def synthesis(
    workspace: Workspace,
    scope: str,
    forms: tuple[Format, ...],
    folder: Path | None,
    day: date | None,
    *,
    let_out: bool,
    campaign: str | None,
) -> None:
    """Écrit la synthèse de plusieurs écoles.

    PORTÉE est commune:INSEE (pour le conseil municipal), circonscription:NOM (pour
    l'inspection, sans aucun budget) ou territoire (pour le comité syndical). Un mot du
    nom de la circonscription suffit s'il est seul à le porter.
    """
    from diag.documents.synthesis import slips_gathered  # noqa: PLC0415
    from diag.documents.synthesis import synthesis as synthesis_of  # noqa: PLC0415
    from diag.documents.write import write_paper  # noqa: PLC0415

    agree_to_let_out(slips_gathered(workspace, scope, campaign), let_out=let_out)
    with progress_bar() as show:
        paper, usual, provisional = synthesis_of(workspace, scope, day, campaign, show)
    print_written(write_paper(paper, within(folder, usual), forms))
    if provisional:
        click.echo(
            "Provisoire : des audits ne sont pas clos (diag audit list).", err=True
        )


def print_written(files: Iterable["WrittenFile"]) -> None:
    """Print each file once it is written, and its warning."""
    for written in files:
        if written.path:
            click.echo(str(written.path))
        if written.warning:
            click.echo(written.warning, err=True)
