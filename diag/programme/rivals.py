"""What two people wrote apart in a programme, and the one that is kept."""

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from diag.journal.revision import Json, dumps
from diag.model.errors import DiagError
from diag.programme.assembling import Board
from diag.programme.container import Container
from diag.programme.subject_words import subject_words, value_words

LETTERS = "ABCDEFGH"
"""How the values that differ are chosen."""


class RivalValue(NamedTuple):
    """One of the values that differ."""

    author: str
    """By name."""
    words: str
    value: Json


class Rivals(NamedTuple):
    """A subject on which people differ."""

    ident: str
    """Eight characters, which change with it."""
    subject: str
    words: str
    values: tuple[RivalValue, ...]


def rivals_of(board: Board) -> Iterator[Rivals]:
    """Give what is to be settled in a programme."""
    name_of = board.container.workspace.settings.name_of
    for subject, stated in board.container.contested.items():
        yield Rivals(
            sha256(dumps([subject, *stated.values]).encode()).hexdigest()[:8],
            subject,
            subject_words(board, subject),
            tuple(
                RivalValue(name_of(author), value_words(subject, value), value)
                for author, value in zip(stated.authors, stated.values, strict=True)
            ),
        )


def rivals_named(board: Board, text: str) -> Rivals:
    """Return what is to be settled, by the start of its number.

    Raises:
        DiagError: none has it, or it changed since.
    """
    wanted = text.strip().casefold()
    found = [one for one in rivals_of(board) if wanted and one.ident.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    raise DiagError(
        f"« {text[:20]} » n'est le numéro d'aucun conflit d'ici. Revoyez-les.",
        command="diag programme settle",
    )


def settle(container: Container, found: Rivals, letter: str) -> RivalValue:
    """Write one of the values again: it stands alone; return it.

    Raises:
        DiagError: no value has that letter, or nothing could be written.
    """
    known = LETTERS[: len(found.values)]
    if len(letter) != 1 or letter.upper() not in known:
        raise DiagError(f"« {letter[:10]} » : choisissez parmi {', '.join(known)}.")
    chosen = found.values[known.index(letter.upper())]
    kept = chosen.value if isinstance(chosen.value, dict) else None
    container.write(container.draft(found.subject, kept))
    return chosen
