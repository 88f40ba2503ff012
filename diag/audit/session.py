"""One audit open: what is read of it is a frozen snapshot; `record` replaces it."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import chain

from diag.assess.judge import Judge, judge_of, recommendation_root
from diag.assess.results import Assessment
from diag.audit.snapshot import (
    Heirs,
    OlderMethodError,
    Snapshot,
    is_older,
    known_already,
    older_method,
    passed_on,
    pinned,
    read_snapshot,
    steps_passed_on,
)
from diag.journal import changes, subjects
from diag.journal.facts import (
    Conflict,
    conflicts_of,
    edition_of,
    open_audit,
    profile_of,
    read_audit,
    status_of,
)
from diag.journal.heads import repeat_at_twins
from diag.journal.journal import Head
from diag.journal.records import (
    follow_ups_of,
    hands_of,
    observations_of,
    ranks_of,
    visits_of,
    wordings_of,
)
from diag.journal.revision import NewRevision, Revision, parse
from diag.journal.seals import digest_of_content
from diag.journal.signatures import Signature, signature_of
from diag.journal.subjects import AnswerTopic, NoteTopic, PlaceTopic
from diag.model.audit import (
    Answer,
    Audit,
    Auditee,
    Facts,
    FollowUp,
    Observation,
    Place,
    Visit,
    VisitPlan,
    audit_id,
)
from diag.model.checklist import Checklist
from diag.model.enums import (
    Audience,
    AuditStatus,
    PlaceKind,
    Profile,
)
from diag.model.errors import DiagError
from diag.model.text import campaign_named, fold
from diag.model.votes import VoteHand
from diag.rules.expressions import root_of
from diag.words.sentences import suggest
from diag.words.vocabulary import SUBJECTS
from diag.workspace.editions import current
from diag.workspace.subjects import auditee_named, auditee_of, audits
from diag.workspace.workspace import Workspace


class AuditSession:
    """One audit, opened. What is read of it is one snapshot, replaced whole."""

    def __init__(self, workspace: Workspace, audit: Audit, about: Auditee) -> None:
        self.workspace = workspace
        self.audit = audit
        self.about = about
        """The subject of the audit."""
        self.notice = ""
        """A sentence for the user, once, at opening; empty as a rule."""
        self.asks_when_closed = False
        """Whether an answer for a closed audit is refused until it is confirmed."""
        self.asks_when_changed = False
        """Whether replacing what another program has changed must be confirmed."""
        self.is_public = False
        """Whether it is read as if its sensitive questions did not exist."""
        self.before: AuditSession | None = None
        """The subject's audit before, kept once it was asked for."""
        self._gestures: dict[str, frozenset[str]] = {}
        self._snapshot: Snapshot | None = None

    @property
    def snapshot(self) -> Snapshot:
        """The audit as it was last read, read now if it is to be."""
        if self._snapshot is None:
            self._snapshot = self.read_anew()
        return self._snapshot

    def read_anew(self) -> Snapshot:
        """Return a snapshot of the audit as the journal gives it now."""
        read = read_snapshot(self.workspace, self.audit, self.about)
        return read.public if self.is_public else read

    def public(self) -> "AuditSession":
        """Return the same audit as everyone may read it: to read, not to write."""
        shown = self.reopen()
        shown.is_public = True
        shown._snapshot = self.snapshot.public  # noqa: SLF001 - its own class
        return shown

    def reopen(self) -> "AuditSession":
        """Return the same audit, of which nothing is read yet: memory is freed."""
        return AuditSession(self.workspace, self.audit, self.about)

    @property
    def facts(self) -> Facts:
        """Everything known."""
        return self.snapshot.facts

    @property
    def checklist(self) -> Checklist:
        """What the checklists ask and judge of such a subject."""
        return self.snapshot.checklist

    def place_name(self, place: str) -> str:
        """Return how a place is called."""
        return self.facts.places[place].name

    def find_place(self, text: str) -> Place:
        """Return the place of that name or id; an empty text is the school itself.

        Raises:
            DiagError: unknown or ambiguous; names the nearest ones.
        """
        places = self.facts.places
        if not text:
            return places[self.facts.root]
        if text in places:
            return places[text]
        named = [place for place in places.values() if fold(place.name) == fold(text)]
        if len(named) == 1:
            return named[0]
        if named:
            ids = ", ".join(place.id for place in named)
            raise DiagError(
                f"Plusieurs lieux s'appellent « {text} ». Donnez l'identifiant : {ids}."
            )
        names = [place.name for place in places.values()]
        hint = suggest(text, names, quoted=True)
        raise DiagError(
            f"Lieu « {text[:60]} » inconnu dans cet audit.{hint} Voyez la liste.",
            command=f"diag audit place {self.about.ref} list",
        )

    @property
    def assessment(self) -> Assessment:
        """Everything judged.

        Raises:
            OlderMethodError: its edition is judged no more.
        """
        self.check_method()
        return self.snapshot.assessment

    @property
    def judged(self) -> Assessment:
        """The same without advice.

        Raises:
            OlderMethodError: its edition is judged no more.
        """
        self.check_method()
        return self.snapshot.judged

    @property
    def judge(self) -> Judge:
        """The compiled rules of the checklists.

        Raises:
            OlderMethodError: its edition is judged no more.
        """
        self.check_method()
        return judge_of(self.checklist)

    @property
    def is_older(self) -> bool:
        """Whether its edition is of an older method: kept, and judged no more.

        One that has not come yet is of no method.
        """
        editions = self.workspace.editions
        edition = edition_of(self.workspace.journal, self.audit.id)
        if edition is None or not editions.holds(edition):
            return False
        return is_older(editions.open(edition))

    def check_method(self) -> None:
        """Let an audit of an older method ask and judge nothing.

        Raises:
            OlderMethodError: with what to do: pass to the edition in use.
        """
        if self.is_older:
            raise self.older_method()

    def older_method(self) -> OlderMethodError:
        """Return why it is not judged, and what to do about it."""
        return older_method(self.audit, self.about, self.checklist.version, self.status)

    @property
    def edition(self) -> str:
        """Digest of the checklists that this audit pinned.

        Raises:
            DiagError: when the audit names none.
        """
        return pinned(self.about, edition_of(self.workspace.journal, self.audit.id))

    @property
    def profile(self) -> Profile:
        """What the visit asks."""
        return profile_of(self.plan)

    @property
    def plan(self) -> VisitPlan | None:
        """How long the visit is to be, and since when; None until it was chosen."""
        return self.snapshot.plan

    @property
    def status(self) -> AuditStatus:
        """Where the audit stands."""
        return status_of(self.workspace.journal, self.audit.id)

    @property
    def visits(self) -> tuple[Visit, ...]:
        """The days on site, in order."""
        return visits_of(self.workspace.journal, self.audit.id)

    @property
    def observations(self) -> tuple[Observation, ...]:
        """What was seen and noted, in order."""
        return observations_of(self.workspace.journal, self.audit.id)

    @property
    def follow_ups(self) -> tuple[FollowUp, ...]:
        """What became of recommendations, step after step."""
        steps = follow_ups_of(self.workspace.journal, self.audit.id)
        return steps_passed_on(steps, self.heirs)

    @property
    def ranks(self) -> dict[str, Fraction]:
        """Where the engineer put recommendations, by id."""
        return passed_on(ranks_of(self.workspace.journal, self.audit.id), self.heirs)

    @property
    def hands(self) -> dict[str, VoteHand]:
        """What the engineer did to votes, by id of recommendation."""
        return passed_on(hands_of(self.workspace.journal, self.audit.id), self.heirs)

    @property
    def wordings(self) -> dict[tuple[str, Audience], dict[str, str]]:
        """The rewordings, by recommendation and audience."""
        found: dict[Audience, dict[str, dict[str, str]]] = {}
        kept = wordings_of(self.workspace.journal, self.audit.id)
        for (ident, place, audience), words in kept.items():
            if place is None:
                found.setdefault(audience, {})[ident] = words
        return {
            (ident, audience): words
            for audience, by_id in found.items()
            for ident, words in passed_on(by_id, self.heirs).items()
            if words
        }

    @property
    def heirs(self) -> Heirs:
        """What takes the place of the ids that its edition retired."""
        return self.snapshot.heirs

    @property
    def digest(self) -> str:
        """Digest of everything written in this audit."""
        return self.workspace.journal.digest(self.audit.id)

    @property
    def digest_of_content(self) -> str:
        """Digest of what people wrote in this audit: what a page may print."""
        return digest_of_content(self.workspace.journal, self.audit.id)

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """What people wrote apart and nobody has settled yet."""
        return conflicts_of(self.workspace.journal, self.audit)

    @property
    def sealed(self) -> bool | None:
        """Whether a closed audit still is as it was signed; None when not closed."""
        signature = self.signature
        is_closed = signature and signature.status is AuditStatus.CLOS
        return signature.intact if signature and is_closed else None

    @property
    def signature(self) -> Signature | None:
        """Who accepted or closed it, and what was written since; None otherwise."""
        return signature_of(self.workspace.journal, self.audit.id)

    def revisions(self) -> tuple[Revision, ...]:
        """Return everything ever written in this audit, in order."""
        return tuple(map(parse, self.workspace.journal.lines(self.audit.id)))

    def record(
        self, *drafts: NewRevision, seal: Callable[[str], NewRevision] | None = None
    ) -> tuple[Revision, ...]:
        """Record drafts in one durable commit, all or nothing; replace the snapshot.

        `seal` draws the last one, given the digest of all that was written before it.

        Raises:
            DiagError: when nothing could be written.
            OlderMethodError: an answer to an edition that is judged no more.
            ClosedAuditError: an answer for a closed audit, to be confirmed.
            ConcurrentChange: another program has changed it, to be confirmed.
        """
        moved = any(draft.subject.startswith("place") for draft in drafts)
        if moved:
            self.check_method()
        # What becomes of recommendations is written after the closing, as it should.
        unseals = moved or any(
            draft.subject.startswith(subjects.OBSERVATIONS) for draft in drafts
        )
        if self.asks_when_closed and unseals and self.status is AuditStatus.CLOS:
            raise ClosedAuditError(self, drafts)
        journal = self.workspace.journal
        also = repeat_at_twins(journal, self.audit.id, drafts)
        written = journal.write_many(
            chain(also, drafts, (one(self.digest) for one in filter(None, (seal,)))),
            self.workspace.origin,
            partial(self._check, drafts),
        )
        if len(written) > 1:
            together = frozenset(revision.id for revision in written)
            self._gestures |= dict.fromkeys(together, together)
        if self._snapshot and not also and not seal:
            self._snapshot = self._snapshot.after(
                journal, self.audit.id, drafts, written
            )
        else:
            self._snapshot = None
        return written[len(also) :]

    def prove(self) -> None:
        """Check every line of the audit's log before anything is printed of it.

        Raises:
            DamagedError: it is no longer what was written: what to do.
        """
        self.workspace.journal.prove(self.audit.id)
        self.catch_up()

    def catch_up(self) -> bool:
        """Read again if the audit was written by another hand; return whether so."""
        if self._snapshot is None or self._snapshot.digest == self.digest:
            return False
        self._snapshot = None
        return True

    def same_gesture(self, revision: str) -> frozenset[str]:
        """Return the ids of what was written in one gesture with a revision.

        The journal does not keep it: once the session is closed, each stands alone.
        """
        return self._gestures.get(revision, frozenset({revision}))

    def _check(self, drafts: tuple[NewRevision, ...]) -> None:
        """Let nothing be replaced unasked that another program has changed.

        What changed where nothing is written is only read again.
        """
        before = self._snapshot
        if not (before and self.catch_up() and self.asks_when_changed):
            return
        facts, met = self.facts, list[MetChange]()
        for draft in drafts:
            heads = self.workspace.journal.current(draft.audit, draft.subject)
            if [(head.op, head.value) for head in heads] == [(draft.op, draft.value)]:
                continue
            # A settlement that names all heads was made with them on the screen.
            named = set(() if draft.undoes else draft.parents or ())
            if heads and named.issuperset(head.id for head in heads):
                continue
            topic = subjects.parse(draft.subject)
            if isinstance(topic, PlaceTopic | NoteTopic | AnswerTopic):
                was, now = standing(before.facts, topic), standing(facts, topic)
                if was != now:
                    met.append(MetChange(topic, was, now, heads))
        if met:
            raise ConcurrentChange(self, drafts, tuple(met))


