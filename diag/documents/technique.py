"""What a technician reads: every action, fact, rule and price, and the photos.

The Markdown, the HTML and the ODT keep the whole annex. The PDF is carried on site: its
ten pages print what serves there, and it holds the rest as files, listed by a manifest.
"""

from collections.abc import Sequence
from functools import partial

from diag.answers.types import heads_words
from diag.assess.plan import Action
from diag.assess.results import CostLine
from diag.assess.spread import short_places
from diag.assess.words import UNPRICED, WORKS, format_seen, quantity_words, score_cell
from diag.audit.evidence import allowed_words
from diag.audit.findings import (
    describe_due,
    describe_steps,
    kind_of,
    observed,
    open_words,
)
from diag.audit.report import Report, once
from diag.documents.blocks import (
    Md,
    Pair,
    bold,
    definitions,
    entry,
    image_of,
    sections,
    table,
    written,
)
from diag.documents.document import EmbeddedFile
from diag.documents.parts import advice, frame
from diag.documents.parts.advice import alerts_box, compliance_table
from diag.documents.parts.budget import (
    all_aids,
    all_sources,
    budget_by_action,
    dated_sources,
    finances_table,
    known_sources,
    price_source,
    prices_table,
    sources_list,
    watch_list,
)
from diag.documents.parts.frame import option_section, since
from diag.documents.parts.places import (
    OBSERVATION_COLUMNS,
    answers_by_place,
    lacking,
    measures,
    noted_in,
    observation_rows,
    observations_table,
    photos,
    place_tables,
    room_levels,
    rulebook,
    unknowns,
    usual_signature,
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
from diag.model.audit import Place
from diag.model.enums import WORKING_READER as READER
from diag.model.enums import Kind, PlaceKind, Trade
from diag.words.dates import describe_day, describe_duration
from diag.words.sentences import (
    NBSP,
    count_range,
    euros_and_cents,
    half_up,
    listed,
    number,
    plural,
    sentence,
    uncapitalised,
)
from diag.words.vocabulary import LAW, OWNERS, TRADES

MOVED = 60
"""At most so many criteria named that moved since the last audit."""

_ANOMALIES = {
    Kind.COMPLIANCE: f"Anomalies : {LAW[:1].lower()}{LAW[1:]}",
    Kind.BLOCKING: "Anomalies : conditions indispensables",
    Kind.IMPROVEMENT: "Anomalies : améliorations",
}


def view(report: Report) -> dict[str, object]:
    """Return what the template prints."""
    usual = usual_signature(report)
    return {
        # However wide: here alone, no score is left out.
        "score": frame.score_words(report.assessment.overall),
        "domains": frame.domain_table(report, score_cell),
        "since": since(report.progress, named=MOVED, cell=score_cell),
        "option": option_section(report.option, score_cell),
        "cover": frame.cover(report, "Service technique et prestataires"),
        "dangers": frame.dangers_box(report),
        "alerts": alerts_box(report, READER),
        "open": uncapitalised(open_words(report)),
        "tickets": _tickets(report),
        "to_confirm": _to_confirm(report),
        "untreated": _untreated(report),
        "unknowns": unknowns(report),
        "network": network_sketch(report),
        "rooms": room_levels(report),
        "places": place_tables(report, usual),
        "measures": measures(report),
        "answers": answers_by_place(report, usual),
        "criteria": rulebook(report),
        "compliance": compliance_table(report, READER),
        "usual": usual,
        "costs": cost_table(report),
        "budget": budget_by_action(report, READER),
        "follow_ups": advice.follow_ups(report, READER),
        "photos": photos(report),
        "observations": observations_table(report, report.observations),
        "journal": _journal(report),
        "aids": all_aids(report),
        "finances": finances_table(report),
        "watched": watch_list(report),
        "sources": sources_list(report, all_sources(report) | dated_sources(report)),
        "prices": prices_table(report),
    }


def _tickets(report: Report) -> list[tuple[str, Md]]:
    """Return actions under three titles; what waits stands with what it waits for."""
    groups: dict[Kind, list[Action]] = {kind: [] for kind in _ANOMALIES}
    kind = Kind.IMPROVEMENT
    for action in report.plan.actions:
        if not action.under:
            kind = kind_of(report, action)
        groups[kind].append(action)
    ticket = partial(_ticket, report)
    return [
        (_ANOMALIES[kind], advice.blocks(report, some, READER, ticket))
        for kind, some in groups.items()
        if some
    ]


def _ticket(report: Report, action: Action) -> tuple[Pair, ...]:
    recommendation, places = action.advice.recommendation, action.advice.places
    quantity = action.advice.quantity
    known = quantity.low == quantity.high
    # A count of one, or of the places just above, adds nothing.
    told = known and quantity.low in {1, len(places)}
    many = "" if told else quantity_words(quantity, action.advice.usual)
    how = report.fill_blanks(action, report.wording(action, READER).how, READER)
    done = report.fill_blanks(action, recommendation.done_when, READER)
    where = ""
    if places not in {(), (report.facts.root,)}:
        where = sentence(report.format_places(action, READER))
    steps = filter(None, (sentence(how), describe_steps(action)))
    effort = action.advice.effort_days
    charge = f" ; charge : {count_range(effort, 'jour', 'jours')}" if effort else ""
    due, cost = describe_due(report, action), advice.cost(report, action)
    lasts = describe_duration(recommendation.lifetime)
    life = f" ; durée de vie : {lasts}" if lasts else ""
    criterion: tuple[Pair, ...] = ()
    if result := report.result(recommendation.when.criterion):
        named = ", ".join(filter(None, (result.criterion.ref, result.criterion.title)))
        sources = ", ".join(known_sources(recommendation.sources))
        criterion = (
            ("Attendu", f"{named} ({sources})" if sources else named),
            ("Nature", advice.nature(report, action)),
            ("Constaté", sentence(observed(report, result))),
        )
    return (
        ("Lieux", where),
        ("Quantité", many),
        *criterion,
        ("Comment", " ".join(steps)),
        (
            "Qui, quand, coût",
            sentence(f"{advice.owner(action)}, {due}{charge} ; {cost}{life}"),
        ),
        advice.covered(report, action, READER),
        ("Recette", sentence(done)),
        ("Suite", sentence(advice.follow_up(action))),
    )


def _to_confirm(report: Report) -> Md:
    """Return what a check may call for, in a line each: nobody orders it yet."""
    rows = []
    for one in report.plan.to_confirm:
        result = report.result(one.advice.recommendation.when.criterion)
        rows.append((
            one.titled(report.title(one, READER)),
            result.criterion.ref or result.criterion.id if result else "",
            OWNERS[one.advice.recommendation.owner],
            advice.cost_cell(report, one),
        ))
    columns = ("Action possible", "Critère à trancher", "Qui", "Coût TTC, environ")
    return table("Actions à confirmer par une vérification", columns, rows)


def _untreated(report: Report) -> Md:
    """Return what falls short and that no recommendation cures."""
    cured = advice.treated(report)
    rows = [
        (
            result.criterion.ref,
            result.criterion.title,
            observed(report, result),
            listed([report.place_name(one.place) for one in short_places(result)], 12),
        )
        for result in report.assessment.criteria.values()
        if result.criterion.id not in cured and short_places(result)
    ]
    columns = ("Repère", "Critère", "Constat", "Lieux")
    return table("Ce qui reste en dessous sans action proposée", columns, rows)


def cost_table(report: Report) -> Md:
    """Return every row that the plan pays for, and the sum of the rows shown.

    Each row is rounded to the cent, once, at the typical price. A need that several
    actions share has one row, under the first of them.
    """
    once, yearly, works = list[CostLine](), list[CostLine](), list[CostLine]()
    rows = []
    for action in (*report.plan.actions, *report.plan.to_confirm):
        for line in action.advice.cost.lines:
            price = line.price
            kind = works if line.is_works else yearly if price.yearly else once
            kind.append(line)
            rows.append((
                action.number,
                price.label,
                count_range(line.quantity, price.unit, plural(price.unit)),
                euros_and_cents(price.typical),
                _price_range(*_cents(line)) + " par an" * price.yearly,
                format_seen(price, report.date),
                price_source(price),
            ))
    sums = (("payé une fois", once), ("par an", yearly), (WORKS, works))
    for rhythm, lines in sums:
        if lines:
            sides = [_cents(line) for line in lines]
            most = [high for _, high in sides if high is not None]
            bounded = len(most) == len(sides)
            least = sum(low for low, _ in sides)
            total = bold(_price_range(least, sum(most) if bounded else None))
            rows.append((bold("Total"), bold(rhythm), "", "", total, "", ""))
    columns = ("Action", "Poste", "Quantité", "Prix HT", "Total HT", "Relevé", "Source")
    return table("Détail des coûts, en euros HT", columns, rows, numeric=(3, 4))


def _price_range(low: int, high: int | None) -> str:
    if high is None:
        return f"au moins {euros_and_cents(low)}" if low else UNPRICED
    if low == high:
        return euros_and_cents(low)
    return f"{euros_and_cents(low)} à {euros_and_cents(high)}"


def _cents(line: CostLine) -> tuple[int, int | None]:
    """Return what the low quantity and the high one cost, at the typical price."""
    low, high = line.quantity.low, line.quantity.high
    usual = line.price.typical
    return half_up(low * usual), None if high is None else half_up(high * usual)


def _journal(report: Report) -> Md:
    checklist = report.checklist
    heads = [head for some in report.facts.answers.values() for head in some]
    labels = dict.fromkeys(head.author for head in heads if head.author)
    authors = [*map(report.person, labels)]
    pairs: list[Pair] = [
        ("Campagne", report.audit.campaign),
        ("Empreinte de l'audit", report.digest),
        ("Édition des grilles", f"{checklist.title}, {checklist.version}"),
        ("Empreinte de l'édition", report.edition),
        ("Réponses", number(len(heads))),
        ("Ont répondu", listed(authors)),
    ]
    for visit in report.visits:
        known = (
            f"présents : {listed(visit.present)}" * bool(visit.present),
            f"rencontrés : {listed(visit.met)}" * bool(visit.met),
            f"autorisation : {visit.authorisation}" * bool(visit.authorisation),
            *(
                [f"débit mesuré avec l'accord de {allowed_words(visit.measuring)}"]
                if visit.measuring
                else []
            ),
        )
        words = " ; ".join(filter(None, known)) or "sans précision"
        pairs.append((f"Visite du {describe_day(visit.date)}", words))
    return definitions(pairs)


# Ten pages, and what is attached to them.

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
        "alerts": alerts_box(report, READER, attached=True),
        "network": _network(report),
        "tickets": _by_trade(report, actions),
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
    seen = observation_rows(report, report.observations)
    files = [
        (
            "tickets.csv",
            table_of("Tickets", TICKETS, ticket_rows(report, tickets)),
            "chaque ticket : lieux, constat, geste, recette",
        ),
        (
            "achats.csv",
            by_school(basket_of(report, to_confirm=True).lines),
            "chaque article, sa quantité, son prix, sa source",
        ),
        (
            "reponses.csv",
            table_of("Réponses", ANSWERS, answers_of(report).rows),
            "chaque réponse, son lieu, son origine, sa note",
        ),
    ]
    if seen:
        noted = table_of("Observations", _OBSERVATIONS, seen)
        words = "chaque observation, son lieu, sa question"
        files.append(("observations.csv", noted, words))
    return tuple(
        EmbeddedFile(name, csv_bytes(rows).decode("utf-8"), "text/csv", words)
        for name, rows, words in files
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
        f"{question.label} : {heads_words(question, heads)}"
        for name, question in report.checklist.questions.items()
        if question.domain in DOMAINS
        and name not in drawn
        and (root, name) not in report.asked_no_more
        and (heads := report.facts.answers.get((root, name)))
    ]
    return sections((network_sketch(report), written(_named(rows, FACTS))))


def _by_trade(report: Report, actions: Sequence[Action]) -> Md:
    """Return a table for each trade, the most pressing first."""
    columns = ("N°", "Action", "Lieux", "Avant le", "Coût TTC, environ")
    rows: dict[Trade | None, list[tuple[str, ...]]]
    rows = {trade: [] for trade in [*Trade, None]}
    for one in actions[:TICKETS_SHOWN]:
        day = report.format_due(one).replace(" ", NBSP)
        rows[one.advice.recommendation.trade].append((
            one.number,
            report.title_apart(one, READER) + advice.condition(report, one),
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
        and (place.id, name) not in report.asked_no_more
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
