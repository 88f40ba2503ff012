"""The card of one conflict: where it comes from, who says what, and settling it."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from diag.desk.office.conflict_words import card_lines
from diag.desk.office.conflicts import Contested
from diag.desk.office.settling import keep, leave, remove, take, write
from diag.desk.visit.answers import DoubtError
from diag.desk.visit.card import wanted
from diag.desk.visit.keyed import editable, meant
from diag.model.checklist import Question
from diag.model.enums import QuestionType
from diag.model.errors import DiagError
from diag.model.fact import Value
from diag.tui.commands import Command, CommandType, bindings_of
from diag.tui.dialogs import Ask, Confirm
from diag.tui.plain import line
from diag.tui.screens.choose import Choice, Choose
from diag.tui.screens.place import EVERYWHERE, PlaceScreen

_MARGIN = 5
"""Columns taken by the padding and the scrollbar."""

_TWO = 2
_CANDIDATE = re.compile(r"  [A-P]\. ")


class TakeFirst(Command):
    """Retenir le candidat A ; « Annuler », dans la liste ou la visite, y revient."""

    KEYS = "a"
    TITLE = "Retenir A"
    IN_FOOTER = True


class TakeSecond(Command):
    """Retenir le candidat B."""

    KEYS = "b"
    TITLE = "Retenir B"
    IN_FOOTER = True


class TakeOther(Command):
    """Retenir un candidat, quand il y en a plus de deux."""

    KEYS = "r"
    TITLE = "Retenir un autre"


class WriteThird(Command):
    """Écrire une autre réponse à la place de celles-ci."""

    KEYS = "e"
    TITLE = "Écrire"
    IN_FOOTER = True


class LeaveOpen(Command):
    """Laisser le conflit ouvert, avec un commentaire qui rejoint la note."""

    KEYS = "l"
    TITLE = "Laisser"
    IN_FOOTER = True


class KeepPlace(Command):
    """Garder le lieu, avec ce qui y a été écrit."""

    KEYS = "g"
    TITLE = "Garder"
    IN_FOOTER = True


class RemovePlace(Command):
    """Retirer le lieu malgré ce qui y a été écrit ; l'historique garde tout."""

    KEYS = "s"
    TITLE = "Retirer"
    IN_FOOTER = True