@dataclass(frozen=True, slots=True)
class Listed:
    """An audit in a list."""

    audit: Audit
    about: Auditee
    status: AuditStatus


def start(workspace: Workspace, ref: str, campaign: str | None = None) -> AuditSession:
    """Open an audit, created when nobody has yet; its edition is pinned once.

    `ref` names its subject: a UAI, `commune:INSEE`, `syndicat:SIREN`.

    Raises:
        DiagError: unknown subject, bad campaign, faulty checklists, nothing written.
    """
    wanted = campaign_named(campaign or workspace.settings.campaign)
    about = auditee_named(workspace, ref)
    ident = audit_id(wanted, about.subject)
    # Read before anything is written: faulty checklists open no audit.
    is_pinned = edition_of(workspace.journal, ident) is not None
    edition = None if is_pinned else current(workspace)
    audit = open_audit(workspace.journal, wanted, about.subject, workspace.origin)
    session = AuditSession(workspace, audit, about)
    settings = workspace.settings
    if (
        about.kind is PlaceKind.SYNDICAT
        and not settings.siren
        and about.name in {settings.syndicat, f"Syndicat {about.code}"}
    ):  # the number of one's own syndicat, learnt the first time that it is audited
        workspace.keep_settings(settings.model_copy(update={"siren": about.code}))
    if edition is not None:
        session.notice = edition.notice
        session.record(changes.pinned(audit.id, edition.digest))
        if known := known_already(audit.id, about, session.checklist):
            session.record(*(changes.answered(audit.id, *each) for each in known))
    return session


