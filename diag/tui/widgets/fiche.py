"""The fiche: one question, everything beside it, and the line where one answers."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from diag.desk.keyed import preview
from diag.desk.visiting import Visiting
from diag.desk.walk import Key
from diag.model.checklist import QuestionType
from diag.reports.vocabulary import PROVENANCES
from diag.tui.commands import CommandType, bindings_of
from diag.tui.plain import content
from diag.tui.screens.visit_commands import FICHE_COMMANDS
from diag.tui.sturdy import Sturdy
from diag.tui.widgets.answer_line import AnswerLine
from diag.tui.widgets.choices import Choices
from diag.tui.widgets.fiche_text import head_rows, more_rows
from diag.tui.widgets.told import Told

_HOW = {
    QuestionType.BOOLEAN: "o ou n",
    QuestionType.CHOICE: "chiffre ou premières lettres",
    QuestionType.CHOICES: "chiffres, par exemple 1,3",
    QuestionType.INTEGER: "nombre",
    QuestionType.NUMBER: "nombre",
    QuestionType.DATE: "jj/mm/aaaa",
    QuestionType.TEXT: "texte",
    QuestionType.PHOTO: "F7 pour joindre une photo",
}
_NONE = "? inconnu  / sans objet  ! non communiqué"


class Fiche(Sturdy, Vertical):
    """One question panel, the same for every question; commands go to the screen."""

    OFFERS: ClassVar[tuple[CommandType, ...]] = FICHE_COMMANDS
    BINDINGS = bindings_of(*OFFERS)

    class Given(Message):
        """Enter was pressed on what is typed."""

        def __init__(self, typed: str) -> None:
            super().__init__()
            self.typed = typed
            """As typed."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._visiting: Visiting | None = None
        self._shown: Key | None = None

    def compose(self) -> ComposeResult:
        """Lay what is read over what is typed."""
        with VerticalScroll(id="fiche-read", can_focus=False):
            yield Told(id="fiche-head")
            yield Choices(id="fiche-choices")
            yield Static(id="fiche-none")
            yield Told(id="fiche-more")
        with Vertical(id="fiche-say"):
            with Horizontal(id="fiche-line"):
                yield Static("Réponse", id="fiche-word")
                yield AnswerLine(id="fiche-answer")
                yield Static(id="fiche-how")
            yield Static(id="fiche-status")

    @property
    def line(self) -> AnswerLine:
        """Where one types."""
        return self.query_one(AnswerLine)

    def show(self, visiting: Visiting) -> None:
        """Show the question at hand; what is being typed stays beside its question."""
        self._visiting = visiting
        stays = self._shown == visiting.key
        self._shown = visiting.key
        card, question = visiting.card, visiting.question
        leg = visiting.walk.leg_of(visiting.key)
        assert leg is not None
        rank = [stop.key for stop in leg.stops].index(visiting.key) + 1
        rows = head_rows(card, leg.title, rank, len(leg.stops))
        self.query_one("#fiche-head", Told).show(list(rows))
        answered = card.answer.value if card.answer else None
        self.query_one(Choices).show(question, answered)
        none = "" if question.type is QuestionType.TEXT else _NONE
        self.query_one("#fiche-none", Static).update(content(none))
        self.query_one("#fiche-more", Told).show(list(more_rows(card)))
        line = self.line
        line.free_text = question.type is QuestionType.TEXT
        line.placeholder = _HOW[question.type]
        self.show_how()
        if stays:
            self.query_one(Choices).type(line.value)
            return
        self.forget_typed()
        read = self.query_one("#fiche-read", VerticalScroll)
        read.scroll_home(animate=False, immediate=True)

    def forget_typed(self) -> None:
        """Empty the line."""
        with self.line.prevent(Input.Changed):
            self.line.value = ""
        self.query_one(Choices).type("")

    def show_how(self) -> None:
        """Show the unit, and how the answer is known."""
        visiting = self._visiting
        assert visiting is not None
        words = [visiting.question.unit, PROVENANCES[visiting.provenance]]
        how = content(" · ".join(filter(None, words)))
        self.query_one("#fiche-how", Static).update(how)

    def status(self, text: str, style: str = "") -> None:
        """Say something under the line: what is meant, saved, refused, doubtful."""
        said = Content.styled(content(text).plain, style)
        self.query_one("#fiche-status", Static).update(said)

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        event.stop()
        visiting = self._visiting
        if visiting is None:
            return
        self.query_one(Choices).type(event.value)
        meant = preview(visiting.question, event.value)
        self.status(meant, "$text-muted")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Given(event.value))

    @on(Choices.Picked)
    def _picked(self, event: Choices.Picked) -> None:
        event.stop()
        line, visiting = self.line, self._visiting
        many = visiting and visiting.question.type is QuestionType.CHOICES
        line.value = f"{line.value},{event.key}" if many and line.value else event.key
        line.cursor_position = len(line.value)
        line.focus()

    @on(AnswerLine.Read)
    def _read(self, event: AnswerLine.Read) -> None:
        event.stop()
        read = self.query_one("#fiche-read", VerticalScroll)
        step = max(1, read.size.height - 2)
        read.scroll_relative(y=event.way * step, animate=False, immediate=True)
