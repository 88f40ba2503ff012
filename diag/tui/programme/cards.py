"""Cartes: what people wrote in a workshop, typed one after the other."""

from collections.abc import Callable
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from diag.model.enums import Participant
from diag.model.workshops import WorkshopCard
from diag.programme.container import Container
from diag.programme.gathering import part_subject
from diag.programme.record import CARD
from diag.programme.setting import checked
from diag.tui.commands import Command, CommandType, bindings_of
from diag.tui.dialogs import ChooseDialog, LineField, ListChoice
from diag.tui.lists import Lines, ListColumn, ListLine
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.programme.commands import UndoEntry
from diag.tui.safe import Sturdy, content
from diag.words.sentences import counted
from diag.words.vocabulary import PARTICIPANTS


class SaveCard(Command, keys="enter", title="Garder", footer=True):
    """Garder la carte, et passer à la suivante : même rôle, même thème."""


class NextTheme(Command, keys="tab", title="Thème", footer=True, priority=True):
    """Donner à la carte le thème suivant, ou aucun."""


class ChooseRole(Command, keys="f2", title="Rôle", footer=True):
    """Dire en quel rôle parle celui ou celle qui a écrit la carte."""


class DropCard(Command, keys="f8", title="Retirer", footer=True):
    """Retirer la carte sous le curseur ; « Annuler » la rend."""


class UndoCard(UndoEntry, title="Annuler", footer=True, priority=True):
    """Annuler la dernière carte gardée ou retirée ; répétable."""


class CardField(Sturdy, LineField):
    """Where a card is typed; the arrows move among those that are kept."""

    OFFERS: ClassVar[tuple[CommandType, ...]] = (SaveCard,)
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(*OFFERS)

    async def on_save_card(self) -> None:
        await self.action_submit()


class CardsScreen(PlaceScreen):
    """The cards of a workshop; a role, never a name."""

    CSS_PATH = "programme.tcss"
    OFFERS = (NextTheme, ChooseRole, DropCard, UndoCard, *EVERYWHERE)
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Les cartes de l'atelier, l'une après l'autre : tapez, Entrée garde, le rôle "
        "et le thème restent. Un rôle, jamais un nom : n'écrivez pas qui l'a dit."
    )

    def __init__(
        self,
        container: Callable[[], Container],
        workshop: str,
        keep: Callable[..., object],
        undo: Callable[[], str],
    ) -> None:
        super().__init__()
        self._container, self._workshop = container, workshop
        self._keep, self._undo = keep, undo
        self._role = Participant.PARENT
        self._theme = ""

    def body(self) -> ComposeResult:
        cards = Lines(
            (
                ListColumn("Rôle", 20, narrow=16),
                ListColumn("Thème", 18, narrow=14),
                ListColumn("Carte"),
            ),
            empty="Aucune carte encore : tapez la première.",
        )
        cards.can_focus = False
        yield cards
        with Vertical(id="typing"):
            yield Static(id="as")
            yield CardField(placeholder="Ce qui est écrit sur la carte")

    def on_mount(self) -> None:
        field = self.query_one(CardField)
        field.cursor_blink = False
        field.focus()
        self._fill()

    def _fill(self, key: str | None = None) -> None:
        record = self._container().record()
        titles = {name: one.title for name, one in record.themes.items()}
        lines = [
            ListLine(
                ident, (PARTICIPANTS[one.role], titles.get(one.theme, ""), one.text)
            )
            for (where, ident), one in record.cards.items()
            if where == self._workshop
        ]
        self.query_one(Lines).show(lines, key)
        about = record.workshops.get(self._workshop)
        self.set_title(
            "Cartes", about.title if about else "", counted(len(lines), "carte")
        )
        theme = titles.get(self._theme, "aucun")
        words = f"Rôle : {PARTICIPANTS[self._role]} · Thème : {theme}"
        self.query_one("#as", Static).update(content(words))
        self.refresh_keys()

    def can(self, command: CommandType) -> bool | None:
        if command is DropCard and self.is_mounted:
            return True if self.query_one(Lines).key else None
        return True

    @on(Input.Submitted)
    def _given(self, event: Input.Submitted) -> None:
        """Keep the card; the field is for the next one."""
        given = {"text": event.value.strip(), "role": self._role, "theme": self._theme}
        if not given["text"]:
            return
        card, container = checked(WorkshopCard, given), self._container()
        ident = container.fresh()
        self._keep(container.draft(part_subject(self._workshop, CARD, ident), card))
        event.input.value = ""
        self._fill(ident)

    def on_key(self, event: events.Key) -> None:
        if event.key in _MOVES:
            self.query_one(Lines).action_move(_MOVES[event.key])
            event.stop()

    def on_next_theme(self) -> None:
        names = ["", *self._container().record().themes]
        at = names.index(self._theme) if self._theme in names else 0
        self._theme = names[(at + 1) % len(names)]
        self._fill()

    @work
    async def on_choose_role(self) -> None:
        choices = [ListChoice(str(one), words) for one, words in PARTICIPANTS.items()]
        chosen = await self.app.push_screen_wait(ChooseDialog("Qui parle ?", choices))
        if chosen is not None:
            self._role = Participant(chosen)
            self._fill()

    def on_drop_card(self) -> None:
        container, ident = self._container(), self.query_one(Lines).key
        self._keep(container.draft(part_subject(self._workshop, CARD, ident), None))
        self._fill()

    def on_undo_card(self) -> None:
        self._undo()
        self._fill()


_MOVES = {"up": -1, "down": 1}
