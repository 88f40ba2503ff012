"""The lines under a grid: the question, what is expected, what was typed or done."""

from textwrap import wrap

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from diag.desk.asking import expected
from diag.desk.completing import choices_words, completed
from diag.desk.sheet import Cell, provenance_words
from diag.model.checklist import Question, QuestionType
from diag.model.fact import Provenance, State
from diag.reports.answers import heads_words
from diag.tui.plain import line

_EXPECTED_LINES = 2


class GridStatus(Widget):
    """Four lines; only those that changed are drawn again."""

    DEFAULT_CSS = """
    GridStatus { height: 4; background: $panel; color: $foreground; padding: 0 1; }
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
            self.refresh(*(Region(0, rank, width, 1) for rank in changed))

    def render_line(self, y: int) -> Strip:
        """Return one line."""
        text = self.lines[y] if y < len(self.lines) else ""
        width = self.size.width
        return Strip([Segment(set_cell_size(text, width), self.rich_style)], width)


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
    elif question.type is QuestionType.BOOLEAN:
        said = "o oui  n non"
    elif question.choices:
        several = ", plusieurs" if question.type is QuestionType.CHOICES else ""
        said = f"Un choix{several} : {choices_words(question)}"
    else:
        said = expected(question).capitalize()
    lines = wrap(said, max(width, 1)) or [""]
    if len(lines) > _EXPECTED_LINES:
        lines = [lines[0], f"{set_cell_size(' '.join(lines[1:]), width - 1)}…"]
    return [*lines, ""][:_EXPECTED_LINES]


def current_line(question: Question, cell: Cell) -> str:
    """Return what the cell says, whole: value, unit, state, provenance."""
    if cell.is_inert:
        return "Ne se demande pas ici, d'après les autres réponses."
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
