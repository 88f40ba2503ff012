"""Bulletins: how the people of a workshop share their points out, in a grid."""

from collections.abc import Callable, Iterator

from textual import on, work
from textual.app import ComposeResult

from diag.journal.revision import NewRevision
from diag.model.enums import Participant
from diag.model.errors import DiagError
from diag.model.workshops import MOST_POINTS, WorkshopBallot
from diag.programme.container import Container
from diag.programme.gathering import part_subject, points_typed
from diag.programme.record import BALLOT
from diag.programme.setting import checked
from diag.tui.commands import Command, CommandType, bindings_of
from diag.tui.dialogs import ChooseDialog, ListChoice
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.programme.commands import UndoEntry
from diag.tui.programme.grid import CellGrid, GridRow
from diag.tui.text import Sentence
from diag.words.sentences import counted
from diag.words.vocabulary import PARTICIPANTS


class BallotRole(Command, keys="r", title="Rôle", footer=True):
    """Changer le rôle du bulletin ; les nouveaux auront le même."""


class DropBallot(Command, keys="delete", title="Retirer", footer=True):
    """Retirer le bulletin sous le curseur ; « Annuler » le rend."""


class BallotsScreen(PlaceScreen):
    """A row for each ballot, a column for each theme; the last row is a new one."""

    CSS_PATH = "programme.tcss"
    OFFERS = (BallotRole, DropBallot, UndoEntry, *EVERYWHERE)
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        f"Un bulletin partage {MOST_POINTS} points au plus entre les thèmes. Taper "
        "dans la dernière ligne fait un nouveau bulletin ; un tableau copié d'un "
        "tableur se colle à partir de la case. Un rôle, jamais un nom."
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
        self._typed: list[str] = []
        """Ballots in the order in which they were typed here."""

    def body(self) -> ComposeResult:
        yield CellGrid(least=26, widest=24, along=True)
        yield Sentence(id="below")

    def on_mount(self) -> None:
        self.query_one(CellGrid).focus()
        self._fill()

    @property
    def _themes(self) -> dict[str, str]:
        return {
            name: one.title for name, one in self._container().record().themes.items()
        }

    @property
    def _ballots(self) -> dict[str, WorkshopBallot]:
        kept = {
            ident: one
            for (where, ident), one in self._container().record().ballots.items()
            if where == self._workshop
        }
        ordered = (*(one for one in kept if one not in self._typed), *self._typed)
        return {ident: kept[ident] for ident in ordered if ident in kept}

    def _fill(self) -> None:
        themes, ballots = self._themes, self._ballots
        rows = [
            GridRow(
                ident,
                f"{at} {PARTICIPANTS[one.role]}",
                tuple(str(one.points.get(name, 0) or "–") for name in themes),
            )
            for at, (ident, one) in enumerate(ballots.items(), 1)
        ]
        rows.append(GridRow("", f"+ {PARTICIPANTS[self._role]}", ("",) * len(themes)))
        self.query_one(CellGrid).show([*themes.values()], rows)
        about = self._container().record().workshops.get(self._workshop)
        many = counted(len(ballots), "bulletin")
        self.set_title("Bulletins", about.title if about else "", many)

    def can(self, command: CommandType) -> bool | None:
        if command is DropBallot and self.is_mounted:
            return True if self.query_one(CellGrid).key else None
        return True

    @on(CellGrid.Moved)
    def _moved(self) -> None:
        found = self._ballots.get(self.query_one(CellGrid).key)
        used = sum(found.points.values()) if found else 0
        words = (
            f"{PARTICIPANTS[found.role]} : {used} points sur {MOST_POINTS}."
            if found
            else "Tapez les points d'un thème : un nouveau bulletin est noté."
        )
        self.query_one("#below", Sentence).show(words)
        self.refresh_keys()

    @on(CellGrid.Filled)
    def _filled(self, event: CellGrid.Filled) -> None:
        """Write what was typed or pasted, all of it or nothing."""
        self._keep(*self._drafts(event))
        self._fill()

    def _drafts(self, event: CellGrid.Filled) -> Iterator[NewRevision]:
        container, names, known = self._container(), [*self._themes], self._ballots
        idents = [*known]
        for down, texts in enumerate(event.texts):
            row = event.row + down
            if row >= len(idents):
                self._typed.append(container.fresh())
                idents.append(self._typed[-1])
            ident = idents[row]
            before = known.get(ident)
            points = dict(before.points) if before else {}
            for right, text in enumerate(texts):
                if event.column + right >= len(names):
                    raise DiagError(
                        f"Rien n'est écrit : le tableau collé a {len(texts)} colonnes, "
                        f"il en reste {len(names) - event.column} à partir d'ici."
                    )
                points[names[event.column + right]] = points_typed(text or "0")
            role = before.role if before else self._role
            kept = {name: many for name, many in points.items() if many}
            value = checked(WorkshopBallot, {"role": role, "points": kept})
            if value != before:
                yield container.draft(self._subject(ident), value)

    def refused(self, error: DiagError) -> None:  # noqa: ARG002 - as it is called
        """Stand on what was refused, as it was typed."""
        self.query_one(CellGrid).take_again()

    def _subject(self, ident: str) -> str:
        return part_subject(self._workshop, BALLOT, ident)

    @work
    async def on_ballot_role(self) -> None:
        ident = self.query_one(CellGrid).key
        choices = [ListChoice(str(one), words) for one, words in PARTICIPANTS.items()]
        chosen = await self.app.push_screen_wait(ChooseDialog("Quel rôle ?", choices))
        if chosen is not None:
            self.call_later(self._give_role, ident, Participant(chosen))

    def _give_role(self, ident: str, role: Participant) -> None:
        self._role = role
        if before := self._ballots.get(ident):
            value = before.model_copy(update={"role": role})
            self._keep(self._container().draft(self._subject(ident), value))
        self._fill()

    def on_drop_ballot(self) -> None:
        ident = self.query_one(CellGrid).key
        self._keep(self._container().draft(self._subject(ident), None))
        self._fill()

    def on_undo_entry(self) -> None:
        self._undo()
        self._fill()
