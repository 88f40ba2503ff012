"""The rooms of a school side by side: the level of each on every criterion of a room.

Rooms are compared with what is expected there, never with one another.
"""

from collections.abc import Mapping, Sequence

from diag.assess.results import TOP, CriterionResult, DomainResult, Verdict
from diag.assess.spread import concerned, expected_level, short_places
from diag.audit.findings import names_read, observed
from diag.audit.report import Report
from diag.documents.blocks import bullets, sections, table, written
from diag.documents.drawings import Level, describe_level, draw_rooms
from diag.documents.escape import Md, code
from diag.documents.parts.sources import known_sources
from diag.model.checklist import Question
from diag.model.enums import Kind, PlaceKind, Standing
from diag.model.fact import Place
from diag.words.figures import NBSP, in_cell
from diag.words.sentences import listed
from diag.words.vocabulary import KINDS, WHOM

ACROSS = 8
"""So many rooms side by side."""

LEVEL_COLUMN = "Niveau, de 0 à 3"


def room_levels(report: Report) -> Md:
    """Return the level of each room on each criterion, a few rooms at a time."""
    judged = [
        result
        for result in report.assessment.criteria.values()
        if result.criterion.place is PlaceKind.SALLE
        and result.criterion.kind is not Kind.COMPLIANCE
    ]
    concerned = {
        verdict.place
        for result in judged
        for verdict in result.verdicts
        if _is_known(verdict)
    }
    every = report.facts.places_of(PlaceKind.SALLE)
    rooms = [room for room in every if room.id in concerned]
    groups = [rooms[at : at + ACROSS] for at in range(0, len(rooms), ACROSS)]
    return sections(
        _table(report, judged, group, f", {rank} sur {len(groups)}" * (len(groups) > 1))
        for rank, group in enumerate(groups, 1)
    )


def _table(
    report: Report, judged: Sequence[CriterionResult], rooms: Sequence[Place], part: str
) -> Md:
    names = [report.place_name(room.id) for room in rooms]
    rows: list[tuple[str, list[Level | None]]] = []
    for result in judged:
        seen = {verdict.place: verdict for verdict in result.verdicts}
        found = [seen.get(room.id) for room in rooms]
        if any(one and _is_known(one) for one in found):
            rows.append((result.criterion.title, [_level(one) for one in found]))
    return table(
        f"Niveaux relevés dans chaque salle{part}",
        (LEVEL_COLUMN, *names),
        [
            (title, *(describe_level(one) if one else "" for one in levels))
            for title, levels in rows
        ],
        drawing=draw_rooms(names, rows),
    )


def _level(verdict: Verdict | None) -> Level | None:
    if verdict is None or verdict.standing is Standing.OUT:
        return None
    return verdict.low, verdict.high


def _is_known(verdict: Verdict) -> bool:
    known = (verdict.low, verdict.high) != (0, TOP)
    return verdict.standing is not Standing.OUT and known


def lacking(report: Report) -> Mapping[str, list[str]]:
    """Return the criteria surely short at each room, by its id."""
    found: dict[str, list[str]] = {}
    for result in report.assessment.criteria.values():
        for verdict in short_places(result):
            if _is_insufficient(verdict):
                found.setdefault(verdict.place, []).append(result.criterion.title)
    return found


def _is_insufficient(verdict: Verdict) -> bool:
    return verdict.standing is Standing.IN and verdict.high == 0


# Every criterion as the technician checks it: its level, what would raise it, why.
#


def rulebook(report: Report) -> Md:
    """Return one table per domain."""
    return sections(_criteria(report, one) for one in report.assessment.domains)


def _criteria(report: Report, result: DomainResult) -> Md:
    told = [one for one in result.criteria if one.standing is not Standing.OUT]
    out = [_name(one) for one in result.criteria if one.standing is Standing.OUT]
    columns = ("Critère", "Constat", "Niveau", "Ce qui est demandé", "Sources")
    rows = [_criterion_row(report, one) for one in told]
    return sections((
        Md(f"### {written(result.domain.title)}"),
        table(f"Critères, {result.domain.title}", columns, rows),
        written(f"Sans objet ici : {' ; '.join(out)}.") if out else Md(""),
    ))


def _name(result: CriterionResult) -> str:
    criterion = result.criterion
    return f"{criterion.ref or criterion.id}. {criterion.title}"


def _criterion_row(report: Report, result: CriterionResult) -> tuple[str, ...]:
    criterion = result.criterion
    weight = f"{KINDS[criterion.kind]}, poids {criterion.weight}"
    doubt = " (peut-être sans objet)" if result.standing is Standing.MAYBE else ""
    return (
        f"{_name(result)} ({weight})",
        observed(report, result),
        f"{_worth(result)}{doubt}",
        _rule(result),
        ", ".join(known_sources(criterion.sources)),
    )


def _worth(result: CriterionResult) -> str:
    """Return a level; over places there is none, but a score on 100."""
    if result.alone:
        return describe_level((result.alone.low, result.alone.high))
    return f"{in_cell(result.bounds)} sur 100"


def _rule(result: CriterionResult) -> Md:
    """Return the rule of the level expected; nothing where it is surely reached."""
    criterion, expected = result.criterion, expected_level(result)
    level = min((one for one in criterion.levels if one >= expected), default=0)
    told = concerned(result)
    is_reached = not result.open and all(one.low >= expected for one in told)
    if is_reached or not level:
        return Md("")
    return Md(f"{level}{NBSP}: {code(criterion.levels[level])}")


_SHOWN = 8


def unknowns(report: Report) -> Md:
    """Return the questions that keep a level open, with the places they miss at."""
    questions = report.checklist.questions
    rows = [_row(report, questions[name], places) for name, places in _missing(report)]
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
    questions = report.checklist.questions
    asked = [(questions[name], places) for name, places in _missing(report)]
    return [
        f"{one.ask}{_about(report, places)}"
        for of in whom
        for one, places in asked
        if one.whom == of and one.ask and not one.sensitive
    ]


def _about(report: Report, places: list[str]) -> str:
    """Return the rooms or lots that a question is of: « ces appareils » names none."""
    names = [report.place_name(one) for one in places if one != report.facts.root]
    return f" ({listed(names, _SHOWN)})" if names else ""


def _missing(report: Report) -> list[tuple[str, list[str]]]:
    """Return the ids of the questions that miss, each with its places, in order."""
    return report.once(("missing",), lambda: _found_missing(report))


def _found_missing(report: Report) -> list[tuple[str, list[str]]]:
    wanted = {
        name
        for result in report.assessment.criteria.values()
        if result.standing is not Standing.OUT and result.settled < 1
        for name in names_read(result.criterion)
    }
    missing: dict[str, list[str]] = {}
    for asked in report.asked:
        if asked.question.id in wanted and not asked.is_settled:
            missing.setdefault(asked.question.id, []).append(asked.place)
    return list(missing.items())


def _row(report: Report, question: Question, places: list[str]) -> tuple[str, ...]:
    root = report.facts.root
    names = [report.it if one == root else report.place_name(one) for one in places]
    asked = f"{question.label}. {question.ask or question.look}".rstrip(". ")
    of = WHOM.get(question.whom, question.whom)
    return asked, listed(names, _SHOWN), of
