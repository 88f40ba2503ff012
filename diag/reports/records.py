"""Every fact of an audit as a technician reads it: the school, the rooms, the lots.

Who answered most, and when, is said once; a fact says so only when it differs.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from diag.model.checklist import Question
from diag.model.enums import PlaceKind, Provenance, QuestionType, State
from diag.model.fact import Answer
from diag.model.place import Place
from diag.reports.answers import answer_words, heads_words
from diag.reports.escape import Md
from diag.reports.layout import sections, table
from diag.reports.report import Report
from diag.words.dates import day_of, later, long_date
from diag.words.sentences import listed
from diag.words.vocabulary import PROVENANCES

COLUMNS = 5
"""So many places side by side: an A4 page holds no more."""

_LISTED = (PlaceKind.BATIMENT, PlaceKind.SALLE, PlaceKind.LOT)
_MEASURES = {QuestionType.NUMBER}


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
    return measured and question.type in _MEASURES


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
