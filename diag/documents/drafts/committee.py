"""What goes before a committee of the syndicat: its deliberation on a programme."""

from collections.abc import Iterator
from datetime import date

from diag.documents.blocks import bullets, definitions
from diag.documents.document import Document, Meta
from diag.documents.drafts.frame import prefilled, tools
from diag.documents.programme import span_words
from diag.documents.programme.committee import agenda
from diag.documents.templates import finish, render
from diag.documents.write import Paper
from diag.model.enums import Outcome
from diag.programme.assembling import Board
from diag.programme.words import body_words
from diag.words.dates import describe_day, long_date
from diag.words.vocabulary import OUTCOMES
from diag.workspace.charter import house_of

NAME = "deliberation-programme"
"""Its file, and its template."""


def programme_deliberation(board: Board, day: date) -> Paper:
    """Return a draft deliberation on a programme: the committee alone decides.

    It holds what the agenda puts to the vote, in the same words and figures.
    """
    span, office = span_words(board), board.container.about.name
    title = f"Projet de délibération — programme numérique {span}"
    variant = board.record.variants[board.variant].name if board.variant else ""
    view = {
        **tools(),
        "title": title,
        "span": span,
        "cover": definitions((
            ("Syndicat", office),
            ("Variante", variant),
            ("Date du projet", long_date(day)),
        )),
        "prefilled": prefilled(
            f"d'après le programme {span}, tel qu'au {long_date(day)}.", "le syndicat"
        ),
        "decisions": bullets(_grounds(board)),
        "articles": agenda(board),
    }
    meta = Meta(
        title=title,
        day=day,
        author=office,
        provisional=board.record.adoption is None,
        running=f"Projet de délibération à compléter, {long_date(day)}",
    )
    house = house_of(board.container.workspace)
    markdown = finish(meta, render(NAME, NAME, view, house), "")
    document = Document(meta=meta, markdown=markdown)
    return Paper(NAME, document, "\n".join(house.refused.values()))


def _grounds(board: Board) -> Iterator[str]:
    """Give what bodies have decided of the programme so far, as grounds."""
    for one in sorted(board.record.decisions.values(), key=lambda each: each.on):
        about = f", sur {one.about}" if one.about else ""
        if one.outcome is Outcome.AVIS:
            yield f"Vu l'avis du comité de pilotage, {describe_day(one.on)}{about}"
            continue
        whose = body_words(board, one)
        ref = f" {one.ref}" if one.ref else ""
        said = f"{describe_day(one.on)} ({whose}) : {OUTCOMES[one.outcome]}"
        yield f"Vu la délibération{ref}, {said}{about}"
