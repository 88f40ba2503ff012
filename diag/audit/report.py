"""Everything that any document prints of one audit, computed once; its pictures."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property, lru_cache, partial, wraps
from pathlib import Path
from types import MappingProxyType
from typing import Any, Concatenate, ParamSpec, TypeVar

from diag.assess.judge import judge_for, public
from diag.assess.plan import (
    Action,
    Budget,
    Plan,
    advised,
    budget_of,
    plan_of,
    refs_words,
    states_of,
    still_standing,
)
from diag.assess.results import Assessment, CriterionResult
from diag.assess.spread import kind_words
from diag.assess.words import format_cost
from diag.audit.compare import AuditsCompared, Comparables, comparables_of, progress_of
from diag.audit.hypotheses import option_of
from diag.audit.remarks import (
    Evidence,
    Remarks,
    public_digest,
    remarks_of,
    signature_read,
    since_words,
)
from diag.audit.session import AuditSession
from diag.audit.suppose import Option
from diag.journal.attachments import AttachmentStore
from diag.journal.errors import JournalError
from diag.journal.records import photos_of, standing_list_of
from diag.model.audit import (
    Answer,
    Audit,
    Auditee,
    Commune,
    Facts,
    FollowUp,
    Observation,
    OwnAdvice,
    Place,
    TownHall,
    Visit,
)
from diag.model.checklist import Checklist, Wording
from diag.model.enums import (
    USUAL_READER,
    WORKING_READER,
    Audience,
    AuditStatus,
    FollowUpState,
    PlaceKind,
)
from diag.model.text import Quantity, accented
from diag.model.votes import DecisionList, VoteHand
from diag.words.dates import long_date
from diag.words.sentences import NEXT_BUDGET, Blanks, filled, listed, person_words
from diag.words.vocabulary import (
    ACCEPTED_ALONE,
    STATUSES_PRINTED,
    STATUSES_UNSEALED,
    SUBJECTS,
    UNSEALED,
)
from diag.workspace.charter import Issuer, office_of
from diag.workspace.picture import PictureError, reduced
from diag.workspace.workspace import Workspace

_PLACES_AT_END = " : {lieux}"
"""How a title names its places last: left out where they stand beside it."""

T = TypeVar("T")
P = ParamSpec("P")

Pictures = Mapping[str, bytes]
"""Attachments by their SHA-256: JPEGs."""

NONE: Pictures = MappingProxyType({})
"""No picture at all."""


@dataclass(frozen=True)
class Report:
    """One audit, ready to be printed; every document is a view of it."""

    about: Auditee
    """Whom the audit is about, its name as it is printed."""
    commune: Commune | None
    town_hall: TownHall | None
    audit: Audit
    status: AuditStatus
    unsealed: str
    """What was written since it was closed, or accepted, in words; empty if nothing."""
    is_alone: bool
    """Whether who accepted it wrote some of it."""
    facts: Facts
    checklist: Checklist
    assessment: Assessment
    visits: tuple[Visit, ...]
    follow_ups: tuple[FollowUp, ...]
    wordings: Mapping[tuple[str, Audience], Wording]
    """What the engineer reworded: (recommendation, audience) → wording."""
    author: str
    strangers: frozenset[str]
    """Labels of who answered and is unknown here."""
    office: Issuer
    date: date
    digest: str
    """Of the audit's journal: what this document can be proven with."""
    edition: str
    """Digest of the compiled checklists."""
    plan: Plan
    budget: Budget
    evidence: tuple[Evidence, ...]
    """The photos of the audit, in the order in which they were joined."""
    observations: tuple[Observation, ...]
    """What was seen and noted; public documents print those that are shown alone."""
    pictures: Pictures
    """Those that are on this machine, by their SHA-256, small enough to be shown."""
    look_back: Callable[[], AuditsCompared | None]
    """Finds the last audit; asked once, by the documents that print it."""
    look_around: Callable[[], Comparables | None]
    """Finds schools like it."""
    shown: "Report | None"
    """The same as if its sensitive questions did not exist; None where none does."""
    hands: Mapping[str, VoteHand]
    """What the engineer did to votes, by id of recommendation."""
    frozen: DecisionList | None
    """What the closing froze for the council; None while the audit is open."""
    option: Option | None
    """A kept scenario to print next to the facts, if one was asked."""
    per_class: int
    """Euros that the syndicat counts for what is reserved, a class; 0: none."""

    def person(self, name: str) -> str:
        """Return who answered, by name, or that nobody here knows whose label it is."""
        return person_words(name, {}) if name in self.strangers else name

    def once(self, what: tuple[object, ...], work: Callable[[], T]) -> T:
        """Return what is worked out of it under a name; kept for the next document."""
        if what not in self._kept:
            self._kept[what] = work()
        found: T = self._kept[what]
        return found

    @cached_property
    def _kept(self) -> dict[tuple[object, ...], Any]:
        return {}

    @cached_property
    def asked_no_more(self) -> frozenset[tuple[str, str]]:
        """Places and questions answered before an answer that makes them idle."""
        reading = judge_for(self.facts, self.checklist).reading(self.facts)
        return frozenset(
            (place, name)
            for place, name in self.facts.answers
            if place in self.facts.places
            and name in self.checklist.questions
            and reading.scope(place).relevance(name) is False
        )

    @cached_property
    def progress(self) -> AuditsCompared | None:
        """What changed since the last audit; None for a first one."""
        return self.look_back()

    @cached_property
    def comparables(self) -> Comparables | None:
        """How schools like it stand; None for what is no school, or is closed."""
        # It reads what is public: there is one answer.
        return self.shown.comparables if self.shown else self.look_around()

    @property
    def public(self) -> "Report":
        """What everyone may read of it; itself where nothing is sensitive."""
        return self.shown or self

    def read_by(self, audience: Audience) -> "Report":
        """Return what an audience may read of it.

        A technician's copy bears the mark of the whole audit: it is no public paper.
        """
        if audience.reads_reserved:
            return self
        if audience is WORKING_READER:
            marked = replace(
                self.public,
                digest=self.digest,
                look_back=lambda: self.public.progress,
                look_around=lambda: self.public.comparables,
            )
            # Nothing that is worked out of it reads its mark.
            vars(marked)["_kept"] = self.public._kept  # noqa: SLF001 - of its own class
            return marked
        return self.public

    def is_reserved(self, ident: str) -> bool:
        """Say whether a criterion or a recommendation stays out of what is public."""
        told, shown = self.checklist, self.public.checklist
        return (
            ident in told.criteria.keys() - shown.criteria.keys()
            or ident in told.recommendations.keys() - shown.recommendations.keys()
        )

    def gathered(self) -> "Report":
        """Return itself, everything found: another thread may write its documents."""
        for one in (self, self.public):
            _ = one.progress, one.comparables
        return self

    @property
    def is_unsealed(self) -> bool:
        """Return whether it was closed, or accepted, and written in since."""
        return bool(self.unsealed)

    @property
    def provisional(self) -> bool:
        """Return whether the audit may still change."""
        return self.status is not AuditStatus.CLOS or self.is_unsealed

    @property
    def standing(self) -> str:
        """Return « audit en cours », « définitif », « modifié depuis la clôture »."""
        if self.is_unsealed:
            return STATUSES_UNSEALED[self.status]
        if self.is_alone and self.status is AuditStatus.ACCEPTE:
            return f"{ACCEPTED_ALONE}, pas encore clos"
        return STATUSES_PRINTED[self.status]

    @property
    def status_words(self) -> str:
        """The status, as printed."""
        said = self.standing
        if self.is_unsealed:
            said = f"{UNSEALED}, {said} : {self.unsealed}"
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
        """Every place's name by id; names borne twice have their parent."""
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
        return kind_words(self.checklist, kind)

    def result(self, criterion: str) -> CriterionResult | None:
        """Return what was found on a criterion, if the edition has it."""
        return self.assessment.criteria.get(criterion)

    def wording(self, action: Action, audience: Audience) -> Wording:
        """Return an action's words for a reader, reworded or as the author wrote."""
        own = action.advice.recommendation.wording
        reworded = self.wordings.get((action.id, audience))
        return reworded or own.get(audience) or Wording(title=action.id)

    def fill_blanks(self, action: Action, text: str, audience: Audience) -> str:
        """Return a sentence about an action, its placeholders filled.

        What the engineer advises of their own has none: it is printed as it is.
        """
        if "{" not in text or action.id not in self.checklist.recommendations:
            return text
        return filled(text, self._blanks(action, audience))

    def _blanks(self, action: Action, audience: Audience) -> Blanks:
        def blanks() -> Blanks:
            sure = len(action.advice.places)
            return Blanks(
                quantity=action.advice.quantity,
                cost=self.format_cost(action),
                places=self.format_places(action, audience),
                due=self.format_due(action),
                spots=Quantity(sure, sure + len(action.unsure_places)),
            )

        return self.once(("blanks", action.id, audience), blanks)

    def title(self, action: Action, audience: Audience = USUAL_READER) -> str:
        """Return an action's title for a reader."""

        def filled_in() -> str:
            words = self.wording(action, audience).title
            return self.fill_blanks(action, words, audience)

        return self.once(("title", action.id, audience), filled_in)

    def title_apart(self, action: Action, audience: Audience) -> str:
        """Return an action's title where its places stand beside it: they end none."""
        words = self.wording(action, audience).title.removesuffix(_PLACES_AT_END)
        return self.fill_blanks(action, words, audience)

    def title_at(self, action: Action, place: str, audience: Audience) -> str:
        """Return an action's title at one of its places, which already heads the page.

        A blank for places that ends the title is left empty; elsewhere it has that one.
        """
        text = self.wording(action, audience).title.removesuffix(_PLACES_AT_END)
        if "{" not in text or action.id not in self.checklist.recommendations:
            return text
        blanks = self._blanks(action, audience)
        return filled(text, replace(blanks, places=self.place_name(place)))

    def format_places(self, action: Action, audience: Audience) -> str:
        """Return the words of {lieux}: names, or « l'école », « la commune ».

        With those of the quantity: « CE2 et peut-être CM1 ».
        """
        if not action.advice.places:
            return self.it
        sure = self._names(action.advice.places, audience)
        maybe = self._names(action.unsure_places, audience)
        return f"{sure} et peut-être {maybe}" if maybe else sure

    def _names(self, places: Sequence[str], audience: Audience) -> str:
        names = [self.place_name(place) for place in places]
        return listed(names, limit=len(names) if audience.reads_every_place else 6)

    def format_cost(self, action: Action, *, headed: bool = False) -> str:
        """Return the words of {cout}: « environ 400 € TTC, le reste compris dans A3 ».

        It is its share of the whole, so that all of them add up.
        """
        kept = ("cost", action.id, "headed" * headed)
        return self.once(kept, lambda: self._cost_words(action, headed=headed))

    def _cost_words(self, action: Action, *, headed: bool) -> str:
        own = action.advice.cost
        paid = dict.fromkeys(one.payer for one in action.advice.shared)
        payers = [found for one in paid if (found := self.plan.action(one))]
        if not payers:
            return format_cost(own, headed=headed)
        if own.free:
            return f"compris dans {refs_words(payers)}"
        told = format_cost(own, headed=headed)
        return f"{told}, le reste compris dans {refs_words(payers)}"

    def format_due(self, action: Action) -> str:
        """Return the words of {echeance}: a day, or « prochain budget »."""
        return long_date(action.due) if action.due else NEXT_BUDGET


