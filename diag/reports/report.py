"""Everything that any document tells of one audit, computed once."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

from diag.assess.questions import Asked, relevant_questions
from diag.assess.results import Assessment, CriterionResult
from diag.model.accents import accented
from diag.model.audit import Audit, FollowUp, OwnAdvice, Visit
from diag.model.auditee import Auditee
from diag.model.checklist import Checklist, Wording
from diag.model.enums import Audience, AuditStatus, PlaceKind
from diag.model.fact import Facts
from diag.model.place import Place
from diag.model.territory import Commune, TownHall
from diag.reports.budget import Budget, budget_of
from diag.reports.comparables import Comparables
from diag.reports.discretion import Discretion, discretion_of
from diag.reports.house.house import PLAIN, House
from diag.reports.money import spoken_cost
from diag.reports.option import Option
from diag.reports.own import advised
from diag.reports.pictures import NONE as NO_PICTURES
from diag.reports.pictures import Evidence, Pictures
from diag.reports.plan import Action, Plan, plan_of, still_standing
from diag.reports.progress import Progress
from diag.words.dates import long_date
from diag.words.sentences import NEXT_BUDGET, Blanks, filled, listed
from diag.words.vocabulary import PLACES, SUBJECTS

_STATUSES = {
    AuditStatus.EN_COURS: "audit en cours",
    AuditStatus.SOUMIS: "soumis à relecture",
    AuditStatus.ACCEPTE: "relu et accepté, pas encore clos",
    AuditStatus.RETOURNE: "renvoyé pour complément",
    AuditStatus.CLOS: "définitif",
}


@dataclass(frozen=True, slots=True)
class Office:
    """Who hands the document over, and how to reach them."""

    name: str
    """The syndicat, as it signs."""
    phone: str = ""
    email: str = ""
    house: House = PLAIN
    """What they made their own in the documents."""


@dataclass(frozen=True)
class Report:
    """One audit, ready to be told; every document is a view of it."""

    about: Auditee
    """Whom the audit is about, its name as it is printed."""
    commune: Commune | None
    town_hall: TownHall | None
    audit: Audit
    status: AuditStatus
    facts: Facts
    checklist: Checklist
    assessment: Assessment
    visits: tuple[Visit, ...]
    follow_ups: tuple[FollowUp, ...]
    wordings: Mapping[tuple[str, Audience], Wording]
    """What the engineer reworded: (recommendation, audience) → wording."""
    author: str
    office: Office
    date: date
    digest: str
    """Of the audit's journal: what this document can be proven with."""
    edition: str
    """Digest of the compiled checklists."""
    plan: Plan
    budget: Budget
    discretion: Discretion
    evidence: tuple[Evidence, ...]
    """The photos of the audit, in the order in which they were joined."""
    pictures: Pictures
    """Those that are on this machine, by their SHA-256, small enough to be shown."""
    look_back: Callable[[], Progress | None]
    """Finds the last audit; asked once, by the documents that tell it."""
    look_around: Callable[[], Comparables | None]
    """Finds schools like it."""
    option: Option | None
    """A kept scenario to print beside the facts, if one was asked."""

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """What applies at each place, answered or not."""
        return relevant_questions(self.facts, self.checklist)

    @cached_property
    def progress(self) -> Progress | None:
        """What changed since the last audit; None for a first one."""
        return self.look_back()

    @cached_property
    def comparables(self) -> Comparables | None:
        """How schools like it stand; None for what is no school."""
        return self.look_around()

    def gathered(self) -> "Report":
        """Return itself, everything found: another thread may write its documents."""
        _ = self.progress, self.comparables
        return self

    @property
    def provisional(self) -> bool:
        """Say whether the audit may still change."""
        return self.status is not AuditStatus.CLOS

    @property
    def status_words(self) -> str:
        """The status, as printed."""
        said = _STATUSES[self.status]
        return f"provisoire ({said})" if self.provisional else said

    @property
    def it(self) -> str:
        """Return « l'école », « la commune » or « le syndicat »."""
        return SUBJECTS[self.about.kind][0]

    @property
    def of_it(self) -> str:
        """Return « de l'école », « de la commune » or « du syndicat »."""
        return SUBJECTS[self.about.kind][1]

    @cached_property
    def place_names(self) -> Mapping[str, str]:
        """Every place's name by id; names borne twice say where they stand."""
        places = self.facts.places
        borne = Counter(place.name for place in places.values())

        def label(place: Place) -> str:
            parent = places.get(place.parent or "")
            if borne[place.name] == 1 or parent is None:
                return _named(place)
            return f"{_named(place)} ({_named(parent)})"

        return {place.id: label(place) for place in places.values()}

    def place_name(self, place: str) -> str:
        """Return a place's name; its id when the place is gone."""
        return self.place_names.get(place, place)

    def kind_words(self, kind: PlaceKind) -> tuple[str, str]:
        """Return how one place of a kind is called, and several."""
        for one in self.checklist.places:
            if one.id is kind:
                return one.label, one.plural or f"{one.label}s"
        return PLACES[kind]

    def result(self, criterion: str) -> CriterionResult | None:
        """Return what was found on a criterion, if the edition has it."""
        return self.assessment.criteria.get(criterion)

    def is_discreet(self, recommendation: str, audience: Audience) -> bool:
        """Say whether places, quantities and reasons stay untold to a reader."""
        return (
            audience is not Audience.TECHNIQUE
            and recommendation in self.discretion.recommendations
        )

    def wording(self, action: Action, audience: Audience) -> Wording:
        """Return an action's words for a reader, reworded or as the author wrote."""
        own = action.advice.recommendation.wording
        reworded = self.wordings.get((action.id, audience))
        return reworded or own.get(audience) or Wording(title=action.id)

    def told(self, action: Action, text: str, audience: Audience) -> str:
        """Return a sentence about an action, its placeholders filled.

        What the engineer advises of their own has none: it is told letter for letter.
        """
        if "{" not in text or action.id not in self.checklist.recommendations:
            return text
        discreet = self.is_discreet(action.id, audience)
        blanks = Blanks(
            quantity=None if discreet else action.advice.quantity,
            cost=spoken_cost(action.advice.cost),
            places=self.spoken_places(action, audience),
            due=self.spoken_due(action),
        )
        return filled(text, blanks)

    def title(self, action: Action, audience: Audience) -> str:
        """Return an action's title for a reader."""
        return self.told(action, self.wording(action, audience).title, audience)

    def spoken_places(self, action: Action, audience: Audience) -> str:
        """Return what {lieux} says: names, or « l'école », « la commune »."""
        if not action.advice.places or self.is_discreet(action.id, audience):
            return self.it
        names = [self.place_name(place) for place in action.advice.places]
        return listed(names, limit=len(names) if audience is Audience.TECHNIQUE else 6)

    def spoken_due(self, action: Action) -> str:
        """Return what {echeance} says: a day, or « prochain budget »."""
        return long_date(action.due) if action.due else NEXT_BUDGET


