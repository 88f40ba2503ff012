"""Every fact of an audit as a technician reads it: by place, by room, measured."""

from collections.abc import Iterable, Sequence

from diag.model.checklist import Kind, Question, QuestionType
from diag.model.fact import Answer, Provenance, State
from diag.model.place import Place, PlaceKind
from diag.reports.answers import answer_words, heads_words
from diag.reports.dates import day_of, later, long_date
from diag.reports.discretion import names_read
from diag.reports.escape import Md
from diag.reports.layout import sections, table, written
from diag.reports.report import Report
from diag.reports.vocabulary import PROVENANCES
from diag.reports.wording import listed

COLUMNS = 6
"""So many facts a place in the table of rooms: an A4 page holds no more."""

_UNREAD = {QuestionType.TEXT, QuestionType.PHOTO}


def answers_by_place(report: Report) -> Md:
    """Return every answer and every note, one titled table per place."""
    return sections(
        Md(f"### {written(_heading(report, place))}\n\n{told}")
        for place in report.facts.places.values()
        if (told := _answers_of(report, place))
    )


def place_tables(report: Report) -> Md:
    """Return one table per kind of listed place: places × their key facts."""
    kinds = (PlaceKind.BATIMENT, PlaceKind.SALLE, PlaceKind.LOT)
    return sections(_place_table(report, kind) for kind in kinds)


def measures(report: Report) -> Md:
    """Return what was measured, and by whom."""
    rows = [
        (
            report.place_name(place),
            question.label,
            answer_words(question, head),
            signature(head),
        )
        for (place, name), heads in report.facts.answers.items()
        if (question := report.checklist.questions.get(name))
        for head in heads
        if head.provenance is Provenance.MEASURED and head.state is State.KNOWN
    ]
    columns = ("Lieu", "Mesure", "Valeur", "Par, le")
    return table("Ce qui a été mesuré", columns, rows)


def signature(head: Answer) -> str:
    """Return who said it, and when."""
    day = long_date(day_of(head.at)) if head.at else ""
    return ", ".join(part for part in (head.author, day) if part)


def _heading(report: Report, place: Place) -> str:
    kind = report.kind_words(place.kind)[0].capitalize()
    return f"{kind} : {report.place_name(place.id)}"


def _answers_of(report: Report, place: Place) -> Md:
    facts, questions = report.facts, report.checklist.questions
    named = {name for at, name in (*facts.answers, *facts.notes) if at == place.id}
    known = [question for name, question in questions.items() if name in named]
    lost = sorted(named - set(questions))  # of another edition: shown, never hidden
    rows = [_row(report, place, question) for question in known]
    rows += [_row(report, place, _unknown(name, place.kind)) for name in lost]
    columns = ("Question", "Réponse", "Origine", "Par, le", "Note")
    return table(f"Réponses, {report.place_name(place.id)}", columns, rows)


def _row(report: Report, place: Place, question: Question) -> tuple[str, ...]:
    key = place.id, question.id
    heads = report.facts.answers.get(key, ())
    said = heads_words(question, heads) if heads else "sans réponse"
    stale = " (à actualiser)" if _is_stale(report, question, heads) else ""
    origins = [PROVENANCES[head.provenance] for head in heads]
    notes = " / ".join(report.facts.notes.get(key, ()))
    hidden = " (réservé à ce document)" if question.sensitive else ""
    return (
        question.label + hidden,
        said + stale,
        " / ".join(origins),
        " / ".join(map(signature, heads)),
        notes,
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


def _place_table(report: Report, kind: PlaceKind) -> Md:
    places = report.facts.places_of(kind)
    questions = _key_questions(report, kind, places)
    answers = report.facts.answers
    rows = [
        (
            report.place_name(place.id),
            *(
                heads_words(one, answers.get((place.id, one.id), ()))
                for one in questions
            ),
        )
        for place in places
    ]
    one, many = report.kind_words(kind)
    columns = (one.capitalize(), *(question.label for question in questions))
    return table(f"Tableau des {many}", columns, rows)


def _key_questions(
    report: Report, kind: PlaceKind, places: Iterable[Place]
) -> list[Question]:
    """Return the answered questions that weigh most in what is indispensable."""
    ids = [place.id for place in places]
    answers, weights = report.facts.answers, _weights(report)
    asked = [
        question
        for question in report.checklist.questions.values()
        if question.place is kind
        and question.type not in _UNREAD
        and any((place, question.id) in answers for place in ids)
    ]
    named = next(
        (one.named_by for one in report.checklist.places if one.id is kind), ()
    )
    return sorted(
        asked, key=lambda one: (one.id not in named, -weights.get(one.id, 0))
    )[:COLUMNS]


def _weights(report: Report) -> dict[str, int]:
    weights: dict[str, int] = {}
    for criterion in report.checklist.criteria.values():
        pressing = criterion.kind is not Kind.IMPROVEMENT
        for name in names_read(criterion):
            gained = criterion.weight * (10 if pressing else 1)
            weights[name] = weights.get(name, 0) + gained
    return weights


def contributors(report: Report) -> str:
    """Return who answered, in the order of the answers."""
    heads = (head for told in report.facts.answers.values() for head in told)
    return listed(list(dict.fromkeys(head.author for head in heads if head.author)))
