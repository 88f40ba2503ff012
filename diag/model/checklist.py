"""Checklists: questions, criteria and recommendations, as authors declare them.

These are the compiled nouns. Rules stay texts of the rule language here: `diag.rules`
reads them, `diag.assess` judges with them. Texts are French, ids are ASCII slugs.
"""

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import Field

from diag.model.base import Noun
from diag.model.enums import (
    Audience,
    BudgetSection,
    Direction,
    FinanceTopic,
    Kind,
    Milestone,
    Moment,
    Nature,
    Owner,
    Party,
    PlaceKind,
    Profile,
    Provenance,
    QuestionType,
    Trade,
    WithoutYear,
)
from diag.model.measure import MeasureAggregate, MeasureScope
from diag.model.text import Number


# None is judged. They are printed with the day on which they were known, and with whom
# to check them: a scheme is never promised. A date is a year, a month or a day; a year
# lasts until its end.
class AidState(StrEnum):
    """Whether a funding scheme still takes applications."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class Aid(Noun):
    """A funding scheme, as known on a date."""

    id: str
    title: str
    state: AidState
    applicant: str
    """Who applies: « la commune »."""
    conditions: str
    """What is asked of the applicant."""
    rate: str = ""
    """Share paid, in words, with the year it was seen."""
    ceiling: str = ""
    """Most that is paid, in words, with the year it was seen."""
    period: str = ""
    """When one applies, or applied."""
    ask: str
    """With whom to check before counting on it: « la préfecture »."""
    departments: tuple[str, ...] = ()
    """Départements it is open to, three characters each; empty: everywhere."""
    max_population: int | None = None
    """Inhabitants above which a commune surely gets nothing."""
    as_of: str
    """Date of this information: a year, a month or a day."""
    valid_until: str = ""
    """Last date on which the rate and the ceiling hold; empty: none is known."""
    source: str = "metier"
    """Id of a registered source, or `metier`."""
    note: str = ""

    def may_serve(self, department: str, population: int | None) -> bool:
        """Say whether a commune may ask for it; a closed scheme serves nobody."""
        somewhere = not self.departments or department in self.departments
        too_big = (
            population is not None
            and self.max_population is not None
            and population > self.max_population
        )
        return self.state is not AidState.CLOSED and somewhere and not too_big

    def is_current(self, today: str) -> bool:
        """Say whether its rate may be printed on a day, ISO; else it is to be asked."""
        until = self.valid_until
        return bool(until) and until >= today[: len(until)]


class Deadline(Noun):
    """A legal or technical date to watch."""

    id: str
    title: str
    due: str = ""
    """The date: a year, a month or a day; empty when it differs or is not known."""
    what: str
    """What changes on that date, in a sentence."""
    ask: str
    """Who knows the exact date, or answers for it."""
    as_of: str
    """Date of this information: a year, a month or a day."""
    source: str = "metier"
    """Id of a registered source, or `metier`."""
    verify_before_quoting: bool = False
    """A point of law, to be read in its text before it is quoted."""
    note: str = ""

    def is_old(self, today: str) -> bool:
        """Say whether it was read too long before a day, ISO, to be quoted as it is."""
        return is_stale(self.as_of, today, RULE_YEARS)

    def has_passed(self, today: str) -> bool:
        """Say whether the date is over, `today` an ISO day; a year ends with it."""
        return bool(self.due) and self.due < today[: len(self.due)]


class Finance(Noun):
    """A rule of local finances: an account, a rate, a date, a threshold."""

    id: str
    topic: FinanceTopic
    title: str
    says: str
    """The rule itself, in a sentence or two."""
    section: BudgetSection | None = None
    """The section of the budget that it is about."""
    percent: Number | None = None
    """The rate, or the share, in percent; of an aid, the least."""
    at_most: Number | None = None
    """Of an aid, the most, in percent; empty: the same."""
    euros: int | None = None
    """The threshold, cents before tax (HT); of an aid, the most for one school."""
    aid: str = ""
    """Id of the scheme whose rate it is."""
    trades: tuple[Trade, ...] = ()
    """What the scheme pays for; empty: everything of the section."""
    milestone: Milestone | None = None
    """What happens then, every year."""
    opens: str = ""
    """First day of every year, `12-15`, or first month, `07`; empty: no matter."""
    closes: str = ""
    """Last one."""
    since: str = ""
    """First date on which it holds; empty: before anyone looked."""
    until: str = ""
    """Last date on which it holds; empty: no end is known."""
    as_of: str
    """Date of this information: a year, a month or a day."""
    source: str = "metier"
    """Id of a registered source, or `metier`."""
    note: str = ""

    def is_old(self, today: str) -> bool:
        """Say whether it was read too long before a day, ISO, to be quoted as it is."""
        return is_stale(self.as_of, today, RULE_YEARS)

    def holds(self, today: str) -> bool:
        """Say whether it holds on a day, ISO."""
        begun = self.since <= today[: len(self.since)]
        return begun and (not self.until or self.until >= today[: len(self.until)])


PRICE_YEARS = 3
"""Years after which a price is too old to be counted on."""

RULE_YEARS = 1
"""Years after which a rule, or a date, is to be read again before it is quoted."""


def is_stale(as_of: str, today: str, years: int) -> bool:
    """Say whether something seen as of a date is older than so many years, ISO."""
    limit = f"{int(today[:4]) - years:04}{today[4:]}"
    return as_of < limit[: len(as_of)]


class Price(Noun):
    """One row of the dated price table: cents before tax (HT), per unit."""

    id: str
    label: str
    unit: str
    """What one is: « prise posée », « mois », « poste »."""
    as_of: str
    """Date on which it was seen: a year, a month or a day."""
    where: str = ""
    """Where it was seen: a place, a supplier, « métier »."""
    minimum: int
    typical: int
    maximum: int
    """Integer cents HT."""
    vat: Number = 20
    """VAT rate, in percent."""
    yearly: bool = False
    """True for what is paid every year: subscription, maintenance."""
    pack: int = Field(default=1, gt=0)
    """How many one buys at once: the quantity is rounded up to whole packs."""
    lifetime: str = ""
    """ISO 8601 duration after which one buys again, `P7Y`; empty for a service."""
    section: BudgetSection = BudgetSection.A_CONFIRMER
    """Under which section of the budget it is paid."""
    source: str = "metier"
    """Id of a registered source, or `metier`."""
    note: str = ""

    @property
    def year(self) -> int:
        """The year in which it was seen."""
        return int(self.as_of[:4])

    def is_old(self, today: str) -> bool:
        """Say whether it was seen too long before a day, ISO, to be counted on."""
        return is_stale(self.as_of, today, PRICE_YEARS)


Level = Literal[0, 1, 2, 3]
"""Insuffisant, base, recommandé, exemplaire."""


class RegisteredSource(Noun):
    """An entry of the register of sources."""

    id: str
    grade: str
    """A official, B local authority, C press, D supplier, M trade knowledge."""
    title: str
    url: str = ""
    date: str = ""


class Domain(Noun):
    """A subject of the audit, judged as a whole."""

    id: str
    title: str
    weight: int = Field(gt=0)


class PlaceLabel(Noun):
    """How a kind of place is called on screen and in reports."""

    id: PlaceKind
    label: str
    plural: str = ""
    hint: str = ""
    """What counts as such a place."""
    named_by: tuple[str, ...] = ()
    """Questions that describe one at a glance."""


class Choice(Noun):
    """One possible answer; those of an `ordered` question go from low to high."""

    id: str
    label: str
    short: str = ""
    """In a column of a grid: six characters at most."""
    sets: dict[str, bool | Number] = Field(default_factory=dict)
    """Facts of the same place that it says too, each with its value."""

    def __hash__(self) -> int:
        return hash((self.id, self.label))


Better = Direction | tuple[tuple[str, ...], ...]
"""In which direction a fact gets better: `up`, `down`, or choices from the worst to the
best, each rank a tuple. `up` of a `choices` question: a superset is better."""


PEOPLE = frozenset({"direction", "equipe", "commune", "syndicat", "prestataire"})
"""Those of `Question.whom` who answer a question."""


class Measure(Noun):
    """A measure that answers a question."""

    of: str
    """What is measured: a key of `MEASURES`."""
    scope: MeasureScope
    """Where it is taken; those of every room may answer a question of the school."""
    aggregate: MeasureAggregate = MeasureAggregate.MEDIAN
    """What several of them give."""
    round: Number | None = None
    """Step of the answer; None: 1 of an integer, 0.01 of a number."""


class Question(Noun):
    """How one fact is collected."""

    id: str
    domain: str
    place: PlaceKind
    type: QuestionType
    label: str
    short: str = ""
    """Above a column of a grid: two lines of eleven characters at most."""
    ask: str = ""
    """The question as asked of the person met."""
    look: str = ""
    """What counts as evidence."""
    hint: str = ""
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    ordered: bool = False
    """Choices may be compared with `<`."""
    range: tuple[Number | None, Number | None] | None = None
    """Refused outside; dates are ISO texts in `date_range`."""
    date_range: tuple[str | None, str | None] | None = None
    without_year: WithoutYear | None = None
    """None: « 28/11 » may be misread, its year is asked for."""
    likely: tuple[Number | None, Number | None] | None = None
    """To be confirmed outside."""
    relevant: str = ""
    """Rule; empty: always."""
    better: Better | None = None
    """None: a situation, neither better nor worse."""
    at_most: str = ""
    """Question of the same place or of one that holds it: the whole of this part."""
    void: bool = False
    """Whether « sans objet » may be answered, with its reason."""
    danger: bool = False
    """A boolean about bodies: known true, it is printed before everything."""
    required: bool = False
    """Part of the short visit: listed before leaving."""
    profile: Profile | None = None
    """The shortest visit that asks it; None: deduced from who reads it."""
    whom: str = ""
    """Whom one asks, where one stands: direction, baie, salle, lot, equipe, commune,
    syndicat, prestataire, bureau, fichier."""
    moment: Moment | None = None
    """When it is collected."""
    seconds: int | None = None
    """Seconds that it takes at the first place; None: what such a question takes."""
    seconds_again: int | None = None
    """Seconds that it takes at each further place; None: as `seconds`."""
    words: tuple[Choice, ...] = ()
    """What may be said where a value is asked: it writes its facts, nothing else."""
    same_gesture: str = ""
    """Question of the same place that is answered in the same gesture, and leads."""
    provenance: tuple[Provenance, ...] = (
        Provenance.OBSERVED,
        Provenance.DECLARED,
    )
    stale_after: str = ""
    """ISO 8601 duration after which the answer is flagged, never rescored."""
    measures: tuple[Measure, ...] = ()
    """Measures that answer it, the first that was taken; none in older editions."""
    sensitive: bool = False
    """Printed in the technical report only."""

    @property
    def heading(self) -> tuple[str, ...]:
        """The lines above a column; none where its author gave no short title."""
        return tuple(self.short.split(" / ")) if self.short else ()


Share = str
"""A share above 0 and up to 1, as written: `"3/4"`, `"0.75"`; `Fraction` reads it."""


class Law(Noun):
    """The text that a criterion rests on."""

    text: str
    """« Loi n° 2015-136 du 9 février 2015 »."""
    article: str = ""
    """Where in it: « 7 II »."""
    read_on: str = ""
    """ISO day on which its words were read; empty: nobody read them."""

    def was_read(self, day: date | None) -> bool:
        """Say whether it was read less than two years before a day; None: whenever.

        Else it is « à vérifier »: nothing may be quoted as law by heart.
        """
        if not self.read_on or day is None:
            return bool(self.read_on)
        return f"{day.year - READ_FOR:04}{day:-%m-%d}" <= self.read_on


READ_FOR = 2
"""Years during which the reading of a text is worth something."""


class Found(Noun):
    """What was seen where a criterion falls short: a fact, never what is wished.

    True at every level below, wherever its gate is open; blanks {lieux}, {valeur} in
    `one`, {n}, {total} in `many`.
    """

    below: Level
    """It is true below this level, and printed nowhere above."""
    one: str
    """Of one place."""
    many: str = ""
    """Of several places, schools or communes."""
    value: str = ""
    """Question or rule whose value {valeur} prints; unknown, nothing is printed."""


class Strength(Noun):
    """What was seen where a criterion is as it should be."""

    at_least: Level
    """It is true from this level on."""
    one: str
    many: str = ""
    value: str = ""


class Criterion(Noun):
    """How facts are judged at a place."""

    id: str
    ref: str = ""
    """Number in the domain dossier: `ACC-02`."""
    domain: str
    title: str
    kind: Kind
    weight: int = Field(ge=0)
    """In its domain; 0 is never averaged."""
    place: PlaceKind
    applicable: str = ""
    """Rule on situations; empty: always."""
    given: str = ""
    """Rule: what must be there before the question makes sense; empty: nothing."""
    levels: dict[int, str]
    """Level 1 to 3 → rule; else 0. A level may be missing."""
    conforms_at: Level | None = None
    """Level from which the rule is met; mandatory for compliance, else None."""
    weigh_by: str = ""
    """Rule giving how much each place weighs in the mean; empty: 1."""
    socle_share: Share = "1"
    """For a blocking criterion: the share of its places that must hold."""
    nature: Nature = Nature.USAGE
    """What it rests on."""
    law: Law | None = None
    """The text that says so; a rule has one."""
    binds: tuple[Party, ...] = ()
    """Who must respect it; a rule binds somebody."""
    deadline: str = ""
    """A date question, or a date to watch: until when, or since when."""
    aspect: str = ""
    """Side of a room or of a lot that it looks at."""
    found: Found | None = None
    """What was seen where it falls short."""
    strength: Strength | None = None
    """What was seen where it is as it should be."""
    why: str
    sources: tuple[str, ...]

    @property
    def is_averaged(self) -> bool:
        """Say whether it counts in the score of its domain."""
        return self.kind is not Kind.COMPLIANCE and self.weight > 0


class Below(Noun):
    """A criterion that stands below a level at a place: what triggers an action."""

    criterion: str
    below: Level
    where: str = ""
    """Rule on situations that shares a criterion between actions; empty: everywhere."""


class Requirement(Noun):
    """A level that a criterion must reach first."""

    criterion: str
    at_least: Level
    share: Share | None = None
    """Share of the places that must reach it, where they lie inside the action's."""


