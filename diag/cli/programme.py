"""`diag programme`: several years, one budget; which operation when, and why."""

from collections import Counter
from collections.abc import Iterator
from functools import wraps
from typing import Any

import click

from diag.assess.results import plain
from diag.assess.words import score_cell
from diag.cli import LazyGroup
from diag.cli.shared import (
    Act,
    print_json,
    print_lines,
    print_table,
    workspace_command,
)
from diag.model.errors import DiagError
from diag.model.programme import FIRST_YEAR, LAST_YEAR, ProgrammeFrame
from diag.model.text import campaign_named
from diag.programme import placing, setting
from diag.programme.adopting import at_socle, prospects_of
from diag.programme.assembling import Board, adopted_in, board_of, payer_sums
from diag.programme.container import FRAME, Container, create, opened
from diag.programme.figures import budgets, whole_euros, worth, year_sums
from diag.programme.history import (
    rivals_of,
    years_moved,
)
from diag.programme.words import (
    LATE,
    asked_words,
    placed_words,
    planned_words,
    reason_words,
    reserve_words,
    span_words,
    theme_words,
    what_if_words,
)
from diag.words.sentences import (
    cents_words,
    counted,
    percent,
)
from diag.workspace.workspace import Workspace

_SET = "diag.cli.programme_set"
_DECIDE = "diag.cli.programme_decide"

named = click.option(
    "--programme",
    "slug",
    default="",
    metavar="NOM",
    help="Lequel, s'il y en a plus d'un.",
)
varied = click.option(
    "--variant", default="", metavar="NOM", help="Dans cette variante, sans la copier."
)
YEAR = click.IntRange(FIRST_YEAR, LAST_YEAR)


def programme_command(act: Act) -> Act:
    """Open the programme that `named` names for a command, which takes it first."""

    @workspace_command
    @wraps(act)
    def run(workspace: Workspace, slug: str, **options: Any) -> None:
        act(opened(workspace, slug), **options)

    return run


def board_command(act: Act) -> Act:
    """Work out a programme, as `varied` has it, for a command that takes it first."""

    @programme_command
    @wraps(act)
    def run(container: Container, variant: str = "", **options: Any) -> None:
        ident = container.variant_named(variant)
        act(board_of(container, ident, afresh=False), **options)

    return run


programme = LazyGroup(
    "programme",
    verbs={
        "Préparer": {
            "new": "diag.cli.programme:new",
            "set": "diag.cli.programme:set_frame",
            "envelope": f"{_SET}:envelope",
            "split": f"{_SET}:split",
            "rights": f"{_SET}:rights",
            "group": f"{_SET}:group",
            "share": f"{_SET}:share",
        },
        "Voir": {
            "show": "diag.cli.programme:show",
            "why": "diag.cli.programme:why",
            "what-if": "diag.cli.programme:what_if",
            "compare": "diag.cli.programme:compare",
            "scores": "diag.cli.programme:scores",
            "equity": f"{_DECIDE}:equity",
            "calendar": f"{_DECIDE}:calendar",
            "report": f"{_DECIDE}:report",
            "table": f"{_DECIDE}:table",
        },
        "Choisir": {
            "lock": f"{_SET}:lock",
            "unlock": f"{_SET}:unlock",
            "earmark": f"{_SET}:earmark",
            "variant": f"{_SET}:variant",
            "settle": f"{_SET}:settle",
        },
        "Décider": {
            "decide": f"{_DECIDE}:decide",
            "adopt": f"{_DECIDE}:adopt",
            "revise": f"{_SET}:revise",
            "step": f"{_DECIDE}:step",
            "log": f"{_DECIDE}:log",
            "prices": f"{_DECIDE}:prices",
        },
    },
    help="Programme sur plusieurs années : quoi, quand, avec l'argent de qui, "
    "pourquoi.",
)