class ConflictScreen(PlaceScreen):
    """One conflict. What is settled is one revision, over all that is shown."""

    CSS_PATH = "conflict.tcss"
    OFFERS: ClassVar[tuple[CommandType, ...]] = (
        TakeFirst,
        TakeSecond,
        TakeOther,
        WriteThird,
        LeaveOpen,
        KeepPlace,
        RemovePlace,
        *EVERYWHERE,
    )
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Qui a dit quoi, à partir de quoi ? Retenez un candidat, écrivez une autre "
        "réponse, ou laissez ouvert en disant pourquoi. Rien n'est perdu : "
        "l'historique garde tout, et « Annuler » rend le choix."
    )

    def __init__(
        self, shown: Contested, done: Callable[[str], object] = lambda _said: None
    ) -> None:
        super().__init__()
        self.shown = shown
        """The conflict, as it stood when one opened it."""
        self._done = done

    def body(self) -> ComposeResult:
        """Lay the card out."""
        with VerticalScroll():
            yield Static(id="card")

    def on_mount(self) -> None:
        """Put the focus where the arrows scroll."""
        self.tell("À trancher", self.shown.session.about.title)
        self.query_one(VerticalScroll).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Lay the lines out for the width."""
        width = max(event.size.width - _MARGIN, 30)
        told = list(_drawn(card_lines(self.shown, width)))
        self.query_one("#card", Static).update(Content("\n").join(told))

    def can(self, command: CommandType) -> bool | None:
        """Offer what this conflict allows."""
        shown = self.shown
        if command in {KeepPlace, RemovePlace}:
            return bool(shown.edits)
        if command in {TakeFirst, TakeSecond}:
            return not shown.edits
        if command is TakeOther:
            return len(shown.candidates) > _TWO
        if command is WriteThird:
            return shown.can_write
        return shown.can_leave if command is LeaveOpen else True

    def on_take_first(self) -> None:
        """Take A."""
        self._take("A")

    def on_take_second(self) -> None:
        """Take B."""
        self._take("B")

    @work
    async def on_take_other(self) -> None:
        """Ask which one."""
        choices = [
            Choice(one.letter, f"{one.letter}. {one.words}", one.who)
            for one in self.shown.candidates
        ]
        chosen = await self.app.push_screen_wait(Choose("Que retenir ?", choices))
        if chosen is not None:
            self.call_later(self._take, chosen)

    def _take(self, letter: str) -> None:
        words = self.shown.candidate(letter).words
        take(self.shown, letter)
        self._settled(f"Tranché : {words}")

    @work
    async def on_write_third(self) -> None:
        """Ask for another answer; one that is unlikely is to be confirmed."""
        typed = await self._ask_third()
        if typed is None:
            return
        said, sure = self._meant(typed), False
        try:
            write(self.shown, said)
        except DoubtError as doubt:
            sure = True
            question = f"{str(doubt).split(' Vérifiez')[0]}\nL'écrire quand même ?"
            if not await self.app.push_screen_wait(Confirm(question, yes="Écrire")):
                return
        if sure:
            write(self.shown, said, sure=True)
        self.call_later(self._settled, f"Tranché : {line(typed)}")

    async def _ask_third(self) -> str | None:
        question, about = self.shown.question, self.shown.about
        asked = f"{about} : quelle réponse ?"
        if question is not None and self.shown.can_leave:
            if question.type is QuestionType.CHOICE:
                choices = [Choice(one.id, one.label) for one in question.choices]
                return await self.app.push_screen_wait(Choose(asked, choices))
            hint = wanted(question)
            check = partial(_check, question)
            first = self._editable(question)
            return await self.app.push_screen_wait(Ask(asked, first, hint, check))
        joined = " ; ".join(
            one.words if question is not None else _name(one.revision.value)
            for one in self.shown.candidates
        )
        return await self.app.push_screen_wait(Ask(asked, " ".join(joined.split())))

    def _editable(self, question: Question) -> str:
        if question.type is not QuestionType.TEXT:
            return ""
        body = self.shown.candidates[0].revision.value
        value = body.get("value") if isinstance(body, dict) else None
        return editable(question, value) if isinstance(value, str) else ""

    def _meant(self, typed: str) -> str:
        question = self.shown.question
        if question is None or not self.shown.can_leave:
            return typed
        return _text(meant(question, typed))

    @work
    async def on_leave_open(self) -> None:
        """Ask why, and keep it beside the answers."""
        asked = f"{self.shown.about} : pourquoi le laisser ouvert ?"
        hint = "par exemple : à demander à la directrice"
        comment = await self.app.push_screen_wait(Ask(asked, hint=hint, keep=_said))
        if comment is not None:
            self.call_later(self._leave, comment)

    def _leave(self, comment: str) -> None:
        leave(self.shown, comment)
        self._settled("Laissé ouvert ; le commentaire est dans la note")

    def on_keep_place(self) -> None:
        """Keep the place."""
        keep(self.shown)
        self._settled("Lieu gardé")

    def on_remove_place(self) -> None:
        """Remove the place."""
        remove(self.shown)
        self._settled("Lieu retiré")

    def _settled(self, said: str) -> None:
        self.diag.say(f"{said}.")
        self.diag.go_back()
        self._done(said)


def _check(question: Question, typed: str) -> None:
    meant(question, typed)


def _said(typed: str) -> None:
    if not typed.strip():
        raise DiagError("Dites pourquoi, en quelques mots.")


def _text(value: Value) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return ("o" if value else "n") if isinstance(value, bool) else str(value)


def _name(value: object) -> str:
    return str(value.get("name", "")) if isinstance(value, dict) else ""


def _drawn(lines: Iterable[str]) -> Iterator[Content]:
    """Give the lines: what it is about and the candidates stand out."""
    for rank, told in enumerate(lines):
        is_head = not rank or _CANDIDATE.match(told)
        yield Content.styled(line(told), "bold" if is_head else "")
