"""`diag programme report`, `decide`…: what bodies read, and what they decide."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from diag.assess.results import plain
from diag.cli.documents import print_paper
from diag.cli.programme import (
    board_command,
    named,
    programme_command,
    variant_name,
    varied,
)
from diag.cli.shared import (
    Among,
    Day,
    form_options,
    print_json,
    print_lines,
    print_table,
    within,
    workspace_command,
)
from diag.documents.formats import Format
from diag.documents.tables import csv_bytes, put, xlsx_bytes
from diag.documents.tables.basket import prices_table
from diag.model.enums import FollowUpState, Outcome
from diag.model.errors import DiagError
from diag.programme import adopting, setting
from diag.programme.assembling import Board, board_of
from diag.programme.container import Container, opened
from diag.programme.figures import (
    LEAST,
    CommuneShare,
    IpsGroup,
    checklist_of,
    commune_shares,
    ips_groups,
    observed,
    ordered,
    prices_seen,
)
from diag.programme.history import log_of
from diag.programme.setting import ref_of
from diag.programme.words import (
    LATE,
    adopting_words,
    effect_words,
    per_pupil_words,
)
from diag.words.dates import describe_day
from diag.words.sentences import (
    counted,
    euros,
    euros_and_cents,
    listed,
    number,
    percent,
)
from diag.words.vocabulary import FOLLOW_UPS, OUTCOMES
from diag.workspace.disk import write_whole
from diag.workspace.workspace import Workspace


@click.command()
@workspace_command
@named
@varied
@click.option("--commune", metavar="INSEE", help="La page de cette commune seule.")
@click.option(
    "--dossier", is_flag=True, help="Le dossier du comité et sa délibération."
)
@form_options
def report(
    workspace: Workspace,
    slug: str,
    variant: str,
    commune: str | None,
    forms: tuple[Format, ...],
    folder: Path | None,
    day: date | None,
    *,
    dossier: bool,
) -> None:
    """Écrit le programme pour le comité, ou la page d'une commune.

    La première page du programme suffit ; les opérations de chaque année suivent. La
    page d'une commune n'en nomme aucune autre. Le dossier (--dossier) est de travail :
    lui ne s'affiche pas ; le projet de délibération l'accompagne.
    """
    if dossier and commune:
        raise click.UsageError("Le dossier du comité, ou la page d'une commune.")
    from diag.documents import programme as pages  # noqa: PLC0415

    container = opened(workspace, slug)
    board = board_of(container, container.variant_named(variant), afresh=False)
    printed = day or workspace.world.today()
    if commune:
        papers = [pages.commune_paper(board, commune, printed)]
    elif dossier:
        papers = [
            pages.committee_paper(board, printed),
            pages.programme_deliberation(board, printed),
        ]
    else:
        papers = [pages.programme_paper(board, printed)]
    for paper in papers:
        print_paper(paper, pages.programme_folder(board), folder, forms)


@click.command()
@board_command
@named
@varied
def equity(board: Board, *, as_json: bool) -> None:
    """Compare ce que chaque commune reçoit à son besoin, puis par cinquièmes d'IPS.

    Pour le comité seul : les groupes d'IPS, de cinq communes au moins, n'entrent dans
    aucun document qui s'affiche.
    """
    shares = commune_shares(board)
    groups = ips_groups(shares)
    if as_json:
        print_json({
            "communes": [_plain(one) for one in shares],
            "groups": [_plain(one) for one in groups],
        })
        return
    head = ("Élèves", "Besoin", "Inscrit", "Couvert", "Syndicat", "Par élève")
    print_table((
        ("Commune", *head, LATE),
        *((one.name, *_cells(one), str(one.late)) for one in shares),
    ))
    if groups:
        print_table((
            ("IPS", "Communes", *head),
            *(
                (
                    f"{one.words} ({number(one.low)} à {number(one.high)})",
                    str(one.communes),
                    *_cells(one),
                )
                for one in groups
            ),
        ))
    else:
        click.echo(
            f"Pas de vue par IPS : il faut deux groupes de {LEAST} communes au moins."
        )


def _cells(one: CommuneShare | IpsGroup) -> tuple[str, ...]:
    return (
        number(one.pupils),
        euros(round(one.need / 100)),
        euros(round(one.placed / 100)),
        percent(one.covered),
        euros(round(one.helped / 100)),
        per_pupil_words(one),
    )


def _plain(one: CommuneShare | IpsGroup) -> dict[str, Any]:
    computed = {"covered": one.covered, "per_pupil": one.per_pupil}
    return {name: plain(value) for name, value in {**one._asdict(), **computed}.items()}


@click.command()
@board_command
@named
@varied
@click.option(
    "--out", "folder", type=click.Path(path_type=Path), help="Dossier où l'écrire."
)
def table(board: Board, folder: Path | None) -> None:
    """Écrit le programme en classeur XLSX, une feuille par sujet."""
    from diag.documents.programme import programme_folder  # noqa: PLC0415 - Jinja
    from diag.documents.tables.programme import programme_tables  # noqa: PLC0415

    day = board.container.workspace.world.today()
    content = xlsx_bytes(programme_tables(board, day), day)
    place = within(folder, programme_folder(board))
    print_lines(map(str, put(place, {"programme.xlsx": content})))


@click.command()
@board_command
@named
@varied
@click.option("--commune", default="", metavar="INSEE", help="Pour cette commune.")
@click.option(
    "--out", "folder", type=click.Path(path_type=Path), help="Écrire le .ics là."
)
def calendar(board: Board, commune: str, folder: Path | None, *, as_json: bool) -> None:
    """Dit avant quand chaque chose se fait ; avec --out, l'écrit pour un agenda.

    Les jours viennent des règles de finances : besoins, aides, débat, projet, vote,
    travaux. Une opération qui change d'année change de jour dans l'agenda.
    """
    from diag.office.agenda import (  # noqa: PLC0415
        deadline_lines,
        write_deadlines,
    )

    found = adopting.deadlines(board, checklist_of(board), commune)
    if as_json:
        print_json([
            {
                "uid": one.uid(board.container.audit.id),
                "opens": one.opens.isoformat(),
                "closes": one.closes.isoformat(),
                "kind": one.kind,
                "budget": one.budget,
                "operation": ref_of(board, one.operation) if one.operation else None,
                "rule": one.rule.id,
            }
            for one in found
        ])
        return
    print_table(deadline_lines(board, found))
    rules = adopting.before_vote(checklist_of(board))
    print_lines(f"{one.title} : {one.says}" for one in rules)
    if folder:
        click.echo(str(write_deadlines(board, found, folder, commune)))


@click.command()
@programme_command
@click.argument("body", metavar="INSTANCE")
@click.argument("outcome", type=Among(Outcome))
@click.option("--on", "day", type=Day(), required=True, help="Le jour de la séance.")
@click.option("--ref", default="", help="Numéro de la délibération.")
@click.option("--about", default="", help="Sur quoi.")
@click.option("--votes", default="", help="« 14 pour, 1 abstention ».")
@click.option("--why", default="", help="Ce qui a été dit.")
@named
def decide(
    container: Container, body: str, outcome: Outcome, day: date, **details: str
) -> None:
    """Note ce qu'une instance a dit : syndicat, commune:INSEE ou pilotage."""
    given = {name: text for name, text in details.items() if text}
    ident = adopting.decide(container, body, outcome, day, **given)
    click.echo(
        f"Noté : {body}, {outcome}, {describe_day(day.isoformat())} ({ident[:8]})."
    )


