"""Grids of others, Excel or XLSForm, read as drafts of checklists.

A plain workbook has one question a line. Its columns are called as its author liked:
what each holds is guessed from its heading, shown, and may be named otherwise.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from diag.answers.types import TYPES
from diag.imports.evidence.consoles import pairs_typed
from diag.imports.grids.draft import (
    MOST_QUESTIONS,
    DraftQuestion,
    GridDraft,
    GridRefusedError,
    Names,
    choice_ids,
    line_of_label,
)
from diag.imports.grids.xlsform import is_xlsform, read_xlsform
from diag.imports.source import read_file
from diag.imports.workbook import DAMAGES, Row, workbook_sheets
from diag.model.enums import PlaceKind, QuestionType
from diag.model.text import fold
from diag.words.vocabulary import PLACE_NAMES

MAX_BYTES = 20 * 2**20
"""Largest workbook read."""

_MOST_UNPACKED = 100 * 2**20


def read_grid(
    path: Path, columns: str = "", repeats: str = PlaceKind.SALLE
) -> tuple[GridDraft, dict[str, str]]:
    """Read a workbook; return the draft, and what its columns hold for a plain grid.

    Raises:
        DiagError: no file, no workbook, or nothing in it that asks anything.
    """
    return drafted(read_file(path, MAX_BYTES), path.stem, columns, repeats)


def drafted(
    raw: bytes, title: str, columns: str = "", repeats: str = PlaceKind.SALLE
) -> tuple[GridDraft, dict[str, str]]:
    """Read the bytes of a workbook, as `read_grid` does a file.

    Raises:
        GridRefusedError: no workbook, or nothing in it that asks anything.
    """
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise GridRefusedError(
            "C'est un ancien classeur Excel (.xls). Enregistrez-le en .xlsx, puis "
            "recommencez."
        )
    try:
        if len(raw) > MAX_BYTES:
            raise ValueError("too big")
        sheets = workbook_sheets(raw, _MOST_UNPACKED)
    except DAMAGES as error:
        raise GridRefusedError(
            "Ce fichier n'est pas un classeur XLSX ou ODS qui se lise. Enregistrez-le "
            "de nouveau depuis le tableur."
        ) from error
    filled = {name: rows for name, rows in sheets.items() if rows}
    if not filled:
        raise GridRefusedError("Ce classeur est vide.")
    if is_xlsform(filled):
        return read_xlsform(filled, title, PlaceKind(repeats)), {}
    return _read_plain(filled, title, pairs_typed(columns) if columns else None)


CONTENTS: Mapping[str, str] = {
    "question": "Ce que l'on relève",
    "type": "Nature de la réponse",
    "choix": "Réponses possibles",
    "unite": "Unité",
    "aide": "Aide, ce qu'il faut regarder",
    "theme": "Domaine",
    "lieu": "Ce que la question regarde : école, salle…",
    "obligatoire": "À relever même en visite courte",
}
"""What a column may hold: its name in `--columns`, its words."""

_HEADINGS = {
    "question": "question|questions|intitulé|libellé|point de contrôle|critère|item|"
    "point à vérifier|élément|contrôle|désignation",
    "type": "type|format|nature|type de réponse",
    "choix": "choix|réponses|réponses possibles|valeurs|valeurs possibles|modalités|"
    "réponse|options",
    "unite": "unité|unités",
    "aide": "aide|précision|précisions|commentaire|consigne|explication|définition",
    "theme": "thème|domaine|rubrique|catégorie|chapitre|partie|thématique",
    "lieu": "lieu|niveau|objet|périmètre",
    "obligatoire": "obligatoire|requis",
}
_BY_HEADING = {
    fold(name): content
    for content, names in _HEADINGS.items()
    for name in names.split("|")
}
_SEARCHED = 20
"""Rows among which the headings are looked for: a title and a logo come first."""


def guessed(rows: list[Row]) -> tuple[int, dict[str, str]]:
    """Return at which row headings stand, and what each probably holds.

    Raises:
        GridRefusedError: no row has the heading of questions.
    """
    for at, (_, cells) in enumerate(rows[:_SEARCHED]):
        found: dict[str, str] = {}
        for cell in cells:
            content = _BY_HEADING.get(fold(cell))
            if content and content not in found.values():
                found[line_of_label(cell)] = content
        if "question" in found.values():
            return at, found
    raise GridRefusedError(
        "Aucune colonne ne s'appelle « Question », « Intitulé » ou « Libellé ». Dites "
        "laquelle porte les questions."
    )


def columns_of(rows: list[Row], columns: Mapping[str, str]) -> int:
    """Return at which row the headings that were named stand.

    Raises:
        GridRefusedError: one is nowhere, or none holds the questions.
    """
    if "question" not in columns.values() or not {*columns.values()} <= {*CONTENTS}:
        raise GridRefusedError(
            "Écrivez COLONNE=CONTENU, dont une =question. Les contenus : "
            f"{', '.join(CONTENTS)}."
        )
    for at, (_, cells) in enumerate(rows[:_SEARCHED]):
        if {*columns} <= {line_of_label(cell) for cell in cells}:
            return at
    raise GridRefusedError(
        f"Aucune ligne n'a les titres {', '.join(f'« {one} »' for one in columns)}."
    )


def _read_plain(
    sheets: Mapping[str, list[Row]],
    title: str,
    columns: Mapping[str, str] | None = None,
) -> tuple[GridDraft, dict[str, str]]:
    """Read the first sheet that has questions; return the draft and its mapping.

    Raises:
        GridRefusedError: no sheet has any, or far too many.
    """
    for name, rows in sheets.items():
        try:
            if columns:
                at, held = columns_of(rows, columns), dict(columns)
            else:
                at, held = guessed(rows)
        except GridRefusedError:
            if name == [*sheets][-1]:
                raise
            continue
        draft = GridDraft(title, name)
        for other in sheets:
            if other != name:
                draft.miss(0, "cette feuille n'est pas reprise.", other)
        _read(draft, rows, at, held)
        if draft.questions:
            return draft, held
    raise GridRefusedError("Ce classeur n'a pas de question.")


def _read(draft: GridDraft, rows: list[Row], at: int, held: Mapping[str, str]) -> None:
    heads = [line_of_label(cell) for cell in rows[at][1]]
    for head in heads:
        if head and head not in held:
            draft.miss(
                rows[at][0],
                f"la colonne « {head} » n'a pas d'équivalent : non reprise.",
            )
    where = {content: heads.index(head) for head, content in held.items()}
    names, theme = Names(), draft.title
    for line, cells in rows[at + 1 :]:
        row = {
            content: cells[column].strip() if column < len(cells) else ""
            for content, column in where.items()
        }
        theme = line_of_label(row.get("theme", "")) or theme
        label = line_of_label(row["question"])
        if not label:
            lone = next(filter(None, map(line_of_label, cells)), "")
            draft.miss(line, f"« {lone[:60]} » n'est pas une question : non repris.")
            continue
        if len(draft.questions) >= MOST_QUESTIONS:
            raise GridRefusedError(f"Plus de {MOST_QUESTIONS} questions : c'est trop.")
        question = _question(draft, line, row, names)
        question.domain = theme
        draft.questions.append(question)


def _question(
    draft: GridDraft, line: int, row: Mapping[str, str], names: Names
) -> DraftQuestion:
    label = line_of_label(row["question"])
    type_, choices = _type(draft, line, row)
    idents = choice_ids({one: one for one in choices})
    counting = TYPES[type_].is_number
    unit = line_of_label(row.get("unite", ""))
    if unit and not counting:
        draft.miss(
            line, f"l'unité « {unit} » ne vaut que pour un nombre : non reprise."
        )
    written = row.get("lieu", "")
    folded = fold(written)
    stems = {word.rstrip("s"): kind for word, kind in _PLACES.items()}
    place = stems.get(folded.rstrip("s")) if folded else PlaceKind.ECOLE
    if place is None:
        draft.miss(line, f"« {written[:30]} » n'est pas un lieu connu : l'école.")
    return DraftQuestion(
        id=names.give(label, "question"),
        label=label,
        type=type_,
        line=line,
        domain=draft.title,
        place=place or PlaceKind.ECOLE,
        hint=line_of_label(row.get("aide", "")),
        unit=unit if counting else "",
        choices={ident: words for words, ident in idents.items()},
        is_required=fold(row.get("obligatoire", "")) in {"oui", "o", "x", "1", "vrai"},
    )


def _type(
    draft: GridDraft, line: int, row: Mapping[str, str]
) -> tuple[QuestionType, list[str]]:
    """Return the type of an answer, by its kind and what it may be."""
    written = fold(row.get("type", ""))
    parts = re.split(r"\s*[;\n|]\s*|\s+/\s+|(?<=\w)/(?=\w)", row.get("choix", ""))
    choices = list(dict.fromkeys(filter(None, map(line_of_label, parts))))
    named = (
        type_
        for type_, kind in TYPES.items()
        if kind.grid_words and re.search(kind.grid_words, written)
    )
    found = next(named, None)
    if {fold(one) for one in choices} == {"oui", "non"}:
        return QuestionType.BOOLEAN, []
    if len(choices) > 1:
        is_several = found is QuestionType.CHOICES
        return QuestionType.CHOICES if is_several else QuestionType.CHOICE, choices
    if found and TYPES[found].has_choices:
        draft.miss(line, "un choix sans réponses possibles devient un texte libre.")
        found = QuestionType.TEXT
    if found is None:
        what = row.get("type", "") or row.get("choix", "")
        found = QuestionType.TEXT
        if what:
            draft.miss(line, f"« {what[:40]} » n'est pas un type connu : texte libre.")
        elif row.get("unite"):
            found = QuestionType.NUMBER
    return found, []


_PLACES = {fold(words): kind for kind, words in PLACE_NAMES.items()}
