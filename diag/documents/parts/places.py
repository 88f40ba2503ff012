"""The places of a school: where each stands, what falls short, what was found there.

Rooms are compared with what is expected there, never with one another. What was noted
is the engineer's own words, printed letter for letter, never as Markdown: all of it for
the technician, for others what is to be shown.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial

from diag.answers.types import TYPES, answer_words, heads_words, retired_question
from diag.assess.questions import relevant_questions
from diag.assess.results import Assessment
from diag.assess.spread import (
    Heat,
    concerned,
    danger_columns,
    expected_level,
    heat,
    short_places,
)
from diag.audit.findings import (
    danger_fact,
    found_at,
    names_read,
    observed,
)
from diag.audit.places import floor_of, walking_order
from diag.audit.report import Report, once
from diag.documents.blocks import (
    Drawing,
    Md,
    bullets,
    code,
    image_of,
    sections,
    table,
    written,
)
from diag.documents.parts.budget import known_sources
from diag.documents.school_drawings import (
    HEAT_LEGEND,
    Buildings,
    HeatMark,
    PlanRoom,
    draw_heat,
    draw_plan,
    draw_votes,
    heat_mark,
)
from diag.model.audit import Answer, Facts, Observation, Place
from diag.model.checklist import Checklist, Question
from diag.model.enums import (
    PlaceKind,
    Provenance,
    Standing,
    State,
)
from diag.model.errors import DiagError
from diag.model.votes import Vote
from diag.words.dates import (
    day_of,
    day_words,
    describe_day,
    hour_words,
    later,
    long_date,
)
from diag.words.sentences import (
    NBSP,
    in_cell,
    listed,
    sentence,
    shortened,
    uncapitalised,
)
from diag.words.vocabulary import KINDS, PROVENANCES, WHOM

ROOM_COLUMN = "Salle"


@once
def room_levels(report: Report) -> Md:
    """Return where each room stands on each aspect; those all unknown are left out."""
    found = heat(report.checklist, report.assessment)
    known = {place for (place, _), cell in found.items() if not cell.is_open}
    names = {
        room.id: report.place_name(room.id)
        for room in walking_order(report.facts)
        if room.id in known
    }
    columns, rows = _heat_rows(report.checklist, found, names)
    drawn = table(
        "Où en est chaque salle",
        (ROOM_COLUMN, *columns),
        [(name, *(mark.text for mark in marks)) for name, marks in rows],
        draw=partial(draw_heat, columns, rows),
    )
    return sections((written(HEAT_LEGEND), drawn)) if drawn else Md("")


def _heat_rows(
    checklist: Checklist, found: Heat, names: Mapping[str, str]
) -> tuple[list[str], list[tuple[str, list[HeatMark]]]]:
    aspects, dangers = checklist.aspects, danger_columns(checklist)
    return [one.label for one in aspects], [
        (
            name,
            [
                heat_mark(found.get((room, one.id)), of_danger=one.id in dangers)
                for one in aspects
            ],
        )
        for room, name in names.items()
    ]


def rooms_drawn(
    facts: Facts, checklist: Checklist, judged: Assessment, aspect: str
) -> tuple[Drawing, Drawing]:
    """Return every room in a table of aspects, and on a plan coloured by one.

    Raises:
        DiagError: there is no room, or nothing is judged in rooms.
    """
    found, dangers = heat(checklist, judged), danger_columns(checklist)
    names = {room.id: room.name for room in walking_order(facts)}

    def placed(room: str, width: int) -> PlanRoom:
        cell, of_danger = found.get((room, aspect)), aspect in dangers
        return PlanRoom(names[room], width, heat_mark(cell, of_danger=of_danger))

    buildings = _buildings(facts, placed)
    label = next((one.label for one in checklist.aspects if one.id == aspect), "")
    drawn = draw_heat(*_heat_rows(checklist, found, names))
    plan = draw_plan(uncapitalised(label), buildings)
    if drawn is None or plan is None:
        raise DiagError("Aucune salle à dessiner. Ajoutez-en une d'abord.")
    return drawn, plan


def _buildings(facts: Facts, placed: Callable[[str, int], PlanRoom]) -> Buildings:
    return [
        (
            facts.places[holder].name,
            [[placed(room, width) for room, width in row] for row in rows],
        )
        for holder, rows in floor_of(facts).items()
    ]


def votes_drawn(report: Report, votes: Sequence[Vote]) -> Drawing | None:
    """Return a plan of the rooms, the numbers of their votes in discs."""
    places, root = report.facts.places, report.facts.root
    votes_at: dict[str, list[int]] = {}
    for room in report.facts.places_of(PlaceKind.SALLE):
        # A vote on a building is on its rooms; one on what a room holds, on it.
        near = {room.id, room.parent} - {root}
        near |= {one.id for one in places.values() if one.parent == room.id}
        votes_at[room.id] = [
            one.number for one in votes if not near.isdisjoint(one.places)
        ]

    def placed(room: str, width: int) -> PlanRoom:
        name = report.place_name(room)
        return PlanRoom(name, width, HeatMark("", ""), votes_at[room])

    shown = {number for some in votes_at.values() for number in some}
    rest = [one.number for one in votes if one.number not in shown]
    return draw_votes(_buildings(report.facts, placed), rest)


def lacking(report: Report) -> Mapping[str, list[str]]:
    """Return what is surely insufficient at each room, by its id: as it was seen.

    The title of a criterion is an ideal, and may name who works there.
    """
    found: dict[str, list[str]] = {}
    for result in report.assessment.criteria.values():
        for verdict in short_places(result):
            # Behind a shut gate nothing was seen: the gate has its own criterion.
            is_insufficient = verdict.standing is Standing.IN and verdict.high == 0
            if is_insufficient and verdict.given is True:
                words = found_at(report, result, verdict) or result.criterion.title
                found.setdefault(verdict.place, []).append(words)
    return found


# Every criterion as the technician checks it: its level, what would raise it, why.
#


def rulebook(report: Report) -> Md:
    """Return one table per domain, and what is out of each."""
    columns = ("Critère", "Constat", "Niveau", "Ce qui est demandé", "Sources")
    blocks = []
    for domain in report.assessment.domains:
        rows, out = [], []
        for result in domain.criteria:
            criterion, is_maybe = result.criterion, result.standing is Standing.MAYBE
            name = f"{criterion.ref or criterion.id}. {criterion.title}"
            if result.standing is Standing.OUT:
                out.append(name)
                continue
            # Over places there is no level, but a score on 100.
            worth = f"{in_cell(result.bounds)} sur 100"
            if result.alone:
                low, high = result.alone.low, result.alone.high
                worth = f"{low}" if low == high else f"{low} à {high}"
            # The rule of the level expected; nothing where it is surely reached.
            expected, rule = expected_level(result), Md("")
            level = min((one for one in criterion.levels if one >= expected), default=0)
            is_reached = not result.open and all(
                one.low >= expected for one in concerned(result)
            )
            if level and not is_reached:
                rule = Md(f"{level}{NBSP}: {code(criterion.levels[level])}")
            rows.append((
                f"{name} ({KINDS[criterion.kind]}, poids {criterion.weight})",
                observed(report, result),
                f"{worth}{' (peut-être sans objet)' * is_maybe}",
                rule,
                ", ".join(known_sources(criterion.sources)),
            ))
        blocks += [
            Md(f"### {written(domain.domain.title)}"),
            table(f"Critères, {domain.domain.title}", columns, rows),
            written(f"Sans objet ici : {' ; '.join(out)}.") if out else Md(""),
        ]
    return sections(blocks)


_NAMED = 8
"""At most so many places named beside what misses there."""


def unknowns(report: Report) -> Md:
    """Return the questions that keep a level open, with the places they miss at."""
    root, rows = report.facts.root, []
    for name, places in _missing(report):
        question = report.checklist.questions[name]
        at = [report.it if one == root else report.place_name(one) for one in places]
        rows.append((
            f"{question.label}. {question.ask or question.look}".rstrip(". "),
            listed(at, _NAMED),
            WHOM.get(question.whom, question.whom),
        ))
    columns = ("À demander ou à relever", "Où", "À qui")
    return table("Ce qui manque pour trancher", columns, rows)


def asked_of(report: Report, *whom: str, limit: int) -> tuple[Md, int]:
    """Return what is still to be asked of a reader, and how many more questions."""
    asked = questions_for(report, *whom)
    return bullets(asked[:limit]), len(asked[limit:])


def questions_for(report: Report, *whom: str) -> list[str]:
    """Return what is still to be asked of a reader.

    Sensitive matters are asked face to face, never in writing.
    """
    asked = []
    for name, places in _missing(report):
        # The rooms or lots that a question is of: « ces appareils » names none.
        names = [report.place_name(one) for one in places if one != report.facts.root]
        about = f" ({listed(names, _NAMED)})" if names else ""
        asked.append((report.checklist.questions[name], about))
    return [
        f"{one.ask}{about}"
        for of in whom
        for one, about in asked
        if one.whom == of and one.ask and not one.sensitive
    ]


@once
def _missing(report: Report) -> list[tuple[str, list[str]]]:
    """Return the ids of the questions that miss, each with its places, in order."""
    wanted = {
        name
        for result in report.assessment.criteria.values()
        if result.standing is not Standing.OUT and result.settled < 1
        for name in names_read(result.criterion)
    }
    missing: dict[str, list[str]] = {}
    for asked in relevant_questions(report.facts, report.checklist, among=wanted):
        if not asked.is_settled:
            missing.setdefault(asked.question.id, []).append(asked.place)
    return list(missing.items())


LISTED = 8
"""At most so many observations listed for a town hall, a team, an inspectorate."""

_LONGEST, _REPLIED = 220, 600
"""Most characters of an observation, and of a reply, where a page must hold them."""

Row = tuple[str, ...]

OBSERVATION_COLUMNS: Row = (
    "Lieu",
    "Question",
    "Observation",
    "Notée le",
    "Par",
    "À montrer",
)
"""Columns of the table of all observations."""


def observation_rows(
    report: Report, observations: Iterable[Observation]
) -> Sequence[Row]:
    """Return a row an observation, in the order in which they were noted."""
    return [
        (
            _where(report, one),
            _asked(report, one),
            one.text,
            f"{day_words(one.at)}, {hour_words(one.at)}" if one.at else "",
            one.author,
            "direction" if one.reply else "oui" if one.shown else "",
        )
        for one in observations
    ]


def observations_table(report: Report, observations: Iterable[Observation]) -> Md:
    """Return all that was noted, shown or not: the technician's."""
    rows = observation_rows(report, observations)
    return table(
        "Observations, dans l'ordre où elles ont été notées", OBSERVATION_COLUMNS, rows
    )