def is_started(workspace: Workspace, ref: str) -> bool:
    """Return whether it is audited in the campaign of this workspace.

    Raises:
        DiagError: unknown subject.
    """
    about = auditee_named(workspace, ref)
    return _find(workspace, about, campaign_named(workspace.campaign)) is not None


def open_session(
    workspace: Workspace, ref: str, campaign: str | None = None
) -> AuditSession:
    """Open the audit that was started for a school, a commune or a syndicat.

    Raises:
        DiagError: when there is none in the campaign.
    """
    wanted = campaign_named(campaign or workspace.settings.campaign)
    about = auditee_named(workspace, ref)
    audit = _find(workspace, about, wanted)
    if audit is None:
        raise DiagError(
            f"Pas d'audit de {about.ref} ({about.title}) dans la campagne {wanted}. "
            "Ouvrez-le.",
            command=f"diag audit start {about.ref}",
        )
    return AuditSession(workspace, audit, about)


def _find(workspace: Workspace, about: Auditee, campaign: str) -> Audit | None:
    ident = audit_id(campaign, about.subject)
    workspace.journal.check(ident)
    heads = workspace.journal.current(ident, subjects.SUBJECT)
    named = [read_audit(ident, head.value) for head in heads if head.has_value]
    return next((audit for audit in reversed(named) if audit), None)


