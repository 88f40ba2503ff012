"""An audit as it was read once: facts, checklists, what is computed of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from operator import xor

from diag.assess.judge import judge_of, public, rooted
from diag.assess.results import Advice, Assessment
from diag.audit.succession import Heirs, answers_passed_on, heirs_of
from diag.journal import subjects
from diag.journal.attachments import Editions
from diag.journal.facts import edition_of, facts_after, facts_of, plan_of
from diag.journal.journal import Journal
from diag.journal.revision import NewRevision, Revision
from diag.model.audit import Audit, Auditee, VisitPlan
from diag.model.checklist import Checklist, Question
from diag.model.errors import DiagError
from diag.model.fact import Facts
from diag.model.territory import DIRECTORY
from diag.workspace.workspace import Workspace


@dataclass(frozen=True)
class Snapshot:
    """An audit as it was read once; whatever is computed of it stays true of it."""

    about: Auditee
    editions: Editions = field(repr=False, compare=False)
    digest: str
    """Of the audit, read before everything else: later writings change it."""
    edition: str | None
    plan: VisitPlan | None
    """How long the visit is to be; None until it was chosen."""
    facts: Facts
    """Everything known; the root bears the subject's name."""
    is_public: bool = False
    """Whether it is the reading that everyone may have: nothing sensitive exists."""
    since: Assessment | None = field(default=None, repr=False, compare=False)
    """What was judged of the audit a few answers ago."""

    @cached_property
    def public(self) -> "Snapshot":
        """The same audit as if its sensitive questions had never been asked."""
        checklist = public(self.checklist)
        if checklist is self.checklist:
            return self
        return replace(
            self,
            facts=self.facts.about(checklist.questions),
            is_public=True,
            since=None,
        )

    @cached_property
    def checklist(self) -> Checklist:
        """What the checklists ask and judge of such a subject.

        Raises:
            DiagError: when the audit names no edition.
        """
        found = rooted(
            self.editions.open(pinned(self.about, self.edition)), self.about.kind
        )
        return public(found) if self.is_public else found

    @cached_property
    def heirs(self) -> Heirs:
        """What takes the place of the ids that its edition retired.

        None while the edition is not here: nothing is read of it either.
        """
        if self.edition is None or not self.editions.holds(self.edition):
            return {}
        return heirs_of(self.checklist)

    @cached_property
    def assessment(self) -> Assessment:
        """Everything judged."""
        return judge_of(self.checklist).assess(self.facts, since=self._judged_last)

    @cached_property
    def judged(self) -> Assessment:
        """The same without advice, in half the time: what each answer is worth."""
        if "assessment" in vars(self):
            return self.assessment
        judge = judge_of(self.checklist)
        return judge.assess(self.facts, advised=(), since=self.since)

    @property
    def advised(self) -> tuple[Advice, ...]:
        """What is advised, if that was worked out already; nothing is judged for it."""
        known: Assessment | None = vars(self).get("assessment")
        return known.advice if known else ()

    @property
    def _judged_last(self) -> Assessment | None:
        """What was judged last: of this very audit, or a few answers ago."""
        known = vars(self)
        return known.get("assessment") or known.get("judged") or self.since

    def after(
        self,
        journal: Journal,
        audit: str,
        drafts: Iterable[NewRevision],
        written: Iterable[Revision],
    ) -> "Snapshot | None":
        """Return the next one, once drafts were written; None to read all again.

        Facts are kept when the digest proves that nothing else was written.
        """
        facts = facts_after(journal, audit, self.facts, drafts)
        ids = (int(revision.id, 16) for revision in written)
        digest = f"{reduce(xor, ids, int(self.digest, 16)):064x}"
        if facts is None or journal.digest(audit) != digest:
            return None
        if facts is self.facts:
            return self.under(digest)
        return replace(self, digest=digest, facts=facts, since=self._judged_last)

    def under(self, digest: str) -> "Snapshot":
        """Return it under another digest: its facts, and what was computed of them."""
        same, known = replace(self, digest=digest), vars(self)
        for name in ("checklist", "heirs", "assessment", "judged"):
            if name in known:
                vars(same)[name] = known[name]
        if "public" in known:
            shown = self.public
            vars(same)["public"] = same if shown is self else shown.under(digest)
        return same


def read_snapshot(workspace: Workspace, audit: Audit, about: Auditee) -> Snapshot:
    """Return a snapshot of an audit as the journal gives it now.

    Raises:
        DamagedError: it is no longer what was written, and cannot be found again.
    """
    journal = workspace.journal
    journal.check(audit.id)
    digest = journal.digest(audit.id)
    facts = facts_of(journal, audit)
    root = facts.places[facts.root].model_copy(update={"name": about.name})
    read = Snapshot(
        about=about,
        editions=workspace.editions,
        digest=digest,
        edition=edition_of(journal, audit.id),
        plan=plan_of(journal, audit.id),
        facts=replace(
            facts,
            places={**facts.places, facts.root: root},
            directory=_directory_of(about),
        ),
    )
    if not read.heirs:
        return read
    passed = answers_passed_on(
        read.facts,
        read.checklist,
        lambda ident: question_then(workspace, audit.id, ident),
    )
    return replace(read, facts=passed)


def _directory_of(about: Auditee) -> dict[str, int]:
    """Return what official lists hold of a school, by the names that checks read."""
    found = {name: getattr(about.school, key, None) for name, key in DIRECTORY.items()}
    return {name: number for name, number in found.items() if number is not None}


def question_then(workspace: Workspace, audit: str, ident: str) -> Question | None:
    """Return a question as the last edition that had it asked it in an audit."""
    editions = workspace.editions
    for one in reversed(workspace.journal.history(audit, subjects.EDITION)):
        digest = one.value.get("digest", "") if isinstance(one.value, dict) else ""
        if editions.holds(digest):
            question = editions.open(digest).questions.get(ident)
            if question:
                return question
    return None


def pinned(about: Auditee, edition: str | None) -> str:
    """Return the digest of the edition that an audit named.

    Raises:
        DiagError: when it names none.
    """
    if edition is None:
        raise DiagError(
            f"L'audit de {about.ref} n'a pas d'édition de grilles. Rouvrez-le.",
            command=f"diag audit start {about.ref}",
        )
    return edition
