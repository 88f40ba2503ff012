"""A programme opened: found by its name, what stands in it, written as an audit is.

A variant lays its changes over what stands.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

from diag.journal import changes, subjects
from diag.journal.heads import differing
from diag.journal.revision import Json, NewRevision, Revision, dumps
from diag.journal.subjects import ProgrammeTopic
from diag.model.audit import Audit, Auditee, audit_id
from diag.model.base import Noun
from diag.model.enums import BudgetSection
from diag.model.errors import DiagError
from diag.model.programme import (
    Adoption,
    BodyDecision,
    CostSplit,
    JointPurchase,
    KeptMoney,
    ProgrammeFrame,
    ProgrammeTheme,
    RightsRule,
    SharedWork,
    Variant,
    WeightRule,
    Workshop,
    WorkshopBallot,
    WorkshopCard,
    YearEnvelope,
    YearLock,
)
from diag.model.text import PROGRAMMES, is_campaign
from diag.programme.terms import Purse
from diag.workspace.subjects import programmes, syndicat_auditee
from diag.workspace.workspace import Workspace

N = TypeVar("N", bound=Noun)

FRAME = subjects.programme(subjects.PROGRAMME, "frame")
RIGHTS = subjects.programme(subjects.PROGRAMME, "rights")
WEIGHTS = subjects.programme(subjects.PROGRAMME, "weights")

CARD, BALLOT = "card", "ballot"
"""What the parts of a workshop are named by, in its subject."""

EVERY = "*"
"""The recommendation that a split is about when it is about all others."""


class Stated(NamedTuple):
    """What people wrote of one subject: several values where they differ."""

    values: tuple[Json, ...]
    """In order; None where one took it away."""
    authors: tuple[str, ...]
    """Who wrote each."""
    turn: int = 0
    """When the last of them was written: later is greater."""


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that stands in a programme."""

    frame: ProgrammeFrame | None
    """None until somebody set it."""
    rights: RightsRule
    envelopes: Mapping[tuple[Purse, int], YearEnvelope]
    splits: Mapping[str, CostSplit]
    """By recommendation, `*` for all others."""
    purchases: Mapping[str, JointPurchase]
    shared: Mapping[str, SharedWork]
    locks: Mapping[str, YearLock]
    """By operation."""
    earmarks: Mapping[str, KeptMoney]
    variants: Mapping[str, Variant]
    decisions: Mapping[str, BodyDecision]
    """By day; those of one day, as they were written."""
    adoptions: Mapping[str, Adoption]
    """In the order of their decisions."""
    themes: Mapping[str, ProgrammeTheme]
    """By slug."""
    workshops: Mapping[str, Workshop]
    cards: Mapping[tuple[str, str], WorkshopCard]
    """By workshop and id, as the ballots."""
    ballots: Mapping[tuple[str, str], WorkshopBallot]
    weighing: WeightRule | None
    """None: no ballot weighs."""

    @property
    def adoption(self) -> tuple[str, Adoption] | None:
        """The last one, with its id; None until there is one."""
        return next(reversed(list(self.adoptions.items())), None)


def contested(stated: Mapping[str, Stated]) -> dict[str, Stated]:
    """Return the subjects on which people differ: one writes them again to settle."""
    return {name: one for name, one in stated.items() if len(one.values) > 1}


def record_of(stated: Mapping[str, Stated], variant: str = "") -> Record:
    """Return what stands, as the variant of that id has it; empty: the programme.

    Until people who differ settle it: the lowest envelope holds, no lock does, and the
    last word of the rest. What a newer version wrote and this one cannot read is out.
    """
    variants = _by_id(stated, subjects.VARIANTS, Variant)
    sets = variants[variant].sets if variant else {}
    standing = {**stated}
    for subject, value in sets.items():
        base = stated[subject].values[-1] if subject in stated else None
        laid = value
        if subject == FRAME and isinstance(base, dict) and isinstance(value, dict):
            laid = {**base, **value}  # a variant's holds only what it changes
        standing[subject] = Stated((laid,), ("",))
    frames = _by_id(standing, subjects.PROGRAMME, ProgrammeFrame, "frame")
    rules = _by_id(standing, subjects.PROGRAMME, RightsRule, "rights")
    weighings = _by_id(standing, subjects.PROGRAMME, WeightRule, "weights")
    shared = _by_id(standing, subjects.SHARED, SharedWork)
    locks = _each(standing, subjects.LOCKS, YearLock)
    gathered = stated, subjects.WORKSHOPS
    cards = _each(*gathered, WorkshopCard, None, CARD, None)
    ballots = _each(*gathered, WorkshopBallot, None, BALLOT, None)
    decisions = _in_turn(stated, subjects.DECISIONS, BodyDecision, lambda one: one.on)
    rank = {ident: at for at, ident in enumerate(decisions)}
    adoptions = _in_turn(
        stated, subjects.ADOPTIONS, Adoption, lambda one: rank.get(one.decision, -1)
    )
    return Record(
        frame=frames.get("frame"),
        rights=rules.get("rights", RightsRule()),
        envelopes=dict(_envelopes(standing)),
        splits=_by_id(standing, subjects.SPLITS, CostSplit),
        purchases=_by_id(standing, subjects.PURCHASES, JointPurchase),
        shared={f"{subjects.SHARED}/{ident}": one for ident, one in shared.items()},
        locks={"/".join(key): one for key, one in locks},
        earmarks=_by_id(standing, subjects.EARMARKS, KeptMoney),
        variants=variants,
        decisions=decisions,
        adoptions=adoptions,
        themes=_by_id(standing, subjects.THEMES, ProgrammeTheme),
        workshops=_by_id(*gathered, Workshop, None),
        cards={(key[0], key[2]): one for key, one in cards},
        ballots={(key[0], key[2]): one for key, one in ballots},
        weighing=weighings.get("weights"),
    )