class Need(Noun):
    """What an action buys at each place: a row of the price table, how many, for what.

    Needs of the same item, use and place are one need, the greatest of them.
    """

    item: str
    """Row of the price table."""
    use: str = ""
    """What it is for; empty: the item itself."""
    at: PlaceKind | None = None
    """Kind of place that it serves; None: the place where the action fires."""
    count: str = ""
    """Rule at the place; `quantite` is readable. Empty: `quantite`."""


EffectValue = bool | Number | tuple[str, ...]
"""What a fact becomes: yes or no, a number, a rule giving one, the id of a choice,
several ids, `visit_date`; for a criterion, the level that it reaches."""


class Step(Noun):
    """A first step, a next step."""

    id: str
    title: str


class Otherwise(Noun):
    """What stays as it is if nothing is voted, read after « Sinon : »: no forecast."""

    long: str
    short: str


class Wording(Noun):
    """A recommendation worded for one audience; placeholders to fill."""

    title: str
    why: str = ""
    decision: str = ""
    """mairie: what is to be voted, with an amount and a date."""
    otherwise: Otherwise | None = None
    """mairie: what stays as it is if nothing is voted."""
    meanwhile: str = ""
    """equipe: what to do until then."""
    how: str = ""
    """technique: how it is done."""


class Recommendation(Noun):
    """What to do where a criterion stands too low."""

    id: str
    domain: str
    when: Below
    trade: Trade | None = None
    """Whose craft it takes: votes group actions by it."""
    requires: tuple[Requirement, ...] = ()
    covers: tuple[str, ...] = ()
    """Recommendations that it makes needless where it is surely done."""
    owner: Owner
    quantity: str = "1"
    """Rule giving a number, at the place where it fires."""
    at_most: str = ""
    """Rule at the place: what no quantity exceeds; empty: unbounded."""
    buys: tuple[Need, ...] = ()
    effort: str = ""
    """Rule giving days of work; `quantite` is readable."""
    delay: str = ""
    """ISO 8601 duration within which to act: `P7D`, `P6M`."""
    lifetime: str = ""
    effect: dict[str, EffectValue] = Field(default_factory=dict)
    """Question → what its fact becomes once done; where no fact says it, criterion →
    level that it reaches."""
    steps: tuple[Step, ...] = ()
    wording: dict[Audience, Wording]
    done_when: str
    sources: tuple[str, ...] = ()


