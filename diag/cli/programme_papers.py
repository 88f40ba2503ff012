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
    print_table,
    within,
    workspace_command,
)
from diag.programme.assembling import Board, board_of
from diag.programme.container import opened
from diag.programme.equity import (
    LEAST,
    CommuneShare,
    IpsGroup,
    commune_shares,
    ips_groups,
)
from diag.words.figures import euros, half_up, number, percent
from diag.workspace.workspace import Workspace


@click.command()
@workspace_command
@named
@varied
@click.option("--commune", metavar="INSEE", help="La page de cette commune seule.")
@form_options
def report(
    workspace: Workspace,
    slug: str,
    variant: str,
    commune: str | None,
    forms: tuple[str, ...],
    folder: Path | None,
    day: date | None,
) -> None:
    """Écrit le programme pour le comité, ou la page d'une commune.

    La première page du programme suffit ; les opérations de chaque année suivent. La
    page d'une commune n'en nomme aucune autre.
    """
    from diag.documents import programme as pages  # noqa: PLC0415
    from diag.documents.formats import Format  # noqa: PLC0415
    from diag.documents.write import write_paper  # noqa: PLC0415

    wanted = [Format(each) for each in forms] or list(Format)
    board = _board(workspace, slug, variant)
    printed = day or workspace.world.today()
    paper = (
        pages.commune_paper(board, commune, printed)
        if commune
        else pages.programme_paper(board, printed)
    )
    place = within(folder, pages.programme_folder(board))
    print_written(write_paper(paper, place, wanted))


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
