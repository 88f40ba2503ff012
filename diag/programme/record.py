"""What stands in a programme, read from its journal; a variant lays changes over it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

from diag.journal import subjects
from diag.journal.heads import differing
from diag.journal.journal import Head, Journal
from diag.journal.revision import Json
from diag.journal.subjects import ProgrammeTopic
from diag.model.base import Noun
from diag.model.enums import BudgetSection
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
from diag.programme.terms import Purse

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


def stated_in(journal: Journal, audit: str) -> dict[str, Stated]:
    """Return what people wrote in a programme, by subject."""
    found: dict[str, Stated] = {}
    for subject, group in groupby(journal.heads(audit), lambda head: head.subject):
        if isinstance(subjects.parse(subject), ProgrammeTopic):
            heads = differing(tuple(group))
            if any(head.has_value for head in heads):
                found[subject] = _stated(heads)
    return found


def _stated(heads: Sequence[Head]) -> Stated:
    return Stated(
        tuple(head.value for head in heads),
        tuple(head.author for head in heads),
        max(head.lam for head in heads),
    )


def contested(stated: Mapping[str, Stated]) -> dict[str, Stated]:
    """Return the subjects on which people differ: one writes them again to settle."""
    return {name: one for name, one in stated.items() if len(one.values) > 1}


def record_of(stated: Mapping[str, Stated], variant: str = "") -> Record:
    """Return what stands, as the variant of that id has it; empty: the programme.

    Until people who differ settle it: the lowest envelope holds, no lock does, and the
    last word of the rest. What a newer version wrote and this one cannot read is out.
    """
    variants = {key[0]: one for key, one in _each(stated, subjects.VARIANTS, Variant)}
    sets = variants[variant].sets if variant else {}
    laid = {name: _over(stated, name, one) for name, one in sets.items()}
    standing = {**stated, **{name: Stated((one,), ("",)) for name, one in laid.items()}}
    frames = dict(_each(standing, subjects.PROGRAMME, ProgrammeFrame, "frame"))
    rules = dict(_each(standing, subjects.PROGRAMME, RightsRule, "rights"))
    weighings = dict(_each(standing, subjects.PROGRAMME, WeightRule, "weights"))
    decisions = _in_turn(stated, subjects.DECISIONS, BodyDecision, lambda one: one.on)
    rank = {ident: at for at, ident in enumerate(decisions)}
    adoptions = _in_turn(
        stated, subjects.ADOPTIONS, Adoption, lambda one: rank.get(one.decision, -1)
    )
    return Record(
        frame=frames.get(("frame",)),
        rights=rules.get(("rights",), RightsRule()),
        envelopes=dict(_envelopes(standing)),
        splits={
            key[0]: one for key, one in _each(standing, subjects.SPLITS, CostSplit)
        },
        purchases={
            key[0]: one
            for key, one in _each(standing, subjects.PURCHASES, JointPurchase)
        },
        shared={
            f"{subjects.SHARED}/{key[0]}": one
            for key, one in _each(standing, subjects.SHARED, SharedWork)
        },
        locks={
            "/".join(key): one for key, one in _each(standing, subjects.LOCKS, YearLock)
        },
        earmarks={
            key[0]: one for key, one in _each(standing, subjects.EARMARKS, KeptMoney)
        },
        variants=variants,
        decisions=decisions,
        adoptions=adoptions,
        themes={
            key[0]: one for key, one in _each(standing, subjects.THEMES, ProgrammeTheme)
        },
        workshops={
            key[0]: one
            for key, one in _each(stated, subjects.WORKSHOPS, Workshop, None)
        },
        cards={
            (key[0], key[2]): one
            for key, one in _each(
                stated, subjects.WORKSHOPS, WorkshopCard, None, CARD, None
            )
        },
        ballots={
            (key[0], key[2]): one
            for key, one in _each(
                stated, subjects.WORKSHOPS, WorkshopBallot, None, BALLOT, None
            )
        },
        weighing=weighings.get(("weights",)),
    )


def _over(stated: Mapping[str, Stated], subject: str, value: Json) -> Json:
    """Return a variant's value; of a frame, it holds only what it changes."""
    base = stated[subject].values[-1] if subject in stated else None
    if subject == FRAME and isinstance(base, dict) and isinstance(value, dict):
        return {**base, **value}
    return value


def _in_turn(
    stated: Mapping[str, Stated], kind: str, noun: type[N], key: Callable[[N], Any]
) -> dict[str, N]:
    """Return nouns by id, ordered by a key, then as they were written."""

    def order(one: tuple[str, N]) -> tuple[Any, int, str]:
        ident, value = one
        return key(value), stated[subjects.programme(kind, ident)].turn, ident

    found = [(parts[0], one) for parts, one in _each(stated, kind, noun, None)]
    return dict(sorted(found, key=order))


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
        if shape and not _is_shaped(topic.key, shape):
            continue
        values = stated[subject].values
        if kind == subjects.LOCKS and len(values) > 1:
            continue
        found = noun_of(noun, values[-1])
        if found:
            yield topic.key, found


def _is_shaped(key: tuple[str, ...], shape: tuple[str | None, ...]) -> bool:
    return len(key) == len(shape) and all(
        wanted in {None, part} for part, wanted in zip(key, shape, strict=True)
    )


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
