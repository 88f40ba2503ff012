"""The mayor's document as data, page by page, for the writer that fits it.

Texts are typeset and amounts are those of the frozen rows; nothing is placed here. The
writer keeps one page of each and drops, in a fixed order, what does not fit: all of it
stands in the Markdown, which is attached to the PDF.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from diag.assess.plan import Action
from diag.assess.results import CriterionResult
from diag.assess.spread import concerned, concerns
from diag.assess.words import is_printable, printed_cell
from diag.audit.findings import (
    found_words,
    names_judged,
    observed,
    open_words,
    strength_lines,
    weaknesses,
    where,
)
from diag.audit.report import Report, once
from diag.audit.votes import CLASSES
from diag.documents.blocks import Drawing, Md, Pair, entry, image_of, sections
from diag.documents.parts import advice, frame
from diag.documents.parts.budget import (
    aid_amounts,
    calendar_of,
    listed_aids,
    milestones,
    ways_words,
)
from diag.documents.parts.places import (
    questions_for,
    reply_words,
    shown_lines,
    votes_drawn,
)
from diag.documents.parts.votes import (
    FOOTNOTE,
    TIERS,
    TO_ASK,
    SchoolVotes,
    aid_cell,
    became_lines,
    call_of,
    danger_words,
    headline_of,
    nature_words,
    pending_words,
    refs_of,
    votes_shown,
)
from diag.model.enums import USUAL_READER, Aside, PlaceKind, State
from diag.model.votes import VOTES, Spent, Vote
from diag.words.dates import describe_day
from diag.words.sentences import (
    counted,
    euros,
    euros_and_cents,
    listed,
    number,
    percent,
    sentence,
    typeset,
    uncapitalised,
)

Plain = str | int | bool | list["Plain"] | dict[str, "Plain"]
"""What a sheet is made of: no writer reads more into it."""

Sheet = Mapping[str, Plain]
"""The first page, by name of its parts."""

_UNVOTED = {
    Aside.SMALL: ("petite dépense", "petites dépenses", "crédits ouverts"),
    Aside.DANGER: ("action contre un danger", "actions contre un danger", "le maire"),
    Aside.DECIDED: ("action déjà décidée", "actions déjà décidées", "crédits votés"),
}
"""How what takes no vote is counted, one and several, and who decides it."""


_SIZE = {CLASSES: "classe", "nb_eleves": "élève"}
"""Questions that say how large a school is: a person answers over official files."""


def sheet_of(report: Report) -> Sheet | None:
    """Return the first page of the mayor's document; None without a vote to fit."""
    (shown,) = votes_shown(report)
    votes: list[Plain] = []
    for vote in shown.votes.votes:
        names = [report.place_name(one) for one in vote.places]
        is_named = bool(names) and vote.where.startswith(names[0])
        votes.append(vote_row(shown, vote, names if is_named else [vote.where]))
    commune = report.commune.name if report.commune else report.about.commune
    parts = [commune, report.about.code]
    for name, noun in _SIZE.items():
        answer = report.facts.answer(report.facts.root, name)
        if answer and isinstance(answer.value, int):
            parts.append(counted(answer.value, noun))
    days = [describe_day(one.date) for one in report.visits]
    parts.append(f"visite du {listed(days)}" if days else "aucune visite")
    parts.append(f"examiné à {percent(report.assessment.overall.completeness)}")
    made = decision_sheet(
        (shown,), votes, report.about.name, " · ".join(filter(None, parts))
    )
    dangers: list[Plain] = [
        {"where": typeset(sentence(listed(at, len(at)))), "fact": typeset(str(one))}
        for one, at in frame.dangers_seen(report).items()
    ]
    return {**made, "dangers": dangers} if made else None


