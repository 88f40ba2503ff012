"""What a workshop gave: ballots in a grid or from phones, cards one after the other."""

from collections.abc import Callable
from typing import ClassVar

from textual import events, on, work
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from diag.journal.revision import NewRevision
from diag.model.enums import Participant
from diag.model.errors import DiagError
from diag.model.programme import MOST_POINTS, WorkshopBallot, WorkshopCard
from diag.phone import (
    WORKSHOP_PHONES,
    PhoneLink,
    PhoneRole,
    PhoneSheet,
    SharedNetwork,
)
from diag.programme.container import BALLOT, CARD, Container
from diag.programme.gathering import (
    ballot_sheet,
    knows_phone,
    part_subject,
    points_typed,
    take_ballot,
    without_ballots,
)
from diag.programme.setting import checked
from diag.tui.commands import Command, CommandType, Sturdy
from diag.tui.dialogs import READING, ChooseDialog, LineField, ListChoice
from diag.tui.lists import Lines, ListColumn, ListLine
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.programme.grid import CellGrid, GridRow
from diag.tui.programme.replaying import UndoEntry
from diag.tui.square import (
    CutOff,
    NewCode,
    NotWorking,
    PhonesDesk,
    ShowWifi,
    SquareScreen,
    in_app,
    joining_steps,
)
from diag.tui.text import Sentence, content
from diag.words.dates import hour_words
from diag.words.sentences import counted
from diag.words.vocabulary import PARTICIPANTS


class BallotRole(Command, keys="r", title="Rôle", footer=True):
    """Changer le rôle du bulletin ; les nouveaux auront le même."""


class DropBallot(Command, keys="delete", title="Retirer", footer=True):
    """Retirer le bulletin sous le curseur ; « Annuler » le rend."""


class WorkshopEntries(PlaceScreen):
    """What people gave in one workshop: written in the programme, taken back there."""

    CSS_PATH = "programme.tcss"

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

    @property
    def _title(self) -> str:
        about = self._container().record().workshops.get(self._workshop)
        return about.title if about else ""

    def _fill(self) -> None:
        """Show what is kept now."""
        raise NotImplementedError

    async def _choose_role(self, question: str) -> Participant | None:
        choices = [ListChoice(str(one), words) for one, words in PARTICIPANTS.items()]
        chosen = await self.app.push_screen_wait(ChooseDialog(question, choices))
        return None if chosen is None else Participant(chosen)

    def _drop(self, part: str, ident: str) -> None:
        subject = part_subject(self._workshop, part, ident)
        self._keep(self._container().draft(subject, None))
        self._fill()

    def on_undo_entry(self) -> None:
        self._undo()
        self._fill()


class BallotsScreen(WorkshopEntries):
    """A row for each ballot, a column for each theme; the last row is a new one."""

    OFFERS = (BallotRole, DropBallot, UndoEntry, *EVERYWHERE)
    INTRODUCTION = (
        f"Un bulletin partage {MOST_POINTS} points au plus entre les thèmes. Taper "
        "dans la dernière ligne fait un nouveau bulletin ; un tableau copié d'un "
        "tableur se colle à partir de la case. Un rôle, jamais un nom."
    )

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
        self.set_title("Bulletins", self._title, counted(len(ballots), "bulletin"))

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
        container, names, known = self._container(), [*self._themes], self._ballots
        idents, drafts = [*known], list[NewRevision]()
        for down, texts in enumerate(event.texts):
            row = event.row + down
            if row >= len(idents):
                self._typed.append(container.fresh())
                idents.append(self._typed[-1])
            before = known.get(idents[row])
            points = dict(before.points) if before else {}
            for at, text in event.placed(texts, len(names)):
                points[names[at]] = points_typed(text or "0")
            role = before.role if before else self._role
            kept = {name: many for name, many in points.items() if many}
            value = checked(WorkshopBallot, {"role": role, "points": kept})
            if value != before:
                drafts.append(container.draft(self._subject(idents[row]), value))
        self._keep(*drafts)
        self._fill()

    def refused(self, error: DiagError) -> None:  # noqa: ARG002 - as it is called
        """Stand on what was refused, as it was typed."""
        self.query_one(CellGrid).take_again()

    def _subject(self, ident: str) -> str:
        return part_subject(self._workshop, BALLOT, ident)

    @work
    async def on_ballot_role(self) -> None:
        ident = self.query_one(CellGrid).key
        if chosen := await self._choose_role("Quel rôle ?"):
            self.call_later(self._give_role, ident, chosen)

    def _give_role(self, ident: str, role: Participant) -> None:
        self._role = role
        if before := self._ballots.get(ident):
            value = before.model_copy(update={"role": role})
            self._keep(self._container().draft(self._subject(ident), value))
        self._fill()

    def on_drop_ballot(self) -> None:
        self._drop(BALLOT, self.query_one(CellGrid).key)


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

    async def on_save_card(self) -> None:
        await self.action_submit()


class CardsScreen(WorkshopEntries):
    """The cards of a workshop; a role, never a name."""

    OFFERS = (NextTheme, ChooseRole, DropCard, UndoCard, *EVERYWHERE)
    INTRODUCTION = (
        "Les cartes de l'atelier, l'une après l'autre : tapez, Entrée garde, le rôle "
        "et le thème restent. Un rôle, jamais un nom : n'écrivez pas qui l'a dit."
    )

    _theme = ""

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
        self.set_title("Cartes", self._title, counted(len(lines), "carte"))
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
        if chosen := await self._choose_role("Qui parle ?"):
            self._role = chosen
            self._fill()

    def on_drop_card(self) -> None:
        self._drop(CARD, self.query_one(Lines).key)

    def on_undo_card(self) -> None:
        self.on_undo_entry()