def noted_in(report: Report, place: Place) -> list[str]:
    """Return what was noted of a place, each with its question."""
    return [
        f"{NBSP}: ".join(filter(None, (_asked(report, one), one.text)))
        for one in report.observations
        if one.place == place.id
    ]


def shown_lines(report: Report, limit: int = LISTED) -> tuple[str, ...]:
    """Return what is to be shown, each with its place: neither dangers nor replies."""
    boxed = {
        (one.place, one.question.id)
        for one in report.assessment.dangers
        if danger_fact(report.observations, one)
    }
    return tuple(
        sentence(f"{_where(report, one)} : {shortened(one.text, _LONGEST)}")
        for one in report.observations
        if one.shown and not one.reply and (one.place, one.question) not in boxed
    )[:limit]


def shown_list(report: Report) -> Md:
    """Return the same as a list; nothing where nothing is to be shown."""
    return bullets(shown_lines(report))


def reply_words(report: Report) -> str:
    """Return what the head teacher answered; empty when they did not."""
    words = (one.text for one in report.observations if one.reply and one.shown)
    return shortened(" ".join(map(sentence, words)), _REPLIED)


def _where(report: Report, one: Observation) -> str:
    at_root = one.place == report.facts.root
    return report.about.name if at_root else report.place_name(one.place)


