"""Variants side by side: what each brings, what it moves."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from diag.programme.assembling import Board, board_of
from diag.programme.container import Container
from diag.programme.equity import commune_shares, spread, unblocked, unevenness
from diag.programme.history import subject_words, value_words
from diag.programme.operations import Contenders
from diag.programme.record import FRAME
from diag.programme.replay import Worth, worth
from diag.tui.lists import ListColumn, ListLine
from diag.words.figures import euros, half_up, number, percent
from diag.words.sentences import counted

COLUMNS = (
    ListColumn("Variante"),
    ListColumn("Points", 8, right=True),
    ListColumn("Sans blocage", 12, right=True, least=50),
    ListColumn("Retard", 6, right=True),
    ListColumn("Écart", 5, right=True, least=50),
    ListColumn("Moins aidée", 11, right=True, least=60),
    ListColumn("Bougent", 7, right=True),
)

BASE = "programme"
"""The key of the programme itself, among its variants."""


class VariantFigures(NamedTuple):
    """A variant worked out, beside the programme."""

    board: Board
    worth: Worth
    unblocked: Fraction | None
    """Part of the schools with nothing left that blocks, the last year."""
    unevenness: Fraction
    """Of the syndicat's money a pupil: 0, the same; 1, one has it all."""
    least: Fraction | None
    """Cents a pupil of the commune that is helped least."""


def figures_of(
    container: Container, found: Contenders, base: Board
) -> dict[str, VariantFigures]:
    """Return the programme and every variant of it, worked out."""
    known = container.record().variants
    first = base if not base.variant else _board(container, "", found)
    boards = [first, *(_board(container, one, found) for one in known)]
    return {one.variant or BASE: _figures(one, first) for one in boards}


def _board(container: Container, variant: str, found: Contenders) -> Board:
    return board_of(container, variant, found, afresh=False)


def _figures(board: Board, base: Board) -> VariantFigures:
    shares = commune_shares(board)
    found, free = spread(shares), unblocked(board)
    return VariantFigures(
        board,
        worth(board.schedule, base.schedule),
        free[-1] if free else None,
        unevenness(shares),
        found.least.per_pupil if found else None,
    )


def variant_lines(
    container: Container, figures: dict[str, VariantFigures], shown: str
) -> list[ListLine]:
    """Return a line for the programme, then for each variant; the one shown marked."""
    names = {BASE: "Le programme"}
    names |= {ident: one.name for ident, one in container.record().variants.items()}
    return [
        ListLine(
            ident,
            (
                f"{'>' if ident == (shown or BASE) else ' '} {name}",
                *_cells(figures.get(ident), is_base=ident == BASE),
            ),
        )
        for ident, name in names.items()
    ]


def _cells(found: VariantFigures | None, *, is_base: bool) -> Iterator[str]:
    if found is None:
        yield from ("…",) * (len(COLUMNS) - 1)
        return
    yield number(int(found.worth.points))
    yield "–" if found.unblocked is None else percent(found.unblocked)
    yield str(found.worth.late)
    yield number(Fraction(round(found.unevenness * 100), 100))
    yield "–" if found.least is None else euros(half_up(found.least / 100))
    yield "-" if is_base else str(found.worth.moved)


def change_words(board: Board, ident: str) -> Iterator[str]:
    """Give what a variant changes, and what it has instead."""
    container = board.container
    frame = container.record(ident).frame
    for subject, value in container.record().variants[ident].sets.items():
        # A variant keeps only what it changes of a frame.
        whole = frame.model_dump(mode="json") if subject == FRAME and frame else value
        yield f"{subject_words(board, subject)} : {value_words(subject, whole)}"


def differences(ident: str, found: VariantFigures, base: Board) -> Iterator[str]:
    """Give what a variant changes, then the operations that change year."""
    for one in change_words(base, ident):
        yield f"– {one}"
    moved = base.schedule.moved(found.board.schedule)
    yield ""
    if not moved:
        yield "Aucune opération ne change d'année."
        return
    many = counted(len(moved), "opération change", "opérations changent")
    yield f"{many} d'année :"
    for name in moved:
        shown = base.named(name)
        before, after = (
            str(one.schedule.years.get(name, "hors")) for one in (base, found.board)
        )
        yield f"{before} → {after}  {shown.title}, {shown.where}"