_MOVES = {"up": -1, "down": 1}


class BallotDesk(PhonesDesk):
    """The phones of a workshop: each gives a ballot, and nothing else."""

    def __init__(
        self,
        app: App[None],
        container: Callable[[], Container],
        workshop: str,
        network: SharedNetwork,
    ) -> None:
        self.received: set[str] = set()
        """Phones that sent a ballot."""
        self.before: set[str] = set()
        """Of those, the ones that sent it by a code that serves no more."""
        self._container, self._workshop = container, workshop
        super().__init__(app, network)

    def renew(self, role: PhoneRole = PhoneRole.WORKSHOP) -> PhoneLink:
        self.before |= self.received
        return super().renew(role)

    # What the server asks, each from one of its threads.

    def _refuse(self, *_: object) -> str:
        raise DiagError("Cette page prend un bulletin, rien d'autre.")

    where = photo = take_words = _refuse

    @in_app
    def sheet(self, _role: PhoneRole, phone: str, raw: bytes, /) -> str:
        told = take_ballot(self._container().reopened(), self._workshop, phone, raw)
        self.received.add(phone)
        self.before.discard(phone)
        self._report()
        return told

    @in_app
    def page(self, _role: PhoneRole, /) -> PhoneSheet:
        return ballot_sheet(self._container(), self._workshop)

    @in_app
    def knows(self, _role: PhoneRole, phone: str, /) -> bool:
        """Say whether a ballot came from this phone, by any code of this workshop."""
        return knows_phone(self._container().reopened(), self._workshop, phone)

    def withdrawn(self) -> list[NewRevision]:
        """Return what takes back all that came while this screen is shown."""
        container = self._container().reopened()
        drafts = without_ballots(container, self._workshop, self.received)
        self.received.clear()
        self.before.clear()
        return drafts


_KEEP, _WITHDRAW = "keep", "withdraw"

_NEW_CODE = "Un nouveau code. {} déjà : que deviennent-ils ?"

_RECEIVED = (
    ListChoice(_KEEP, "Les garder : qui vise le nouveau carré remplace le sien"),
    ListChoice(_WITHDRAW, "Les retirer : chacun recommence (« Annuler » les rend)"),
)


def _many_words(desk: BallotDesk) -> str:
    return counted(len(desk.received), "bulletin reçu", "bulletins reçus")


class BallotPhonesScreen(SquareScreen):
    """The square of a workshop's ballot; it serves as long as it is shown."""

    CSS_PATH = "programme.tcss"
    OFFERS = (ShowWifi, NotWorking, NewCode, CutOff, *EVERYWHERE)
    BINDINGS = READING
    INTRODUCTION = (
        "Chacun vise le carré et partage dix points entre les thèmes, sous un rôle, "
        "jamais un nom. La page sert tant que cet écran est ouvert ; rien ne sort vers "
        "Internet."
    )
    role = PhoneRole.WORKSHOP

    def __init__(
        self,
        container: Callable[[], Container],
        workshop: str,
        keep: Callable[..., object],
        done: Callable[[], None],
    ) -> None:
        super().__init__()
        self._container, self._keep, self._done = container, keep, done
        self.workshop = workshop
        self._desk: BallotDesk | None = None

    @property
    def phones(self) -> BallotDesk | None:
        return self._desk

    def serve(self, network: SharedNetwork) -> None:
        def begin() -> None:
            self._desk = BallotDesk(self.app, self._container, self.workshop, network)
            self.show()

        self.if_safe(network, begin)

    def title_parts(self) -> tuple[str, ...]:
        return ("Bulletins", self._container().record().workshops[self.workshop].title)

    def beside(self) -> list[str]:
        desk = self._desk
        if desk is None:
            return []
        until = hour_words(round(desk.link(PhoneRole.WORKSHOP).ends * 1000))
        former = f", dont {len(desk.before)} par un code d'avant" if desk.before else ""
        return [
            *joining_steps(desk, PhoneRole.WORKSHOP),
            "",
            f"{_many_words(desk)}{former}.",
            "",
            (
                f" Jusqu'à {until}, {WORKSHOP_PHONES} téléphones au plus. Envoyé deux "
                "fois d'un téléphone, le dernier compte."
            ),
        ]

    @work
    async def on_new_code(self) -> None:
        """Change the code; what came by the one before stays, or is taken back."""
        desk = self._desk
        if desk is None:
            return
        if desk.received:
            asked = ChooseDialog(_NEW_CODE.format(_many_words(desk)), _RECEIVED)
            chosen = await self.app.push_screen_wait(asked)
            if chosen is None or desk is not self._desk:
                return
            if chosen == _WITHDRAW:
                self._keep(*desk.withdrawn())
        desk.renew()
        self.show()

    def on_cut_off(self) -> None:
        self.diag.go_back()

    def on_unmount(self) -> None:
        """Serve no more once it is left."""
        if self._desk:
            self._desk.close()
            self._desk = None
        self._done()