@click.command()
@workspace_command
@click.argument("name", metavar="NOM")
@click.option("--first", type=YEAR, required=True, help="Premier budget.")
@click.option(
    "--years",
    type=click.IntRange(1, 8),
    default=5,
    show_default=True,
    help="Combien de budgets.",
)
@click.option("--campaign", multiple=True, help="Campagne d'audits ; répétable.")
@click.option("--reserve", default="15", show_default=True, help="En pour cent.")
@click.option(
    "--by-euro", is_flag=True, help="Sans faire passer d'abord ce qui bloque."
)
@click.option("--siren", default="", help="Du syndicat, si ce n'est pas le vôtre.")
def new(
    workspace: Workspace,
    name: str,
    first: int,
    years: int,
    campaign: tuple[str, ...],
    reserve: str,
    siren: str,
    *,
    by_euro: bool,
) -> None:
    """Ouvre un programme : ses années, et les campagnes dont il prend les audits."""
    campaigns = tuple(map(campaign_named, campaign)) or (workspace.campaign,)
    frame = setting.checked(
        ProgrammeFrame,
        {
            "first": first,
            "years": years,
            "campaigns": campaigns,
            "reserve": reserve,
            "socle_first": not by_euro,
        },
    )
    made = create(workspace, name, frame, siren)
    click.echo(f"Programme {made.slug} ouvert : {frame.span}, {made.about.name}.")
    click.echo(f"Ses enveloppes : diag programme envelope syndicat {first} MONTANT")


@click.command("set")
@programme_command
@named
@varied
@click.option("--first", type=YEAR, help="Premier budget.")
@click.option("--years", type=click.IntRange(1, 8), help="Combien de budgets.")
@click.option("--campaign", multiple=True, help="Campagne d'audits ; répétable.")
@click.option("--reserve", help="En pour cent.")
@click.option("--socle-first/--by-euro", default=None, help="Ce qui bloque d'abord.")
@click.option(
    "--fctva-delay",
    type=click.IntRange(0, 2),
    help="Années avant que le FCTVA revienne au syndicat.",
)
def set_frame(container: Container, variant: str, **typed: Any) -> None:
    """Change les années, les campagnes, la réserve ou l'ordre."""
    ident = container.variant_named(variant)
    before = container.record(ident).frame
    kept: dict[str, Any] = before.model_dump() if before else {}
    kept.setdefault("campaigns", (container.workspace.campaign,))
    changed = {name: value for name, value in typed.items() if value is not None}
    if campaigns := changed.pop("campaign"):
        changed["campaigns"] = tuple(map(campaign_named, campaigns))
    frame = setting.checked(ProgrammeFrame, kept | changed)
    if ident:
        # A variant says what it changes: the rest follows the programme.
        own = container.record().variants[ident].sets.get(FRAME, {})
        said = frame.model_dump(mode="json", include=set(changed))
        container.write(container.varied(ident, {FRAME: {**own, **said}}))
    else:
        container.write(container.draft(FRAME, frame))
    click.echo(f"{container.slug} : {frame.span}.")


@click.command()
@board_command
@named
@varied
@click.option("--year", type=YEAR, help="Cette année seulement.")
@click.option("--out", "only_out", is_flag=True, help="Ce qui reste hors programme.")
def show(
    board: Board,
    year: int | None,
    *,
    only_out: bool,
    as_json: bool,
) -> None:
    """Montre le programme : les années, les payeurs, chaque opération et sa raison."""
    if as_json:
        print_json(board_json(board))
        return
    state = "non arrêté" if board.record.adoption is None else "révision de l'arrêté"
    click.echo(f"{variant_name(board)} · {span_words(board)} · {state}")
    click.echo(reserve_words(board))
    order = "la loi, puis ce qui bloque" if board.programme.socle_first else "la loi"
    click.echo(f"Ordre : {order}, puis les points par euro. « 2028 » : budget 2028.")
    then = adopted_in(board.container, board.record)
    moved = years_moved(then.years, board.schedule.years) if then else ()
    if moved:
        many = counted(len(moved), "opération a changé", "opérations ont changé")
        click.echo(f"{many} depuis l'arrêté. Voyez : diag programme revise")
    for rivals in rivals_of(board):
        click.echo(f"À trancher : {rivals.words}. Voyez : diag programme settle")
    if still_open := sum(one.is_open for one in board.names.values()):
        click.echo(
            f"{counted(still_open, 'opération')} d'audits encore ouverts (*) : leur "
            "prix peut changer."
        )
    print_table(_years_table(board))
    print_table(_payers_table(board))
    for name, placed in sorted(
        board.schedule.placements.items(),
        key=lambda one: (one[1].year or 9999, one[1].rank),
    ):
        if (year and placed.year != year) or (only_out and placed.year):
            continue
        shown, budget = board.named(name), str(placed.year or "hors")
        mark, words = "*" * shown.is_open, placed_words if placed.year else asked_words
        click.echo(
            f"{budget:>5}{mark:1} {shown.title}, {shown.where}, {words(board, name)}"
        )
        click.echo(
            f"       {setting.ref_of(board, name)} · {reason_words(board, name)}"
        )
    if left_out := board.gathered.left_out:
        click.echo(f"Ni placées ni comptées : {len(left_out)}.")
    for one in left_out:
        title = f"{one.title}, " if one.title else ""
        click.echo(f"   –   {title}{one.where} : {one.why}")