def decision_sheet(
    some: Sequence[SchoolVotes], votes: list[Plain], title: str, line: str
) -> dict[str, Plain] | None:
    """Return the page of lists of votes, as one; None without a vote to fit."""
    if not votes:
        return None
    aside = [each for one in some for each in one.votes.aside]
    rows: list[Plain] = []
    for why, (one_of, several, who) in _UNVOTED.items():
        lines = [one for one in aside if one.why is why and one.spent.gross]
        titles = [uncapitalised(one.title) for one in lines]
        if lines:
            rows.append({
                "what": typeset(f"Sans vote : {counted(len(lines), one_of, several)}"),
                "which": typeset(sentence(listed(titles))),
                "who": typeset(who),
                **_amounts(*(one.spent for one in lines)),
            })
    if reserved := [one for one in aside if one.why is Aside.RESERVE]:
        rows.append({
            "what": typeset(reserved[0].title),
            "which": typeset(listed([one.where for one in reserved])),
            "who": typeset("à inscrire au budget"),
            **_amounts(*(one.spent for one in reserved)),
        })
    return {
        "title": typeset(title),
        "kind": typeset("Feuille de décision du conseil"),
        "line": typeset(line),
        "dangers": [],
        "acts": [typeset(one) for one in danger_words(some)],
        "groups": {f"t{tier}": typeset(words) for tier, words in TIERS.items()},
        "votes": votes,
        "unvoted": rows,
        "sums": _amounts(*(spent for one in some for spent in one.votes.every)),
        "head": head_of(*some),
        "ticks": any(one.is_frozen for one in some),
        "aided": any(one.votes.aids for one in some),
        "foot": typeset(FOOTNOTE),
    }


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
        "rounded": found.is_rounded,
        "fctva": found.fctva,
        # Nothing is given back of what is not invested; else the rate is too old.
        "none": "à calculer" if found.invested else "aucun",
        "net": found.net,
        "least": found.least,
        "most": found.most,
        "aid": typeset(str(found.aid)) if found.aid else TO_ASK,
        "left": typeset(str(found.left)) if found.aid else "",
    }


STRENGTHS, ASKED = 5, 4
"""At most so many strong points and questions listed."""


def pages_of(report: Report, checks: Sequence[Action]) -> Sheet:
    """Return pages 2 to 4, every list in the order in which its end may be dropped.

    The `checks` are what a verification may still call for.
    """
    (shown,) = votes_shown(report)
    return {
        "school": typeset(report.about.name),
        "money": _money(report, shown),
        "proofs": [
            {
                "number": one.number,
                "what": typeset(one.title),
                "refs": list(one.refs),
                "where": typeset(one.where),
                "also": [typeset(each) for each in one.also],
                "found": [typeset(each) for each in one.found],
                "how": typeset(sentence(one.how)),
                "basis": typeset(one.basis),
                "counted": [typeset(each) for each in one.counted],
                "photo": one.photo[0] if one.photo else "",
                "alt": typeset(one.photo[1]) if one.photo else "",
            }
            for one in proofs(report) or seen(report)
        ],
        "plan": _drawn(votes_drawn(report, shown.votes.votes), "plan"),
        "voted": bool(shown.votes.votes),
        "known": _known(report, shown, checks),
    }


# Page 2: what it costs, and when.


def _money(report: Report, shown: SchoolVotes) -> Plain:
    years = [shown.votes.paid_in(year) for year in shown.votes.budgets]
    spent = [one.spent.fctva for one in shown.votes.votes if one.spent.fctva]
    rates = {
        f"{number(one.rate)} % de l'investissement, lu le {describe_day(one.read_on)}"
        for one in spent
    }
    most = max(years, key=lambda one: one.inv + one.fon)
    effort = cash = ""
    if total := most.inv + most.fon:
        effort = f"Le budget {most.year} porte le plus gros effort : {euros(total)}"
        effort += f", dont {euros(most.inv)} en investissement" if most.inv else ""
        cash = (
            f"La commune avance le brut : {euros(total)} en {most.year}. Le FCTVA "
            "revient en général deux ans après la dépense, une aide après les "
            "factures. Le taux et les dépenses admises changent avec la loi de "
            "finances : à vérifier au moment du vote."
        )
    dates = milestones(report)
    return {
        "head": head_of(shown),
        "rate": typeset(listed(sorted(rates))),
        "years": [{"year": one.year, "inv": one.inv, "fon": one.fon} for one in years],
        "effort": typeset(effort),
        "dates": [
            {
                "when": typeset(one.when),
                "what": typeset(one.what),
                "dated": bool(one.day),
            }
            for one in dates
        ],
        "calendar": _drawn(calendar_of(dates), "calendrier"),
        "aids": [
            {
                "what": typeset(one.title),
                "rate": typeset(sentence(aid_amounts(report, one))),
                "ask": typeset(one.ask),
                "as_of": typeset(describe_day(one.as_of)),
            }
            for one in listed_aids(report)
        ],
        "otherwise": [
            {"number": one.number, "what": typeset(sentence(one.otherwise.long))}
            for one in shown.votes.votes
            if one.otherwise.long
        ],
        "cash": typeset(cash),
        "pending": [typeset(sentence(one)) for one in pending_words((shown,))],
    }