@click.command()
@programme_command
@click.argument("variant", default="", required=False, metavar="[VARIANTE]")
@click.option("--decision", required=True, help="Délibération du comité : son numéro.")
@click.option("--dry-run", is_flag=True, help="Montrer, sans rien écrire.")
@click.option(
    "--refonte", is_flag=True, help="Repartir de zéro, sans ménager l'arrêté."
)
@named
def adopt(
    container: Container,
    variant: str,
    decision: str,
    *,
    dry_run: bool,
    refonte: bool,
) -> None:
    """Arrête le programme, ou une variante ; note « décidée » où chacun a délibéré."""
    board = board_of(container, container.variant_named(variant), afresh=refonte)
    found = adopting.adopting(board, decision)
    first, *rest = adopting_words(board, found)
    click.echo(f"{variant_name(board)} : {first}")
    print_lines(rest)
    if dry_run:
        click.echo("Rien n'est écrit : c'est un aperçu.")
        return
    container.write(*found.drafts)
    click.echo("Arrêté.")


@click.command()
@board_command
@click.argument("operation", metavar="OPÉRATION")
@click.argument("state", type=Among(FollowUpState))
@click.option("--on", "day", type=Day(), help="Le jour (sinon ce jour).")
@click.option("--price", default="", help="Prix réel de la commande, euros TTC.")
@click.option("--why", default="", help="Pourquoi ; il le faut pour écarter.")
@named
def step(
    board: Board,
    operation: str,
    state: FollowUpState,
    day: date | None,
    price: str,
    why: str,
) -> None:
    """Note la suite d'une opération, pour toutes ses actions : financée, commandée."""
    name = setting.operation_named(board, operation)
    steps = adopting.advance(
        board,
        name,
        state,
        day or board.container.workspace.world.today(),
        cents=setting.amount_typed(price) if price else 0,
        why=why,
    )
    many = counted(len(steps), "action notée", "actions notées")
    click.echo(f"{board.named(name).title} : {FOLLOW_UPS[state]}, {many}.")


