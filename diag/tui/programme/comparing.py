"""Variants: opened, compared, worked in, dropped."""

from textual import on, work
from textual.message import Message

from diag.journal import subjects
from diag.programme.assembling import Board
from diag.programme.container import Container
from diag.programme.operations import Contenders
from diag.tui.dialogs import Confirm, Notice
from diag.tui.programme.faces import ProgrammeFaces
from diag.tui.programme.forms import (
    VariantForm,
)
from diag.tui.programme.variants import BASE, VariantFigures, differences, figures_of


class Compared(Message):
    """Variants were worked out, beside a board."""

    def __init__(self, board: Board, figures: dict[str, VariantFigures]) -> None:
        super().__init__()
        self.board, self.figures = board, figures


class VariantActs(ProgrammeFaces):
    """What one does to variants."""

    def __init__(self) -> None:
        super().__init__()
        self._comparing: Board | None = None
        """The board that variants were set beside last."""

    def compare_soon(self) -> None:
        """Work variants out, unless they are: a second or two each at most."""
        board = self.board
        is_new = board is not None and board is not self._comparing
        if board and self.container and self._found and is_new:
            self._comparing = board
            self._compare(self.container, self._found, board)

    @work(thread=True, exclusive=True, group="compare")
    def _compare(self, container: Container, found: Contenders, board: Board) -> None:
        self.post_message(Compared(board, figures_of(container, found, board)))

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
