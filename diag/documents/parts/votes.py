"""What a council votes, as every document prints it: one list, one order, one wording.

A row is the same in the mayor's page, the note, the deliberation, the dossier and the
message: none of them computes an amount or chooses a vote.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from diag.assess.words import UNPRICED
from diag.audit.report import Report
from diag.audit.votes import votes_of
from diag.documents.blocks import Md, bold, box, bullets, sections, table, written
from diag.model.enums import Aside, Nature
from diag.model.votes import AidRange, DecisionList, Spent, Vote, YearSpent
from diag.words.dates import describe_day
from diag.words.sentences import (
    NBSP,
    counted,
    euros,
    euros_between,
    half_up,
    listed,
    number,
    numbers_between,
    sentence,
    uncapitalised,
)
from diag.words.vocabulary import PENDINGS

TIERS = {
    2: "Une date ou une loi l'impose",
    3: "Une classe ou l'école ne peut pas travailler",
    4: "Demandé ou recommandé",
}
"""Above the votes of each class."""

BALLOT = f"☐{NBSP}oui ☐{NBSP}non ☐{NBSP}ajourné"
"""What is ticked beside a vote, once it is frozen."""

NOTHING = "Rien à voter."
"""Where a school needs nothing of its council."""

KNOW_FIRST = "Ce qu'il faut savoir avant de décider"
"""What comes instead of votes while too little is known."""

TO_ASK = "à demander"
"""What stands for the rate of an aid that nobody knows for this year."""

FOOTNOTE = (
    "Net = brut − FCTVA, avant toute aide. Ne signez aucun devis avant l'accusé de "
    "réception de la demande d'aide : elle serait perdue. Brut : achats, et "
    "abonnements des budgets qui restent, au prix courant."
)
"""Under the rows."""

_ROUNDED, _FINELY = 10_000, 1_000
"""Euros from which a headline is rounded to a hundred, to ten."""


@dataclass(frozen=True, slots=True)
class SchoolVotes:
    """The decision list of one audit, and how its subject is named."""

    name: str
    """Empty where a document is about one alone."""
    votes: DecisionList
    is_frozen: bool
    """Whether the audit is closed: there is something to tick."""

    def row(self, vote: Vote, *, named: bool, ticked: bool) -> tuple[str, ...]:
        """Return a vote as a row, after whose it is where several are `named`."""
        section = "invest." if vote.spent.inv else "fonct."
        if vote.spent.inv and vote.spent.fon:
            section = section_words(vote.spent)
        return (
            str(vote.number),
            *((self.name,) if named else ()),
            Md(f"{bold(vote.title)} {written(vote_words(self, vote))}"),
            number(vote.spent.gross),
            f"{aid_cell(vote.aid)}, si elle est accordée" if vote.aid else TO_ASK,
            number(vote.spent.fctva.euros) if vote.spent.fctva else "–",
            number(vote.spent.net),
            section,
            vote.session,
            *((BALLOT,) if ticked and self.is_frozen else ()),
        )


def votes_shown(report: Report) -> tuple[SchoolVotes, ...]:
    """Return what a document about one audit shows of its votes."""
    is_frozen = report.public.frozen is not None
    return (SchoolVotes("", votes_of(report), is_frozen=is_frozen),)


class EuroSpan(NamedTuple):
    """Whole euros, from the least to the most."""

    low: int
    high: int

    def __str__(self) -> str:
        """Return « 600 à 1 000 € »."""
        return euros_between(self.low, self.high)


@dataclass(frozen=True, slots=True)
class Headline:
    """The parts, rounded; what is left is their difference: what is printed adds up."""

    gross: int
    invested: int
    """What the FCTVA is reckoned on."""
    fctva: int
    least: int
    most: int
    aid: EuroSpan | None
    """What the schemes may pay; None: all of it is to be asked."""
    is_rounded: bool
    """Whether the foot of the table prints another sum."""

    @property
    def net(self) -> int:
        """What is left to the commune, no aid counted."""
        return self.gross - self.fctva

    @property
    def left(self) -> EuroSpan:
        """What would be left to the commune if every aid were granted."""
        low, high = self.aid or EuroSpan(0, 0)
        return EuroSpan(self.net - high, self.net - low)


def headline_of(some: Sequence[SchoolVotes]) -> Headline:
    """Return the totals of lists, each part rounded before any is subtracted."""
    rows = [spent for one in some for spent in one.votes.every]
    aids = [aid for one in some for aid in one.votes.aids]
    low, high = sum(one.low for one in aids), sum(one.high for one in aids)
    gross = sum(one.gross for one in rows)
    fctva = sum(one.fctva.euros for one in rows if one.fctva)
    return Headline(
        gross=rounded(gross),
        invested=rounded(sum(one.inv for one in rows)),
        fctva=rounded(fctva),
        least=rounded(sum(one.least for one in rows)),
        most=rounded(sum(one.most for one in rows)),
        aid=EuroSpan(rounded(low), rounded(high)) if aids else None,
        is_rounded=(rounded(gross), rounded(fctva)) != (gross, fctva),
    )


def rounded(amount: int) -> int:
    """Return an amount as a headline prints it: three or four digits that count."""
    if amount >= _ROUNDED:
        return 100 * half_up(Fraction(amount, 100))
    return 10 * half_up(Fraction(amount, 10)) if amount >= _FINELY else amount


def awaited(some: Sequence[SchoolVotes], day: date | None = None) -> str:
    """Return what is awaited of the council, in a sentence, as of a `day` if given."""
    votes = [vote for one in some for vote in one.votes.votes]
    urgent = sum(one.why is Aside.DANGER for each in some for one in each.votes.aside)
    parts = []
    if urgent:
        verb = "sont" if urgent > 1 else "est"
        acts = f"{counted(urgent, 'action')} contre un danger"  # it has many rooms
        parts.append(f"{acts} {verb} à mener dès réception")
    if votes:
        verb = "sont proposés" if len(votes) > 1 else "est proposé"
        days = sorted(one.due for one in votes if one.due)
        is_late = bool(days and day and days[0] < day.isoformat())
        until = "était attendu avant le" if is_late else "avant le"
        first = f", le premier {until} {describe_day(days[0])}" if days else ""
        parts.append(f"{counted(len(votes), 'vote')} {verb}{first}")
    elif any(one.votes.missing for one in some):
        parts.append("rien n'est proposé au vote, il manque de quoi décider")
    else:
        parts.append("aucun vote n'est proposé")
    return sentence(" ; ".join(parts))


def money_line(some: Sequence[SchoolVotes]) -> Md:
    """Return the headline: gross, given back, left to the commune, and the range."""
    found = headline_of(some)
    if not found.gross:
        return Md("")
    back = f" − {euros(found.fctva)} de FCTVA, versé plus tard" if found.fctva else ""
    left = bold(f"Reste à la commune, sans aucune aide : {euros(found.net)}.")
    gross = f"{euros(found.gross)} TTC brut sur trois budgets{back}."
    span = f"selon les devis, le brut ira de {EuroSpan(found.least, found.most)}"
    if found.is_rounded:
        span = f"arrondi du total en bas du tableau ; {span}"
    # What the aids may pay, and what would be left: nothing is subtracted.
    aids = "Aides : à demander, aucun taux n'est connu pour cette année."
    if found.aid:
        aids = (
            f"Aides, si elles sont accordées : {found.aid} ; il resterait alors "
            f"{found.left} à la commune."
        )
    return Md(f"{left} {written(f'{gross} {sentence(span)} {aids}')}")


def votes_tables(some: Sequence[SchoolVotes], *, ticked: bool = True) -> Md:
    """Return the votes by class, each with its row; « Rien à voter » without any.

    `ticked`: whether who reads them votes.
    """
    named = any(one.name for one in some)
    ballots = ("Vote",) if ticked and any(one.is_frozen for one in some) else ()
    blocks = []
    for tier, title in TIERS.items():
        rows = [
            each.row(vote, named=named, ticked=ticked)
            for each in some
            for vote in each.votes.votes
            if vote.tier == tier
        ]
        school = ("École",) if named else ()
        columns = ("N°", *school, *_COLUMNS, *ballots)
        numeric = tuple(len(school) + rank for rank in (2, 4, 5))
        blocks.append(table(title, columns, rows, numeric=numeric))
    found = sections(blocks)
    is_known = not any(one.votes.missing for one in some)
    return found or (Md(written(NOTHING)) if is_known else Md(""))


_COLUMNS = (
    "Ce qui est soumis au vote, où, et sinon",
    "Brut, € TTC",
    "Aide",
    "FCTVA",
    "Net, sans aide",
    "Section",
    "Séance",
)


def vote_words(each: SchoolVotes, vote: Vote) -> str:
    """Return what stands under the title of a vote: what else, where, why, or else."""
    refs = ", ".join(refs_of(each, vote))
    where = " · ".join(filter(None, (vote.where, refs)))
    otherwise = f"Sinon : {vote.otherwise.long}" if vote.otherwise.long else ""
    others = " ; ".join(map(uncapitalised, vote.also))
    also = f"Avec : {others}" if others else ""
    parts = (also, where, nature_words(vote), otherwise)
    return " ".join(sentence(one) for one in parts if one)


def nature_words(vote: Vote) -> str:
    """Return what a vote rests on; nothing where only the trade holds it."""
    return "" if vote.nature.kind is Nature.USAGE else vote.nature.words


def refs_of(each: SchoolVotes, vote: Vote) -> tuple[str, ...]:
    """Return the numbers of its actions: none before they are given for ever."""
    known = each.votes.numbers if each.is_frozen else {}
    return tuple(f"A{known[one].number}" for one in vote.actions if one in known)


def aid_cell(aid: AidRange) -> str:
    """Return « 120 à 300 »: it is never subtracted."""
    return numbers_between(aid.low, aid.high)


def section_words(spent: Spent) -> str:
    """Return under which section it is paid: « inv. 414 €, fon. 2 028 € »."""
    if not spent.inv:
        return "fonctionnement"
    if not spent.fon:
        return "investissement"
    return f"inv. {euros(spent.inv)}, fon. {euros(spent.fon)}"


def vote_lines(some: Sequence[SchoolVotes]) -> Iterator[str]:
    """Give each vote in a line, in the same words and amounts as its row."""
    for each in some:
        for vote in each.votes.votes:
            yield f"{call_of(each, vote)} : {vote.title}. {amounts_words(vote)}"


def call_of(each: SchoolVotes, vote: Vote) -> str:
    """Return « Vote 3 », or « École du Moulin, vote 3 » where there are others."""
    return f"{each.name}, vote {vote.number}" if each.name else f"Vote {vote.number}"


def votes_named(numbers: Sequence[int]) -> str:
    """Return « vote 4 », « votes 4, 6 et 7 »: all of them."""
    named = listed(list(map(str, numbers)), len(numbers))
    return f"vote{'s' * (len(numbers) > 1)} {named}"


def amounts_words(vote: Vote) -> str:
    """Return « Brut 2 440 € TTC, FCTVA 70 €, net 2 370 € ; inv. …, budget 2027. »."""
    spent = vote.spent
    back = f"FCTVA {euros(spent.fctva.euros)}" if spent.fctva else "sans FCTVA"
    paid = f"brut {euros(spent.gross)} TTC, {back}, net {euros(spent.net)}"
    if vote.aid:
        span = euros_between(vote.aid.low, vote.aid.high)
        paid = f"{paid} ; aide, si elle est accordée : {span}"
    return sentence(f"{paid} ; {section_words(spent)}, {vote.session}")


# What takes no vote, and what cannot be voted yet.


_LAST_NAMED = 3
"""Free acts up to this class are named on the page; the others are counted."""


def unvoted_table(some: Sequence[SchoolVotes]) -> Md:
    """Return what is paid without a vote, and the sum of all that is printed."""
    lines = [one for each in some for one in each.votes.aside if one.spent.gross]
    rows = [
        _sum_row(words, [one.spent for one in lines if one.why is why])
        for why, words in _PAID.items()
        if any(one.why is why for one in lines)
    ]
    voted = [one.spent for each in some for one in each.votes.votes]
    every = [spent for each in some for spent in each.votes.every]
    if not every or not any(one.gross for one in every):
        return Md("")
    sums = (
        _sum_row("Votes ci-dessus", voted),
        *rows,
        _sum_row("Ensemble, trois budgets", every),
    )
    columns = ("Total", "Brut, € TTC", "FCTVA", "Net, sans aide")
    return table("Avec ce qui ne se vote pas", columns, sums, numeric=(1, 2, 3))


_PAID = {
    Aside.DANGER: "Sans vote : danger, décision du maire",
    Aside.SMALL: "Sans vote : petites dépenses, crédits ouverts",
    Aside.DECIDED: "Déjà décidé",
    Aside.RESERVE: "Forfait réservé, à inscrire au budget",
}


def _sum_row(words: str, some: Sequence[Spent]) -> tuple[str, ...]:
    back = sum(one.fctva.euros for one in some if one.fctva)
    return (
        words,
        number(sum(one.gross for one in some)),
        number(back) if back else "–",
        number(sum(one.net for one in some)),
    )


def unvoted_lines(some: Sequence[SchoolVotes]) -> Md:
    """Return what is done without a vote of what presses, then how much there is."""
    pressing, others = [], 0
    lines = [(school, line) for school in some for line in school.votes.aside]
    for each, one in lines:
        if one.why is Aside.DANGER:
            continue
        is_reserve, spent = one.why is Aside.RESERVE, one.spent.gross
        if one.tier > _LAST_NAMED and not spent and not is_reserve:
            others += 1
            continue
        paid = f"{euros(spent)} TTC" if spent else "sans dépense"
        if is_reserve:
            paid = f"{paid}, à inscrire au budget" if spent else UNPRICED
        details = filter(None, (one.who, _HELD.get(one.why, ""), paid))
        act = f"{one.title}, {one.where} ({', '.join(details)})"
        pressing.append(_of(each, act))
    more = [f"{counted(others, 'acte')} sans dépense, parmi les actions du texte"]
    return box("NOTE", "Sans vote", bullets(pressing + more * bool(others)))


_HELD = {Aside.DECIDED: "déjà décidé", Aside.INCLUDED: "compris dans un vote"}


def pending_lines(some: Sequence[SchoolVotes]) -> Md:
    """Return what falls short and cannot be voted yet, and why, in a box."""
    title = "À chiffrer ou à mesurer, hors des totaux"
    return box("NOTE", title, bullets(pending_words(some)))


def pending_words(some: Sequence[SchoolVotes]) -> Iterator[str]:
    """Give each thing that falls short and cannot be voted yet, and why."""
    return (
        f"{_of(each, one.title)}{', ' * bool(one.where)}{one.where} "
        f"({PENDINGS[one.why]})"
        for each in some
        for one in each.votes.pending
    )


def know_first(some: Sequence[SchoolVotes]) -> Md:
    """Return what lacks before anything is voted, and the questions that open it."""
    lines = [_of(one, missing) for one in some for missing in one.votes.missing]
    if not lines:
        return Md("")
    rows = [
        (
            _of(each, one.label),
            one.where,
            one.whom,
            f"{one.minutes}{NBSP}min",
            one.opens,
        )
        for each in some
        for one in each.votes.questions
    ]
    columns = ("Question", "Où", "Qui le sait", "Temps", "Le vote que cela ouvre")
    return sections((
        box("IMPORTANT", KNOW_FIRST, bullets(map(sentence, lines))),
        table("Les questions à poser d'abord", columns, rows),
    ))


def _of(each: SchoolVotes, words: str) -> str:
    return f"{each.name} : {uncapitalised(words)}" if each.name else words


def budgets_table(some: Sequence[SchoolVotes]) -> Md:
    """Return what each budget pays of all that is printed, by section."""
    years = sorted({year for one in some for year in one.votes.budgets})
    paid = [(year, [one.votes.paid_in(year) for one in some]) for year in years]
    rows = [_budget_row(f"Budget {year}", every) for year, every in paid]
    total = [one for _, every in paid for one in every]
    if not any(one.inv + one.fon for one in total):
        return Md("")
    columns = ("Budget", "Investissement", "Fonctionnement", "Brut, € TTC")
    rows.append(_budget_row("Ensemble", total))
    return table("Les votes et le reste, par budget", columns, rows, numeric=(1, 2, 3))


def _budget_row(words: str, some: Sequence[YearSpent]) -> tuple[str, ...]:
    inv, fon = sum(one.inv for one in some), sum(one.fon for one in some)
    return words, number(inv), number(fon), number(inv + fon)


def became_lines(some: Sequence[SchoolVotes]) -> Iterator[str]:
    """Give what became of each action that an earlier audit numbered, each fate once.

    « Fait, vérifié le … : A12, A14 à A16. »
    """
    for each in some:
        fates: dict[str, list[int]] = {}
        for given in sorted(each.votes.numbers.values(), key=lambda one: one.number):
            if given.is_followed:
                fates.setdefault(given.became, []).append(given.number)
        for fate, numbers in fates.items():
            runs = [*_runs(numbers)]
            yield sentence(_of(each, f"{fate} : {listed(runs, len(runs))}"))


def _runs(numbers: Sequence[int]) -> Iterator[str]:
    """Give numbers in order, three in a row or more as « A5 à A9 »."""
    runs: list[list[int]] = []
    for each in numbers:
        if runs and runs[-1][-1] == each - 1:
            runs[-1].append(each)
        else:
            runs.append([each])
    for run in runs:
        match run:
            case [first, _, *_, last]:
                yield f"A{first} à A{last}"
            case _:
                yield from (f"A{one}" for one in run)


def danger_words(some: Sequence[SchoolVotes]) -> Iterator[str]:
    """Give each act against a danger, its price, and since when it is waited for.

    Its rooms are named above it.
    """
    for each in some:
        known = each.votes.numbers
        for one in each.votes.aside:
            if one.why is Aside.DANGER:
                paid = f" : {euros(one.spent.gross)} TTC" if one.spent.gross else ""
                act = f"{_of(each, one.title)}{paid}."
                given = (known[name] for name in one.actions if name in known)
                since = (sentence(one.became) for one in given if one.is_followed)
                yield " ".join([act, *since])
