"""The fiche: one question, everything about it, and the line of its answer."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, takewhile
from typing import ClassVar, NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widgets import Input, Static

from diag.answers.answer_type import STATE_KEYS, Parsed, state_keys
from diag.answers.types import TYPES
from diag.assess.words import SHORT
from diag.audit.answer import Key, find_word
from diag.audit.card import QuestionCard, Scale, StandingAnswer
from diag.audit.visit import Saved, VisitSession
from diag.model.audit import Value
from diag.model.checklist import Question
from diag.model.enums import State
from diag.model.text import fold
from diag.tui.commands import (
    NO_CHOICE,
    CommandType,
    Help,
    ShowPhotos,
    Sturdy,
    chosen_keys,
    key_now,
)
from diag.tui.dialogs import LineField
from diag.tui.text import (
    DrawnLine,
    NamedText,
    TextSheet,
    content,
    lay_rows,
    line,
    wrapped,
)
from diag.tui.visit.commands import GoAnswered, SettleConflict, StillTrue
from diag.words.dates import time_words, written_day
from diag.words.sentences import french
from diag.words.vocabulary import GRADES_SHORT, KINDS, PROVENANCES

# It takes its keys in the order in which they came: a binding is looked for once its
# key has bubbled up to the app, when the next keys of a burst are typed already, beside
# another question.
_HELP = "?"
_WALKS = {"up": -1, "down": 1}

_SAME_WORD = 1.0
"""Seconds within which a letter still belongs to the word that was recorded."""


class AnswerLine(Sturdy, LineField):
    """Takes an answer; arrows walk; `*`, `/`, `!` typed first give none.

    `?` asks for help, save inside a text that was begun.
    """

    OFFERS = (GoAnswered,)
    answers = True
    """Whether one letter may be a whole answer: the next is for another question."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "read(-1)", "Lire plus haut", show=False),
        Binding("pagedown", "read(1)", "Lire plus bas", show=False),
        Binding("tab", "plan", "Aller au plan", show=False),
        Binding("shift+tab", "plan", "Aller au plan", show=False),
    ]

    virtual_size = Reactive(Size(0, 0))
    """As long as its text: its place is fixed, no letter lays the screen out again."""

    class Read(Message):
        """More of the fiche is to be read."""

        def __init__(self, way: int) -> None:
            super().__init__()
            self.way = way
            """1 down, -1 up."""

    class PlanWanted(Message):
        """One wants to walk in the plan."""

    class NoAnswer(Message):
        """There is no answer: unknown, without object or refused."""

        def __init__(self, state: State) -> None:
            super().__init__()
            self.state = state
            """Which."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, select_on_focus=False, max_length=4000)
        self.free_text = False
        """Whether any character may start the answer."""
        self.entered: Callable[[], object] = lambda: None
        """Does what Enter asks for."""
        self.walked: Callable[[int], object] = lambda _step: None
        """Goes to the question before (-1) or after (1)."""
        self.returned: Callable[[], object] = lambda: None
        """Goes back to what was just answered."""
        self.may_return: Callable[[], bool] = lambda: False
        """Whether something was."""
        self.resumed: Callable[[], str] = lambda: ""
        """Returns what was left half typed here, to be typed on."""
        self.recorded: Callable[[str], str | None] = lambda _text: None
        """Records a whole answer; returns the rest of its word, else None."""
        self._rest = ""
        self._until = 0.0

    def can(self, command: CommandType) -> bool | None:  # noqa: ARG002 - it has one
        return self.may_return()

    async def on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            self.entered()
        elif event.key in _WALKS:
            self.walked(_WALKS[event.key])
        elif event.key == "left" and not self.value:
            self.returned()
        elif event.key == "left":
            self.action_cursor_left()
        elif event.key == "backspace" and not self.value:
            self.value = self.resumed()
            self.cursor_position = len(self.value)
        elif event.character == _HELP and not (self.free_text and self.value):
            self.app.post_message(Help())
        elif not (event.character and event.is_printable and self._takes(event)):
            return
        event.stop()
        event.prevent_default()

    def _takes(self, event: events.Key) -> bool:
        """Drop the end of a word that is recorded, or record; else it only types."""
        rest, self._rest = self._rest, ""
        character = event.character or ""
        typed = fold(character)
        if typed and rest.startswith(typed) and event.time <= self._until:
            self._rest, self._until = rest[len(typed) :], event.time + _SAME_WORD
            return True
        state = STATE_KEYS.get(character)
        if state and not self.value and not self.free_text:
            self.post_message(self.NoAnswer(state))
            return True
        before, after = self.value[: self.cursor_position], self.value
        text = before + character + after[self.cursor_position :]
        left = self.recorded(text) if self.selection.is_empty else None
        if left is None:
            return False
        self._rest, self._until = left, event.time + _SAME_WORD
        return True

    def action_read(self, way: int) -> None:
        self.post_message(self.Read(way))

    def action_plan(self) -> None:
        self.post_message(self.PlanWanted())


_BLANK = DrawnLine(Content(""))


@dataclass(frozen=True)
class FicheLines:
    """One card, read once; set at each key in the room there is."""

    card: QuestionCard
    natural: Sequence[NamedText]
    """What stands above the choices."""
    short: Callable[[], Iterator[NamedText]]
    """Gives the same without what to look at, which then stands below them."""
    look: Sequence[NamedText]
    more: Sequence[NamedText]
    none: str
    """The keys that record why there is no answer."""

    def lines(self, typed: str, width: int, height: int) -> list[DrawnLine]:
        """Return the lines: what to ask, the choices, what more there is.

        Short of room, blanks go first, so that a scale is in sight; then what to look
        at stands below the choices. The last line in sight counts what is left to read.
        """
        answer = self.card.answer
        answered = answer.value if answer else None
        offered = list(choices(self.card.question, answered, typed, width))
        more = [list(lay_rows([row], width)) for row in self.more]
        levels = [rank for rank, row in enumerate(self.more) if row.gutter == NAMES]
        first = levels[0] if levels else 0
        run = takewhile(lambda pair: pair[0] + first == pair[1], enumerate(levels))
        end = max((rank + 1 for _, rank in run), default=0)
        scale = sum(map(len, more[:end]))  # to the last level of the first one
        ways = self._layouts(offered, width, late=False)
        found = next((one for one in ways if len(one.above) + scale < height), None)
        if found is None and offered and self.look and ways[-1].answering >= height:
            ways = self._layouts(offered, width, late=True)
        if found is None:
            found = next((one for one in ways if one.answering < height), ways[-1])
        return [*found.above, *chain.from_iterable(more)]

    def _layouts(
        self, offered: list[DrawnLine], width: int, *, late: bool
    ) -> "list[_Layout]":
        """Return every way to lay it out, from the airiest to the tightest."""
        head = list(lay_rows(self.short() if late else self.natural, width))
        tight = [one for one in head if one.text.plain.strip()]
        look = list(lay_rows(self.look, width)) if late else []
        is_text = TYPES[self.card.question.type].is_text
        none = [] if is_text else [DrawnLine(Content.styled(self.none, "$text-muted"))]
        found = []
        for dropped in range(_GAPS + 1):
            blank = [[_BLANK] * (rank >= dropped) for rank in range(_GAPS)]
            above = [*(head if dropped < 2 else tight)]  # noqa: PLR2004 - the second to go
            above += [*blank[4] * bool(offered), *offered]
            answering = len(above)
            above += [*blank[0] * bool(none), *none]
            above += [*blank[2] * bool(look), *look, *blank[3]]
            found.append(_Layout(above, answering))
        return found


_GAPS = 5
"""Blanks, from the first to go: above the keys of no answer, under the title, above
what to look at, above what more there is, above the choices."""


class _Layout(NamedTuple):
    """One way to lay a card out."""

    above: list[DrawnLine]
    """What stands above what more there is."""
    answering: int
    """How many lines, to the last choice."""


def lines_of(
    card: QuestionCard,
    title: str,
    rank: int,
    count: int,
    none: str,
    *,
    keys: Mapping[str, str] = NO_CHOICE,
) -> FicheLines:
    """Return a card ready to be drawn: the question of that rank in its place."""
    head = partial(head_rows, card, title, rank, count, keys=keys)
    return FicheLines(
        card,
        natural=tuple(head()),
        short=partial(head, look=False),
        look=tuple(_look_rows(card)),
        more=tuple(more_rows(card)),
        none=none,
    )


_STATUS = 2
"""Lines kept for the status: a saved answer takes two at 80 columns."""

_LONGEST = 4

_SLACK, _LEAST = 12, 16
"""Columns that words leave empty at the ends of lines; those of a label at least."""


class Fiche(Sturdy, Vertical):
    """One question panel, the same for every question; commands go to the screen."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._visiting: VisitSession | None = None
        self._shown: Key | None = None
        self._lines: FicheLines | None = None
        """Of the card shown: typing does not change it."""
        self.given: Callable[[str | Parsed], object] = lambda _typed: None
        """Records what is typed, and goes on."""
        self.typed: Callable[[], object] = lambda: None
        """Takes note that something is typed, or erased."""

    def compose(self) -> ComposeResult:
        yield TextSheet(id="fiche-read")
        with Vertical(id="fiche-say"):
            with Horizontal(id="fiche-line"):
                yield Static("Réponse", id="fiche-word")
                yield AnswerLine(id="fiche-answer")
                yield TextSheet(id="fiche-how")
            yield TextSheet(id="fiche-status")

    @property
    def line(self) -> AnswerLine:
        """Where the user types."""
        return self.query_one(AnswerLine)

    @property
    def read(self) -> TextSheet:
        """What the user reads."""
        return self.query_one("#fiche-read", TextSheet)

    def show(self, visiting: VisitSession) -> None:
        """Show the question at hand; what is being typed stays beside its question."""
        self._visiting = visiting
        stays = self._shown == visiting.key
        self._shown = visiting.key
        if not stays:
            self.forget_typed()
        self._show_text(from_top=not stays)
        line, kind = self.line, TYPES[visiting.question.type]
        line.free_text = kind.is_text
        self.set_class(line.free_text, "-text")
        how = kind.hint.format(photos=key_now(self.app, ShowPhotos))
        if line.placeholder != how:
            line.placeholder = how
        self.show_how()

    def _show_text(self, *, from_top: bool = False) -> None:
        visiting = self._visiting
        assert visiting is not None
        if self._lines is None or self._lines.card is not visiting.card:
            leg = visiting.walk.leg_of(visiting.key)
            assert leg is not None
            rank = [stop.key for stop in leg.stops].index(visiting.key) + 1
            self._lines = lines_of(
                visiting.card,
                leg.title,
                rank,
                len(leg.stops),
                state_keys(visiting.question),
                keys=chosen_keys(self.app),
            )
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
        shown = [DrawnLine(how)]
        self.query_one("#fiche-how", TextSheet).show(lambda _width: shown)

    def status(self, text: str, style: str = "") -> None:
        """Show under the line what is understood, refused, doubtful."""
        self._show_status(Content.styled(content(text).plain, style))

    def status_saved(self, saved: Saved, style: str, tail: str) -> None:
        """Show under the line what is on disk, then the keys of the `tail`.

        Of a text too long for both, the label is cut.
        """
        width = self.query_one("#fiche-status", TextSheet).size.width
        room = width * _STATUS - len(tail) - _SLACK
        if len(str(saved)) > room > 0:
            left = room - len(str(saved._replace(label="…")))
            if left < _LEAST:
                tail = ""  # a long answer is worth more than a key
            else:
                saved = saved._replace(label=f"{saved.label[:left].rstrip()}…")
        words = Content.styled(content(str(saved)).plain, style)
        self._show_status(words + Content.styled(tail, "$text-muted"))

    def _show_status(self, words: Content) -> None:
        sheet = self.query_one("#fiche-status", TextSheet)
        lines = len(wrapped(words, sheet.size.width))
        height = min(max(lines, _STATUS), _LONGEST)
        if sheet.styles.height is None or sheet.styles.height.value != height:
            sheet.styles.height = height
        sheet.show(lambda width: [DrawnLine(each) for each in wrapped(words, width)])

    def on_mount(self) -> None:
        self.line.entered = lambda: self.given(self.line.value)
        self.line.recorded = self._record_whole

    def _record_whole(self, text: str) -> str | None:
        """Record a text that can mean one answer only; return the rest of its word."""
        if self._visiting is None:
            return None
        question = self._visiting.question
        kind = TYPES[question.type]
        if kind.is_closed and (word := find_word(question, text)):
            self.given(text)
            return fold(word.label)[len(fold(text)) :]
        read = kind.so_far(question, text) if kind.is_closed else None
        if read is None or not read.is_complete or read.parsed is None:
            return None
        with self.line.prevent(Input.Changed):
            self.line.value = text
        self.given(read.parsed)
        return kind.rest_of_word(question, read)

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        event.stop()
        visiting = self._visiting
        if visiting is None:
            return
        self.typed()
        self._show_text()
        question = visiting.question
        today = visiting.session.workspace.world.today()
        words = TYPES[question.type].preview(question, event.value, today)
        self.status(words, "$text-muted")

    @on(TextSheet.Picked)
    def _picked(self, event: TextSheet.Picked) -> None:
        event.stop()
        line, visiting = self.line, self._visiting
        many = visiting and TYPES[visiting.question.type].is_several
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


