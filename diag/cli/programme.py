"""`diag programme`: several years, one budget; which operation when, and why."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from diag.assess.json import plain
from diag.assess.words import score_cell
from diag.cli.main import LazyGroup
from diag.cli.programme_shown import (
    board_json,
    head_lines,
    left_out_lines,
    operation_json,
    operation_lines,
    payers_table,
    prospect_json,
    span_words,
    variant_name,
    years_table,
)
from diag.cli.shared import (
    Day,
    print_json,
    print_lines,
    print_table,
    workspace_command,
)
from diag.documents.tables import csv_bytes
from diag.documents.tables.basket import prices_table
from diag.model.enums import FollowUpState, Outcome
from diag.model.errors import DiagError
from diag.model.programme import FIRST_YEAR, LAST_YEAR, ProgrammeFrame
from diag.programme import adopting, placing, setting
from diag.programme.adopting import at_socle, prospects_of
from diag.programme.assembling import Board, board_of
from diag.programme.container import FRAME, Container, create, opened
from diag.programme.equity import worth
from diag.programme.history import log_of
from diag.programme.money import observed, ordered, prices_seen
from diag.programme.words import (
    adopting_words,
    effect_words,
    reason_words,
    theme_words,
    what_if_words,
)
from diag.words.dates import describe_day
from diag.words.sentences import cents_words, counted, euros_and_cents, listed, percent
from diag.words.vocabulary import FOLLOW_UPS, OUTCOMES
from diag.workspace.disk import write_whole
from diag.workspace.settings import campaign_named
from diag.workspace.workspace import Workspace

F = TypeVar("F", bound=Callable[..., Any])

_SET = "diag.cli.programme_set"
_PAPERS = "diag.cli.programme_papers"

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


@click.group(
    "programme",
    cls=LazyGroup,
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
            "equity": f"{_PAPERS}:equity",
            "calendar": f"{_PAPERS}:calendar",
            "report": f"{_PAPERS}:report",
            "table": f"{_PAPERS}:table",
        },
        "Choisir": {
            "lock": f"{_SET}:lock",
            "unlock": f"{_SET}:unlock",
            "earmark": f"{_SET}:earmark",
            "variant": f"{_SET}:variant",
            "settle": f"{_SET}:settle",
        },
        "Décider": {
            "decide": "diag.cli.programme:decide",
            "adopt": "diag.cli.programme:adopt",
            "revise": f"{_SET}:revise",
            "step": "diag.cli.programme:step",
            "log": "diag.cli.programme:log",
            "prices": "diag.cli.programme:prices",
        },
    },
)
def programme() -> None:
    """Programme sur plusieurs années : quoi, quand, avec l'argent de qui, pourquoi."""


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
    click.echo(
        f"Programme {made.slug} ouvert : {span_words(frame)}, {made.about.name}."
    )
    click.echo(f"Ses enveloppes : diag programme envelope syndicat {first} MONTANT")


@click.command("set")
@workspace_command
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
def set_frame(workspace: Workspace, slug: str, variant: str, **typed: Any) -> None:
    """Change les années, les campagnes, la réserve ou l'ordre."""
    container = opened(workspace, slug)
    ident = container.variant_named(variant)
    before = container.record(ident).frame
    kept: dict[str, Any] = before.model_dump() if before else {}
    kept.setdefault("campaigns", (workspace.campaign,))
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
    click.echo(f"{container.slug} : {span_words(frame)}.")


@click.command()
@workspace_command
@named
@varied
@click.option("--year", type=YEAR, help="Cette année seulement.")
@click.option("--out", "only_out", is_flag=True, help="Ce qui reste hors programme.")
def show(
    workspace: Workspace,
    slug: str,
    variant: str,
    year: int | None,
    *,
    only_out: bool,
    as_json: bool,
) -> None:
    """Montre le programme : les années, les payeurs, chaque opération et sa raison."""
    board = _board(workspace, slug, variant)
    if as_json:
        print_json(board_json(board))
        return
    print_lines(head_lines(board))
    print_table(years_table(board))
    print_table(payers_table(board))
    for name, placed in sorted(
        board.schedule.placements.items(),
        key=lambda one: (one[1].year or 9999, one[1].rank),
    ):
        if (year and placed.year != year) or (only_out and placed.year):
            continue
        print_lines(operation_lines(board, name))
    print_lines(left_out_lines(board))


@click.command()
@workspace_command
@click.argument("operation", metavar="OPÉRATION")
@named
@varied
def why(
    workspace: Workspace, operation: str, slug: str, variant: str, *, as_json: bool
) -> None:
    """Dit pourquoi une opération est inscrite cette année-là, ou ne l'est pas."""
    board = _board(workspace, slug, variant)
    name = setting.operation_named(board, operation)
    if as_json:
        print_json(operation_json(board, name))
        return
    shown = board.named(name)
    click.echo(f"{shown.title}, {shown.where}")
    click.echo(reason_words(board, name))
    print_lines(filter(None, [theme_words(board, name)]))
    for purse, cents in board.schedule.placements[name].paid.items():
        click.echo(f"  {board.payer_name(purse.payer)} : {cents_words(cents)}")


