"""A session: one audit in memory, its facts, its assessment; what is said is kept."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial, reduce
from operator import xor

from diag.assess.judge import Judge, judge_of, recommendation_root, rooted
from diag.assess.results import Assessment
from diag.journal import changes
from diag.journal.audits import closing_of, open_audit
from diag.journal.conflicts import Conflict, conflicts_of
from diag.journal.facts import edition_of, facts_after, facts_of, profile_of, status_of
from diag.journal.heads import also_said
from diag.journal.records import follow_ups_of, visits_of
from diag.journal.revision import NewRevision, Revision, parse
from diag.model.audit import Audit, Auditee, FollowUp, Visit, audit_id, root_place_id
from diag.model.checklist import Checklist
from diag.model.enums import AuditStatus, PlaceKind, Profile, Provenance, State
from diag.model.errors import DiagError
from diag.model.fact import Answer, Facts, Value
from diag.model.territory import School
from diag.rules.scope import root_of
from diag.words.vocabulary import SUBJECTS
from diag.workspace.editions import current
from diag.workspace.settings import campaign_named
from diag.workspace.subjects import auditee_named, auditee_of, audits
from diag.workspace.workspace import Workspace


class NeedsConfirmation(DiagError):
    """Something was about to be written that is to be confirmed first."""

    asked = ""
    """What is asked of who was about to write."""
    yes, no = "Écrire", "Ne rien écrire"
    """Its two answers."""
    done, left = "", ""
    """What is said once it is written, or not."""
    drops = False
    """Whether what was typed is of no more use once it is not written."""
    takes_back = False
    """Whether it takes an earlier word back: what is being typed is another."""

    def __init__(
        self, session: "AuditSession", drafts: tuple[NewRevision, ...], sentence: str
    ) -> None:
        super().__init__(sentence)
        self._session = session
        self._drafts = drafts

    def write_anyway(self) -> None:
        """Record what was withheld.

        Raises:
            DiagError: when nothing could be written.
        """
        self._session.say(*self._drafts)


class ClosedAuditError(NeedsConfirmation):
    """An answer was about to enter a closed audit, and nobody has confirmed it."""

    asked = "L'audit est clos : y écrire quand même ?"
    done = "Enregistré · l'audit était clos"
    left = "Rien n'est écrit : l'audit est clos."

    def __init__(
        self, session: "AuditSession", drafts: tuple[NewRevision, ...]
    ) -> None:
        super().__init__(
            session,
            drafts,
            f"L'audit de {session.about.title} ({session.audit.campaign}) est clos : "
            "rien n'y est écrit. Rouvrez-le dans le bilan.",
        )

    def write_anyway(self) -> None:
        """Record what was refused, and ask no more while this session is open.

        Raises:
            DiagError: when nothing could be written.
        """
        self._session.asks_when_closed = False
        super().write_anyway()


class ConcurrentChange(NeedsConfirmation):
    """Another program said otherwise what one was about to say."""

    yes, no = "Remplacer", "Garder l'autre"
    done = "Enregistré · à la place de ce que l'autre fenêtre avait écrit"
    left = "Rien n'est écrit : ce que l'autre fenêtre a écrit est gardé."
    drops = True

    def __init__(
        self, session: "AuditSession", drafts: tuple[NewRevision, ...], sentence: str
    ) -> None:
        super().__init__(session, drafts, f"{sentence} Rien n'est écrit.")
        self.asked = f"{sentence} Remplacer par ce que vous venez de dire ?"


_READINGS = ("facts", "edition", "checklist", "assessment", "judged", "profile")
"""What is read again once something was said."""


class AuditSession:
    """One audit, opened. Readings are cached until something is said."""

    def __init__(self, workspace: "Workspace", audit: Audit, about: Auditee) -> None:
        self.workspace = workspace
        self.audit = audit
        self.about = about
        """Whom it is about."""
        self.notice = ""
        """What is to be said once to who opened it; empty as a rule."""
        self.asks_when_closed = False
        """Whether an answer for a closed audit is refused until it is confirmed."""
        self.asks_when_changed = False
        """Whether one asks before replacing what another program said meanwhile."""
        self._gestures: dict[str, frozenset[str]] = {}
        self._read = (0, "")

    @cached_property
    def facts(self) -> Facts:
        """Everything known, as of the last thing said; the root bears its name."""
        self._read = (self.workspace.journal.version, self.digest)
        facts = facts_of(self.workspace.journal, self.audit)
        root = facts.places[facts.root].model_copy(update={"name": self.about.name})
        return replace(facts, places={**facts.places, facts.root: root})

    @cached_property
    def edition(self) -> str:
        """Digest of the checklists that this audit pinned.

        Raises:
            DiagError: when the audit names none.
        """
        digest = edition_of(self.workspace.journal, self.audit.id)
        if digest is None:
            raise DiagError(
                f"L'audit de {self.about.ref} n'a pas d'édition de grilles. "
                "Rouvrez-le.",
                command=f"diag audit start {self.about.ref}",
            )
        return digest

    @cached_property
    def checklist(self) -> Checklist:
        """What the checklists ask and judge of such a subject."""
        edition = self.workspace.editions.open(self.edition)
        return rooted(edition, self.about.kind)

    @cached_property
    def assessment(self) -> Assessment:
        """Everything judged, as of the last thing said."""
        return self.judge.assess(self.facts)

    @cached_property
    def judged(self) -> Assessment:
        """The same without advice, in half the time: what each answer is worth."""
        if "assessment" in self.__dict__:
            return self.assessment
        return self.judge.assess(self.facts, advised=())

    @property
    def judge(self) -> Judge:
        """The compiled rules of the checklists."""
        return judge_of(self.checklist)

    @cached_property
    def profile(self) -> Profile:
        """How long the visit is meant to be."""
        return profile_of(self.workspace.journal, self.audit.id)

    @property
    def status(self) -> AuditStatus:
        """Where the audit stands."""
        return status_of(self.workspace.journal, self.audit.id)

    @property
    def visits(self) -> tuple[Visit, ...]:
        """The days on site, in order."""
        return visits_of(self.workspace.journal, self.audit.id)

    @property
    def follow_ups(self) -> tuple[FollowUp, ...]:
        """What became of recommendations, step after step."""
        return follow_ups_of(self.workspace.journal, self.audit.id)

    @property
    def digest(self) -> str:
        """Digest of everything said in this audit."""
        return self.workspace.journal.digest(self.audit.id)

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """What people said apart and nobody has settled yet."""
        return conflicts_of(self.workspace.journal, self.audit)

    @property
    def sealed(self) -> bool | None:
        """Whether a closed audit still is as it was signed; None when not closed."""
        closing = closing_of(self.workspace.journal, self.audit.id)
        return closing.intact if closing else None

    def revisions(self) -> tuple[Revision, ...]:
        """Return everything ever said in this audit, in order."""
        return tuple(map(parse, self.workspace.journal.lines(self.audit.id)))

    def say(self, *drafts: NewRevision) -> tuple[Revision, ...]:
        """Record things in one durable commit, all or nothing; readings are dropped.

        Raises:
            DiagError: when nothing could be written; says why and what to do.
            ClosedAuditError: an answer for a closed audit, when one asks about it.
            ConcurrentChange: another program said it otherwise, when one asks.
        """
        if self.asks_when_closed and self._would_unseal(drafts):
            raise ClosedAuditError(self, drafts)
        workspace = self.workspace
        also = also_said(workspace.journal, self.audit.id, drafts)
        written = workspace.journal.write_many(
            (*also, *drafts), workspace.origin, partial(self._weigh, drafts)
        )
        revisions = written[len(also) :]
        if len(written) > 1:
            together = frozenset(revision.id for revision in written)
            self._gestures |= dict.fromkeys(together, together)
        facts = None if also else self._facts_after(drafts)
        self.forget()
        if facts:
            self._keep(facts, written)
        return revisions

    def _facts_after(self, drafts: tuple[NewRevision, ...]) -> Facts | None:
        seen = self.__dict__.get("facts")
        journal = self.workspace.journal
        return seen and facts_after(journal, self.audit.id, seen, drafts)

    def _keep(self, facts: Facts, written: tuple[Revision, ...]) -> None:
        """Keep facts that hold what was just said, if nobody else wrote meanwhile.

        The version is that of the last reading: what another program writes from now
        on is still to be read.
        """
        version, digest = self._read
        ids = (int(revision.id, 16) for revision in written)
        reckoned = f"{reduce(xor, ids, int(digest, 16)):064x}"
        if self.digest == reckoned:
            self._read = (version, reckoned)
            self.facts = facts

    def catch_up(self) -> bool:
        """Read again when another program wrote in this audit; say whether it did."""
        version, digest = self._read
        if "facts" not in self.__dict__ or self.workspace.journal.version == version:
            return False
        self._read = (self.workspace.journal.version, digest)
        if self.digest == digest:
            return False
        self.forget()
        return True

    def _weigh(self, drafts: tuple[NewRevision, ...]) -> None:
        """Replace nothing unasked that another program said since one read it."""
        seen = self.__dict__.get("facts")
        if seen is None or not self.catch_up() or not self.asks_when_changed:
            return
        # Only who works in two windows pays for the words.
        from diag.audit.undo import said_meanwhile  # noqa: PLC0415

        if sentence := said_meanwhile(self, seen, drafts):
            raise ConcurrentChange(self, drafts, sentence)

    def _would_unseal(self, drafts: tuple[NewRevision, ...]) -> bool:
        """Say whether places or answers would change in a closed audit.

        What becomes of recommendations is said after the closing, as it should be.
        """
        return self.status is AuditStatus.CLOS and any(
            draft.subject.startswith("place") for draft in drafts
        )

    def said_with(self, revision: str) -> frozenset[str]:
        """Return the ids of what was said in one go with a revision, itself included.

        The journal does not keep it: once the session is closed, each stands alone.
        """
        return self._gestures.get(revision, frozenset({revision}))

    def forget(self) -> None:
        """Drop what was read, so that it is read again."""
        for name in _READINGS:
            self.__dict__.pop(name, None)


@dataclass(frozen=True, slots=True)
class Listed:
    """An audit in a list."""

    audit: Audit
    about: Auditee
    status: AuditStatus


def start(workspace: Workspace, ref: str, campaign: str | None = None) -> AuditSession:
    """Open an audit, created when nobody has yet; its edition is pinned once.

    `ref` names whom it is about: a UAI, `commune:INSEE`, `syndicat:SIREN`.

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
    _keep_siren(workspace, about)
    if edition is not None:
        session.notice = edition.notice
        session.say(changes.pinned(audit.id, edition.digest))
        if known := known_already(audit.id, about, session.checklist):
            session.say(*known)
    return session


