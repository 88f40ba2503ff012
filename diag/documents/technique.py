"""Photos as evidence: listed with what they show, then shown; a missing one is said."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from diag.answers.types import TYPES, answer_words, heads_words
from diag.assess.plan import Action
from diag.assess.results import CostLine
from diag.audit.counsel import describe_due, describe_steps
from diag.audit.findings import kind_of, observed, open_words, short_places
from diag.audit.report import Evidence, Report
from diag.documents.document import Pair, bold, definitions, sections, table
from diag.documents.escape import Md
from diag.documents.parts import advice, frame
from diag.documents.parts.advice import alerts_box, compliance_table
from diag.documents.parts.budget import budget_by_action
from diag.documents.parts.rooms import room_levels, rulebook, unknowns
from diag.documents.parts.since import option_section, since
from diag.documents.parts.sources import (
    all_aids,
    all_sources,
    dated_sources,
    known_sources,
    prices_table,
    source_words,
    sources_list,
    watch_list,
)
from diag.documents.pictures import image_of
from diag.model.checklist import Question
from diag.model.enums import Audience, Kind, PlaceKind, Provenance, QuestionType, State
from diag.model.fact import Answer, Place
from diag.words.dates import day_of, describe_day, describe_duration, later, long_date
from diag.words.figures import euros_and_cents, half_up, number, plural
from diag.words.sentences import count_range, listed, sentence, uncapitalised
from diag.words.vocabulary import OWNERS, PROVENANCES


@dataclass(frozen=True, slots=True)
class _Shown:
    number: int
    told: Evidence
    here: bool

    @property
    def words(self) -> str:
        caption = self.told.photo.caption.rstrip(". ")
        return f"Photo {self.number} : {caption or 'sans légende'}."


def photos_told(report: Report) -> Md:
    """Return the photos of an audit: a table of them all, then those that are here."""
    shown = list(_numbered(report))
    rows = [_photo_row(report, one) for one in shown]
    columns = ("N°", "Légende", "Lieu", "Question", "Date", "Auteur", "Image")
    pictures = (image_of(one.told.photo.sha, one.words) for one in shown if one.here)
    return sections((table("Photos jointes à l'audit", columns, rows), *pictures))


def _numbered(report: Report) -> Iterator[_Shown]:
    for rank, evidence in enumerate(report.evidence, 1):
        yield _Shown(rank, evidence, evidence.photo.sha in report.pictures)


def _photo_row(report: Report, shown: _Shown) -> tuple[str, ...]:
    photo = shown.told.photo
    question = report.checklist.questions.get(photo.question)
    return (
        str(shown.number),
        photo.caption,
        report.place_name(photo.place),
        question.label if question else photo.question,
        describe_day(shown.told.day),
        shown.told.author,
        "ci-dessous" if shown.here else "absente de cet ordinateur",
    )


def cost_table(report: Report) -> Md:
    """Return every row that the plan pays for, and the sum of the rows shown.

    What is to be confirmed has no row; each row is rounded to the cent, once. Of a
    quantity that is not known, the row goes from the least to the most.
    """
    priced = [
        (action, line) for action in report.plan.actions for line in _lines(action)
    ]
    rows = [_price_row(action, line) for action, line in priced]
    lines = [line for _, line in priced]
    rows += _total("payé une fois", [one for one in lines if not _yearly(one)])
    rows += _total("par an", [one for one in lines if _yearly(one)])
    columns = ("Action", "Poste", "Quantité", "Prix HT", "Total HT", "Année", "Source")
    return table("Détail des coûts, en euros HT", columns, rows, numeric=(3, 4))


def _lines(action: Action) -> tuple[CostLine, ...]:
    return action.advice.cost.lines


def _yearly(line: CostLine) -> bool:
    return line.price.yearly


def _total(rhythm: str, lines: Sequence[CostLine]) -> list[tuple[str, ...]]:
    """Return the row that adds up what the rows above show; none without rows."""
    if not lines:
        return []
    sides = [_cents(line) for line in lines]
    least = sum(low for low, _ in sides)
    most = [high for _, high in sides if high is not None]
    bounded = len(most) == len(sides)
    total = _price_range(least, sum(most) if bounded else None)
    return [(bold("Total"), bold(rhythm), "", "", bold(total), "", "")]


def _price_row(action: Action, line: CostLine) -> tuple[str, ...]:
    price = line.price
    rhythm = " par an" if price.yearly else ""
    return (
        action.ref,
        price.label,
        count_range(line.quantity, price.unit, plural(price.unit)),
        _price_range(*_unit_price(line)),
        _price_range(*_cents(line)) + rhythm,
        str(price.year),
        source_words(price.source),
    )


def _price_range(low: int, high: int | None) -> str:
    if high is None:
        return f"au moins {euros_and_cents(low)}"
    if low == high:
        return euros_and_cents(low)
    if not low:
        return f"jusqu'à {euros_and_cents(high)}"
    return f"entre {euros_and_cents(low)} et {euros_and_cents(high)}"


def _cents(line: CostLine) -> tuple[int, int | None]:
    """Return the least and the most; the typical price of a known quantity, twice."""
    quantity, (cheap, dear) = line.quantity, _unit_price(line)
    low = half_up(quantity.low * cheap)
    return low, None if quantity.high is None else half_up(quantity.high * dear)


def _unit_price(line: CostLine) -> tuple[int, int]:
    """Return the typical price, twice; from least to most of an unknown quantity."""
    quantity, price = line.quantity, line.price
    if quantity.high is None:
        return price.minimum, price.minimum
    if quantity.low == quantity.high:
        return price.typical, price.typical
    return price.minimum, price.maximum


# Every fact of an audit as a technician reads it: the school, the rooms, the lots.
#
# Who answered most, and when, is said once; a fact says so only when it differs.


COLUMNS = 5
"""So many places side by side: an A4 page holds no more."""


_LISTED = (PlaceKind.BATIMENT, PlaceKind.SALLE, PlaceKind.LOT)


def answers_by_place(report: Report, usual: str) -> Md:
    """Return every answer and note of the subject itself and of what holds it."""
    return sections(
        _answers_of(report, place, usual)
        for place in report.facts.places.values()
        if place.kind not in _LISTED
    )


def place_tables(report: Report, usual: str) -> Md:
    """Return every answer inside: questions down, a few places across, then notes."""
    tables = [one for kind in _LISTED for one in _tables_of(report, kind, usual)]
    return sections((*tables, _notes(report)))


def measures(report: Report) -> Md:
    """Return what was measured with an instrument, place by place."""
    told: dict[str, list[str]] = {}
    for (place, name), heads in report.facts.answers.items():
        question = report.checklist.questions.get(name)
        for head in heads:
            if question and _is_measure(question, head):
                value = f"{report.place_name(place)} : {answer_words(question, head)}"
                told.setdefault(question.label, []).append(value)
    rows = [(label, " ; ".join(values)) for label, values in told.items()]
    return table("Ce qui a été mesuré", ("Mesure", "Valeurs"), rows)


def usual_signature(report: Report) -> str:
    """Return who answered most, and when; ask once a document: it counts them all."""
    heads = (head for told in report.facts.answers.values() for head in told)
    signed = Counter(map(signature, heads))
    return max(signed, key=lambda one: (signed[one], one), default="")


def signature(head: Answer) -> str:
    """Return who said it, and when."""
    day = long_date(day_of(head.at)) if head.at else ""
    return ", ".join(part for part in (head.author, day) if part)


def contributors(report: Report) -> str:
    """Return who answered, in the order of the answers."""
    heads = (head for told in report.facts.answers.values() for head in told)
    return listed(list(dict.fromkeys(head.author for head in heads if head.author)))


def _is_measure(question: Question, head: Answer) -> bool:
    measured = head.provenance is Provenance.MEASURED and head.state is State.KNOWN
    kind = TYPES[question.type]
    return measured and kind.is_number and not kind.is_whole


def _answers_of(report: Report, place: Place, usual: str) -> Md:
    rows = [
        (
            _label(question),
            _value(report, place, question),
            _origin(_heads(report, place, question), usual),
            " / ".join(report.facts.notes.get((place.id, question.id), ())),
        )
        for question in _told(report, (place,))
    ]
    columns = ("Question", "Réponse", "Origine", "Note")
    return table(f"Réponses, {report.place_name(place.id)}", columns, rows)


def _tables_of(report: Report, kind: PlaceKind, usual: str) -> list[Md]:
    places = report.facts.places_of(kind)
    groups = [places[at : at + COLUMNS] for at in range(0, len(places), COLUMNS)]
    many = report.kind_words(kind)[1]
    return [
        _matrix(
            report,
            group,
            usual,
            f"Tableau des {many}"
            + (f", {rank} sur {len(groups)}" if len(groups) > 1 else ""),
        )
        for rank, group in enumerate(groups, 1)
    ]


def _matrix(report: Report, places: Sequence[Place], usual: str, caption: str) -> Md:
    names = [report.place_name(place.id) for place in places]
    questions = _told(report, places)
    if not questions:
        return table(caption, ("Nom",), [(name,) for name in names])
    rows = [_matrix_row(report, places, question, usual) for question in questions]
    return table(caption, ("Question", *names, "Origine"), rows)


def _matrix_row(
    report: Report, places: Sequence[Place], question: Question, usual: str
) -> tuple[str, ...]:
    heads = [_heads(report, place, question) for place in places]
    origins = [_origin(some, usual) for some in heads]
    shared = len({one for one in origins if one}) == 1
    cells = [
        _value(report, place, question)
        + (f" ({origin})" if origin and not shared else "")
        for place, origin in zip(places, origins, strict=True)
    ]
    common = next(filter(None, origins)) if shared else ""
    return _label(question), *cells, common


def _notes(report: Report) -> Md:
    facts, questions = report.facts, report.checklist.questions
    rows = [
        (
            report.place_name(at),
            questions[name].label if name in questions else name,
            " / ".join(notes),
        )
        for (at, name), notes in facts.notes.items()
        if at in facts.places and facts.places[at].kind in _LISTED
    ]
    return table("Notes prises sur place", ("Lieu", "Question", "Note"), rows)


def _told(report: Report, places: Iterable[Place]) -> list[Question]:
    """Return the questions answered or noted there, those of other editions last."""
    facts, questions = report.facts, report.checklist.questions
    ids = {place.id: place.kind for place in places}
    named = {name: at for at, name in (*facts.answers, *facts.notes) if at in ids}
    known = [question for name, question in questions.items() if name in named]
    lost = sorted(named.keys() - questions.keys())  # shown, never hidden
    return [*known, *(_unknown(name, ids[named[name]]) for name in lost)]


def _heads(report: Report, place: Place, question: Question) -> tuple[Answer, ...]:
    return tuple(report.facts.answers.get((place.id, question.id), ()))


def _label(question: Question) -> str:
    return question.label + (" (réservé à ce document)" if question.sensitive else "")


def _value(report: Report, place: Place, question: Question) -> str:
    heads = _heads(report, place, question)
    stale = " (à actualiser)" if _is_stale(report, question, heads) else ""
    return heads_words(question, heads) + stale if heads else ""


def _origin(heads: Sequence[Answer], usual: str) -> str:
    """Return how a fact is known, and by whom when it is not the usual person."""
    return " / ".join(
        ", ".join(
            part
            for part in (
                PROVENANCES[head.provenance],
                signature(head) if len(heads) > 1 or signature(head) != usual else "",
            )
            if part
        )
        for head in heads
    )


def _is_stale(report: Report, question: Question, heads: Sequence[Answer]) -> bool:
    if not question.stale_after:
        return False
    return any(
        head.at and later(day_of(head.at), question.stale_after) < report.date
        for head in heads
    )


def _unknown(name: str, kind: PlaceKind) -> Question:
    label = f"{name} (retirée)"
    return Question(id=name, domain="", place=kind, type=QuestionType.TEXT, label=label)


READER = Audience.TECHNIQUE


NAMED = 60
"""At most so many criteria named that moved since the last audit."""


_ANOMALIES = {
    Kind.COMPLIANCE: "Anomalies : conformité",
    Kind.BLOCKING: "Anomalies : conditions indispensables",
    Kind.IMPROVEMENT: "Anomalies : améliorations",
}


def view(report: Report) -> dict[str, object]:
    """Return what the template prints."""
    plan, ticket = report.plan, partial(_ticket, report)
    usual = usual_signature(report)
    return {
        "option": option_section(report.option, reserved=True),
        "since": since(report.progress, named=NAMED) if report.progress else "",
        "cover": frame.cover(report, "Service technique et prestataires"),
        "alerts": alerts_box(report, READER),
        "open": uncapitalised(open_words(report)),
        "tickets": [
            (title, advice.blocks(report, some, READER, ticket))
            for title, some in _by_kind(report, plan.actions)
        ],
        "to_confirm": _to_confirm(report),
        "untreated": _untreated(report),
        "unknowns": unknowns(report),
        "rooms": room_levels(report, READER),
        "places": place_tables(report, usual),
        "measures": measures(report),
        "answers": answers_by_place(report, usual),
        "criteria": rulebook(report),
        "compliance": compliance_table(report, READER),
        "usual": usual,
        "costs": cost_table(report),
        "budget": budget_by_action(report, READER),
        "follow_ups": advice.follow_ups(report, READER),
        "photos": photos_told(report),
        "journal": _journal(report),
        "aids": all_aids(report),
        "watched": watch_list(report),
        "sources": sources_list(report, all_sources(report) | dated_sources(report)),
        "prices": prices_table(report),
    }


def _ticket(report: Report, action: Action) -> tuple[Pair, ...]:
    words, told = report.wording(action, READER), action.advice.recommendation
    how = sentence(report.told(action, words.how, READER))
    return (
        ("Lieux", _places(report, action)),
        ("Quantité", _quantity(action)),
        *_criterion(report, action),
        ("Comment", " ".join(filter(None, (how, describe_steps(action))))),
        ("Qui, quand, coût", _who(report, action)),
        ("Recette", sentence(report.told(action, told.done_when, READER))),
        ("Suite", sentence(advice.follow_up(action))),
    )


def _places(report: Report, action: Action) -> str:
    """Return where, unless it is the school as a whole."""
    whole = action.advice.places in {(), (report.facts.root,)}
    return "" if whole else sentence(report.spoken_places(action, READER))


def _to_confirm(report: Report) -> Md:
    """Return what a check may call for, in a line each: nobody orders it yet."""
    rows = [
        (
            f"{one.ref}. {report.title(one, READER)}",
            result.criterion.ref or result.criterion.id if result else "",
            OWNERS[one.advice.recommendation.owner],
            _possible_cost(one),
        )
        for one in report.plan.to_confirm
        for result in [report.result(one.advice.recommendation.when.criterion)]
    ]
    columns = ("Action possible", "Critère à trancher", "Qui", "Coût TTC, environ")
    return table("Actions à confirmer, hors des totaux", columns, rows)


def _possible_cost(action: Action) -> str:
    """Return what it would cost; nothing is known of how much where nothing is bound.

    « au moins 0 € » tells nobody anything.
    """
    amounts = action.advice.cost.once_ttc, action.advice.cost.yearly_ttc
    known = any(one.minimum or one.maximum for one in amounts)
    if known or action.advice.cost.free:
        return advice.cost_cell(action)
    return "à chiffrer"


def _by_kind(
    report: Report, actions: Iterable[Action]
) -> list[tuple[str, list[Action]]]:
    """Return actions under three titles; what waits stands with what it waits for."""
    groups: dict[Kind, list[Action]] = {kind: [] for kind in _ANOMALIES}
    kind = Kind.IMPROVEMENT
    for action in actions:
        if not action.under:
            kind = _kind(report, action)
        groups[kind].append(action)
    return [(_ANOMALIES[kind], some) for kind, some in groups.items() if some]


def _kind(report: Report, action: Action) -> Kind:
    return kind_of(report.result(action.advice.recommendation.when.criterion))


def _criterion(report: Report, action: Action) -> tuple[Pair, ...]:
    result = report.result(action.advice.recommendation.when.criterion)
    if result is None:
        return ()
    criterion = result.criterion
    named = ", ".join(one for one in (criterion.ref, criterion.title) if one)
    sources = ", ".join(known_sources(action.advice.recommendation.sources))
    seen = observed(report, result, READER)
    cited = f"{named} ({sources})" if sources else named
    return ("Attendu", cited), ("Constaté", sentence(seen))


def _quantity(action: Action) -> str:
    """Return how many, unless the places listed just above say it."""
    quantity, places = action.advice.quantity, len(action.advice.places)
    alone = quantity.low == quantity.high == 1
    said = quantity.low == quantity.high == places
    return "" if alone or said else count_range(quantity)


def _who(report: Report, action: Action) -> str:
    effort = action.advice.effort_days
    charge = f" ; charge : {count_range(effort, 'jour', 'jours')}" if effort else ""
    due, cost = describe_due(report, action), advice.cost(action)
    lasts = describe_duration(action.advice.recommendation.lifetime)
    life = f" ; durée de vie : {lasts}" if lasts else ""
    return sentence(f"{advice.owner(action)}, {due}{charge} ; {cost}{life}")


def _untreated(report: Report) -> Md:
    """Return what falls short and that no recommendation cures."""
    cured = {one.advice.recommendation.when.criterion for one in report.plan}
    rows = [
        (
            result.criterion.ref,
            result.criterion.title,
            observed(report, result, READER),
            listed([report.place_name(one.place) for one in short_places(result)], 12),
        )
        for result in report.assessment.criteria.values()
        if result.criterion.id not in cured and short_places(result)
    ]
    columns = ("Repère", "Critère", "Constat", "Lieux")
    return table("Ce qui reste en dessous sans action proposée", columns, rows)


def _journal(report: Report) -> Md:
    checklist = report.checklist
    pairs: list[Pair] = [
        ("Campagne", report.audit.campaign),
        ("Empreinte de l'audit", report.digest),
        (
            "Édition des grilles",
            f"{checklist.title}, {checklist.version}",
        ),
        ("Empreinte de l'édition", report.edition),
        ("Réponses", number(sum(map(len, report.facts.answers.values())))),
        ("Ont répondu", contributors(report)),
    ]
    for visit in report.visits:
        said = (
            f"présents : {listed(visit.present)}" * bool(visit.present),
            f"rencontrés : {listed(visit.met)}" * bool(visit.met),
            f"autorisation : {visit.authorisation}" * bool(visit.authorisation),
        )
        told = " ; ".join(one for one in said if one) or "sans précision"
        pairs.append((f"Visite du {describe_day(visit.date)}", told))
    return definitions(pairs)
