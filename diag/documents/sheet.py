"""The mayor's first page as data: what must be on it, for the writer that fits it.

Texts are typeset and amounts are those of the frozen rows; nothing is placed here. The
same page as Markdown has the tables of `parts.votes`.
"""

from collections.abc import Iterator, Mapping, Sequence

from diag.audit.report import Report
from diag.documents.parts import frame
from diag.documents.parts.sources import TO_ASK
from diag.documents.parts.votes import (
    FOOTNOTE,
    TIERS,
    SchoolVotes,
    aid_cell,
    danger_words,
    headline_of,
    nature_words,
    refs_of,
    votes_shown,
)
from diag.model.enums import Aside
from diag.model.votes import Spent, Vote
from diag.words.dates import describe_day
from diag.words.figures import percent, typeset
from diag.words.sentences import counted, listed, sentence, uncapitalised

Plain = str | int | bool | list["Plain"] | dict[str, "Plain"]
"""What a sheet is made of: no writer reads more into it."""

Sheet = Mapping[str, Plain]
"""The first page, by name of its parts."""

_UNVOTED = {
    Aside.SMALL: ("petite dépense", "petites dépenses", "crédits ouverts"),
    Aside.DANGER: ("danger à faire cesser", "dangers à faire cesser", "le maire"),
    Aside.DECIDED: ("action déjà décidée", "actions déjà décidées", "crédits votés"),
}
"""How what takes no vote is counted, one and several, and who decides it."""


def sheet_of(report: Report) -> Sheet | None:
    """Return the first page of the mayor's document; None without a vote to fit."""
    (shown,) = votes_shown(report)
    votes = [_vote(report, shown, one) for one in shown.votes.votes]
    made = decision_sheet((shown,), votes, report.about.name, _line(report))
    return {**made, "dangers": list(_dangers(report))} if made else None


def decision_sheet(
    some: Sequence[SchoolVotes], votes: list[Plain], title: str, line: str
) -> dict[str, Plain] | None:
    """Return the page of lists of votes, as one; None without a vote to fit."""
    if not votes:
        return None
    return {
        "title": typeset(title),
        "kind": typeset("Feuille de décision du conseil"),
        "line": typeset(line),
        "dangers": [],
        "acts": [typeset(one) for one in danger_words(some)],
        "groups": {f"t{tier}": typeset(words) for tier, words in TIERS.items()},
        "votes": votes,
        "unvoted": list(_unvoted(some)),
        "sums": _amounts(*(spent for one in some for spent in one.votes.every)),
        "head": head_of(*some),
        "ticks": any(one.is_frozen for one in some),
        "aided": any(one.votes.aids for one in some),
        "foot": typeset(FOOTNOTE),
    }


def _line(report: Report) -> str:
    """Return whose school it is, how big, when it was seen, how much of it."""
    school = report.about.school
    commune = report.commune.name if report.commune else report.about.commune
    parts = [commune, report.about.code]
    if school and school.classes:
        parts.append(counted(school.classes, "classe"))
    if school and school.pupils:
        parts.append(counted(school.pupils, "élève"))
    days = [describe_day(one.date) for one in report.visits]
    parts.append(f"visite du {listed(days)}" if days else "aucune visite")
    parts.append(f"examiné à {percent(report.assessment.overall.completeness)}")
    return " · ".join(filter(None, parts))


def _dangers(report: Report) -> Iterator[Plain]:
    """Give each danger seen, its places first."""
    for seen, at in frame.dangers_seen(report).items():
        where = typeset(sentence(listed(at, len(at))))
        yield {"where": where, "fact": typeset(str(seen))}


def _vote(report: Report, shown: SchoolVotes, vote: Vote) -> Plain:
    names = [report.place_name(one) for one in vote.places]
    is_named = vote.where.startswith(names[0]) if names else False
    return vote_row(shown, vote, names if is_named else [vote.where])


def vote_row(shown: SchoolVotes, vote: Vote, where: Sequence[str]) -> Plain:
    """Return one vote, under the name of its school where there are others."""
    return {
        "number": vote.number,
        "tier": f"t{vote.tier}",
        "school": typeset(shown.name),
        "ticked": shown.is_frozen,
        "what": typeset(vote.title),
        "also": [typeset(uncapitalised(one)) for one in vote.also],
        "where": [typeset(one) for one in where],
        "refs": list(refs_of(shown, vote)),
        "nature": typeset(nature_words(vote)),
        "presses": bool(vote.nature.read_on or vote.nature.deadline),
        "long": typeset(vote.otherwise.long),
        "short": typeset(vote.otherwise.short),
        "when": typeset(vote.session),
        "aid": typeset(aid_cell(vote.aid)) if vote.aid else "",
        **_amounts(vote.spent),
    }


def _amounts(*some: Spent) -> dict[str, Plain]:
    return {
        "gross": sum(one.gross for one in some),
        "fctva": sum(one.fctva.euros for one in some if one.fctva),
        "net": sum(one.net for one in some),
        "inv": sum(one.inv for one in some),
        "fon": sum(one.fon for one in some),
    }


def head_of(*some: SchoolVotes) -> Plain:
    """Return the headline: its parts rounded, what is left and the range."""
    found = headline_of(some)
    return {
        "gross": found.gross,
        "fctva": found.fctva,
        # Nothing is given back of what is not invested; else the rate is too old.
        "none": "à calculer" if found.invested else "aucun",
        "net": found.net,
        "least": found.least,
        "most": found.most,
        "aid": typeset(str(found.aid)) if found.aid else TO_ASK,
        "left": typeset(str(found.left)) if found.aid else "",
    }


def _unvoted(some: Sequence[SchoolVotes]) -> Iterator[Plain]:
    """Give what is paid without a vote, a row for each reason."""
    every = [line for one in some for line in one.votes.aside]
    for why, (one_of, several, who) in _UNVOTED.items():
        lines = [one for one in every if one.why is why and one.spent.gross]
        if lines:
            yield {
                "what": typeset(f"Sans vote : {counted(len(lines), one_of, several)}"),
                "which": typeset(
                    sentence(listed([uncapitalised(one.title) for one in lines]))
                ),
                "who": typeset(who),
                **_amounts(*(one.spent for one in lines)),
            }
    reserved = [one for one in every if one.why is Aside.RESERVE]
    if reserved:
        yield {
            "what": typeset(reserved[0].title),
            "which": typeset(listed([one.where for one in reserved])),
            "who": typeset("à inscrire au budget"),
            **_amounts(*(one.spent for one in reserved)),
        }