@click.command("what-if")
@workspace_command
@click.argument("operation", metavar="OPÉRATION")
@click.option("--year", type=YEAR, required=True, help="Pour quel budget.")
@named
@varied
def what_if(
    workspace: Workspace,
    operation: str,
    year: int,
    slug: str,
    variant: str,
    *,
    as_json: bool,
) -> None:
    """Dit ce qu'il faudrait pour une année, prouvé en refaisant le programme."""
    board = _board(workspace, slug, variant)
    name = setting.operation_named(board, operation)
    if year not in board.programme.years:
        raise DiagError(
            f"{year} n'est pas une année de {span_words(board.record.frame)}.",
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
@workspace_command
@click.argument("variants", nargs=-1, metavar="[VARIANTE]…")
@named
def compare(
    workspace: Workspace, variants: tuple[str, ...], slug: str, *, as_json: bool
) -> None:
    """Compare des variantes au programme ; toutes, si aucune n'est nommée."""
    container = opened(workspace, slug)
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
        "Loi en retard",
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
@workspace_command
@named
@varied
def scores(workspace: Workspace, slug: str, variant: str, *, as_json: bool) -> None:
    """Rejuge chaque école à la fin de chaque budget, tous les effets ensemble."""
    board = _board(workspace, slug, variant)
    schools = list(prospects_of(board))
    if as_json:
        print_json([prospect_json(one) for one in schools])
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


@click.command()
@workspace_command
@click.argument("body", metavar="INSTANCE")
@click.argument("outcome", type=click.Choice([str(each) for each in Outcome]))
@click.option("--on", "day", type=Day(), required=True, help="Le jour de la séance.")
@click.option("--ref", default="", help="Numéro de la délibération.")
@click.option("--about", default="", help="Sur quoi.")
@click.option("--votes", default="", help="« 14 pour, 1 abstention ».")
@click.option("--why", default="", help="Ce qui a été dit.")
@named
def decide(
    workspace: Workspace, body: str, outcome: str, day: date, slug: str, **details: str
) -> None:
    """Note ce qu'une instance a dit : syndicat, commune:INSEE ou pilotage."""
    container = opened(workspace, slug)
    given = {name: text for name, text in details.items() if text}
    ident = adopting.decide(container, body, Outcome(outcome), day, **given)
    click.echo(
        f"Noté : {body}, {outcome}, {describe_day(day.isoformat())} ({ident[:8]})."
    )


@click.command()
@workspace_command
@click.argument("variant", default="", required=False, metavar="[VARIANTE]")
@click.option("--decision", required=True, help="Délibération du comité : son numéro.")
@click.option("--dry-run", is_flag=True, help="Montrer, sans rien écrire.")
@click.option(
    "--refonte", is_flag=True, help="Repartir de zéro, sans ménager l'arrêté."
)
@named
def adopt(
    workspace: Workspace,
    variant: str,
    decision: str,
    slug: str,
    *,
    dry_run: bool,
    refonte: bool,
) -> None:
    """Arrête le programme, ou une variante ; note « décidée » où chacun a délibéré."""
    container = opened(workspace, slug)
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
@workspace_command
@click.argument("operation", metavar="OPÉRATION")
@click.argument("state", type=click.Choice([str(each) for each in FollowUpState]))
@click.option("--on", "day", type=Day(), help="Le jour (sinon ce jour).")
@click.option("--price", default="", help="Prix réel de la commande, euros TTC.")
@click.option("--why", default="", help="Pourquoi ; il le faut pour écarter.")
@named
def step(
    workspace: Workspace,
    operation: str,
    state: str,
    day: date | None,
    price: str,
    why: str,
    slug: str,
) -> None:
    """Note la suite d'une opération, pour toutes ses actions : financée, commandée."""
    board = board_of(opened(workspace, slug), afresh=False)
    name = setting.operation_named(board, operation)
    steps = adopting.advance(
        board,
        name,
        FollowUpState(state),
        day or workspace.world.today(),
        cents=setting.cents_typed(price) if price else 0,
        why=why,
    )
    many = counted(len(steps), "action notée", "actions notées")
    click.echo(
        f"{board.named(name).title} : {FOLLOW_UPS[FollowUpState(state)]}, {many}."
    )


@click.command()
@workspace_command
@named
def log(workspace: Workspace, slug: str, *, as_json: bool) -> None:
    """Dit les décisions dans l'ordre, et ce que chacune impose ou arrête."""
    container = opened(workspace, slug)
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
    print_lines(_to_finance(container))


def _to_finance(container: Container) -> Iterator[str]:
    """Give what may be noted financed: decided, its envelopes voted."""
    if container.record().frame is None or not container.record().decisions:
        return
    board = board_of(container, afresh=False)
    for name in adopting.financeable(board):
        yield (
            f"Ses enveloppes sont votées, à noter financée : {board.named(name).title} "
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
    board = _board(workspace, slug, "")
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


def _board(workspace: Workspace, slug: str, variant: str) -> Board:
    container = opened(workspace, slug)
    return board_of(container, container.variant_named(variant), afresh=False)
