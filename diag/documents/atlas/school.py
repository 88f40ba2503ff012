"""An audit on a page: scores, alerts, what is proposed, what was decided."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from statistics import median

from diag.assess.results import CriterionResult, DomainResult, Score
from diag.assess.words import Money, filled_words, is_printable
from diag.audit.findings import name_places, observed
from diag.audit.report import Report
from diag.audit.snapshot import OLDER
from diag.audit.votes import CLASSES
from diag.documents.academie import READER as ACADEMIE
from diag.documents.mairie import READER as MAIRIE
from diag.documents.parts import advice, frame
from diag.documents.parts.advice import cures, failing, rests_on, rules
from diag.documents.parts.votes import danger_words, vote_lines, votes_shown
from diag.documents.tables import position
from diag.model.audit import Auditee, School
from diag.model.enums import (
    READERS,
    WORKING_READER,
    Audience,
    Compliance,
    Owner,
    PlaceKind,
    Socle,
    Standing,
)
from diag.model.text import Bounds, accented, fold
from diag.words.dates import describe_day, long_date
from diag.words.sentences import displayed, in_words, listed, percent
from diag.words.vocabulary import FOLLOW_UPS, UNSCORED


@dataclass(frozen=True, slots=True)
class ScoreBar:
    """A score out of 100, ready to be written and drawn."""

    words: str
    """« entre 47 et 61 », « 58 », or why there is none."""
    span: tuple[int, int] | None = None
    """What is sure, and what remains possible; None without a score."""

    @property
    def cell(self) -> str:
        """The same in a table: « 47 à 61 »."""
        if self.span is None:
            return self.words
        low, high = self.span
        return str(low) if low == high else f"{low} à {high}"

    @property
    def sure(self) -> int:
        """How much is drawn in full."""
        return self.span[0] if self.span else 0

    @property
    def possible(self) -> int:
        """How much is drawn in light, after what is sure."""
        return self.span[1] - self.span[0] if self.span else 0


def gauge(score: Score | None, otherwise: str = "sans objet") -> ScoreBar:
    """Return a score as a gauge; `otherwise` stands where there is none.

    One too wide to be printed gives how much is examined, and is not drawn.
    """
    if score is None or score.bounds is None:
        return ScoreBar(otherwise)
    if not is_printable(score):
        return ScoreBar(filled_words(score))
    return ScoreBar(in_words(score.bounds), displayed(score.bounds))


def middle(scores: Iterable[Score]) -> Score | None:
    """Return what surely holds the median of scores that are only known in part."""
    known = [(one.bounds, one.completeness) for one in scores if one.bounds]
    if not known:
        return None
    low = median(bounds.low for bounds, _ in known)
    high = median(bounds.high for bounds, _ in known)
    complete = median(share for _, share in known)
    return Score(Standing.IN, Bounds(Fraction(low), Fraction(high)), Fraction(complete))


# What a reader may not see is never given to a page: nothing is hidden afterwards.
_PRIVATE = "privé"


class AtlasReader(StrEnum):
    """The kinds of readers."""

    SYNDICAT = "syndicat"
    MAIRIE = "mairie"
    CIRCONSCRIPTION = "circonscription"


_AUDIENCES = {
    AtlasReader.SYNDICAT: READERS,
    AtlasReader.MAIRIE: (MAIRIE,),
    AtlasReader.CIRCONSCRIPTION: (ACADEMIE,),
}

_WORDED_FOR = {
    AtlasReader.SYNDICAT: WORKING_READER,
    AtlasReader.MAIRIE: MAIRIE,
    AtlasReader.CIRCONSCRIPTION: ACADEMIE,
}


@dataclass(frozen=True, slots=True)
class View:
    """One reader of the atlas."""

    reader: AtlasReader
    title: str
    """Who reads, as printed at the head of every page."""
    code: str = ""
    """INSEE code of the commune, or name of the circonscription."""

    def __str__(self) -> str:
        """Return how commands name it: `syndicat`, `mairie:99903`."""
        return f"{self.reader}:{self.code}" if self.code else str(self.reader)

    @property
    def audiences(self) -> tuple[Audience, ...]:
        """The documents that are copied in."""
        return _AUDIENCES[self.reader]

    @property
    def audience(self) -> Audience:
        """Whose words the pages speak."""
        return _WORDED_FOR[self.reader]

    @property
    def money(self) -> bool:
        """Whether amounts and what a council decides are shown."""
        return self.reader is not AtlasReader.CIRCONSCRIPTION

    @property
    def several_communes(self) -> bool:
        """Whether there may be schools of more than one commune."""
        return self.reader is not AtlasReader.MAIRIE

    def sees(self, school: School) -> bool:
        """Whether a school belongs to this reader; a town hall owns public ones."""
        match self.reader:
            case AtlasReader.MAIRIE:
                private = school.sector.casefold().startswith(_PRIVATE)
                return bool(self.code) and school.insee == self.code and not private
            case AtlasReader.CIRCONSCRIPTION:
                return bool(self.code) and school.circonscription == self.code
            case _:
                return True

    def sees_audit_of(self, about: Auditee) -> bool:
        """Whether the audit of a school, a commune or a syndicat may be shown."""
        if about.kind is PlaceKind.ECOLE:
            return about.school is not None and self.sees(about.school)
        if self.reader is AtlasReader.SYNDICAT:
            return True
        own = about.kind is PlaceKind.COMMUNE and about.code == self.code
        return own and self.reader is AtlasReader.MAIRIE


PROPOSED = 5
"""At most so many actions of the school and the académie listed; documents have all."""

_TEACHERS = {Owner.ECOLE, Owner.ACADEMIE}


@dataclass(frozen=True, slots=True)
class DomainLine:
    """One domain and its score."""

    title: str
    gauge: ScoreBar
    completeness: str

    @classmethod
    def of(cls, result: DomainResult) -> "DomainLine":
        """Return a domain's line; what is never averaged is marked so."""
        if result.only_complies:
            return cls(result.domain.title, gauge(result.score, UNSCORED), "–")
        complete = percent(result.score.completeness)
        return cls(result.domain.title, gauge(result.score), complete)


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule that is not respected."""

    expected: str
    rests_on: str
    """Its nature, its text and its date."""
    seen: str
    cure: str
    """The actions that cure it, numbered; empty when none does."""


@dataclass(frozen=True, slots=True)
class DecisionStep:
    """One step of what became of a recommendation."""

    action: str
    state: str
    day: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Bilan:
    """One audit as one reader may see it."""

    provisional: bool
    status: str
    """Where the audit stands: « audit en cours », « définitif »."""
    campaign: str
    visits: str
    score: ScoreBar
    completeness: str
    socle: str
    domains: tuple[DomainLine, ...]
    alerts: tuple[Alert, ...]
    to_check: tuple[str, ...]
    """Titles of the points of compliance that are still to be checked."""
    dangers: tuple[str, ...]
    """What threatens people, with its place, and what is to be done at once."""
    proposed: tuple[str, ...]
    """What is to be decided: with amounts by a council, without by teachers."""
    decided: tuple[DecisionStep, ...]
    budget: str
    """Three years, with tax; empty when nothing is to pay or the view has no money."""
    running: str
    """What this was computed from, and when."""


def bilan_of(report: Report, view: View) -> Bilan:
    """Return what a reader may see of an audit."""
    overall, budget = report.assessment.overall, report.budget
    whole = budget.total.taxed if budget.every else ""
    return Bilan(
        provisional=report.provisional,
        status=report.standing,
        campaign=report.audit.campaign,
        visits=listed([describe_day(visit.date) for visit in report.visits]),
        score=gauge(overall),
        completeness=percent(overall.completeness),
        socle=frame.socle_words(report),
        domains=tuple(map(DomainLine.of, report.assessment.domains)),
        alerts=tuple(
            Alert(
                expected=one.criterion.title,
                rests_on=rests_on(report, one),
                seen=observed(report, one),
                cure=cures(report, one, view.audience),
            )
            for one in failing(report, view.audience)
        ),
        to_check=tuple(one.criterion.title for one in unchecked(report, view)),
        dangers=(
            *frame.dangers_found(report),
            *(danger_words(votes_shown(report)) if view.money else ()),
        ),
        proposed=tuple(vote_lines(votes_shown(report)))
        if view.money
        else _for_teachers(report, view),
        decided=tuple(
            DecisionStep(
                action=name_places(report, one.recommendation, view.audience),
                state=FOLLOW_UPS[one.state],
                day=describe_day(one.on),
                by=one.by,
                why=one.why,
            )
            for one in report.follow_ups
        )
        if view.money
        else (),
        budget=budget.describe_total(whole) if view.money else "",
        running=frame.running_line(report),
    )


def unchecked(report: Report, view: View) -> tuple[CriterionResult, ...]:
    """Return the rules that a reader answers for, and that are still to be checked."""
    return tuple(
        one
        for one in rules(report, view.audience)
        if one.compliance is Compliance.A_VERIFIER
    )


def _for_teachers(report: Report, view: View) -> tuple[str, ...]:
    mine = [
        one
        for one in report.plan.actions
        if one.advice.recommendation.owner in _TEACHERS and not one.conditional
    ]
    lines = []
    for one in mine[:PROPOSED]:
        when = f", avant le {long_date(one.due)}" if one.due else ""
        by = f"{advice.owner(one)}{when}, {one.ref}"
        lines.append(f"{report.title(one, view.audience)} ({by}).")
    return tuple(lines)


_LONGEST = 48
_UNSAFE = re.compile(r"[^a-z0-9]+")


def slug(*parts: str) -> str:
    """Return texts as one name of small letters, digits and hyphens."""
    slugs = (_UNSAFE.sub("-", fold(one))[:_LONGEST].strip("-") for one in parts)
    return "-".join(filter(None, slugs)) or "sans-nom"


def school_path(name: str, uai: str) -> str:
    """Return where a school's page stands; its number makes it unique."""
    return f"ecoles/{slug(name, uai)}.html"


