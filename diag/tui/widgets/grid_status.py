"""The lines under a grid: the question, what is expected, what was typed or done."""

from textwrap import wrap

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip

from diag.desk.visit.asking import expected
from diag.desk.visit.choosing import choices_words
from diag.desk.visit.completing import completed
from diag.desk.visit.sheet import Cell, provenance_words
from diag.model.checklist import Question
from diag.model.enums import Provenance, QuestionType, State
from diag.reports.answers import heads_words
from diag.tui.plain import line
from diag.tui.widgets.plain_style import PlainStyle
from diag.tui.widgets.regions import regions_of
from diag.words.typography import NBSP

_EXPECTED_LINES = 3
_BETWEEN = "  "
_LABELS = (200, 40, 30, 24, 20, 16, 12)
_STATES_HINT = "* inconnu  / sans objet  ! non communiqué"


class GridStatus(PlainStyle):
    """Five lines; only those that changed are drawn again."""

    DEFAULT_CSS = """
    GridStatus { height: 5; background: $panel; color: $foreground; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        """What it says, a text a line."""

    def tell(self, lines: list[str]) -> None:
        """Say something else."""
        old, self.lines = self.lines, [line(each) for each in lines]
        if len(old) != len(self.lines):
            self.refresh()
            return
        width = self.size.width
        changed = [rank for rank, each in enumerate(old) if each != self.lines[rank]]
        if changed:
            self.refresh(*regions_of(changed, width))

    def render_line(self, y: int) -> Strip:
        """Return one line."""
        text = self.lines[y] if y < len(self.lines) else ""
        width = self.size.width
        return Strip([Segment(set_cell_size(text, width), self.plain_style)], width)


def heading_line(place: str, question: Question, where: str, width: int) -> str:
    """Return the place and the question on the left, the position on the right."""
    room = width - cell_len(where) - 2
    title = f"{place} · {question.label}"
    if cell_len(title) > room:
        title = f"{set_cell_size(title, max(room - 1, 1))}…"
    return f"{set_cell_size(title, room)}  {where}"


def expected_lines(question: Question, text: str, width: int) -> list[str]:
    """Return what an answer looks like, or what the keys typed so far may mean."""
    if text:
        read = completed(question, text)
        said = f"Saisie : {text}  →  {read.words or read.problem or '…'}"
        lines = _wrapped(said, width)
    elif question.choices:
        lines = _choices_lines(question, width)
    elif question.type is QuestionType.BOOLEAN:
        lines = ["o oui  n non", _STATES_HINT]
    else:
        said = expected(question)
        lines = [*_wrapped(said[:1].upper() + said[1:], width), _STATES_HINT]
    return [*lines, "", ""][:_EXPECTED_LINES]


def with_said(expected: list[str], said: str, current: str, width: int) -> list[str]:
    """Return what is expected, then what was said, whole; or what the cell holds.

    What was said may take the place of what is expected, until the next key.
    """
    room = _EXPECTED_LINES if said else 1 + sum(not each for each in expected)
    told = _wrapped(said or current, width)[:room]
    return [*expected[: len(expected) + 1 - len(told)], *told]


def _choices_lines(question: Question, width: int) -> list[str]:
    """Return every choice and its key; labels as long as the lines allow."""
    several = ", plusieurs" if question.type is QuestionType.CHOICES else ""
    for longest in _LABELS:
        choices = choices_words(question, longest).split(_BETWEEN)
        whole = _BETWEEN.join(each.replace(" ", NBSP) for each in choices)
        lines = _wrapped(f"Un choix{several} : {whole}", width)
        if len(lines) <= _EXPECTED_LINES:
            break
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(text, max(width, 1)) or [""]


def current_line(question: Question, cell: Cell) -> str:
    """Return what the cell says, whole: value, unit, state, provenance, note, flag."""
    beside = ["à revoir"] * cell.flagged + [f"note : {each}" for each in cell.notes]
    return " · ".join([_said(question, cell), *beside])


def _said(question: Question, cell: Cell) -> str:
    if cell.is_inert:
        kept = f" Gardé sans compter : {heads_words(question, cell.heads)}."
        told = "Ne se demande pas ici, d'après les autres réponses."
        return told + kept * bool(cell.heads)
    if not cell.heads:
        maybe = " (se demande peut-être : cela dépend d'autres réponses)"
        return f"Pas de réponse{maybe if cell.relevant is None else ''}"
    said = heads_words(question, cell.heads)
    if cell.is_conflict:
        return f"Désaccord : {said}. La réponse tapée ici tranchera."
    (answer,) = cell.heads
    if answer.state is State.KNOWN:
        said = f"{said}, {provenance_words(answer)}"
    return f"Réponse : {said}"


def provenance_note(provenance: Provenance | None) -> str:
    """Return how what is typed next is known, when it was chosen."""
    names = {
        Provenance.OBSERVED: "constaté",
        Provenance.DECLARED: "déclaré",
        Provenance.MEASURED: "mesuré",
    }
    return f"saisie : {names[provenance]}" if provenance else ""