_KEYS = 3


def choices(
    question: Question, answered: Value, typed: str, width: int
) -> Iterator[DrawnLine]:
    """Give the choices one per line; what is typed and what is answered stand out."""
    kind, text = TYPES[question.type], typed.strip()
    named = kind.pointed(question, text) if text else set()
    room = max(width - _KEYS - 3, 8)
    words = ((word.label[:1].lower(), word.label, word.id) for word in question.words)
    for key, label, value in (*kind.options(question), *words):
        is_answer = (
            value in answered
            if isinstance(answered, tuple)
            else value is answered or (answered == value and isinstance(value, str))
        )
        style = "bold $accent" if value in named else "bold" if is_answer else ""
        mark = ">" if value in named else "=" if is_answer else " "
        name = f"{mark} {key.rjust(_KEYS - 1)}  "
        for rank, part in enumerate(wrapped(Content(line(label)), room)):
            before = " " * (_KEYS + 3) if rank else name
            styled = Content.styled(before, style or "$text-muted")
            yield DrawnLine(styled + part.stylize(style), key)


NAMES = 15
"""Where the text of a threshold starts, past the name of its level."""

_TO_SETTLE = "réponses contradictoires ({key})"
_RECENT_TURNS = 6


def head_rows(
    card: QuestionCard,
    title: str,
    rank: int,
    count: int,
    *,
    look: bool = True,
    keys: Mapping[str, str] = NO_CHOICE,
) -> Iterator[NamedText]:
    """Give what comes first: where, what, the words to ask it, what to look at.

    Without `look`, what to look at is left for below the choices. `keys` are those that
    the user chose.
    """
    question = card.question
    where = Content.styled(f"{line(title)}, question {rank} sur {count}", "$text-muted")
    marks = [" À revoir"] if card.stop.flagged else []
    if card.stop.relevant is None:
        marks.append(" Peut-être sans objet")
    marked = Content.styled(" ·".join(["", *marks]), "bold $warning")
    yield NamedText("", where + marked)
    yield NamedText("", Content.styled(line(question.label), "bold"))
    yield NamedText("", Content(""))
    if question.ask:
        yield NamedText("Demander", _checklist_words(f"« {question.ask} »"))
    if look:
        yield from _look_rows(card)
    if card.expected:
        yield NamedText("Attendu", content(card.expected))
    yield from _answer_rows(card, keys)


