"""What was noted: all of it for the technician, for others what is to be shown.

Words are the engineer's own: printed letter for letter, never as Markdown.
"""

from collections.abc import Iterable, Sequence

from diag.audit.report import Report
from diag.audit.seen import danger_fact
from diag.documents.blocks import bullets, table
from diag.documents.escape import Md
from diag.model.audit import Observation
from diag.model.fact import Place
from diag.words.dates import day_words, hour_words
from diag.words.sentences import sentence

LISTED = 8
"""At most so many observations listed for a town hall, a team, an inspectorate."""

_LONGEST, _REPLIED = 220, 600
"""Most characters of an observation, and of a reply, where a page must hold them."""

Row = tuple[str, ...]

COLUMNS: Row = ("Lieu", "Question", "Observation", "Notée le", "Par", "À montrer")
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
    return table("Observations, dans l'ordre où elles ont été notées", COLUMNS, rows)


def noted_in(report: Report, place: Place) -> list[str]:
    """Return what was noted of a place, each with its question."""
    return [
        ", ".join(filter(None, (_asked(report, one), one.text)))
        for one in report.observations
        if one.place == place.id
    ]


def shown_lines(report: Report, limit: int = LISTED) -> tuple[str, ...]:
    """Return what is to be shown, each with its place: neither dangers nor replies."""
    return tuple(
        sentence(f"{_where(report, one)} : {_cut(one.text, _LONGEST)}")
        for one in _shown(report)
    )[:limit]


def shown_list(report: Report) -> Md:
    """Return the same as a list; nothing where nothing is to be shown."""
    return bullets(shown_lines(report))


def reply_words(report: Report) -> str:
    """Return what the head teacher answered; empty when they did not."""
    words = (one.text for one in report.observations if one.reply and one.shown)
    return _cut(" ".join(map(sentence, words)), _REPLIED)


def _shown(report: Report) -> list[Observation]:
    """Return the observations to be shown that no danger's line already has."""
    boxed = {
        (one.place, one.question.id)
        for one in report.assessment.dangers
        if danger_fact(report.observations, one)
    }
    return [
        one
        for one in report.observations
        if one.shown and not one.reply and (one.place, one.question) not in boxed
    ]


def _where(report: Report, one: Observation) -> str:
    at_root = one.place == report.facts.root
    return report.about.name if at_root else report.place_name(one.place)


def _asked(report: Report, one: Observation) -> str:
    question = report.checklist.questions.get(one.question)
    return question.label if question else one.question


def _cut(text: str, most: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1].rstrip()}…"