@click.command()
@board_command
@click.argument("operation", metavar="OPÉRATION")
@named
@varied
def why(board: Board, operation: str, *, as_json: bool) -> None:
    """Dit pourquoi une opération est inscrite cette année-là, ou ne l'est pas."""
    name = setting.operation_named(board, operation)
    if as_json:
        print_json(_operation_json(board, name))
        return
    shown = board.named(name)
    click.echo(f"{shown.title}, {shown.where}")
    click.echo(reason_words(board, name))
    print_lines(filter(None, [theme_words(board, name)]))
    for purse, cents in board.schedule.placements[name].paid.items():
        click.echo(f"  {board.payer_name(purse.payer)} : {cents_words(cents)}")


@click.command("what-if")
@board_command
@click.argument("operation", metavar="OPÉRATION")
@click.option("--year", type=YEAR, required=True, help="Pour quel budget.")
@named
@varied
def what_if(
    board: Board,
    operation: str,
    year: int,
    *,
    as_json: bool,
) -> None:
    """Dit ce qu'il faudrait pour une année, prouvé en refaisant le programme."""
    name = setting.operation_named(board, operation)
    if year not in board.programme.years:
        raise DiagError(
            f"{year} n'est pas une année de {span_words(board)}.",
            about="year",
        )
    found = placing.what_if(board.programme, board.schedule, name, year)
    if as_json:
        print_json({
            "operation": setting.ref_of(board, name),
            "year": year,
            "lands": found.lands,
            "money": [
                {
                    "operation": setting.ref_of(board, one.operation),
                    "payer": one.purse.payer,
                    "section": one.purse.section,
                    "year": one.year,
                    "cents": one.cents,
                }
                for one in found.money
            ],
            "moved": [setting.ref_of(board, one) for one in found.moved],
            "receded": [setting.ref_of(board, one) for one in found.receded],
        })
        return
    click.echo(f"Que faudrait-il pour {year} ? {board.named(name).title}")
    print_lines(what_if_words(board, found))


@click.command()
@programme_command
@click.argument("variants", nargs=-1, metavar="[VARIANTE]…")
@named
def compare(container: Container, variants: tuple[str, ...], *, as_json: bool) -> None:
    """Compare des variantes au programme ; toutes, si aucune n'est nommée."""
    base = board_of(container)
    known = [container.variant_named(one) for one in variants]
    others = known or list(base.record.variants)
    boards = [base, *(board_of(container, one, base.gathered) for one in others)]
    rows = [(variant_name(one), worth(one.schedule, base.schedule)) for one in boards]
    if as_json:
        print_json([
            {"variant": name}
            | {field: plain(value) for field, value in worth._asdict().items()}
            for name, worth in rows
        ])
        return
    head = (
        "Variante",
        "Points",
        "Inscrites",
        LATE,
        "Moins couverte",
        "Bougent",
    )
    print_table([
        head,
        *(
            (
                name,
                str(int(one.points)),
                str(one.placed),
                str(one.late),
                percent(one.least_covered),
                str(one.moved),
            )
            for name, one in rows
        ),
    ])