CHECK_VALUE = "valeur"
"""The blank that the number of a check fills."""


class Crosscheck(Noun):
    """What makes an answer doubtful beside others: it doubts, and refuses nothing."""

    id: str
    when: str
    """Rule, read where `ask` is asked: surely true, the answer is doubted."""
    says: str
    """Why, with {names} of what the rule reads and {valeur}."""
    ask: str
    """Question whose answer is to be confirmed, or corrected."""
    value: str = ""
    """Rule that gives the number {valeur}."""


class PaperForm(Noun):
    """What somebody fills before the visit, line by line."""

    id: str
    whom: str
    """Who fills it, as its questions say."""
    title: str
    intro: str
    """What this reader must know before he answers."""
    lines: tuple[tuple[str, ...], ...]
    """Questions of each line, in order; one line is one gesture."""
    columns: tuple[str, ...] = ()
    """Questions on each purchase of devices: a row of a table each."""

    @property
    def questions(self) -> tuple[str, ...]:
        """Questions of its lines, in order."""
        return tuple(name for line in self.lines for name in line)


class Retired(Noun):
    """An id used once and never again; its history passes to its successor."""

    id: str
    by: str = ""
    """Id of the successor; empty: nothing takes its place."""


class Aspect(Noun):
    """A side of a room that criteria look at: its sockets, its picture, its sound."""

    id: str
    label: str
    short: str = ""
    """At the head of a narrow column; empty in older editions."""


