"""The days that a council works towards, in order: its sitting, budgets, what ends.

Each is a dated row of the tables or a fact of the audit, with where it comes from; what
was read long ago, or not at its source, is « à confirmer ». No date is written here.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from diag.assess.finances import YearDay, next_day, year_day
from diag.audit.reasons import deadline_of
from diag.audit.report import Report
from diag.audit.votes import NEXT_COUNCIL, council_day
from diag.documents.blocks import definitions
from diag.documents.escape import Md
from diag.documents.parts.sources import listed_aids, source_words
from diag.documents.parts.votes import SchoolVotes, danger_words, votes_named
from diag.model.checklist import Deadline, Finance
from diag.model.enums import Milestone, Provenance, Trade
from diag.model.votes import Vote
from diag.words.dates import describe_day
from diag.words.sentences import listed, sentence, uncapitalised
from diag.words.vocabulary import PROVENANCES

TO_CONFIRM = "à confirmer"
"""What is printed beside a date that was not read at its source, or not of late."""

OFFICIAL = "A"
"""The grade of a source that its own author publishes."""

WORKS = frozenset({Trade.ELECTRICITE, Trade.RESEAU, Trade.SALLES, None})
"""Trades that need empty rooms; votes of several trades may."""


class DatedLine(NamedTuple):
    """When, and what happens then."""

    day: str
    """ISO day or month that sorts it."""
    when: str
    what: str
    source: str = ""
    """Id of the source that it cites; empty: a fact of the audit."""


def milestones(report: Report, shown: SchoolVotes) -> list[DatedLine]:
    """Return what is to be done when, the earliest first; dangers head it."""
    urgent = (f"sans vote : {uncapitalised(act)}" for act in danger_words((shown,)))
    found = [
        *_sittings(report, shown),
        *_applications(report, shown),
        *_summers(report, shown),
        *_ends(report, shown),
    ]
    lines = (
        *(DatedLine("", "dès réception", act) for act in urgent),
        *sorted(found),
    )
    return [
        one._replace(when=sentence(one.when).rstrip("."), what=sentence(one.what))
        for one in lines
    ]


def milestones_list(lines: Iterable[DatedLine]) -> Md:
    """Return the same as a list of definitions, but dangers: their box has them."""
    return definitions((one.when, one.what) for one in lines if one.day)


def _sittings(report: Report, shown: SchoolVotes) -> Iterator[DatedLine]:
    """Give when each vote can be taken: a council, or the budget that pays it."""
    sessions: dict[str, list[Vote]] = {}
    for vote in shown.votes.votes:
        sessions.setdefault(vote.session, []).append(vote)
    for session, votes in sessions.items():
        year, named = votes[0].year, votes_named(votes)
        if not session.startswith("budget"):
            day, known = council_day(report), _known_council(report)
            yield DatedLine(day or shown.votes.day, session, f"{named}{known}")
        elif last := year_day(report.checklist, Milestone.BUDGET, year):
            what = f"{named} : le budget {year} est voté avant cette date"
            cited = _cited(report, last.rule)
            yield DatedLine(
                last.closes,
                describe_day(last.closes),
                f"{what} {cited}",
                last.rule.source,
            )
        else:
            what = f"{named} : la date du vote est à demander"
            yield DatedLine(f"{year}", f"budget {year}", what)


def _known_council(report: Report) -> str:
    """Return how the day of the council is known; empty where no day is."""
    if not council_day(report):
        return " : la date est à demander à la mairie"
    heads = report.facts.answers.get((report.facts.root, NEXT_COUNCIL), ())
    ways = {one.provenance for one in heads if one.provenance}
    sure = "" if ways <= {Provenance.OBSERVED} else f", {TO_CONFIRM}"
    how = listed([PROVENANCES[one] for one in Provenance if one in ways])
    return f" (jour {how}{sure})"


def _applications(report: Report, shown: SchoolVotes) -> Iterator[DatedLine]:
    """Give when applications for aid are taken, where one may be asked for."""
    is_asked = any(vote.spent.inv for vote in shown.votes.votes)
    if is_asked and listed_aids(report):
        found = next_day(report.checklist, Milestone.AIDE, report.date)
        if found:
            yield _yearly(report, found, found.rule.says)


def _summers(report: Report, shown: SchoolVotes) -> Iterator[DatedLine]:
    """Give the summers in which what is voted is built."""
    years: dict[int, list[Vote]] = {}
    for vote in shown.votes.votes:
        if vote.trade in WORKS and vote.spent.inv:
            years.setdefault(vote.year, []).append(vote)
    today = report.date.isoformat()
    for year, votes in years.items():
        found = year_day(report.checklist, Milestone.TRAVAUX, year)
        if found and found.closes >= today[: len(found.closes)]:
            yield _yearly(report, found, votes_named(votes))


def _yearly(report: Report, found: YearDay, what: str) -> DatedLine:
    opens, closes = describe_day(found.opens), describe_day(found.closes)
    if found.opens[:4] == found.closes[:4]:
        opens = opens.removesuffix(f" {found.closes[:4]}")
    is_day = len(found.closes) > len("2027-12")
    span = f"du {opens} au {closes}" if is_day else f"de {opens} à {closes}"
    when = span if found.opens else closes
    title = f"{found.rule.title} : {uncapitalised(what)}"
    cited = _cited(report, found.rule)
    return DatedLine(
        found.opens or found.closes,
        when,
        f"{title.rstrip('.')} {cited}",
        found.rule.source,
    )


def _ends(report: Report, shown: SchoolVotes) -> Iterator[DatedLine]:
    """Give the day on which something ends for what is voted, and what it is."""
    for vote in shown.votes.votes:
        for name in vote.findings:
            result = report.result(name)
            if result is None:
                continue
            day = deadline_of(result.criterion, report.checklist, report.facts)
            if day >= shown.votes.day:
                what, cited, source = _ending(report, result.criterion.deadline)
                line = f"vote {vote.number} : {uncapitalised(what)} {cited}".rstrip()
                yield DatedLine(day, describe_day(day), line, source)


def _ending(report: Report, name: str) -> tuple[str, str, str]:
    """Return what ends on the day that a criterion names, how that is known, whence."""
    known = report.checklist.deadlines.get(name)
    if known:
        return known.title, _cited(report, known), known.source
    heads = report.facts.answers.get((report.facts.root, name), ())
    ways = {one.provenance for one in heads if one.provenance}
    how = listed([PROVENANCES[one] for one in Provenance if one in ways])
    label = report.checklist.questions[name].label
    return label, f"({how})" if how else "", ""


def _cited(report: Report, row: Finance | Deadline) -> str:
    """Return « (S320, relevé : 27 novembre 2026, à confirmer) »."""
    source = report.checklist.sources.get(row.source)
    is_official = source is not None and source.grade == OFFICIAL
    is_sure = is_official and not row.is_old(report.date.isoformat())
    quoted = not getattr(row, "verify_before_quoting", False)
    parts = [source_words(row.source), f"relevé : {describe_day(row.as_of)}"]
    doubt = [] if is_sure and quoted else [TO_CONFIRM]
    return f"({', '.join([*parts, *doubt])})"