def is_started(workspace: Workspace, ref: str) -> bool:
    """Say whether there is an audit of it in the campaign of this workspace.

    Raises:
        DiagError: unknown subject.
    """
    about = auditee_named(workspace, ref)
    ident = audit_id(campaign_named(workspace.campaign), about.subject)
    return any(audit.id == ident for audit in audits(workspace.journal))


def open_session(
    workspace: Workspace, ref: str, campaign: str | None = None
) -> AuditSession:
    """Open the audit that was started for a school, a commune or a syndicat.

    Raises:
        DiagError: when there is none in the campaign; says how to start it.
    """
    wanted = campaign_named(campaign or workspace.settings.campaign)
    about = auditee_named(workspace, ref)
    ident = audit_id(wanted, about.subject)
    for audit in audits(workspace.journal):
        if audit.id == ident:
            return AuditSession(workspace, audit, about)
    raise DiagError(
        f"Pas d'audit de {about.ref} ({about.title}) dans la campagne {wanted}. "
        "Ouvrez-le.",
        command=f"diag audit start {about.ref}",
    )


def listed(workspace: Workspace) -> tuple[Listed, ...]:
    """Return every audit of this workspace, in the order in which they came."""
    journal = workspace.journal
    return tuple(
        Listed(audit, auditee_of(workspace, audit), status_of(journal, audit.id))
        for audit in audits(journal)
    )