def once(
    work: Callable[Concatenate[Report, P], T],
) -> Callable[Concatenate[Report, P], T]:
    """Keep what a function works out of a report, for the next document.

    What else it is given must be hashable.
    """

    @wraps(work)
    def kept(report: Report, /, *args: P.args, **kwargs: P.kwargs) -> T:
        what = (work, *args, *kwargs.items())
        return report.once(what, lambda: work(report, *args, **kwargs))

    return kept


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
    office: Issuer,
    today: date,
    status: AuditStatus = AuditStatus.EN_COURS,
    unsealed: str = "",
    is_alone: bool = False,
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
    observations: Sequence[Observation] = (),
    pictures: Pictures = NONE,
    look_back: Callable[[], AuditsCompared | None] = lambda: None,
    look_around: Callable[[], Comparables | None] = lambda: None,
    shown: Report | None = None,
    hands: Mapping[str, VoteHand] | None = None,
    frozen: DecisionList | None = None,
    option: Option | None = None,
    per_class: int = 0,
    strangers: frozenset[str] = frozenset(),
) -> Report:
    """Return a report of an audit as it stands `today`.

    `earlier` steps are of the audit before; `own` and `ranks` are the engineer's. An
    action bears the same number as in what is `shown` of it to everyone.
    """
    law = {one.criterion.id for one in assessment.alerts if one.is_law}
    added = (advised(one, today.year, is_law=one.criterion in law) for one in own)
    steps = (*still_standing(earlier), *follow_ups)
    refs = {one.id: one.ref for one in shown.plan} if shown else {}
    if frozen:
        refs = frozen.refs
        # What was put off since is told beside what was printed, and moves no row.
        steps = tuple(
            one.model_copy(update={"due": ""}) if one.on > frozen.day else one
            for one in steps
        )
    moved = {
        ident: date.fromisoformat(one.due)
        for ident, one in (hands or {}).items()
        if one.due
    }
    plan = plan_of((*assessment.advice, *added), steps, today, ranks, refs, moved=moved)
    return Report(
        about=about.model_copy(update={"name": accented(about.name)}),
        commune=commune,
        town_hall=town_hall,
        audit=audit,
        status=status,
        unsealed=unsealed,
        is_alone=is_alone,
        facts=facts,
        checklist=checklist,
        assessment=assessment,
        visits=tuple(visits),
        follow_ups=(*earlier, *follow_ups),
        wordings=wordings or {},
        author=author,
        strangers=strangers,
        office=office,
        date=today,
        digest=digest,
        edition=edition,
        plan=plan,
        budget=budget_of(plan.actions, today, plan.to_confirm),
        evidence=tuple(evidence),
        observations=tuple(observations),
        pictures=pictures,
        look_back=look_back,
        look_around=look_around,
        shown=shown,
        hands=hands or {},
        frozen=frozen,
        option=option,
        per_class=per_class,
    )


