"""The technician's ten pages, and what is attached to them so that nothing is lost.

The Markdown, the HTML and the ODT keep the whole annex. The PDF is carried on site: it
prints what serves there, and holds the rest as files, listed by one manifest.
"""

from collections.abc import Sequence

from diag.answers.types import heads_words
from diag.assess.plan import Action
from diag.audit.report import Report, once
from diag.documents.blocks import Md, Pair, entry, image_of, sections, table, written
from diag.documents.document import EmbeddedFile
from diag.documents.parts import advice, frame
from diag.documents.parts.advice import alerts_box
from diag.documents.parts.places import (
    OBSERVATION_COLUMNS,
    lacking,
    noted_in,
    observation_rows,
)
from diag.documents.school_drawings import (
    ACCESS,
    CABINET,
    CABLES,
    DOMAINS,
    LINK,
    network_sketch,
)
from diag.documents.tables import Column, csv_bytes, table_of
from diag.documents.tables.answers import ANSWERS, answers_of
from diag.documents.tables.basket import basket_of, by_school
from diag.documents.tables.tickets import TICKETS, ticket_rows, tickets_of
from diag.documents.technique import measures
from diag.model.audit import Place
from diag.model.enums import WORKING_READER as READER
from diag.model.enums import PlaceKind, Trade
from diag.words.dates import long_date
from diag.words.sentences import NBSP, NEXT_BUDGET, count_range, listed, sentence
from diag.words.vocabulary import TRADES

FACTS, TICKETS_SHOWN, SHEETS, RECEIVED, BOUGHT, PHOTOS = 5, 60, 10, 36, 24, 3
"""Most facts of the network, tickets, room sheets, checks, articles and photos printed:
so many that ten pages hold them. The attached files have them all."""

FEW = 10
"""Up to so many rooms, each has its sheet; beyond, those where something lacks."""

_OBSERVATIONS = tuple(
    Column(key, heading)
    for key, heading in zip(
        ("place", "question", "text", "at", "author", "shown"),
        OBSERVATION_COLUMNS,
        strict=True,
    )
)

NAMED = 6
"""Most things named on one line of a room's sheet."""

LOTS, OF_LOT = 12, 4
"""Most lots, and most things read of one: so many that the page of purchases holds."""


def printed(report: Report) -> tuple[dict[str, object], tuple[EmbeddedFile, ...]]:
    """Return what the template of the ten pages prints, and what travels inside."""
    actions, files = report.plan.actions, attachments(report)
    # A reader of PDF shows them beside it.
    whole = ("document.md", "l'annexe entière : critères, règles, prix, sources")
    rows = [whole, *((one.name, one.words) for one in files)]
    columns = ("Fichier", "Ce qu'il contient")
    # What is there, each lot with where it stands and what was read of it.
    lots = [
        (report.place_name(lot.id), _named(_read_at(report, lot), OF_LOT))
        for lot in report.facts.places_of(PlaceKind.LOT)
    ]
    # What the sure actions buy, one row an article of an action.
    bought = [
        (action.number, line.price.label, count_range(line.quantity), line.price.unit)
        for action in actions
        for line in action.advice.cost.lines
        if line.quantity.high != 0
    ]
    # By what each action is known to be done, with a box to tick.
    done = [
        (
            f"☐ {one.number}",
            report.fill_blanks(one, one.advice.recommendation.done_when, READER),
        )
        for one in actions
    ]
    view: dict[str, object] = {
        "cover": frame.cover(report, "Service technique et prestataires"),
        "dangers": frame.dangers_box(report),
        "alerts": alerts_box(report, READER),
        "network": _network(report),
        "tickets": _tickets(report, actions),
        "rooms": _rooms(report),
        "measures": measures(report),
        "stock": sections((
            table("Matériel présent", ("Lot", "Relevé"), lots[:LOTS]),
            _more(LOTS, len(lots), "reponses.csv"),
        )),
        "shopping": sections((
            table(
                "À acheter",
                ("Action", "Article", "Quantité", "Unité"),
                bought[:BOUGHT],
                numeric=(2,),
            ),
            _more(BOUGHT, len(bought), "achats.csv"),
        )),
        "received": sections((
            table("Recette", ("Action", "Terminé quand"), done[:RECEIVED]),
            _more(RECEIVED, len(done), "document.md"),
        )),
        "manifest": table("Fichiers joints à ce PDF", columns, rows),
        "photos": _photos(report),
    }
    return view, files


