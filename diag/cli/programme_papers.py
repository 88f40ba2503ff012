"""`diag programme report`, `equity`…: what leaves a programme, papers and figures."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from diag.assess.json import plain
from diag.cli.programme import named, varied
from diag.cli.report import print_written
from diag.cli.shared import (
    form_options,
    print_json,
    print_lines,
    print_table,
    within,
    workspace_command,
)
from diag.documents.formats import Format
from diag.documents.tables import put, xlsx_bytes
from diag.programme.assembling import Board, board_of
from diag.programme.container import opened
from diag.programme.equity import (
    LEAST,
    CommuneShare,
    IpsGroup,
    commune_shares,
    ips_groups,
)
from diag.programme.money import before_vote, checklist_of, deadlines
from diag.programme.setting import ref_of
from diag.words.sentences import euros, half_up, number, percent
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
    from diag.documents.programme.committee import (  # noqa: PLC0415
        programme_deliberation,
    )
    from diag.documents.write import write_paper  # noqa: PLC0415

    board = _board(workspace, slug, variant)
    printed = day or workspace.world.today()
    if commune:
        papers = [pages.commune_paper(board, commune, printed)]
    elif dossier:
        papers = [
            pages.committee_paper(board, printed),
            programme_deliberation(board, printed),
        ]
    else:
        papers = [pages.programme_paper(board, printed)]
    place = within(folder, pages.programme_folder(board))
    for paper in papers:
        print_written(write_paper(paper, place, forms))


@click.command()
@workspace_command
@named
@varied
def equity(workspace: Workspace, slug: str, variant: str, *, as_json: bool) -> None:
    """Compare ce que chaque commune reçoit à son besoin, puis par cinquièmes d'IPS.

    Pour le comité seul : les groupes d'IPS, de cinq communes au moins, n'entrent dans
    aucun document qui s'affiche.
    """
    board = _board(workspace, slug, variant)
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
        ("Commune", *head, "Loi en retard"),
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


@click.command()
@workspace_command
@named
@varied
@click.option(
    "--out", "folder", type=click.Path(path_type=Path), help="Dossier où l'écrire."
)
def table(workspace: Workspace, slug: str, variant: str, folder: Path | None) -> None:
    """Écrit le programme en classeur XLSX, une feuille par sujet."""
    from diag.documents.programme import programme_folder  # noqa: PLC0415 - Jinja
    from diag.documents.tables.programme import programme_tables  # noqa: PLC0415

    board, day = _board(workspace, slug, variant), workspace.world.today()
    content = xlsx_bytes(programme_tables(board, day), day)
    place = within(folder, programme_folder(board))
    print_lines(map(str, put(place, {"programme.xlsx": content})))


@click.command()
@workspace_command
@named
@varied
@click.option("--commune", default="", metavar="INSEE", help="Pour cette commune.")
@click.option(
    "--out", "folder", type=click.Path(path_type=Path), help="Écrire le .ics là."
)
def calendar(
    workspace: Workspace,
    slug: str,
    variant: str,
    commune: str,
    folder: Path | None,
    *,
    as_json: bool,
) -> None:
    """Dit avant quand chaque chose se fait ; avec --out, l'écrit pour un agenda.

    Les jours viennent des règles de finances : besoins, aides, débat, projet, vote,
    travaux. Une opération qui change d'année change de jour dans l'agenda.
    """
    from diag.office.deadlines import (  # noqa: PLC0415
        deadline_lines,
        write_deadlines,
    )

    board = _board(workspace, slug, variant)
    found = deadlines(board, checklist_of(board), commune)
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
    rules = before_vote(checklist_of(board))
    print_lines(f"{one.title} : {one.says}" for one in rules)
    if folder:
        click.echo(str(write_deadlines(board, found, folder, commune)))


def _cells(one: CommuneShare | IpsGroup) -> tuple[str, ...]:
    each = one.per_pupil
    return (
        number(one.pupils),
        euros(round(one.need / 100)),
        euros(round(one.placed / 100)),
        percent(one.covered),
        euros(round(one.helped / 100)),
        "–" if each is None else euros(half_up(each / 100)),
    )


def _plain(one: CommuneShare | IpsGroup) -> dict[str, Any]:
    computed = {"covered": one.covered, "per_pupil": one.per_pupil}
    return {name: plain(value) for name, value in {**one._asdict(), **computed}.items()}


def _board(workspace: Workspace, slug: str, variant: str) -> Board:
    container = opened(workspace, slug)
    return board_of(container, container.variant_named(variant), afresh=False)