def _asked(report: Report, one: Observation) -> str:
    question = report.checklist.questions.get(one.question)
    return question.label if question else one.question


# Facts: the school, the rooms, the lots. The usual person stands once, above them all.

COLUMNS = 5
"""So many places side by side: an A4 page holds no more."""

_INSIDE = (PlaceKind.BATIMENT, PlaceKind.SALLE, PlaceKind.LOT)


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
                    _value(report, place, question),
                    _origin(report, heads, usual),
                    " / ".join(notes.get((place.id, question.id), ())),
                )
                for question in _answered(report, (place,))
                for heads in (_heads(report, place, question),)
            ],
        )
        for place in report.facts.places.values()
        if place.kind not in _INSIDE
    )


def place_tables(report: Report, usual: str) -> Md:
    """Return every answer inside: questions down, a few places across, then notes."""
    tables = []
    for kind in _INSIDE:
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
        if at in facts.places and facts.places[at].kind in _INSIDE
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
            _value(report, place, question)
            + (f" ({origin})" if origin and not shared else "")
            for place, origin in zip(places, origins, strict=True)
        ]
        common = next(filter(None, origins)) if shared else ""
        rows.append((_label(question), *cells, common))
    return table(caption, ("Question", *names, "Origine"), rows)


def measures(report: Report) -> Md:
    """Return what was measured with an instrument, place by place."""
    rows = []
    for question in report.checklist.questions.values():
        kind = TYPES[question.type]
        if not kind.is_number or kind.is_whole:
            continue
        values = [
            f"{report.place_name(place)} : {answer_words(question, head)}"
            for place in report.facts.places
            for head in report.facts.answers.get((place, question.id), ())
            if (place, question.id) not in report.asked_no_more
            and head.provenance is Provenance.MEASURED
            and head.state is State.KNOWN
        ]
        if values:
            rows.append((question.label, " ; ".join(values)))
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


def _value(report: Report, place: Place, question: Question) -> str:
    heads = _heads(report, place, question)
    if not heads:
        return ""
    words, lasts = heads_words(question, heads), question.stale_after
    if (place.id, question.id) in report.asked_no_more:
        return f"{words} (ne se demande plus)"
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