_LEVELS = {
    (True, False): "Maternelle",
    (False, True): "Élémentaire",
    (True, True): "Maternelle et élémentaire",
}


@dataclass(frozen=True, slots=True)
class SchoolScores:
    """What lists and totals keep of an audit."""

    provisional: bool
    score: ScoreBar
    overall: Score
    completeness: str
    socle: Socle
    failing: tuple[str, ...]
    """Titles of the points of compliance that fail."""
    to_check: int
    domains: Mapping[str, Score]
    """Title of a domain → its score."""
    budget: Money | None
    """Three years, with tax; None when the view has no money."""


@dataclass(frozen=True, slots=True)
class SchoolEntry:
    """One school; without scores while no audit is begun."""

    uai: str
    name: str
    insee: str
    commune: str
    levels: str
    sector: str
    classes: int | None
    pupils: int | None
    circonscription: str
    point: tuple[float, float] | None
    """Longitude and latitude, when they are known."""
    told: SchoolScores | None
    older: bool = False
    """Whether its audit is of an older method: it has no score any more."""
    has_namesake: bool = False
    """Whether another school of its commune has its name: their numbers differ."""

    @property
    def untold(self) -> str:
        """Why it has no score: « pas encore auditée »."""
        return OLDER if self.older else "pas encore auditée"

    @property
    def path(self) -> str:
        """Where its page stands."""
        return school_path(self.name, self.uai)

    @property
    def state(self) -> str:
        """How filters call it: `absent`, `provisoire` or `clos`."""
        if self.told is None:
            return "absent"
        return "provisoire" if self.told.provisional else "clos"

    @property
    def searched(self) -> str:
        """What a search compares with: no accent, no capital."""
        return fold(f"{self.name} {self.commune} {self.uai}")

    @property
    def order(self) -> tuple[str, str, str]:
        """Where it stands in a list."""
        return fold(self.commune), fold(self.name), self.uai