def _in_turn(
    stated: Mapping[str, Stated], kind: str, noun: type[N], key: Callable[[N], Any]
) -> dict[str, N]:
    """Return nouns by id, ordered by a key, then as they were written."""

    def order(one: tuple[str, N]) -> tuple[Any, int, str]:
        ident, value = one
        return key(value), stated[subjects.programme(kind, ident)].turn, ident

    return dict(sorted(_by_id(stated, kind, noun, None).items(), key=order))


def _by_id(
    stated: Mapping[str, Stated], kind: str, noun: type[N], *shape: str | None
) -> dict[str, N]:
    """Return what stands of a kind, by what comes first in its subject."""
    return {key[0]: one for key, one in _each(stated, kind, noun, *shape)}


def _each(
    stated: Mapping[str, Stated], kind: str, noun: type[N], *shape: str | None
) -> Iterator[tuple[tuple[str, ...], N]]:
    """Give what stands of a kind, with the rest of its subject.

    `shape`: what each part of that rest must be, None for any; none: whatever it is.
    """
    for subject in sorted(stated):
        topic = subjects.parse(subject)
        if not isinstance(topic, ProgrammeTopic) or topic.kind != kind:
            continue
        if shape and not (
            len(topic.key) == len(shape)
            and all(
                wanted in {None, part}
                for part, wanted in zip(topic.key, shape, strict=True)
            )
        ):
            continue
        values = stated[subject].values
        if kind == subjects.LOCKS and len(values) > 1:
            continue
        found = noun_of(noun, values[-1])
        if found:
            yield topic.key, found


def _envelopes(
    stated: Mapping[str, Stated],
) -> Iterator[tuple[tuple[Purse, int], YearEnvelope]]:
    for subject in sorted(stated):
        match subjects.parse(subject):
            case ProgrammeTopic(subjects.ENVELOPES, (payer, year, section)) if (
                year.isdecimal() and section in set(BudgetSection)
            ):
                known = (noun_of(YearEnvelope, one) for one in stated[subject].values)
                lowest = min(
                    filter(None, known), key=lambda one: one.cents, default=None
                )
                if lowest:
                    yield (Purse(payer, BudgetSection(section)), int(year)), lowest


def noun_of(noun: type[N], value: Any) -> N | None:
    """Return a noun from a value; None when this version cannot read it."""
    if not isinstance(value, dict):
        return None
    names = {one.alias or name for name, one in noun.model_fields.items()}
    try:
        return noun.model_validate({
            name: one for name, one in value.items() if name in names
        })
    except ValueError:
        return None