def listed(workspace: Workspace) -> tuple[Listed, ...]:
    """Return every audit of this workspace, in the order in which they came."""
    journal = workspace.journal
    return tuple(
        Listed(audit, auditee_of(workspace, audit), status_of(journal, audit.id))
        for audit in audits(journal)
    )


def elsewhere(session: AuditSession, ident: str) -> str:
    """Return « … relève de l'audit de la commune » after a space, or nothing."""
    checklist = session.workspace.editions.open(session.edition)
    if ident in checklist.questions:
        root = root_of(checklist.questions[ident].place)
    elif ident in checklist.criteria:
        root = root_of(checklist.criteria[ident].place)
    elif ident in checklist.recommendations:
        root = recommendation_root(checklist, ident)
    else:
        return ""
    if root is session.about.kind:
        return ""
    refs = {
        PlaceKind.ECOLE: "UAI",
        PlaceKind.COMMUNE: f"commune:{session.about.insee or 'INSEE'}",
        PlaceKind.SYNDICAT: "syndicat",
    }
    return f" Cela relève de l'audit {SUBJECTS[root][1]} ({refs[root]})."


class NeedsConfirmation(DiagError):
    """Something was about to be written that the user must confirm first."""

    asked = ""
    """The question; a `ConcurrentChange` has none: `describe_concurrent` words it."""
    yes, no = "Écrire", "Ne rien écrire"
    """Its two answers."""
    done, left = "", ""
    """The sentence once it is written, or not."""
    drops = False
    """Whether what was typed is of no more use once it is not written."""
    takes_back = False
    """Whether it undoes an earlier entry: what is being typed is another."""

    def __init__(
        self, session: AuditSession, drafts: tuple[NewRevision, ...], sentence: str
    ) -> None:
        super().__init__(sentence)
        self.session = session
        self._drafts = drafts

    def write_anyway(self) -> None:
        """Record what was withheld.

        Raises:
            DiagError: when nothing could be written.
        """
        self.session.record(*self._drafts)


