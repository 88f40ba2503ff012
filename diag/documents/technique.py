"""What a technician reads: every action, fact, rule and price, and the photos."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial

from diag.answers.types import TYPES, answer_words, heads_words, retired_question
from diag.assess.plan import Action
from diag.assess.results import CostLine
from diag.assess.spread import short_places
from diag.assess.words import UNPRICED, WORKS, format_seen, quantity_words, score_cell
from diag.audit.evidence import allowed_words
from diag.audit.findings import kind_of, observed, open_words
from diag.audit.reasons import describe_due, describe_steps
from diag.audit.report import Report, once
from diag.documents.blocks import Md, Pair, bold, definitions, image_of, sections, table
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
    observations_table,
    room_levels,
    rulebook,
    unknowns,
)
from diag.documents.school_drawings import network_sketch
from diag.model.audit import Answer, Place
from diag.model.checklist import Question
from diag.model.enums import WORKING_READER, Kind, PlaceKind, Provenance, State
from diag.words.dates import day_of, describe_day, describe_duration, later, long_date
from diag.words.sentences import (
    count_range,
    euros_and_cents,
    half_up,
    listed,
    number,
    plural,
    sentence,
    uncapitalised,
)
from diag.words.vocabulary import LAW, OWNERS, PROVENANCES

READER = WORKING_READER

NAMED = 60
"""At most so many criteria named that moved since the last audit."""

COLUMNS = 5
"""So many places side by side: an A4 page holds no more."""

_LISTED = (PlaceKind.BATIMENT, PlaceKind.SALLE, PlaceKind.LOT)

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
        "since": since(report.progress, named=NAMED, cell=score_cell),
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


# Facts: the school, the rooms, the lots. The usual person stands once, above them all.


def answers_by_place(report: Report, usual: str) -> Md:
    """Return every answer and note of the subject itself and of what holds it."""
    columns, notes = ("Question", "Réponse", "Origine", "Note"), report.facts.notes
    return sections(
        table(
            f"Réponses, {report.place_name(place.id)}",
            columns,
            [
                (
                    _label(question),
                    _value(report, question, heads),
                    _origin(report, heads, usual),
                    " / ".join(notes.get((place.id, question.id), ())),
                )
                for question in _answered(report, (place,))
                for heads in (_heads(report, place, question),)
            ],
        )
        for place in report.facts.places.values()
        if place.kind not in _LISTED
    )


def place_tables(report: Report, usual: str) -> Md:
    """Return every answer inside: questions down, a few places across, then notes."""
    tables = []
    for kind in _LISTED:
        places, many = report.facts.places_of(kind), report.kind_words(kind)[1]
        groups = [places[at : at + COLUMNS] for at in range(0, len(places), COLUMNS)]
        for rank, group in enumerate(groups, 1):
            part = f", {rank} sur {len(groups)}" if len(groups) > 1 else ""
            caption = f"Tableau des {many}{part}"
            tables.append(_matrix(report, group, usual, caption))
    facts, questions = report.facts, report.checklist.questions
    notes = [
        (
            report.place_name(at),
            questions[name].label if name in questions else name,
            " / ".join(notes),
        )
        for (at, name), notes in facts.notes.items()
        if at in facts.places and facts.places[at].kind in _LISTED
    ]
    columns = ("Lieu", "Question", "Note")
    return sections((*tables, table("Notes prises sur place", columns, notes)))


def _matrix(report: Report, places: Sequence[Place], usual: str, caption: str) -> Md:
    names = [report.place_name(place.id) for place in places]
    questions = _answered(report, places)
    if not questions:
        return table(caption, ("Nom",), [(name,) for name in names])
    rows = []
    for question in questions:
        known = [_heads(report, one, question) for one in places]
        origins = [_origin(report, heads, usual) for heads in known]
        shared = len(set(filter(None, origins))) == 1
        cells = [
            _value(report, question, heads)
            + (f" ({origin})" if origin and not shared else "")
            for heads, origin in zip(known, origins, strict=True)
        ]
        common = next(filter(None, origins)) if shared else ""
        rows.append((_label(question), *cells, common))
    return table(caption, ("Question", *names, "Origine"), rows)


def measures(report: Report) -> Md:
    """Return what was measured with an instrument, place by place."""
    found: dict[str, list[str]] = {}
    figures = {
        one.id: one
        for one in report.checklist.questions.values()
        if TYPES[one.type].is_number and not TYPES[one.type].is_whole
    }
    for (place, name), heads in report.facts.answers.items():
        question = figures.get(name)
        if question is None:
            continue
        for head in heads:
            if head.provenance is Provenance.MEASURED and head.state is State.KNOWN:
                value = f"{report.place_name(place)} : {answer_words(question, head)}"
                found.setdefault(question.label, []).append(value)
    rows = [(label, " ; ".join(values)) for label, values in found.items()]
    return table("Ce qui a été mesuré", ("Mesure", "Valeurs"), rows)


def usual_signature(report: Report) -> str:
    """Return who answered most, and when; ask once a document: it counts them all."""
    heads = (head for some in report.facts.answers.values() for head in some)
    signed = Counter(signature(report, head) for head in heads)
    return max(signed, key=lambda one: (signed[one], one), default="")


def signature(report: Report, head: Answer) -> str:
    """Return who answered, and when."""
    return _signature(report.person(head.author), day_of(head.at) if head.at else None)


@lru_cache(maxsize=512)  # a few people, a few days
def _signature(author: str, day: date | None) -> str:
    return ", ".join(filter(None, (author, long_date(day) if day else "")))


def _answered(report: Report, places: Iterable[Place]) -> list[Question]:
    """Return the questions answered or noted there, those of other editions last."""
    questions, by_place = report.checklist.questions, _names_by_place(report)
    ids = {place.id: place.kind for place in places}
    named = {name: at for at in ids for name in by_place.get(at, ())}
    known = [question for name, question in questions.items() if name in named]
    lost = [  # shown, never hidden
        retired_question(name, ids[named[name]])
        for name in sorted(named.keys() - questions.keys())
    ]
    return [*known, *lost]


@once
def _names_by_place(report: Report) -> Mapping[str, list[str]]:
    """Return the ids of the questions answered or noted at each place."""
    names: dict[str, list[str]] = {}
    for at, name in (*report.facts.answers, *report.facts.notes):
        names.setdefault(at, []).append(name)
    return names


def _heads(report: Report, place: Place, question: Question) -> tuple[Answer, ...]:
    return report.facts.answers.get((place.id, question.id), ())


def _label(question: Question) -> str:
    return question.label + (" (réservé à ce document)" if question.sensitive else "")


def _value(report: Report, question: Question, heads: Sequence[Answer]) -> str:
    if not heads:
        return ""
    words, lasts = heads_words(question, heads), question.stale_after
    stale = lasts and any(
        head.at and later(day_of(head.at), lasts) < report.date for head in heads
    )
    return f"{words} (à actualiser)" if stale else words


def _origin(report: Report, heads: Sequence[Answer], usual: str) -> str:
    """Return how a fact is known, and by whom when it is not the usual person."""
    told = []
    for head in heads:
        known, signed = PROVENANCES[head.provenance], signature(report, head)
        is_usual = len(heads) == 1 and signed == usual
        told.append(known if is_usual or not signed else f"{known}, {signed}")
    return " / ".join(told)


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


def photos(report: Report) -> Md:
    """Return the photos of an audit: a table of them all, then those that are here."""
    rows, pictures = [], []
    for rank, evidence in enumerate(report.evidence, 1):
        photo = evidence.photo
        here = photo.sha in report.pictures
        question = report.checklist.questions.get(photo.question)
        rows.append((
            str(rank),
            photo.caption,
            report.place_name(photo.place),
            question.label if question else photo.question,
            describe_day(evidence.day),
            evidence.author,
            "ci-dessous" if here else "absente de cet ordinateur",
        ))
        if here:
            words = photo.caption.rstrip(". ") or "sans légende"
            pictures.append(image_of(photo.sha, f"Photo {rank} : {words}."))
    columns = ("N°", "Légende", "Lieu", "Question", "Date", "Auteur", "Image")
    return sections((table("Photos jointes à l'audit", columns, rows), *pictures))


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
