"""The programme on paper: for the committee, and a page for each commune.

Its facts are those of the public reading of the audits: the programme and the page of a
commune may be posted. The committee's file sets communes beside one another by IPS, and
is not.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from diag.documents.blocks import Md, definitions, sections, written
from diag.documents.document import Document, Meta
from diag.documents.programme.committee import committee_blocks
from diag.documents.programme.commune import commune_blocks
from diag.documents.programme.lines import span_words
from diag.documents.programme.whole import programme_blocks
from diag.documents.templates import finish
from diag.documents.write import Paper
from diag.programme.assembling import Board
from diag.words.dates import describe_day, long_date
from diag.workspace.charter import house_of


def programme_paper(board: Board, day: date) -> Paper:
    """Return the whole programme: page 1 suffices, the operations follow."""
    subject = f"Programme numérique des écoles {span_words(board)}"
    blocks = programme_blocks(board, day)
    return Paper("programme", programme_document(board, day, subject, blocks))


def commune_paper(board: Board, insee: str, day: date) -> Paper:
    """Return the page of a commune: its operations, its share; no other is named.

    Raises:
        DiagError: none of its schools has an operation, and it shares none.
    """
    blocks = commune_blocks(board, insee, day)
    name = board.gathered.communes.get(insee) or insee
    subject = f"{name} : programme numérique {span_words(board)}"
    return Paper(f"programme-{insee}", programme_document(board, day, subject, blocks))


def committee_paper(board: Board, day: date) -> Paper:
    """Return the file of those who sit: page 1 suffices; never posted."""
    subject = f"Comité syndical : programme numérique {span_words(board)}"
    document = programme_document(board, day, subject, committee_blocks(board, day))
    return Paper("dossier-de-comite", document)


def programme_folder(board: Board) -> Path:
    """Return where the documents of a programme go, in its workspace."""
    container = board.container
    return container.workspace.folder / "exports" / container.audit.campaign


def programme_document(
    board: Board, day: date, subject: str, blocks: Iterable[Md]
) -> Document:
    """Return a document of a programme: what it is of, its blocks, its foot."""
    is_adopted = board.record.adoption is not None
    office, state = board.container.about.name, "arrêté" if is_adopted else "non arrêté"
    variant = board.record.variants[board.variant].name if board.variant else ""
    meta = Meta(
        title=subject,
        author=office,
        day=day,
        provisional=not is_adopted,
        running=f"Programme {state}, {long_date(day)}",
    )
    pairs = (
        ("De", office),
        ("Variante", variant),
        ("État", f"{state}{_adopted_words(board)}, au {long_date(day)}"),
        ("Montants", "euros TTC ; effet à la rentrée de l'année"),
    )
    body = sections((Md(f"# {written(subject)}"), definitions(pairs), *blocks))
    house = house_of(board.container.workspace)
    return Document(
        meta=meta, markdown=finish(meta, body, ""), look=house.look, is_short=True
    )


def _adopted_words(board: Board) -> str:
    if board.record.adoption is None:
        return ""
    decision = board.record.decisions.get(board.record.adoption[1].decision)
    if decision is None:
        return ""
    ref = f", délibération {decision.ref}" if decision.ref else ""
    return f" le {describe_day(decision.on)}{ref}"
