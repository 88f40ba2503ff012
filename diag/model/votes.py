"""What a council is asked to vote, as an audit froze it when it was closed.

Everything that is printed of it is here, words and amounts: a vote is read again a year
later, by another version of the checklists, and is the same. Amounts are whole euros
with tax, rounded to ten: what is printed adds up.
"""

from fractions import Fraction
from typing import Literal

from pydantic import Field

from diag.model.base import Noun
from diag.model.enums import Aside, BudgetSection, Nature, Pending, Trade
from diag.model.text import Number, exact

VOTES = 12
"""At most so many votes: a council asked for more reads none."""

TITLE = 60
"""Longest title of a vote, in characters: checklists are warned, typed ones refused."""

Tier = Literal[1, 2, 3, 4]
"""1 danger, 2 a law broken or a date that comes, 3 work is impossible, 4 the rest."""


class YearSpent(Noun):
    """What one budget pays, by section."""

    year: int
    inv: int = 0
    fon: int = 0
    """Running costs, and what the accountant is still to place."""


class VoteLine(Noun):
    """One row of the price table in a vote: how many, at what price."""

    price: str
    """Id of the row."""
    label: str
    quantity: Number
    unit: str
    cents: int
    """One, before tax, at the typical price."""
    vat: Number
    yearly: bool = False
    section: str
    as_of: str
    """When the price was seen."""

    def before_tax(self, budgets: int) -> Fraction:
        """Return what it costs over so many budgets, in cents before tax."""
        times = budgets if self.yearly else 1
        return Fraction(exact(self.quantity)) * self.cents * times


class VoteNature(Noun):
    """What a vote rests on."""

    kind: Nature
    words: str
    """« Obligation : loi n° 2015-136 du 9 février 2015, article 7 II »."""
    article: str = ""
    """The text and where in it; empty where nothing obliges."""
    read_on: str = ""
    """ISO day on which its words were read; empty: nobody did, not long before."""
    deadline: str = ""
    """The date that makes it pressing: a year, a month or a day."""


class AidShare(Noun):
    """What one scheme may pay of a vote, if it does."""

    scheme: str
    """Id of the scheme."""
    title: str
    section: str
    """What it is reckoned on: investment, or running costs."""
    base: int
    """Euros before tax that it may pay a part of."""
    percent: Number
    at_most: Number
    low: int
    high: int
    source: str
    read_on: str
    until: str
    """Last date on which its rate holds."""


class AidRange(Noun):
    """What the schemes whose rate is known may pay together: never subtracted."""

    shares: tuple[AidShare, ...] = Field(min_length=1)

    @property
    def low(self) -> int:
        """At their lowest rates."""
        return sum(one.low for one in self.shares)

    @property
    def high(self) -> int:
        """At their highest, what the commune must keep left out."""
        return sum(one.high for one in self.shares)


class Fctva(Noun):
    """What the State gives back of an investment, later."""

    rate: Number
    """In percent of the amount with tax."""
    read_on: str
    euros: int


class Spent(Noun):
    """What actions cost over three budgets, with tax, at the typical price."""

    years: tuple[YearSpent, ...] = ()
    least: int = 0
    """At the lowest price of each row."""
    most: int = 0
    """At the highest, for the most that may be needed."""
    fctva: Fctva | None = None
    """None where nothing is invested, or its rate is not known of late."""

    @property
    def inv(self) -> int:
        """What is invested."""
        return sum(one.inv for one in self.years)

    @property
    def fon(self) -> int:
        """What is spent to run."""
        return sum(one.fon for one in self.years)

    @property
    def gross(self) -> int:
        """Everything, before anything is given back."""
        return self.inv + self.fon

    @property
    def net(self) -> int:
        """What is left to the commune, no aid counted."""
        return self.gross - (self.fctva.euros if self.fctva else 0)


class VoteOtherwise(Noun):
    """What stays as it is if nothing is voted, filled in: a counted or dated fact."""

    long: str = ""
    short: str = ""


class Vote(Noun):
    """One vote: actions of one class, trade, place and budget."""

    number: int = Field(ge=1, le=VOTES)
    """1 to 12, in the order of the page: its rank too."""
    tier: Tier
    title: str
    """Sixty characters at most: the dearest of its actions."""
    also: tuple[str, ...] = ()
    """Titles of its other actions, the dearest first: none is voted unnamed."""
    where: str
    places: tuple[str, ...] = ()
    """Ids of the places that fall short; empty: the whole subject."""
    actions: tuple[str, ...] = Field(min_length=1)
    """Ids of recommendations, the dearest first."""
    findings: tuple[str, ...] = ()
    """Ids of the criteria that they cure."""
    trade: Trade | None = None
    nature: VoteNature
    otherwise: VoteOtherwise
    lines: tuple[VoteLine, ...] = ()
    spent: Spent
    aid: AidRange | None = None
    """None: to be asked, nothing is known for this year."""
    due: str = ""
    """ISO day before which to act; empty: with the budget."""
    session: str
    """When the council may vote it: « prochain conseil », « budget 2027 »."""
    year: int
    """The budget that begins to pay it."""