# Page 3: what each vote rests on.


@dataclass(frozen=True, slots=True)
class VoteProof:
    """What was seen, how it is known, and what text asks for it."""

    number: int
    """That of the vote; 0: nothing is put to the vote."""
    call: str
    title: str
    refs: tuple[str, ...]
    where: str
    """As on page 1, then the rooms that it names too."""
    found: tuple[str, ...]
    """A fact in a sentence, of each criterion that falls short."""
    how: str
    """« Mesuré et constaté »."""
    basis: str
    """The law with its article and the day it was read; or the trade's usage."""
    also: tuple[str, ...] = ()
    """The titles of all that is voted with it."""
    counted: tuple[str, ...] = ()
    """What its price counts: how many, at what price."""
    photo: tuple[str, str] | None = None
    """The first photo to be shown of its places, if any: its name and its words."""

    @classmethod
    def of(cls, report: Report, shown: SchoolVotes, vote: Vote) -> "VoteProof":
        """Return what one vote rests on."""
        judged = [one for name in vote.findings if (one := report.result(name))]
        names = [report.place_name(one) for one in vote.places]
        rooms = listed(names, len(names))
        # Next to its place, every room where page 1 prints a wider one.
        place = f"{vote.where}, en particulier {rooms}"
        if not names or vote.where.startswith(names[0]):
            place = rooms or vote.where
        nature = vote.nature
        basis = [nature_words(vote) or "Usage du métier : aucun texte ne l'impose"]
        if nature.article:
            is_read = f"lu le {describe_day(nature.read_on)}"
            basis.append(
                is_read if nature.read_on else "personne ici ne l'a lu récemment"
            )
        # Where no law was read, the date is what it rests on, and is told already.
        if nature.deadline and nature.read_on:
            basis.append(f"échéance : {describe_day(nature.deadline)}")
        prices = []
        for line in vote.lines:
            price = f"{euros_and_cents(line.cents)} HT{', chaque année' * line.yearly}"
            what = f"{number(line.quantity)} × {uncapitalised(line.label)}"
            prices.append(f"{what} à {price}")
        # The first that is here and to be shown.
        places, shown_photo = vote.places or (report.facts.root,), None
        for photo in (each.photo for each in report.evidence):
            if photo.shown and photo.place in places and photo.sha in report.pictures:
                words = photo.caption.rstrip(". ") or report.place_name(photo.place)
                shown_photo = photo.sha, f"{words}."
                break
        return cls(
            number=vote.number,
            call=call_of(shown, vote),
            title=vote.title,
            refs=refs_of(shown, vote),
            where=place,
            also=tuple(map(uncapitalised, vote.also)),
            found=tuple(_fact(report, one) for one in judged),
            how=_how(report, judged),
            basis=sentence(" ; ".join(basis)),
            counted=tuple(prices),
            photo=shown_photo,
        )

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The same as a list of definitions."""
        return (
            ("Avec", sentence(" ; ".join(self.also))),
            ("Constaté", " ".join(self.found)),
            ("Comment on le sait", sentence(self.how)),
            ("Où", sentence(self.where)),
            ("Ce qui le demande", self.basis),
            ("Compté", sentence(" ; ".join(self.counted))),
        )


@once
def proofs(report: Report) -> tuple[VoteProof, ...]:
    """Return what each vote rests on, in their order."""
    (shown,) = votes_shown(report)
    return tuple(VoteProof.of(report, shown, vote) for vote in shown.votes.votes)


def proofs_section(report: Report) -> Md:
    """Return the same as blocks; nothing without a vote."""
    return sections(
        block
        for one in proofs(report)
        for block in (
            entry(f"{one.call} : {one.title}", one.pairs),
            image_of(*one.photo) if one.photo else None,
        )
        if block
    )


def seen(report: Report) -> tuple[VoteProof, ...]:
    """Return what was already seen, the most pressing first: nothing is voted yet."""
    weak = [one for one in weaknesses(report) if concerns(one.criterion, USUAL_READER)]
    return tuple(
        VoteProof(
            number=0,
            call="",
            title=_fact(report, one).rstrip("."),
            refs=(),
            where=where(report, one),
            found=(),
            how=_how(report, (one,)),
            basis=sentence(advice.rests_on(report, one)),
        )
        for one in weak[:VOTES]
    )


def _fact(report: Report, result: CriterionResult) -> str:
    """Return what was seen, in its author's words; else the criterion's level."""
    level = f"{result.criterion.title} : {observed(report, result)}"
    return sentence(found_words(report, result) or level)


def _how(report: Report, results: Iterable[CriterionResult]) -> str:
    """Return how the facts behind these became known, each way once."""
    heads = (
        head
        for one in results
        for verdict in concerned(one)
        for name in names_judged(one.criterion)
        for head in report.facts.answers.get((verdict.place, name), ())
    )
    ways = {head.provenance for head in heads if head.state is State.KNOWN}
    return ways_words(ways)


def _drawn(drawing: Drawing | None, anchor: str) -> dict[str, Plain]:
    """Return a drawing as a picture, its words and how it is read."""
    if drawing is None:
        return {}
    return {
        "claim": drawing.title,
        "legend": drawing.legend,
        "alt": drawing.alt,
        "svg": drawing.svg(anchor),
    }


# Page 4: what is known, and what is not.


_NAMED_RULES = 2
"""Rules to be checked that page 4 names."""


def _known(
    report: Report, shown: SchoolVotes, checks: Sequence[Action]
) -> dict[str, Plain]:
    criteria = report.assessment.criteria
    doubts = [
        criteria[one.advice.recommendation.when.criterion].criterion.title
        for one in checks
        if one.advice.recommendation.when.criterion in criteria
    ]
    asked = questions_for(report, "commune")
    # Rules that the commune answers for.
    rules = advice.rules(report, USUAL_READER)
    broken = advice.failing(report, USUAL_READER)
    unchecked = [f"« {one.criterion.title} »" for one in rules if one not in broken]
    named = f" ({listed(unchecked)})" * (len(unchecked) <= _NAMED_RULES)
    law = [
        f"{counted(many, 'point')} {words}"
        for many, words in (
            (len(broken), f"non respecté{'s' * (len(broken) > 1)}"),
            (len(unchecked), f"à vérifier{named}"),
        )
        if many
    ]
    asked_by_law = f"ce que la loi ou le ministère demande : {listed(law)}"
    return {
        "share": typeset(percent(report.assessment.overall.completeness)),
        "domains": [
            {
                "title": typeset(one.domain.title),
                "share": round(100 * one.score.completeness),
                "words": typeset(percent(one.score.completeness)),
                "score": typeset(
                    printed_cell(one.score) if is_printable(one.score) else "–"
                ),
            }
            for one in report.assessment.domains
        ],
        "answers": typeset(frame.answered(report)),
        "strengths": [typeset(one) for one in strength_lines(report, STRENGTHS)],
        "open": typeset(open_words(report)),
        "law": typeset(sentence(asked_by_law)) if rules else "",
        "doubts": [typeset(one) for one in doubts],
        "asked": [typeset(one) for one in asked[:ASKED]],
        "became": [typeset(one) for one in became_lines((shown,))],
        "contacts": [
            {"who": typeset(who), "reach": typeset(reach)}
            for who, reach in frame.contact_pairs(report)
            if reach
        ],
        "noted": [typeset(one) for one in shown_lines(report, STRENGTHS)],
        "replies": report.about.kind is PlaceKind.ECOLE,
        "reply": typeset(reply_words(report)),
        "option": typeset(report.option.name) if report.option else "",
    }