def _keep_siren(workspace: Workspace, about: Auditee) -> None:
    """Learn the number of one's own syndicat, the first time that it is audited."""
    settings = workspace.settings
    if about.kind is not PlaceKind.SYNDICAT or settings.siren:
        return
    if about.name in {settings.syndicat, f"Syndicat {about.code}"}:
        workspace.keep_settings(settings.model_copy(update={"siren": about.code}))


def elsewhere(session: AuditSession, ident: str) -> str:
    """Return « … relève de l'audit de la commune » after a space, or nothing."""
    whole = session.workspace.editions.open(session.edition)
    root = _root(whole, ident)
    if root is None or root is session.about.kind:
        return ""
    refs = {
        PlaceKind.ECOLE: "UAI",
        PlaceKind.COMMUNE: f"commune:{session.about.insee or 'INSEE'}",
        PlaceKind.SYNDICAT: "syndicat",
    }
    return f" Cela relève de l'audit {SUBJECTS[root][1]} ({refs[root]})."


def _root(checklist: Checklist, ident: str) -> PlaceKind | None:
    if ident in checklist.questions:
        return root_of(checklist.questions[ident].place)
    if ident in checklist.criteria:
        return root_of(checklist.criteria[ident].place)
    if ident in checklist.recommendations:
        return recommendation_root(checklist, ident)
    return None


def known_already(
    audit: str, about: Auditee, checklist: Checklist
) -> list[NewRevision]:
    """Return the answers that the territory gives, where the checklists ask for them.

    They are marked imported, with the year of their source: a person who sees
    otherwise answers over them.
    """
    root = root_place_id(audit, about.kind)
    return [
        changes.answered(
            audit,
            root,
            question,
            Answer(State.KNOWN, value, Provenance.IMPORTED, reason=source),
        )
        for question, value, source in (_facts(about.school) if about.school else ())
        if question in checklist.questions
    ]


def _facts(school: School) -> Iterator[tuple[str, Value, str]]:
    if kind := _kind(school):
        yield "type_ecole", kind, f"annuaire, {school.updated}".rstrip(", ")
    headcount = f"effectifs, {school.headcount_year}"
    if school.classes is not None:
        yield "nb_classes", school.classes, headcount
    if school.pupils is not None:
        yield "nb_eleves", school.pupils, headcount


def _kind(school: School) -> str:
    kinds = {
        (True, True): "primaire",
        (True, False): "maternelle",
        (False, True): "elementaire",
    }
    return kinds.get((bool(school.nursery), bool(school.elementary)), "")
