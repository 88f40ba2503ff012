"""The fiche: one question, everything beside it, and the line where one answers."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from diag.desk.visit.completing import completed, rest_of_word
from diag.desk.visit.keyed import editable, preview
from diag.desk.visit.visiting import Visiting
from diag.desk.visit.walk import Key
from diag.model.enums import QuestionType, State
from diag.tui.commands import CommandType, bindings_of, chosen_keys, key_now
from diag.tui.plain import content, line
from diag.tui.screens.visit_commands import FICHE_COMMANDS, ShowGrid, ShowPhotos
from diag.tui.sturdy import Sturdy
from diag.tui.widgets.answer_line import AnswerLine
from diag.tui.widgets.fiche_lines import FicheLines, lines_of
from diag.tui.widgets.sheet import Drawn, Sheet
from diag.tui.widgets.wrapping import wrapped
from diag.words.vocabulary import PROVENANCES

_HOW = {
    QuestionType.BOOLEAN: "o ou n",
    QuestionType.CHOICE: "chiffre, lettres",
    QuestionType.CHOICES: "1,3 puis Entrée",
    QuestionType.INTEGER: "nombre",
    QuestionType.NUMBER: "nombre",
    QuestionType.DATE: "jj/mm/aaaa",
    QuestionType.TEXT: "texte",
    QuestionType.PHOTO: "{photos} : une photo",
}
_AT_ONCE = {QuestionType.BOOLEAN, QuestionType.CHOICE}
_STATUS = 2
"""Lines kept for what is said: a saved answer takes two at 80 columns."""
_LONGEST = 4
_NONE = "* inconnu  / sans objet  ! non communiqué"


class Fiche(Sturdy, Vertical):
    """One question panel, the same for every question; commands go to the screen."""

    OFFERS: ClassVar[tuple[CommandType, ...]] = FICHE_COMMANDS
    BINDINGS = bindings_of(*OFFERS)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._visiting: Visiting | None = None
        self._shown: Key | None = None
        self._lines: FicheLines | None = None
        """Of the card shown: typing does not change it."""
        self.given: Callable[[str], object] = lambda _typed: None
        """Records what is typed, and goes on."""

    def compose(self) -> ComposeResult:
        """Lay what is read over what is typed."""
        yield Sheet(id="fiche-read")
        with Vertical(id="fiche-say"):
            with Horizontal(id="fiche-line"):
                yield Static("Réponse", id="fiche-word")
                yield AnswerLine(id="fiche-answer")
                yield Sheet(id="fiche-how")
            yield Sheet(id="fiche-status")

    def can(self, command: CommandType) -> bool | None:
        """Offer the grid of rooms in a school only: nothing else holds any."""
        if command is ShowGrid and self._visiting:
            return self._visiting.session.about.school is not None
        return True

    @property
    def line(self) -> AnswerLine:
        """Where one types."""
        return self.query_one(AnswerLine)

    @property
    def read(self) -> Sheet:
        """What one reads."""
        return self.query_one("#fiche-read", Sheet)

    def show(self, visiting: Visiting) -> None:
        """Show the question at hand; what is being typed stays beside its question."""
        self._visiting = visiting
        stays = self._shown == visiting.key
        self._shown = visiting.key
        if not stays:
            self.forget_typed()
        self._show_text(from_top=not stays)
        line, type_ = self.line, visiting.question.type
        line.free_text = type_ is QuestionType.TEXT
        self.set_class(line.free_text, "-text")
        how = _HOW[type_].format(photos=key_now(self.app, ShowPhotos))
        if line.placeholder != how:
            line.placeholder = how
        self.show_how()

    def _show_text(self, *, from_top: bool = False) -> None:
        visiting = self._visiting
        assert visiting is not None
        if self._lines is None or self._lines.card is not visiting.card:
            self._lines = _lines(visiting, chosen_keys(self.app))
        found, typed, read = self._lines, self.line.value, self.read
        read.show(
            lambda width: found.lines(typed, width, read.height), from_top=from_top
        )

    def forget_typed(self) -> None:
        """Empty the line."""
        if self.line.value:
            with self.line.prevent(Input.Changed):
                self.line.value = ""

    def show_how(self) -> None:
        """Show the unit, and how the answer is known."""
        visiting = self._visiting
        assert visiting is not None
        words = [visiting.question.unit, PROVENANCES[visiting.provenance]]
        how = Content.styled(line(" · ".join(filter(None, words))), "$text-muted")
        shown = [Drawn(how)]
        self.query_one("#fiche-how", Sheet).show(lambda _width: shown)

    def status(self, text: str, style: str = "") -> None:
        """Say something under the line: what is meant, saved, refused, doubtful."""
        said = Content.styled(content(text).plain, style)
        sheet = self.query_one("#fiche-status", Sheet)
        lines = len(wrapped(said, sheet.size.width))
        height = min(max(lines, _STATUS), _LONGEST)
        if sheet.styles.height is None or sheet.styles.height.value != height:
            sheet.styles.height = height
        sheet.show(lambda width: [Drawn(each) for each in wrapped(said, width)])

    def on_mount(self) -> None:
        """Have what says it all recorded at once."""
        self.line.entered = lambda: self.given(self.line.value)
        self.line.said = self._said

    def _said(self, text: str) -> str | None:
        """Record a text that can mean one answer only; return the rest of its word."""
        if self._visiting is None:
            return None
        question = self._visiting.question
        if question.type not in _AT_ONCE:
            return None
        read = completed(question, text)
        if not read.is_complete or read.state is not State.KNOWN:
            return None
        with self.line.prevent(Input.Changed):
            self.line.value = text
        self.given(editable(question, read.value))
        return rest_of_word(question, read)

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        event.stop()
        visiting = self._visiting
        if visiting is None:
            return
        self._show_text()
        meant = preview(visiting.question, event.value)
        self.status(meant, "$text-muted")

    @on(Sheet.Picked)
    def _picked(self, event: Sheet.Picked) -> None:
        event.stop()
        line, visiting = self.line, self._visiting
        many = visiting and visiting.question.type is QuestionType.CHOICES
        line.focus()
        if not many:
            self.given(event.key)
            return
        line.value = f"{line.value},{event.key}" if line.value else event.key
        line.cursor_position = len(line.value)

    @on(AnswerLine.Read)
    def _read(self, event: AnswerLine.Read) -> None:
        event.stop()
        self.read.scroll_by(event.way * max(1, self.read.height - 2))


def _lines(visiting: Visiting, keys: Mapping[str, str]) -> FicheLines:
    leg = visiting.walk.leg_of(visiting.key)
    assert leg is not None
    rank = [stop.key for stop in leg.stops].index(visiting.key) + 1
    count = len(leg.stops)
    return lines_of(visiting.card, leg.title, rank, count, _NONE, keys=keys)