class Synonym(Noun):
    """A word that people type, and the words of the checklist that it means."""

    id: str
    """Without accent nor capital, as a search reads it."""
    means: tuple[str, ...]
    """Parts of the labels of questions or choices."""


class Checklist(Noun):
    """One edition: everything that judges an audit, compiled and pinned by digest."""

    title: str
    version: str
    domains: tuple[Domain, ...]
    questions: dict[str, Question]
    criteria: dict[str, Criterion]
    recommendations: dict[str, Recommendation]
    prices: dict[str, Price]
    sources: dict[str, RegisteredSource]
    engine: int = 1
    """Version of the judging that it is written for; 1 is judged no more."""
    retired: tuple[Retired, ...] = ()
    """Ids used once and never to be used again, and what takes their place."""
    places: tuple[PlaceLabel, ...] = ()
    """Kinds of places that the checklist names; others go by their id."""
    aspects: tuple[Aspect, ...] = ()
    """Sides of rooms and lots, in the order in which they are shown."""
    synonyms: tuple[Synonym, ...] = ()
    """What is typed by whoever does not know the words of the labels."""
    aids: dict[str, Aid] = Field(default_factory=dict)
    """Funding schemes, as known on their dates."""
    deadlines: dict[str, Deadline] = Field(default_factory=dict)
    """Legal and technical dates to watch."""
    forms: dict[str, PaperForm] = Field(default_factory=dict)
    """What is filled on paper before the visit."""
    finances: dict[str, Finance] = Field(default_factory=dict)
    """Rules of local finances, as known on their dates."""
    checks: dict[str, Crosscheck] = Field(default_factory=dict)
    """What makes an answer doubtful beside others."""

    def domain(self, domain: str) -> Domain:
        """Return a domain by its id.

        Raises:
            KeyError: when there is none.
        """
        for candidate in self.domains:
            if candidate.id == domain:
                return candidate
        raise KeyError(domain)
