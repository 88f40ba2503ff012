"""« À vérifier avant de partir »: what would be a pity to leave behind."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from diag.desk.session import Session
from diag.desk.visit.entry import doubt_about
from diag.desk.visit.walk import Stop, Walk, walk_of
from diag.desk.whole_file import write_whole
from diag.model.enums import PlaceKind, State
from diag.model.place import ROOT_KINDS
from diag.reports.answers import answer_words
from diag.reports.escape import inline
from diag.words.dates import long_date
from diag.words.sentences import counted
from diag.words.vocabulary import PLACES


@dataclass(frozen=True, slots=True)
class Check:
    """One question to look at again, and why."""

    stop: Stop
    place: str
    """Name of the place, or whom one asks at the school."""
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Departure:
    """Everything to look at before leaving."""

    checks: tuple[Check, ...]
    """In walking order."""
    remarks: tuple[str, ...]
    """What is about no question: open lists, a visit without a date."""


def departure_of(session: Session, walk: Walk | None = None) -> Departure:
    """Return what to look at before leaving."""
    walk = walk or walk_of(session.facts, session.checklist, session.profile)
    checks = (
        Check(stop, leg.title, reasons)
        for leg in walk.legs
        for stop in leg.stops
        if (reasons := tuple(_reasons(stop)))
    )
    return Departure(tuple(checks), tuple(_remarks(session, walk)))


def departure_markdown(session: Session) -> str:
    """Return the list as a Markdown document to print and tick."""
    departure = departure_of(session)
    day = long_date(session.workspace.world.today())
    lines = [
        f"# {inline(session.about.title)} : avant de partir",
        "",
        f"{day}, {counted(len(departure.checks), 'question')} à vérifier.",
    ]
    for place, checks in groupby(departure.checks, key=lambda check: check.place):
        lines += ["", f"## {inline(place)}", ""]
        for check in checks:
            label = inline(check.stop.question.label)
            lines.append(f"- [ ] {label} : {inline(', '.join(check.reasons))}")
    if departure.remarks:
        lines += ["", "## Et aussi", ""]
        lines += [f"- [ ] {inline(remark)}" for remark in departure.remarks]
    return "\n".join(lines) + "\n"


def departure_lines(session: Session) -> Iterator[str]:
    """Give the list in plain lines."""
    departure = departure_of(session)
    for check in departure.checks:
        reasons = ", ".join(check.reasons)
        yield f"{check.place}, {check.stop.question.label} : {reasons}"
    yield from departure.remarks
    if not departure.checks:
        yield "Rien à vérifier."


def write_departure(session: Session) -> Path:
    """Write the list beside the reports of the audit; return where."""
    # Reports are read by few of those who visit: their code is loaded here.
    from diag.desk.outputs.reporting import report_folder  # noqa: PLC0415

    folder = report_folder(session)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "avant-de-partir.md"
    write_whole(path, departure_markdown(session).encode("utf-8"))
    return path


def _reasons(stop: Stop) -> Iterator[str]:
    question, heads = stop.question, stop.heads
    if len(heads) > 1:
        said = " ou ".join(answer_words(question, head) for head in heads)
        yield f"réponses contradictoires ({said})"
    if stop.flagged:
        yield "à revoir"
    if not heads and question.required and stop.relevant is True:
        yield "sans réponse"
    for head in heads:
        if head.state is State.UNKNOWN:
            yield answer_words(question, head)
        elif head.state is State.KNOWN and (doubt := doubt_about(question, head.value)):
            yield doubt


def _remarks(session: Session, walk: Walk) -> Iterator[str]:
    facts = session.facts
    asked = {question.place for question in session.checklist.questions.values()}
    for kind in PlaceKind:
        if kind in asked and kind not in ROOT_KINDS and kind not in facts.closed:
            yield f"La liste des {PLACES[kind][1]} n'est pas close."
    if facts.visit_date is None:
        yield "Aucune visite n'est datée."
    if walk.maybe:
        maybe = counted(walk.maybe, "question")
        yield f"Peut-être à poser, selon d'autres réponses : {maybe}."