class ClosedAuditError(NeedsConfirmation):
    """An answer was about to enter a closed audit, and nobody has confirmed it."""

    asked = "L'audit est clos : y écrire quand même ?"
    done = "Enregistré · l'audit était clos"
    left = "Rien n'est écrit : l'audit est clos."

    def __init__(self, session: AuditSession, drafts: tuple[NewRevision, ...]) -> None:
        super().__init__(
            session,
            drafts,
            f"L'audit « {session.about.title} » ({session.audit.campaign}) est clos : "
            "rien n'y est écrit. Rouvrez-le dans le bilan.",
        )

    def write_anyway(self) -> None:
        """Record what was refused, and ask no more while this session is open.

        Raises:
            DiagError: when nothing could be written.
        """
        self.session.asks_when_closed = False
        super().write_anyway()


Met = Place | tuple[str, ...] | tuple[Answer, ...] | None
"""A place, the notes or the answers of a question; nothing when there is none."""


@dataclass(frozen=True, slots=True)
class MetChange:
    """What another program changed since it was read, where a draft would write."""

    topic: PlaceTopic | NoteTopic | AnswerTopic
    before: Met
    """What was read."""
    now: Met
    heads: tuple[Head, ...]


class ConcurrentChange(NeedsConfirmation):
    """Another program has changed what was about to be replaced."""

    yes, no = "Remplacer", "Garder l'autre"
    done = "Enregistré · à la place de ce que l'autre fenêtre avait écrit"
    left = "Rien n'est écrit : ce que l'autre fenêtre a écrit est gardé."
    drops = True

    def __init__(
        self,
        session: AuditSession,
        drafts: tuple[NewRevision, ...],
        met: tuple[MetChange, ...],
    ) -> None:
        super().__init__(session, drafts, self.left)
        self.met = met


def standing(facts: Facts, topic: PlaceTopic | NoteTopic | AnswerTopic) -> Met:
    """Return what stands where a draft would write."""
    match topic:
        case PlaceTopic(place):
            return facts.places.get(place)
        case NoteTopic(place, question):
            return facts.notes.get((place, question), ())
        case AnswerTopic(place, question):
            return facts.answers.get((place, question), ())
