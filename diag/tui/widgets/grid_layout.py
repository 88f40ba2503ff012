"""How a sheet is laid out in characters: widths, wrapped titles, cells as texts."""

from textwrap import wrap

from rich.cells import cell_len, set_cell_size

from diag.desk.visit.sheet import Cell, Sheet
from diag.model.checklist import Question
from diag.model.enums import QuestionType
from diag.tui.plain import line

TITLE_LINES = 3
"""Lines that titles of columns may take."""

_NARROWEST, _WIDEST, _TITLE_WIDEST = 12, 18, 14
_NAMES_NARROWEST, _NAMES_TIGHT, _NAMES_WIDEST = 12, 17, 24
_WIDE = 80
_MARK = 3
_AROUND = _MARK + 3
_RIGHT = {QuestionType.INTEGER, QuestionType.NUMBER}


class Layout:
    """Where each column of a sheet stands, and what its title says."""

    def __init__(self, sheet: Sheet, width: int = 80) -> None:
        longest = max((cell_len(each.name) for each in sheet.places), default=0)
        widest = _NAMES_WIDEST if width >= _WIDE else _NAMES_TIGHT
        self.names = min(max(longest + 2, _NAMES_NARROWEST), widest)
        """Width of the frozen first column."""
        self.widths = tuple(map(_width, sheet.questions))
        """Width of each column."""
        self.starts = tuple(
            sum(self.widths[:column]) for column in range(len(self.widths))
        )
        """Where each column starts, the first at 0."""
        self.total = sum(self.widths)
        """Width of all the columns."""
        titles = list(map(_title, sheet.questions, self.widths))
        self.height = max(map(len, titles), default=1)
        """Lines that the titles take."""
        self.titles = tuple(
            [" " * width] * (self.height - len(each)) + each
            for each, width in zip(titles, self.widths, strict=True)
        )
        """Lines of each title, resting on the table."""

    def column_at(self, x: int) -> int | None:
        """Return the column at a distance from the start of the first."""
        for column, start in enumerate(self.starts):
            if start <= x < start + self.widths[column]:
                return column
        return None


def cell_text(question: Question, cell: Cell, width: int, around: str = "  ") -> str:
    """Return a cell in so many characters: its value, then how it became known.

    An answer whose question is no longer asked there stands between brackets. Before
    it, `?` is « à revoir », `+` a note.
    """
    before, after = around[0], around[1]
    if not before.strip():
        before = "?" if cell.flagged else "+" if cell.notes else before
    if not cell.heads:
        empty = "·" if cell.is_inert else ""
        return _padded(f"{before}{empty}", width - 1) + after
    inside = width - _AROUND
    said, mark = line(cell.words), cell.mark
    if cell.is_inert:
        said, mark = f"({said})", "·"
    words = _cut(said, inside)
    if question.type in _RIGHT and not cell.is_conflict:
        words = " " * (inside - cell_len(words)) + words
    return f"{before}{_padded(words, inside)} {_padded(mark, _MARK)}{after}"


def typed_text(text: str, width: int) -> str:
    """Return what is being typed in a cell: its end, where the next key goes."""
    kept, inside = f"{line(text)}_", width - 2
    while cell_len(kept) > inside:
        kept = kept[1:]
    return f"[{_padded(kept, inside)}]"


def name_text(name: str, width: int) -> str:
    """Return the name of a row."""
    return _padded(f" {_cut(line(name), width - 2)}", width)


def _width(question: Question) -> int:
    if question.type is QuestionType.TEXT:
        return _WIDEST
    longest = max((cell_len(each.label) for each in question.choices), default=0)
    if question.type is QuestionType.DATE:
        longest = len("31/01/2026")
    word = max(map(cell_len, question.label.split()), default=0) + 1
    title = min(max(word, _NARROWEST), _TITLE_WIDEST)
    return min(max(longest + _AROUND, title), _WIDEST)


def _title(question: Question, width: int) -> list[str]:
    inside = width - 1
    lines = wrap(line(question.label), inside, break_long_words=True) or [""]
    if len(lines) > TITLE_LINES:
        last = f"{lines[TITLE_LINES - 1]} {lines[TITLE_LINES]}"
        lines = [*lines[: TITLE_LINES - 1], _cut(last, inside)]
    return [_padded(f" {each}", width) for each in lines]


def _cut(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return text
    return f"{set_cell_size(text, width - 1).rstrip()}…"


def _padded(text: str, width: int) -> str:
    return set_cell_size(text, width)
