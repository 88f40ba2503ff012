"""Variants: changes under a name, worked out and set beside the programme."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from textual import on, work
from textual.message import Message

from diag.journal import subjects
from diag.model.programme import Variant
from diag.programme import setting
from diag.programme.assembling import Board, board_of
from diag.programme.container import FRAME, Container
from diag.programme.equity import (
    Worth,
    commune_shares,
    spread,
    unblocked,
    unevenness,
    worth,
)
from diag.programme.history import subject_words, value_words
from diag.programme.operations import Contenders
from diag.tui.commands import Command
from diag.tui.dialogs import Confirm, Field, Notice
from diag.tui.lists import ListColumn, ListLine
from diag.tui.programme.replaying import ACT, Keep, ProgrammeForm, ProgrammeWork
from diag.words.sentences import counted, euros, half_up, number, percent


class RetainVariant(Command, keys="enter", title="Retenir", group=ACT, footer=True):
    """Travailler dans cette variante : les autres volets et les saisies la suivent."""


class SeeDifferences(Command, keys="d", title="Différences", group=ACT, footer=True):
    """Dire ce que la variante change, et les opérations qui changent d'année."""


class CopyVariant(Command, keys="c", title="Copier", group=ACT, footer=True):
    """Ouvrir une variante qui part des changements de celle-ci."""


class NewVariant(Command, keys="n", title="Nouvelle", group=ACT, footer=True):
    """Ouvrir une variante : des changements nommés, sans copie du programme."""


class DropVariant(Command, keys="delete", title="Écarter", group=ACT, footer=True):
    """Écarter la variante ; le programme ne change pas, « Annuler » la rend."""


VARIANT_COMMANDS = (RetainVariant, SeeDifferences, CopyVariant, NewVariant, DropVariant)
"""What one does to variants, in the order of the help."""

VARIANT_COLUMNS = (
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


def _variant_board(container: Container, variant: str, found: Contenders) -> Board:
    return board_of(container, variant, found, afresh=False)


def variant_lines(
    container: Container, figures: dict[str, VariantFigures], shown: str
) -> list[ListLine]:
    """Return a line for the programme, then for each variant; the one shown marked."""
    names = {BASE: "Le programme"}
    names |= {ident: one.name for ident, one in container.record().variants.items()}
    lines = []
    for ident, name in names.items():
        found = figures.get(ident)
        cells: tuple[str, ...] = ("…",) * (len(VARIANT_COLUMNS) - 1)
        if found is not None:
            free, least = found.unblocked, found.least
            cells = (
                number(int(found.worth.points)),
                "–" if free is None else percent(free),
                str(found.worth.late),
                number(Fraction(round(found.unevenness * 100), 100)),
                "–" if least is None else euros(half_up(least / 100)),
                "-" if ident == BASE else str(found.worth.moved),
            )
        mark = ">" if ident == (shown or BASE) else " "
        lines.append(ListLine(ident, (f"{mark} {name}", *cells)))
    return lines


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


class VariantForm(ProgrammeForm):
    """Asks for the name of a variant and what it changes first."""

    def __init__(
        self, container: Container, keep: Keep, copied: Variant | None = None
    ) -> None:
        super().__init__(
            f"Copier la variante « {copied.name} »" if copied else "Une variante"
        )
        self._container, self._keep, self._copied = container, keep, copied

    def fields(self) -> tuple[Field, ...]:
        first = (
            Field("name", "Nom", "", "Prudente"),
            Field("why", "Pourquoi", self._copied.why if self._copied else ""),
        )
        if self._copied:
            return first
        return (
            *first,
            Field("lowered", "Budget baissé", "", "vide : aucun ; sinon 2028"),
            Field("percent", "De combien, %", "", "5"),
        )

    def keep(self) -> str:
        """Write it; give its id.

        Raises:
            DiagError: no name, or a year and a percentage that are none.
        """
        sets: dict[str, object] = dict(self._copied.sets) if self._copied else {}
        if not self._copied and (year := self.value("lowered").strip()):
            less = self.value("percent").strip()
            sets = setting.lowered(self._container, f"{year}:{less}")
        value = setting.checked(
            Variant,
            {
                "name": self.value("name").strip(),
                "why": self.value("why").strip(),
                "sets": sets,
            },
        )
        ident = self._container.fresh()
        self._keep({subjects.programme(subjects.VARIANTS, ident): value})
        return ident


class Compared(Message):
    """Variants were worked out, beside a board."""

    def __init__(self, board: Board, figures: dict[str, VariantFigures]) -> None:
        super().__init__()
        self.board, self.figures = board, figures


class VariantActs(ProgrammeWork):
    """What one does to variants."""

    def __init__(self) -> None:
        super().__init__()
        self.figures: dict[str, VariantFigures] = {}
        """Variants worked out, of the board that is shown."""
        self._comparing: Board | None = None
        """The board that variants were set beside last."""

    def compare_soon(self) -> None:
        """Work variants out, unless they are: a second or two each at most."""
        board = self.board
        is_new = board is not None and board is not self._comparing
        if board and self.container and self._found and is_new:
            self._comparing = board
            self._compare(self.container, self._found, board)

    @work(thread=True, exclusive=True, group="compare", description="aside")
    def _compare(self, container: Container, found: Contenders, base: Board) -> None:
        known = container.record().variants
        first = base if not base.variant else _variant_board(container, "", found)
        boards = [first, *(_variant_board(container, one, found) for one in known)]
        figures = {}
        for board in boards:
            shares, free = commune_shares(board), unblocked(board)
            apart = spread(shares)
            figures[board.variant or BASE] = VariantFigures(
                board,
                worth(board.schedule, first.schedule),
                free[-1] if free else None,
                unevenness(shares),
                apart.least.per_pupil if apart else None,
            )
        self.post_message(Compared(base, figures))

    @on(Compared)
    def _show_compared(self, event: Compared) -> None:
        if event.board is self.board:
            self.figures = event.figures
            self.show_all()

    def on_retain_variant(self) -> None:
        """Work in the variant: the other faces, and what is typed, follow it."""
        chosen = "" if self.key == BASE else self.key
        if chosen != self.variant:
            self.variant = chosen
            self.replay()
        self.show_face("years")

    def on_see_differences(self) -> None:
        found, base = self.figures.get(self.key), self.figures.get(BASE)
        if self.container and found and base:
            words = differences(self.key, found, base.board)
            name = self.container.record().variants[self.key].name
            self.app.push_screen(Notice("\n".join(words), name))

    def on_new_variant(self) -> None:
        if self.container:
            self.app.push_screen(VariantForm(self.container, self.keep_own))

    def on_copy_variant(self) -> None:
        if self.container:
            copied = self.container.record().variants[self.key]
            form = VariantForm(self.container, self.keep_own, copied)
            self.app.push_screen(form)

    @work
    async def on_drop_variant(self) -> None:
        assert self.container is not None
        ident = self.key
        name = self.container.record().variants[ident].name
        asked = Confirm(f"Écarter la variante « {name} » ?", yes="Écarter", grave=True)
        if await self.app.push_screen_wait(asked):
            subject = subjects.programme(subjects.VARIANTS, ident)
            self.call_later(self.keep_own, {subject: None})