@dataclass(frozen=True)
class Container:
    """One programme of one syndicat, and what stands in it when it was opened."""

    workspace: Workspace
    audit: Audit
    about: Auditee
    """The syndicat."""

    @property
    def slug(self) -> str:
        """How commands name it."""
        return self.audit.campaign.removeprefix(PROGRAMMES)

    @cached_property
    def stated(self) -> Mapping[str, Stated]:
        """What people wrote, by subject."""
        found: dict[str, Stated] = {}
        written = self.workspace.journal.heads(self.audit.id)
        for subject, group in groupby(written, lambda head: head.subject):
            if isinstance(subjects.parse(subject), ProgrammeTopic):
                heads = differing(tuple(group))
                if any(head.has_value for head in heads):
                    found[subject] = Stated(
                        tuple(head.value for head in heads),
                        tuple(head.author for head in heads),
                        max(head.lam for head in heads),
                    )
        return found

    @property
    def contested(self) -> Mapping[str, Stated]:
        """What people wrote apart and nobody has settled yet."""
        return contested(self.stated)

    def record(self, variant: str = "") -> Record:
        """Return what stands, as the variant of that id has it."""
        if variant not in self._records:
            self._records[variant] = record_of(self.stated, variant)
        return self._records[variant]

    @cached_property
    def _records(self) -> dict[str, Record]:
        """What was read already, by variant: 1,200 envelopes take 29 ms."""
        return {}

    @property
    def inputs(self) -> str:
        """SHA-256 of all that stands, to know whether it changed since."""
        kept = {
            name: list(one.values)
            for name, one in self.stated.items()
            if not name.startswith((subjects.ADOPTIONS, subjects.DECISIONS))
        }
        return sha256(dumps(kept).encode()).hexdigest()

    def reopened(self) -> "Container":
        """Return the same programme, read anew."""
        return Container(self.workspace, self.audit, self.about)

    def write(self, *drafts: NewRevision) -> tuple[Revision, ...]:
        """Write several things in one durable commit.

        Raises:
            DiagError: when nothing could be written.
        """
        journal = self.workspace.journal
        return journal.write_many(drafts, self.workspace.origin)

    def draft(
        self, subject: str, value: Noun | Mapping[str, Any] | None
    ) -> NewRevision:
        """Return a change of one subject, not written; None takes it away."""
        if value is None:
            return NewRevision(self.audit.id, subject, op="del")
        kept: Json = dict(value) if isinstance(value, Mapping) else plain(value)
        return NewRevision(self.audit.id, subject, kept)

    def fresh(self) -> str:
        """Return the id of something new."""
        return self.workspace.world.fresh_id()

    def variant_named(self, name: str) -> str:
        """Return the id of a variant, by its name or the start of its id.

        Raises:
            DiagError: none has it, or several do.
        """
        if not name:
            return ""
        known = self.record().variants
        wanted = name.strip().casefold()
        found = [name for name, one in known.items() if one.name.casefold() == wanted]
        found = found or [name for name in known if wanted and name.startswith(wanted)]
        if len(found) == 1:
            return found[0]
        if found:
            idents = ", ".join(one[:8] for one in found)
            raise DiagError(f"Plusieurs variantes « {name[:40]} » : {idents}.")
        shown = ", ".join(f"« {one.name} »" for one in known.values()) or "aucune"
        raise DiagError(f"Pas de variante « {name[:40]} ». Il y a : {shown}.")

    def varied(self, variant: str, changed: Mapping[str, Json]) -> NewRevision:
        """Return a draft that lays more changes over the programme, in a variant."""
        known = self.record().variants[variant]
        sets = {**known.sets, **changed}
        return self.draft(
            subjects.programme(subjects.VARIANTS, variant),
            Variant(name=known.name, why=known.why, sets=sets),
        )


def plain(noun: Noun) -> dict[str, Json]:
    """Return a noun as the journal keeps it: what is usual is left out."""
    found: dict[str, Json] = noun.model_dump(
        mode="json", by_alias=True, exclude_defaults=True
    )
    return found


def create(
    workspace: Workspace, slug: str, frame: ProgrammeFrame, siren: str = ""
) -> Container:
    """Open a new programme of a syndicat; one's own without a SIREN.

    Raises:
        DiagError: a bad name, an unknown syndicat, or it is there already.
    """
    campaign = f"{PROGRAMMES}{slug}"
    if not is_campaign(campaign):
        raise DiagError(
            f"« {slug[:40]} » ne peut pas nommer un programme : minuscules, chiffres "
            "et tirets, 30 caractères au plus. Par exemple : 2027-2031.",
            about="name",
        )
    if not (siren or workspace.settings.siren):
        raise DiagError(
            "Un programme est celui d'un syndicat, et le SIREN du vôtre n'est pas "
            "encore connu. Donnez-le.",
            command=f"diag programme new {slug} --first {frame.first} --siren SIREN",
        )
    about = syndicat_auditee(workspace, siren)
    ident = audit_id(campaign, about.subject)
    audit = Audit(id=ident, campaign=campaign, subject=about.subject)
    made = Container(workspace, audit, about)
    if made.stated:
        raise DiagError(
            f"Le programme {slug} existe déjà. Voyez-le.",
            command=f"diag programme show --programme {slug}",
        )
    made.write(changes.opened(ident, campaign, about.subject), made.draft(FRAME, frame))
    return made.reopened()


def opened(workspace: Workspace, slug: str = "") -> Container:
    """Return a programme by its name; the only one, when none is given.

    Raises:
        DiagError: there is none of that name, or several and none is named.
    """
    known = all_of(workspace)
    found = [one for one in known if slug in {"", one.slug}]
    if len(found) == 1:
        found[0].workspace.journal.check(found[0].audit.id)
        return found[0]
    if not known:
        raise DiagError(
            "Aucun programme pluriannuel ici. Ouvrez-en un.",
            command="diag programme new 2027-2031 --first 2027",
        )
    names = ", ".join(one.slug for one in known)
    raise DiagError(
        f"Pas de programme « {slug[:40]} ». Il y a : {names}."
        if slug
        else f"Plusieurs programmes : {names}. Nommez-en un : --programme NOM."
    )


def all_of(workspace: Workspace) -> Sequence[Container]:
    """Return every programme here, in the order in which they came."""
    return [
        Container(workspace, one, syndicat_auditee(workspace, one.subject.code))
        for one in programmes(workspace.journal)
    ]