def _pressing(assessment: Assessment) -> frozenset[str]:
    """Return the points of law that fail or are to be checked."""
    return frozenset(one.criterion.id for one in assessment.alerts)


def _named(place: Place) -> str:
    return accented(place.name) if place.kind is PlaceKind.ECOLE else place.name


def build_report(
    *,
    about: Auditee,
    audit: Audit,
    facts: Facts,
    checklist: Checklist,
    assessment: Assessment,
    author: str,
    office: Office,
    today: date,
    status: AuditStatus = AuditStatus.EN_COURS,
    commune: Commune | None = None,
    town_hall: TownHall | None = None,
    visits: Sequence[Visit] = (),
    follow_ups: Sequence[FollowUp] = (),
    wordings: Mapping[tuple[str, Audience], Wording] | None = None,
    digest: str = "",
    edition: str = "",
    earlier: Sequence[FollowUp] = (),
    own: Sequence[OwnAdvice] = (),
    ranks: Mapping[str, Fraction] | None = None,
    evidence: Sequence[Evidence] = (),
    pictures: Pictures = NO_PICTURES,
    look_back: Callable[[], Progress | None] = lambda: None,
    look_around: Callable[[], Comparables | None] = lambda: None,
    option: Option | None = None,
) -> Report:
    """Return a report of an audit as it stands `today`.

    `earlier` steps are of the audit before; `own` and `ranks` are the engineer's.
    """
    advice = (*assessment.advice, *(advised(one, today.year) for one in own))
    steps = (*still_standing(earlier), *follow_ups)
    plan = plan_of(advice, steps, today, _pressing(assessment), ranks)
    return Report(
        about=about.model_copy(update={"name": accented(about.name)}),
        commune=commune,
        town_hall=town_hall,
        audit=audit,
        status=status,
        facts=facts,
        checklist=checklist,
        assessment=assessment,
        visits=tuple(visits),
        follow_ups=(*earlier, *follow_ups),
        wordings=wordings or {},
        author=author,
        office=office,
        date=today,
        digest=digest,
        edition=edition,
        plan=plan,
        budget=budget_of(plan.actions, today),
        discretion=discretion_of(checklist),
        evidence=tuple(evidence),
        pictures=pictures,
        look_back=look_back,
        look_around=look_around,
        option=option,
    )