class AsideLine(Noun):
    """What takes no vote, and why."""

    why: Aside
    tier: Tier
    title: str
    where: str
    actions: tuple[str, ...]
    findings: tuple[str, ...] = ()
    who: str = ""
    """Who acts, where it is not the commune."""
    spent: Spent = Spent()


class PendingLine(Noun):
    """What cannot be voted yet: nobody can price it, or it comes later."""

    why: Pending
    tier: Tier
    title: str
    where: str = ""
    actions: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()


class VoteHand(Noun):
    """What the engineer did to the vote of an action, before the closing."""

    into: str = ""
    """Id of the action whose vote it joins; its own: a vote apart."""
    due: str = ""
    """ISO day that replaces its own."""
    title: str = ""
    otherwise: str = ""
    """Words of the vote that it leads."""
    why: str = ""
    """The reason, for who reads the history."""


class DecisionQuestion(Noun):
    """A question that would open a vote, below what a council needs to know."""

    question: str
    """Id of the question."""
    label: str
    where: str
    whom: str
    """Who knows."""
    minutes: int
    opens: str
    """What it would let the council vote."""


NEW_ACTION = "nouveau"
"""What journals keep of an action that no list before numbered."""


class ActionNumber(Noun):
    """The number that an action of a school bears for ever."""

    number: int = Field(ge=1)
    first: str
    """ISO day of the closing that gave it."""
    became: str = ""
    """What became of it since, in the words of a new audit."""

    @property
    def is_followed(self) -> bool:
        """Whether an earlier list numbered it, and this one has what became of it."""
        return self.became not in {"", NEW_ACTION}


class DecisionList(Noun):
    """All that one closing froze; version 2 is another list, both are kept."""

    day: str
    """ISO day of the closing: delays and prices are as of it."""
    version: int = 1
    budgets: tuple[int, ...]
    votes: tuple[Vote, ...] = ()
    aside: tuple[AsideLine, ...] = ()
    pending: tuple[PendingLine, ...] = ()
    missing: tuple[str, ...] = ()
    """What the council lacks to decide, in words; empty: enough is known."""
    questions: tuple[DecisionQuestion, ...] = ()
    """Where something lacks: five, the most useful first."""
    numbers: dict[str, ActionNumber] = Field(default_factory=dict)
    """A1…: public actions, by id of recommendation."""
    reserved: dict[str, ActionNumber] = Field(default_factory=dict)
    """R1…: those that public pages do not know of."""

    @property
    def refs(self) -> dict[str, str]:
        """How documents number each action: A1… public, R1… reserved."""
        shown = {ident: f"A{one.number}" for ident, one in self.numbers.items()}
        kept = {ident: f"R{one.number}" for ident, one in self.reserved.items()}
        return kept | shown

    @property
    def aids(self) -> tuple[AidRange, ...]:
        """What the schemes may pay, vote by vote; empty: all of it is to be asked."""
        return tuple(one.aid for one in self.votes if one.aid)

    def invested(self, vote: Vote) -> Fraction:
        """Return what a vote invests, in cents before tax: the base of aids."""
        left = sum(each >= vote.year for each in self.budgets)
        return sum(
            (
                line.before_tax(left)
                for line in vote.lines
                if line.section == BudgetSection.INVESTISSEMENT
            ),
            Fraction(),
        )

    @property
    def every(self) -> tuple[Spent, ...]:
        """What is spent, row by row: the votes, then what takes none."""
        voted = (one.spent for one in self.votes)
        return (*voted, *(one.spent for one in self.aside))

    @property
    def gross(self) -> int:
        """The sum of the rows."""
        return sum(one.gross for one in self.every)

    @property
    def fctva(self) -> int:
        """What the State gives back, later."""
        return sum(one.fctva.euros for one in self.every if one.fctva)

    @property
    def net(self) -> int:
        """What is left to the commune, no aid counted."""
        return self.gross - self.fctva

    def paid_in(self, year: int) -> YearSpent:
        """Return what one budget pays of everything."""
        rows = [each for one in self.every for each in one.years if each.year == year]
        return YearSpent(
            year=year,
            inv=sum(each.inv for each in rows),
            fon=sum(each.fon for each in rows),
        )