@click.command()
@board_command
@named
@varied
def scores(board: Board, *, as_json: bool) -> None:
    """Rejuge chaque école à la fin de chaque budget, tous les effets ensemble."""
    schools = list(prospects_of(board))
    if as_json:
        print_json([
            {
                "audit": school.audit,
                "school": school.school,
                "where": school.where,
                "years": [
                    {
                        "year": one.year,  # 0: today
                        "low": plain(one.score.bounds.low)
                        if one.score.bounds
                        else None,
                        "high": plain(one.score.bounds.high)
                        if one.score.bounds
                        else None,
                        "socle": one.socle,
                    }
                    for one in school.years
                ],
            }
            for school in schools
        ])
        return
    if not schools:
        click.echo("Aucune opération : rien à rejuger.")
        return
    names = {0: "aujourd'hui"}
    held = at_socle(schools)
    years = [one.year for one in schools[0].years]
    print_table([
        ("École", *(names.get(year, str(year)) for year in years)),
        *(
            (one.where, *(score_cell(each.score) for each in one.years))
            for one in schools
        ),
        ("Au socle", *(percent(held[year]) for year in years)),
    ])
    click.echo(
        "Ce qui ne coûte rien et ce qui met hors danger n'attendent aucun budget : "
        "rien n'en est compté ici."
    )


def variant_name(board: Board) -> str:
    """Return the name of what is shown: the programme, or a variant."""
    if not board.variant:
        return f"Programme {board.container.slug}"
    return board.record.variants[board.variant].name


def _years_table(board: Board) -> Iterator[tuple[str, ...]]:
    """Give how many operations each year has, what they cost once, then each year."""
    sums = year_sums(board)
    out = [
        one for one in board.programme.operations if one.id not in board.schedule.years
    ]
    lines = [line for one in out for line in one.lines]
    once, yearly = (
        sum(getattr(line, name) for line in lines) for name in ("once", "yearly")
    )
    yield ("", *map(str, board.programme.years), "hors programme")
    yield ("Opérations", *(str(one.operations) for one in sums), str(len(out)))
    yield ("Coût", *(cents_words(one.once) for one in sums), cents_words(once))
    yield (
        "Coûts annuels",
        *(cents_words(one.whole - one.once) for one in sums),
        cents_words(yearly),
    )
    yield ("Total", *(cents_words(one.whole) for one in sums), "")


def _payers_table(board: Board) -> Iterator[tuple[str, ...]]:
    """Give what each payer is asked for, pays once and each year, and may spend."""
    yield ("Payeur", "Demandé", "Inscrit", "Coûts annuels", "Programmable")
    paid, may = Counter[str](), Counter[str]()
    for purses in budgets(board).values():
        for purse, year in purses.items():
            paid[purse.payer] += year.own
    for purse in board.programme.envelopes:
        may[purse.payer] += sum(map(whole_euros, board.programme.planned(purse)))
    for one in payer_sums(board):
        yearly = paid[one.payer] - one.placed
        yield (
            board.payer_name(one.payer),
            *map(cents_words, (one.asked, one.placed, yearly)),
            planned_words(may[one.payer])
            if one.planned
            else "enveloppe inconnue : 0 €",
        )


def board_json(board: Board) -> dict[str, Any]:
    """Return a programme for a program, amounts in cents."""
    assert board.record.frame is not None
    return {
        "programme": board.container.slug,
        "variant": board.variant or None,
        "years": list(board.programme.years),
        "adopted": board.record.adoption[0] if board.record.adoption else None,
        "contested": sorted(board.container.contested),
        "rights": dict(sorted(board.schedule.rights.items())),
        "drawn": dict(sorted(board.schedule.drawn.items())),
        "payers": [one._asdict() for one in payer_sums(board)],
        "operations": [
            _operation_json(board, name) for name in board.schedule.placements
        ],
        "left_out": [one._asdict() for one in board.gathered.left_out],
    }


def _operation_json(board: Board, name: str) -> dict[str, Any]:
    """Return an operation for a program."""
    placed, shown = board.schedule.placements[name], board.named(name)
    return {
        "id": name,
        "ref": setting.ref_of(board, name),
        "title": shown.title,
        "where": shown.where,
        "commune": shown.commune,
        "open": shown.is_open,
        "year": placed.year,
        "rank": placed.rank,
        "reason": type(placed.reason).__name__.lower(),
        "words": reason_words(board, name),
        "paid": [
            {"payer": purse.payer, "section": purse.section, "cents": cents}
            for purse, cents in placed.paid.items()
        ],
        "yearly": placed.yearly,
    }