def _look_rows(card: QuestionCard) -> Iterator[NamedText]:
    """Give what counts as evidence, and what the question covers."""
    question = card.question
    if question.look:
        yield NamedText("Regarder", _checklist_words(question.look))
    if question.hint:
        yield NamedText("Précision", _checklist_words(question.hint))
    if card.together:
        added = "".join(f" + {each.lower()}" for each in card.together)
        yield NamedText("D'un geste", content(f"la réponse{added}"))


def more_rows(card: QuestionCard) -> Iterator[NamedText]:
    """Give what the user may want to know: notes, thresholds, why, sources, history."""
    above = bool(card.notes or card.photos or card.diverging)
    for note in card.notes:
        yield NamedText("Note", content(note))
    if card.photos:
        yield NamedText("Photos", content(", ".join(card.photos)))
    for each in card.diverging:
        yield NamedText("Divergence", Content.styled(line(each), "$warning"))
    for rank, scale in enumerate(card.scales):
        if rank or above:
            yield NamedText("", Content(""))
        yield from _scale_rows(scale, card)
    trail = card.trail
    if len(trail) > 1 or (trail and trail[0].before):
        yield NamedText("", Content(""))
        for turn in reversed(trail[-_RECENT_TURNS:]):
            change = f"{turn.before} → {turn.after}" if turn.before else turn.after
            words = f"{time_words(turn.at)}  {turn.who} : {change}"
            yield NamedText("Historique", content(words))


