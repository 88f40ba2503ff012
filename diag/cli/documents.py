"""`diag report`, `synthesis`, `draft`, `atlas`, `export …`: documents, and tables."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from diag.audit.compare import keep_judged
from diag.audit.remarks import PUBLIC_READERS, slips_of
from diag.audit.report import report_of
from diag.audit.session import open_session
from diag.cli.shared import (
    Among,
    Day,
    agree_to_let_out,
    campaign_option,
    combine,
    complete_subject,
    form_options,
    let_out_option,
    out_option,
    print_lines,
    progress_bar,
    subject_argument,
    within,
    workspace_command,
    workspace_of,
)
from diag.documents.formats import OPENED, Format
from diag.model.enums import READERS, WORKING_READER, Audience
from diag.model.errors import DiagError
from diag.office.agenda import Tour, export_tour, tour_of
from diag.programme.assembling import board_of
from diag.programme.container import opened
from diag.words.sentences import counted
from diag.workspace.subjects import school_of
from diag.workspace.workspace import Workspace

if TYPE_CHECKING:
    from diag.documents.tables import ChosenAudits, Exported, Progress
    from diag.documents.write import Paper, WrittenFile

F = TypeVar("F", bound=Callable[..., Any])

# Documents, with Jinja, and tables cost 100 ms each to import: others do without.


@click.command()
@click.argument("ref", metavar="SUJET", required=False)
@click.option("--all", "everything", is_flag=True, help="Tous les audits commencés.")
@click.option("--again", is_flag=True, help="Avec --all : réécrire ce qui est à jour.")
@click.option(
    "--audience",
    "audiences",
    multiple=True,
    type=Among(Audience),
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
    audiences: tuple[Audience, ...],
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
        audits_in,
        folder_in,
        tally,
        write_many,
        write_reports,
    )

    chosen = audiences or READERS
    with workspace_of(ctx) as workspace:
        if ref is None:
            wanted = DocumentsWanted(
                chosen, forms, folder, again=again, scenario=scenario, let_out=let_out
            )
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
    type=Among(OPENED),
    default=OPENED,
    help="Forme des documents joints ; répétable (sinon toutes).",
)
@let_out_option
def atlas(
    workspace: Workspace,
    folder: Path,
    view: str,
    campaign: str | None,
    outline: Path | None,
    formats: tuple[Format, ...],
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
    forms = [*dict.fromkeys(formats)]
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
        print_paper(paper, programme_folder(board), folder, forms)
        return
    from diag.documents.synthesis import slips_gathered  # noqa: PLC0415

    agree_to_let_out(slips_gathered(workspace, ref, campaign), let_out=let_out)
    made = drafted(workspace, DraftKind(kind), ref, day, campaign)
    print_paper(made.paper, made.folder, folder, forms)
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

    agree_to_let_out(slips_gathered(workspace, scope, campaign), let_out=let_out)
    with progress_bar() as show:
        paper, usual, provisional = synthesis_of(workspace, scope, day, campaign, show)
    print_paper(paper, usual, folder, forms)
    if provisional:
        click.echo(
            "Provisoire : des audits ne sont pas clos (diag audit list).", err=True
        )


def print_paper(
    paper: "Paper", usual: Path, folder: Path | None, forms: tuple[Format, ...]
) -> None:
    """Write a document where those of its subject go, and print its files."""
    from diag.documents.write import write_paper  # noqa: PLC0415

    print_written(write_paper(paper, within(folder, usual), forms))


def print_written(files: Iterable["WrittenFile"]) -> None:
    """Print each file once it is written, and its warning."""
    for written in files:
        if written.path:
            click.echo(str(written.path))
        if written.warning:
            click.echo(written.warning, err=True)


@click.group()
def export() -> None:
    """Écrit des tables : achats, tickets, réponses, carte, GLPI.

    SUJET est l'UAI d'une école, commune:INSEE ou syndicat:SIREN, un ou plusieurs ;
    --all prend tous les audits de la campagne. commune:INSEE est l'audit de la
    commune : ceux de ses écoles se nomment un par un.
    """


_subjects = combine(
    click.argument(
        "refs", metavar="[SUJET]...", nargs=-1, shell_complete=complete_subject
    ),
    click.option(
        "--all", "everything", is_flag=True, help="Tous les audits de la campagne."
    ),
    out_option,
    campaign_option,
)
"""Whom a table is about, where it goes and of which campaign."""


def _formats(*names: str) -> Callable[[F], F]:
    """Add --format, repeatable; all of them by default."""
    return click.option(
        "--format",
        "formats",
        multiple=True,
        type=click.Choice(names),
        default=names,
        help="Forme ; répétable (sinon toutes).",
    )


_to_confirm = click.option(
    "--to-confirm", is_flag=True, help="Aussi ce qui reste à confirmer."
)


def _agreed(picked: "ChosenAudits", *, let_out: bool) -> None:
    """Ask before a table holds what may name somebody."""
    every = (slips_of(one, (WORKING_READER,)) for one in picked.sessions)
    agree_to_let_out((slip for found in every for slip in found), let_out=let_out)


def _sensitive(what: str) -> Callable[[F], F]:
    return click.option("--sensitive", is_flag=True, help=f"Aussi {what}.")


@export.command()
@_subjects
@_formats("csv", "xlsx")
@_to_confirm
@_sensitive("ce qu'appelle un fait sensible")
@click.pass_context
def basket(
    ctx: click.Context,
    /,
    formats: tuple[str, ...],
    *,
    to_confirm: bool,
    sensitive: bool,
    **asked: Any,
) -> None:
    """Écrit le panier d'un groupement de commandes.

    Quantités et prix par article, par école et par lot de la consultation. Ce qui est
    écarté, fait ou déjà commandé n'y est pas.
    """
    from diag.documents.tables.basket import write_basket  # noqa: PLC0415 - 100 ms

    with _chosen(ctx, **asked) as (workspace, picked, folder, bar):
        day = workspace.world.today()
        done = write_basket(
            picked,
            folder,
            formats,
            day,
            bar,
            to_confirm=to_confirm,
            sensitive=sensitive,
        )
    _print_tables(done)


@export.command()
@_subjects
@_formats("csv", "xlsx", "md")
@_to_confirm
@click.option(
    "--whole-plan", is_flag=True, help="Aussi les actions qui ne sont pas techniques."
)
@_sensitive("ce qu'appelle un fait sensible")
@let_out_option
@click.pass_context
def tickets(
    ctx: click.Context,
    /,
    formats: tuple[str, ...],
    *,
    to_confirm: bool,
    whole_plan: bool,
    sensitive: bool,
    let_out: bool,
    **asked: Any,
) -> None:
    """Écrit les tickets de l'informaticien.

    Les actions techniques du plan et les anomalies : lieux, constat, comment faire,
    priorité, délai, à quoi l'on sait que c'est terminé.
    """
    from diag.documents.tables.tickets import write_tickets  # noqa: PLC0415 - 100 ms

    with _chosen(ctx, **asked) as (workspace, picked, folder, bar):
        _agreed(picked, let_out=let_out)
        day = workspace.world.today()
        done = write_tickets(
            picked,
            folder,
            formats,
            day,
            bar,
            to_confirm=to_confirm,
            whole_plan=whole_plan,
            sensitive=sensitive,
        )
    _print_tables(done)


@export.command()
@_subjects
@_formats("csv", "xlsx", "json")
@_sensitive("les réponses sensibles")
@let_out_option
@click.pass_context
def answers(
    ctx: click.Context,
    /,
    formats: tuple[str, ...],
    *,
    sensitive: bool,
    let_out: bool,
    **asked: Any,
) -> None:
    """Écrit toutes les réponses, une par ligne.

    Pour un tableur ou un programme ; les réponses sensibles restent à part, et les
    numéros de téléphone des notes n'y sont pas sans --let-out.
    """
    from diag.documents.tables.answers import write_answers  # noqa: PLC0415 - 100 ms

    with _chosen(ctx, **asked) as (workspace, picked, folder, bar):
        day = workspace.world.today()
        _agreed(picked, let_out=let_out)
        done = write_answers(
            picked, folder, formats, day, bar, sensitive=sensitive, let_out=let_out
        )
    _print_tables(done)


@export.command("map")
@_subjects
@click.pass_context
def map_(ctx: click.Context, /, **asked: Any) -> None:
    """Écrit la carte des écoles (GeoJSON).

    Scores en intervalles et complétude ; --all y met toutes les écoles du territoire,
    auditées ou non.
    """
    from diag.documents.tables import write_map  # noqa: PLC0415 - 100 ms

    with _chosen(ctx, **asked) as (workspace, picked, folder, bar):
        whole = bool(asked["everything"])
        done = write_map(workspace, picked, folder, bar, territory=whole)
    _print_tables(done)


@export.command()
@_subjects
@_sensitive("les tickets qu'appelle un fait sensible")
@let_out_option
@click.pass_context
def glpi(
    ctx: click.Context, /, *, sensitive: bool, let_out: bool, **asked: Any
) -> None:
    """Écrit l'inventaire et les tickets pour GLPI.

    Une archive JSON des appareils, et trois tables CSV : ce que GLPI fera de chacun
    d'après ses règles livrées, tout le matériel, les tickets. Les numéros de série et
    les adresses viennent des inventaires lus (audit import-evidence).
    """
    from diag.documents.tables.glpi import write_glpi  # noqa: PLC0415 - 100 ms

    with _chosen(ctx, **asked) as (workspace, picked, folder, bar):
        _agreed(picked, let_out=let_out)
        day = workspace.world.today()
        done = write_glpi(picked, folder, day, bar, sensitive=sensitive)
    _print_tables(done)


@export.command()
@click.argument("uais", metavar="[UAI]...", nargs=-1, shell_complete=complete_subject)
@click.option("--on", "day", type=Day(), help="Jour de la tournée.")
@out_option
@click.pass_context
def tour(
    ctx: click.Context, uais: tuple[str, ...], day: date | None, folder: Path | None
) -> None:
    """Écrit une tournée pour un agenda (fichier .ics).

    Les écoles nommées, dans l'ordre ; sans elles, celles de la tournée préparée dans
    les écrans. Sans --on : le jour prévu.
    """
    with workspace_of(ctx) as workspace:
        kept = tour_of(workspace)
        named = tuple(school_of(workspace, uai).uai for uai in uais)
        planned = Tour(day or kept.day, named or kept.uais)
        click.echo(export_tour(workspace, planned, folder))


@contextmanager
def _chosen(
    ctx: click.Context,
    refs: Sequence[str],
    folder: Path | None,
    campaign: str | None,
    *,
    everything: bool,
) -> Iterator[tuple[Workspace, "ChosenAudits", Path, "Progress"]]:
    from diag.documents.tables import chosen  # noqa: PLC0415 - 100 ms

    if bool(refs) is everything:
        raise click.UsageError("Donnez un ou plusieurs sujets, ou --all.")
    with workspace_of(ctx) as workspace:
        picked = chosen(workspace, refs, campaign, everything=everything)
        with progress_bar() as bar:
            yield workspace, picked, folder or picked.folder, bar


def _print_tables(done: "Exported") -> None:
    """Print the files, then how much of what they hold."""
    print_lines(map(str, done.files))
    counts = [counted(number, one, many) for number, one, many in done.counts]
    click.echo(", ".join(counts), err=True)