class Album(Mapping[str, bytes]):
    """The pictures of an audit that are here, by their SHA-256; reduced once each.

    Only what the audit names is in it: no other attachment can be shown.
    """

    def __init__(self, session: AuditSession) -> None:
        self._folder = session.workspace.folder
        # Read now: documents are written by another thread than the journal's.
        self._named = {
            photo.sha
            for photo in photos_of(session.workspace.journal, session.audit.id)
        }
        self._reduced: dict[str, bytes] = {}

    def __getitem__(self, sha: str) -> bytes:
        """Return a picture, reduced.

        Raises:
            KeyError: when the audit does not name it, or it is not here, or damaged.
        """
        if sha in self._reduced:
            return self._reduced[sha]
        if sha not in self._named:
            raise KeyError(sha)
        try:
            data = AttachmentStore(self._folder).get(sha)
            found = None if data is None else reduced(data)
        except (JournalError, PictureError) as error:
            raise KeyError(sha) from error
        if found is None:
            raise KeyError(sha)
        self._reduced[sha] = found
        return found

    def __iter__(self) -> Iterator[str]:
        """Go through those that are here."""
        return (sha for sha in self._named if sha in self)

    def __len__(self) -> int:
        """Count those that are here."""
        return sum(1 for _ in self)


def report_of(
    session: AuditSession,
    day: date | None = None,
    *,
    scenario: str = "",
    hands: Mapping[str, VoteHand] | None = None,
) -> Report:
    """Return everything the documents of an audit print, as of a day.

    With other `hands` on its votes than those recorded, to be previewed.

    Raises:
        DiagError: a scenario, to be printed as an option, that nobody kept.
        DamagedError: the audit is no longer what was written.
    """
    workspace = session.workspace
    journal, today = workspace.journal, workspace.world.today()
    # Before the session catches up: what is written meanwhile is computed again.
    written = journal.written
    session.prove()
    if hands is not None:
        return _report_of(session, day, scenario, hands)
    now = office_of(workspace), today, written, workspace.settings
    audit, about = session.audit, session.about
    asked = workspace, audit, about, session.is_public, day, scenario, now
    return _report_as(_Asked(session, *asked))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A report asked for: where all is equal it is the same, whichever session asks."""

    session: AuditSession = field(compare=False)
    workspace: Workspace
    audit: Audit
    about: Auditee
    is_public: bool
    day: date | None
    scenario: str
    now: object = field(hash=False)
    """What it is computed from: charter, day, all writings, settings."""


@lru_cache(maxsize=2)  # what one does asks several times, of all and of what is public
def _report_as(asked: _Asked) -> Report:
    return _report_of(asked.session, asked.day, asked.scenario, asked.session.hands)


def public_report_of(session: AuditSession) -> Report:
    """Return what everyone may read of an audit, as of today; nothing else is judged.

    Raises:
        DamagedError: the audit is no longer what was written.
    """
    session.prove()
    hands = session.hands
    shown = _shown(session, None, "", hands)
    return shown or _report_of(session, None, "", hands)


def _report_of(
    session: AuditSession,
    day: date | None,
    scenario: str,
    hands: Mapping[str, VoteHand],
) -> Report:
    workspace = session.workspace
    settings = workspace.settings
    territory = workspace.territory
    closed = session.status is AuditStatus.CLOS
    frozen = standing_list_of(workspace.journal, session.audit.id) if closed else None
    # What a closing froze is printed as of its day, whenever that is.
    frozen_on = date.fromisoformat(frozen.day) if frozen else None
    today = day or frozen_on or workspace.world.today()
    remarks, shown = remarks_of(session), _shown(session, today, scenario, hands)
    signature = signature_read(session, remarks)
    since = signature.since if signature else None

    def signed(head: Answer) -> Answer:
        name = settings.plain_name(head.author)  # programs read tables of answers
        return head if name == head.author else replace(head, author=name)

    answers = {
        asked: tuple(map(signed, heads))
        for asked, heads in session.facts.answers.items()
    }
    labels = {head.author for heads in answers.values() for head in heads}
    return build_report(
        strangers=frozenset(labels.difference({""}, settings.people.values())),
        about=session.about,
        commune=territory.commune(session.about.insee),
        town_hall=territory.town_hall(session.about.insee),
        audit=session.audit,
        status=session.status,
        unsealed=since_words(settings, since) if since else "",
        is_alone=signature is not None and signature.alone,
        facts=replace(session.facts, answers=answers),
        checklist=session.checklist,
        assessment=_as_decided(session, remarks),
        visits=session.visits,
        follow_ups=remarks.follow_ups,
        wordings=remarks.wordings,
        author=settings.name_of(settings.author),
        # One house: what could not be followed of it is listed for both.
        office=shown.office if shown else office_of(workspace),
        today=today,
        digest=public_digest(session, remarks)
        if session.is_public
        else session.digest_of_content,
        edition=session.edition,
        earlier=remarks.earlier,
        own=remarks.own,
        ranks=session.ranks,
        evidence=remarks.evidence,
        observations=remarks.observations,
        pictures=Album(session),
        look_back=partial(progress_of, session),
        # What other schools become changes no byte of what is closed.
        look_around=(lambda: None) if closed else partial(comparables_of, session),
        shown=shown,
        hands=hands,
        frozen=frozen,
        option=option_of(session, scenario) if scenario else None,
        per_class=settings.reserved_per_class,
    )


def _shown(
    session: AuditSession,
    day: date | None,
    scenario: str,
    hands: Mapping[str, VoteHand],
) -> Report | None:
    if public(session.checklist) is session.checklist:
        return None
    return _report_of(session.public(), day, scenario, hands)


def _as_decided(session: AuditSession, remarks: Remarks) -> Assessment:
    """Return the assessment, in which nothing counts on what was set aside.

    What it would have paid for, or made needless, falls to the others again.
    """
    whole, states = (
        session.assessment,
        states_of((*still_standing(remarks.earlier), *remarks.follow_ups)),
    )
    aside = {one for one in states if states[one] is FollowUpState.ECARTEE}
    dropped = [one for one in whole.advice if one.recommendation.id in aside]
    if not dropped:
        return whole
    left = session.judge.assess(session.facts, aside=aside)
    return replace(left, advice=(*left.advice, *dropped))


def report_folder(session: AuditSession) -> Path:
    """Return where an audit's reports go, in its workspace."""
    name = f"{session.about.stem}-{session.audit.campaign}"
    return session.workspace.folder / "exports" / name