@once
def attachments(report: Report) -> tuple[EmbeddedFile, ...]:
    """Return the files that the PDF holds besides its Markdown."""
    tickets = tickets_of(report, to_confirm=True, whole_plan=True)
    bought = by_school(basket_of(report, to_confirm=True).lines)
    told = table_of("Réponses", ANSWERS, answers_of(report).rows)
    rows = ticket_rows(report, tickets)
    seen = observation_rows(report, report.observations)
    words = "chaque observation, son lieu, sa question"
    csv = table_of("Observations", _OBSERVATIONS, seen)
    noted = [("observations.csv", csv, words)] if seen else []
    files = (
        (
            *("tickets.csv", table_of("Tickets", TICKETS, rows)),
            "chaque ticket : lieux, constat, geste, recette",
        ),
        ("achats.csv", bought, "chaque article, sa quantité, son prix, sa source"),
        ("reponses.csv", told, "chaque réponse, son lieu, son origine, sa note"),
        *noted,
    )
    return tuple(
        EmbeddedFile(name, csv_bytes(told).decode("utf-8"), "text/csv", words)
        for name, told, words in files
    )


def _more(shown: int, every: int, name: str) -> Md:
    """Return where the rest is; nothing when all was shown."""
    rest = every - shown
    words = f"{rest} de plus dans le fichier joint « {name} »." if rest > 0 else ""
    return written(words)


def _network(report: Report) -> Md:
    """Return the network as it is drawn, then what else is known of it."""
    root, drawn = report.facts.root, {*ACCESS, *CABINET, *CABLES, *LINK}
    rows = [
        (question.label, heads_words(question, heads))
        for name, question in report.checklist.questions.items()
        if question.domain in DOMAINS
        and name not in drawn
        and (heads := report.facts.answers.get((root, name)))
    ]
    kept = rows[:FACTS]
    return sections((
        network_sketch(report),
        written(" ; ".join(f"{name} : {said}" for name, said in kept)),
        _more(len(kept), len(rows), "reponses.csv"),
    ))


def _tickets(report: Report, actions: Sequence[Action]) -> Md:
    """Return a table for each trade, the most pressing first."""
    columns = ("N°", "Action", "Lieux", "Avant le", "Coût TTC, environ")
    rows: dict[Trade | None, list[tuple[str, ...]]]
    rows = {trade: [] for trade in [*Trade, None]}
    for one in actions[:TICKETS_SHOWN]:
        day = (long_date(one.due) if one.due else NEXT_BUDGET).replace(" ", NBSP)
        rows[one.advice.recommendation.trade].append((
            one.number,
            report.title(one, READER),
            listed(advice.place_names(report, one), 4),
            day,
            advice.cost_cell(report, one),
        ))
    return sections((
        *(
            table(TRADES[trade] if trade else "Sans métier", columns, some)
            for trade, some in rows.items()
        ),
        _more(TICKETS_SHOWN, len(actions), "document.md"),
    ))


# The rooms, two a page.


def _rooms(report: Report) -> Md:
    """Return a sheet a room; where there are many, those where something lacks."""
    rooms = report.facts.places_of(PlaceKind.SALLE)
    short = lacking(report)
    acts = {
        room.id: [one for one in report.plan.actions if room.id in one.advice.places]
        for room in rooms
    }
    kept = [
        room
        for room in rooms
        if len(rooms) <= FEW or acts[room.id] or short.get(room.id)
    ]
    # The worst first where not all are printed, then in their own order.
    worst = sorted(kept, key=lambda one: -len(short.get(one.id, ())))[:SHEETS]
    sheets = []
    for room in (one for one in kept if one in worst):
        todo = [
            one.titled(report.title_at(one, room.id, READER)) for one in acts[room.id]
        ]
        pairs: tuple[Pair, ...] = (
            ("À faire ici", sentence(_named(todo))),
            ("Insuffisant", sentence(_named(short.get(room.id, [])))),
            ("Relevé", sentence(_named(_read_at(report, room), 2 * NAMED))),
            ("Noté", sentence(_named(noted_in(report, room)))),
        )
        sheets.append(entry(report.place_name(room.id), pairs))
    return sections((*sheets, _more(len(worst), len(rooms), "reponses.csv")))


def _read_at(report: Report, place: Place) -> list[str]:
    """Return what was read at a place, each value under its name."""
    return [
        f"{question.label}{NBSP}: {heads_words(question, heads)}"
        for name, question in report.checklist.questions.items()
        if (heads := report.facts.answers.get((place.id, name)))
    ]


def _named(names: Sequence[str], most: int = NAMED) -> str:
    rest = len(names) - most
    more = [f"et {rest} de plus, dans les fichiers joints"] if rest > 0 else []
    return " ; ".join([*names[:most], *more])


def _photos(report: Report) -> Md:
    """Return the first photos that are here; the whole annex names the others."""
    here = [one for one in report.evidence if one.photo.sha in report.pictures]
    shown = (
        image_of(
            one.photo.sha,
            f"{report.place_name(one.photo.place)} : "
            f"{one.photo.caption.rstrip('. ') or 'sans légende'}.",
        )
        for one in here[:PHOTOS]
    )
    rest = len(here) - PHOTOS
    more = f"{rest} de plus dans l'annexe HTML ou ODT." if rest > 0 else ""
    return sections((*shown, written(more)))