@click.command()
@programme_command
@named
def log(container: Container, *, as_json: bool) -> None:
    """Dit les décisions dans l'ordre, et ce que chacune impose ou arrête."""
    rows = tuple(log_of(container))
    if as_json:
        print_json([
            {
                "id": one.ident,
                **one.decision.model_dump(mode="json"),
                "adopts": one.adopts,
                "weighs": one.weighs,
                "locks": list(one.locks),
                "moved": [each._asdict() for each in one.moved],
            }
            for one in rows
        ])
        return
    for each in rows:
        one = each.decision
        ref = f", {one.ref}" if one.ref else ""
        votes = f" ({one.votes})" if one.votes else ""
        about = f" : {one.about}" if one.about else ""
        click.echo(
            f"{describe_day(one.on)}  {one.body} : {OUTCOMES[one.outcome]}{ref}{votes}"
            f"{about}  [{each.ident[:8]}]"
        )
        print_lines(f"    {line}" for line in effect_words(each))
    if not rows:
        click.echo("Aucune décision notée.")
    if container.record().frame and container.record().decisions:
        board = board_of(container, afresh=False)
        for name in adopting.financeable(board):
            click.echo(
                "Ses enveloppes sont votées, à noter financée : "
                f"{board.named(name).title} "
                f"(diag programme step {setting.ref_of(board, name)} financee)"
            )


@click.command()
@workspace_command
@named
@click.option(
    "--out",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Écrire ces lignes dans un tableau (CSV), comme « diag import prix » les lit.",
)
def prices(
    workspace: Workspace, slug: str, file: Path | None, *, as_json: bool
) -> None:
    """Rend les prix réels des commandes, à reporter dans votre table de prix."""
    if file and file.exists():
        raise DiagError(f"{file} existe déjà : il n'est pas remplacé.", about="out")
    board = board_of(opened(workspace, slug), afresh=False)
    seen = list(prices_seen(board))
    if as_json:
        print_json([one._asdict() for one in observed(seen)])
        return
    found = list(observed(seen))
    for one in found:
        click.echo(
            f"{one.price} : {euros_and_cents(one.typical)} HT "
            f"({counted(one.orders, 'commande')}, {listed(one.where, 3)}, "
            f"{describe_day(one.as_of)})"
        )
    many = sum(1 for _ in ordered(board)) - len(seen)
    if many:
        click.echo(
            f"{counted(many, 'commande')} de plusieurs articles : un seul montant n'en "
            "dit pas les prix."
        )
    if not found:
        click.echo("Aucune commande ne donne le prix d'un article.")
    elif file:
        write_whole(file, csv_bytes(prices_table(found)))
        click.echo(f"Écrit : {file}")
        click.echo("Reportez ces lignes dans votre tableau, puis : diag import prix …")
