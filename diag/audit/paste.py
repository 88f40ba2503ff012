"""Pasting into a sheet: a block of a spreadsheet, or a CSV file, read cell by cell.

Without titles a block lands where the cursor is. With them (questions above, places on
the left) it lands where they name; with questions alone, from the cursor's row on.
A cell that cannot be is refused alone, in a sentence.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TypeVar

from diag.answers.answer_type import Refused
from diag.answers.types import TYPES
from diag.audit.answer import Key, NewAnswer, answer_for
from diag.audit.grid import (
    CellRefusal,
    Filled,
    GestureError,
    GridSheet,
    record,
    where_words,
)
from diag.audit.photos import at_home
from diag.audit.session import AuditSession
from diag.model.checklist import Question
from diag.model.errors import DiagError
from diag.model.fact import Answer, Place
from diag.model.text import fold

MAX_PASTE = 1_000_000
"""Longest text taken in one go, in characters."""

MAX_CELL = 2_000
"""Longest cell, in characters."""

_Noun = TypeVar("_Noun")
_SHOWN = 24
_FILES = {".csv", ".tsv", ".txt"}
_ENCODINGS = ("utf-8-sig", "cp1252")


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a line and a column of the block land; None when nowhere."""

    place: Place | None
    question: Question | None


def paste(
    session: AuditSession, sheet: GridSheet, row: int, column: int, text: str
) -> Filled:
    """Fill cells from a block of text, in one commit; each refusal has its sentence.

    Raises:
        GestureError: when there is nothing to read, or far too much.
    """
    block = read_block(text)
    proposed: dict[Key, Answer] = {}
    refused: list[CellRefusal] = []
    for target, where, cell in _landing(sheet, block, row, column):
        answer = _answer(target, where, cell)
        if isinstance(answer, CellRefusal):
            refused.append(answer)
        elif target.place and target.question:
            proposed[target.place.id, target.question.id] = answer
    filled = record(session, sheet, proposed)
    return Filled(filled.written, (*refused, *filled.refused))


def as_block(sheet: GridSheet, rows: Iterable[int], columns: Iterable[int]) -> str:
    """Return cells as a spreadsheet takes them: tabs between, a line a row."""
    kept = tuple(columns)
    return "\n".join(
        "\t".join(" ".join(sheet.cell(row, column).words.split()) for column in kept)
        for row in rows
    )


def file_named(text: str) -> Path | None:
    """Return the file whose path was pasted, as a drag onto the terminal does."""
    plain = text.strip().strip("'\"")
    if "\n" in plain or "\t" in plain or not plain or len(plain) > MAX_CELL:
        return None
    path = at_home(Path(plain.replace("\\ ", " ")))
    try:
        return path if path.suffix.casefold() in _FILES and path.is_file() else None
    except (OSError, ValueError):
        return None


def file_text(path: Path) -> str:
    """Return the text of a table saved by a spreadsheet.

    Raises:
        DiagError: when it cannot be read, or is no text.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DiagError(
            f"Le fichier {path} n'a pas pu être lu : {error.strerror}. "
            "Vérifiez son chemin."
        ) from error
    for encoding in _ENCODINGS if b"\0" not in raw else ():
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DiagError(
        f"{path} n'est pas un fichier texte. "
        "Dans le tableur, enregistrez-le en CSV, puis recommencez."
    )


def read_block(text: str) -> list[list[str]]:
    """Return the lines and cells of a pasted text.

    Raises:
        GestureError: when it is empty or too long.
    """
    if len(text) > MAX_PASTE:
        raise GestureError(
            f"Texte trop long pour être collé : {len(text)} caractères, "
            f"{MAX_PASTE} admis. Collez le tableau seul."
        )
    # A terminal may paste each line end as two returns.
    doubled = "\n" not in text and all(
        len(run) % 2 == 0 for run in re.findall(r"\r+", text)
    )
    plain = re.sub("\r\r" if doubled else "\r\n?", "\n", text).replace("\0", "")
    comma = "\t" if "\t" in plain else ";"  # a comma alone is a decimal comma here
    try:
        rows = list(csv.reader(StringIO(plain, newline=""), delimiter=comma))
    except csv.Error:
        rows = [line.split("\t") for line in plain.split("\n")]
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    if not rows:
        raise GestureError("Rien à coller : le presse-papiers est vide.")
    return rows


def _landing(
    sheet: GridSheet, block: list[list[str]], row: int, column: int
) -> Iterator[tuple[_Target, str, str]]:
    names = {fold(each.label): each for each in sheet.questions}
    names |= {fold(each.id): each for each in sheet.questions}
    found = {
        rank: names[fold(cell)]
        for rank, cell in enumerate(block[0])
        if fold(cell) in names
    }
    # The first column names places, unless it is titled by a question too.
    columns = len(block[0]) - (0 not in found)
    titles = found if len(block) > 1 and 2 * len(found) >= columns > 0 else {}
    named = bool(titles) and 0 not in titles
    for line, cells in enumerate(block):
        if titles and not line:
            continue
        if named:
            name = fold(cells[0]) if cells else ""
            alike = [one for one in sheet.places if fold(one.name) == name]
            place = alike[0] if len(alike) == 1 else None
        else:
            place = _item(sheet.places, row + line - bool(titles))
        for rank, cell in enumerate(cells):
            if not cell.strip() or (named and not rank):
                continue
            question = (
                titles.get(rank) if titles else _item(sheet.questions, column + rank)
            )
            where = f"ligne {line + 1}, colonne {rank + 1}"
            if named and place is None:
                shown = " ".join(cells[0].split())
                if len(shown) > _SHOWN:
                    shown = f"{shown[: _SHOWN - 1]}…"
                where = f"ligne {line + 1}, « {shown} »"
            yield _Target(place, question), where, cell


def _item(items: tuple[_Noun, ...], rank: int) -> _Noun | None:
    return items[rank] if rank < len(items) else None


def _answer(target: _Target, where: str, cell: str) -> Answer | CellRefusal:
    place, question = target.place, target.question
    if place is None:
        return CellRefusal(where, "aucun lieu de ce nom ni à cette ligne du tableau")
    if question is None:
        return CellRefusal(where, "aucune question à cette colonne du tableau")
    where = where_words(place, question)
    if len(cell) > MAX_CELL:
        return CellRefusal(where, f"cellule trop longue : {len(cell)} caractères")
    read = TYPES[question.type].parse_cell(question, cell)
    if read.problem:
        return CellRefusal(where, read.problem)
    try:
        return answer_for(
            question, NewAnswer(question.id, read.parsed, state=read.state)
        )
    except Refused as refused:
        return CellRefusal(where, refused.plain)