def _answer_rows(card: QuestionCard, keys: Mapping[str, str]) -> Iterator[NamedText]:
    if card.in_conflict:
        to_settle = _TO_SETTLE.format(key=SettleConflict.key_names(keys))
        yield NamedText("À trancher", Content.styled(to_settle, "$error"))
        for each in card.said:
            yield NamedText("", content(f"  {_standing_words(each)}"))
        if card.base:
            yield NamedText("", content(f"  au départ : {card.base}"))
    else:
        for each in card.said:
            yield NamedText(
                "Réponse", Content.styled(line(_standing_words(each)), "bold")
            )
    if card.stale:
        yield NamedText("", Content.styled(line(card.stale), "$warning"))
    if card.last:
        key = StillTrue.key_names(keys)
        repeat = "" if card.said else f" · {key} : toujours vrai"
        whence = "Ailleurs" if card.last.school else "Avant"
        yield NamedText(whence, content(card.last_words + repeat))


def _checklist_words(text: str) -> Content:
    """Return the words of a checklist, with French spaces."""
    return content(french(text))


def _standing_words(answer: StandingAnswer) -> str:
    how = f", {answer.how}" if answer.how else ""
    confirmed = f", {answer.confirmed}" if answer.confirmed else ""
    return f"{answer.words}{how} · {answer.who}, {answer.day}{confirmed}"