def entry_of(school: School, *, older: bool = False) -> SchoolEntry:
    """Return a school's line, before its audit is read."""
    found = position(school)
    return SchoolEntry(
        uai=school.uai,
        name=accented(school.name),
        insee=school.insee,
        commune=school.commune,
        levels=_LEVELS.get((bool(school.nursery), bool(school.elementary)), ""),
        sector=school.sector,
        classes=school.classes,
        pupils=school.pupils,
        circonscription=school.circonscription,
        point=(found[0], found[1]) if found else None,
        told=None,
        older=older,
    )


def audited_entry(entry: SchoolEntry, report: Report, view: View) -> SchoolEntry:
    """Return a school's line once its audit is read, as large as the audit has it."""

    def size(question: str, listed: int | None) -> int | None:
        answer = report.facts.answer(report.facts.root, question)
        return answer.value if answer and isinstance(answer.value, int) else listed

    return replace(
        entry,
        told=scores_of(report, view),
        classes=size(CLASSES, entry.classes),
        pupils=size("nb_eleves", entry.pupils),
    )


def scores_of(report: Report, view: View) -> SchoolScores:
    """Return what lists and totals keep of an audit, as a reader may see it."""
    assessment = report.assessment
    overall = assessment.overall
    return SchoolScores(
        provisional=report.provisional,
        score=gauge(overall),
        overall=overall,
        completeness=percent(overall.completeness),
        socle=assessment.socle,
        failing=tuple(one.criterion.title for one in failing(report, view.audience)),
        to_check=len(unchecked(report, view)),
        domains={
            one.domain.title: one.score
            for one in assessment.domains
            if one.score.bounds is not None
        },
        budget=report.budget.total if view.money else None,
    )
