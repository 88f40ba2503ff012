"""An audit as it was read once: facts, checklists, what is computed of them.

What an edition retired passes to its successors here: nothing is copied, the journal
keeps what was written under the old id, and reading it gives it to the new one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from operator import xor
from typing import TypeVar

from diag.assess.judge import judge_of, public, rooted
from diag.assess.results import Advice, Assessment
from diag.checklist.edition import ENGINE, compare
from diag.journal import subjects
from diag.journal.facts import edition_of, facts_after, facts_of, plan_of
from diag.journal.journal import Editions, Journal
from diag.journal.revision import NewRevision, Revision
from diag.model.audit import (
    DIRECTORY,
    Answer,
    Audit,
    Auditee,
    Facts,
    FollowUp,
    OwnAdvice,
    Value,
    VisitPlan,
    root_place_id,
)
from diag.model.checklist import Checklist, Question
from diag.model.enums import AuditStatus, Provenance, State
from diag.model.errors import DiagError
from diag.workspace.workspace import Workspace

Heirs = Mapping[str, str]
"""Retired id → the id that takes its place."""

_T = TypeVar("_T")


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
    found = {name: getattr(about.school, key, None) for name, key in DIRECTORY.items()}
    read = Snapshot(
        about=about,
        editions=workspace.editions,
        digest=digest,
        edition=edition_of(journal, audit.id),
        plan=plan_of(journal, audit.id),
        facts=replace(
            facts,
            places={**facts.places, facts.root: root},
            directory={
                name: number for name, number in found.items() if number is not None
            },
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


_SCHOOL_KINDS = {
    (True, True): "primaire",
    (True, False): "maternelle",
    (False, True): "elementaire",
}
"""By whether it has a nursery and an elementary part."""


def known_already(
    audit: str, about: Auditee, checklist: Checklist
) -> list[tuple[str, str, Answer]]:
    """Return the answers that the territory gives, where the checklists ask for them.

    Each with its place and its question.

    They are marked imported, with the year of their source: a person who sees
    otherwise answers over them.
    """
    school = about.school
    if school is None:
        return []
    kind = _SCHOOL_KINDS.get((bool(school.nursery), bool(school.elementary)))
    directory = f"annuaire, {school.updated}".rstrip(", ")
    headcount = f"effectifs, {school.headcount_year}"
    given: tuple[tuple[str, Value, str], ...] = (
        ("type_ecole", kind, directory),
        ("nb_classes", school.classes, headcount),
        ("nb_eleves", school.pupils, headcount),
    )
    root = root_place_id(audit, about.kind)
    return [
        (root, question, Answer(State.KNOWN, value, Provenance.IMPORTED, reason=source))
        for question, value, source in given
        if value is not None and question in checklist.questions
    ]


def heirs_of(checklist: Checklist) -> Heirs:
    """Return who takes the place of each retired id, followed to the last.

    An id without successor, or whose successors run in a circle, has none.
    """
    by = {one.id: one.by for one in checklist.retired if one.by}
    found = {}
    for ident in by:
        heir, met = ident, {ident}
        while heir in by and by[heir] not in met:
            heir = by[heir]
            met.add(heir)
        if heir not in by:
            found[ident] = heir
    return found


def passed_on(kept: Mapping[str, _T], heirs: Heirs) -> dict[str, _T]:
    """Return what is kept by id, that of retired ids under their successors.

    What was written of the successor itself wins.
    """
    inherited = {heirs[ident]: one for ident, one in kept.items() if ident in heirs}
    own = {ident: one for ident, one in kept.items() if ident not in heirs}
    return inherited | own


def steps_passed_on(steps: Iterable[FollowUp], heirs: Heirs) -> tuple[FollowUp, ...]:
    """Return steps, those of a retired recommendation under its successor."""
    return tuple(
        one.model_copy(update={"recommendation": heirs[one.recommendation]})
        if one.recommendation in heirs
        else one
        for one in steps
    )


def advice_passed_on(own: Iterable[OwnAdvice], heirs: Heirs) -> tuple[OwnAdvice, ...]:
    """Return engineers' own advice, what cured a retired criterion on its successor."""
    return tuple(
        one.model_copy(update={"criterion": heirs[one.criterion]})
        if one.criterion in heirs
        else one
        for one in own
    )


def answers_passed_on(
    facts: Facts, checklist: Checklist, was: Callable[[str], Question | None]
) -> Facts:
    """Return facts where answers to a retired question are read for its successor.

    Only where both ask for the same thing, at the same kind of place; `was` gives a
    question as it was asked. What was answered to the successor itself wins, and
    nothing passes where two retired questions give different answers.
    """
    heirs = heirs_of(checklist)
    passed: dict[tuple[str, str], list[tuple[Answer, ...]]] = {}
    for (place, ident), heads in facts.answers.items():
        heir = checklist.questions.get(heirs.get(ident, ""))
        if heir is None or (place, heir.id) in facts.answers:
            continue
        old = was(ident)
        if old is not None and asks_the_same(old, heir):
            passed.setdefault((place, heir.id), []).append(heads)
    agreed = {
        key: given[0]
        for key, given in passed.items()
        if len({tuple((one.state, one.value) for one in heads) for heads in given}) == 1
    }
    if not agreed:
        return facts
    return replace(facts, answers=dict(sorted({**facts.answers, **agreed}.items())))


def facts_for(facts: Facts, old: Checklist, new: Checklist) -> Facts:
    """Return the facts of one edition that another may read: what means the same."""
    outdated = set(compare(old, new).changed)
    kept = {
        asked: heads
        for asked, heads in facts.answers.items()
        if asked[1] not in outdated
    }
    return answers_passed_on(replace(facts, answers=kept), new, old.questions.get)


def asks_the_same(old: Question, new: Question) -> bool:
    """Say whether an answer to one question is one to the other."""
    same = (old.type, old.unit, old.place) == (new.type, new.unit, new.place)
    offered = {choice.id for choice in new.choices}
    return same and all(choice.id in offered for choice in old.choices)


OLDER = "méthode antérieure"
"""What is said of an audit whose edition is of an older method."""


class OlderMethodError(DiagError):
    """What was asked needs judging, and the edition of the audit is judged no more."""


def is_older(checklist: Checklist) -> bool:
    """Say whether a checklist is of an older method than this version's."""
    return checklist.engine < ENGINE


def older_method(
    audit: Audit, about: Auditee, version: str, status: AuditStatus
) -> OlderMethodError:
    """Return why an audit is not judged, and what to do about it."""
    whose = f"{about.title}, campagne {audit.campaign} : l'audit"
    named = f"{about.ref} --campaign {audit.campaign}"
    if status is AuditStatus.CLOS:
        return OlderMethodError(
            f"{whose} est clos sous l'édition {version}, d'une {OLDER}. Ce qui en a "
            "été écrit alors reste ; il n'est plus jugé ni imprimé. Pour le juger à "
            "nouveau, rouvrez-le, passez-le à l'édition courante, puis clôturez-le.",
            command=f"diag audit status {named} --set en_cours",
        )
    return OlderMethodError(
        f"{whose} suit l'édition {version}, d'une {OLDER} : elle ne juge plus. "
        "Passez-le à l'édition courante ; un aperçu dit d'abord ce que devient chaque "
        "réponse.",
        command=f"diag audit upgrade {named} --dry-run",
    )