def _scale_rows(scale: Scale, card: QuestionCard) -> Iterator[NamedText]:
    criterion = scale.criterion
    title = Content.styled(line(criterion.title), "bold")
    kind = Content.styled(f"  {KINDS[criterion.kind]}", "$text-muted")
    yield NamedText("", title + kind)
    if scale.given:
        yield NamedText("D'abord", content(scale.given))
    if scale.out:
        yield NamedText("", Content.styled("sans objet ici", "$text-muted"))
    elif scale.alone or all(len(each.asks) < SHORT for each in scale.thresholds):
        known = bool(card.said) and scale.alone
        now = f"  (aujourd'hui : {card.said[0].words if len(card.said) == 1 else ''})"
        for each in scale.thresholds:
            here = scale.level == each.level and bool(card.said)
            style = "bold $accent" if here else ""
            asks = each.asks + now * (here and known)
            name = f"{'>' if here else ' '} {each.name}"
            yield NamedText(name, Content.styled(line(asks), style), NAMES, style)
    else:
        now = f"{scale.now} (dépend aussi d'autres réponses)"
        yield NamedText("Constat", content(now))
    yield NamedText("Pourquoi", _checklist_words(criterion.why))
    for source in scale.sources:
        grade = GRADES_SHORT.get(source.grade, source.grade)
        dated = f", {written_day(source.date)}" if source.date else ""
        name = f"{source.id}, {grade} : {source.title}{dated}"
        yield NamedText("Source", content(name))
