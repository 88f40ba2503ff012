"""The same action of several schools, once: how many, how much, before when."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from diag.assess.money import format_cost
from diag.assess.results import Cost
from diag.documents.blocks import Md, box, bullets, written
from diag.documents.parts.votes import danger_words
from diag.documents.synthesis.gathering import (
    Extract,
    Gathering,
    Task,
)
from diag.model.enums import Audience, Kind, Owner
from diag.model.text import Quantity
from diag.words.dates import long_date
from diag.words.sentences import (
    NEXT_BUDGET,
    Blanks,
    filled,
    uncapitalised,
)

DECISIONS = 3
"""At most so many things asked of a reader."""

Pair = tuple[Extract, Task]


@dataclass(frozen=True, slots=True)
class SharedAction:
    """One action, in every audit that surely asks for it."""

    pairs: tuple[Pair, ...]

    @property
    def task(self) -> Task:
        """The action, in the first audit that asks for it."""
        return self.pairs[0][1]

    @property
    def extracts(self) -> tuple[Extract, ...]:
        """The audits, in the order of the document."""
        return tuple(one for one, _ in self.pairs)

    @property
    def due(self) -> date | None:
        """The first day before which to act; None: with the next budget."""
        return min((task.due for _, task in self.pairs if task.due), default=None)

    @property
    def cost(self) -> Cost:
        """What all of it costs."""
        return added_costs([task.cost for _, task in self.pairs])

    @property
    def free(self) -> bool:
        """Whether it would cost nothing anywhere, even alone."""
        return all(task.free for _, task in self.pairs)

    @property
    def cost_words(self) -> str:
        """« environ 400 € TTC », or that other actions pay for it."""
        if not any(task.shared for _, task in self.pairs):
            return format_cost(self.cost)
        if self.cost.free:
            return "compris dans d'autres actions"
        return f"{format_cost(self.cost)}, le reste compris dans d'autres actions"

    @property
    def when(self) -> str:
        """« 12 mars 2027 » or « prochain budget »."""
        return long_date(self.due) if self.due else NEXT_BUDGET

    def fill_blanks(self, text: str) -> str:
        """Return a sentence of the checklists about it, its placeholders filled."""
        if self.task.own_words or "{" not in text:
            return text
        counts = [task.quantity for _, task in self.pairs if task.quantity]
        whole = len(counts) == len(self.pairs)
        blanks = Blanks(
            quantity=_added_quantities(counts) if whole else None,
            cost=self.cost_words,
            places="l'école" if len(self.pairs) == 1 else "les écoles concernées",
            due=self.when,
        )
        return filled(text, blanks)

    def title(self, audience: Audience) -> str:
        """Return its title for a reader."""
        return self.fill_blanks(self.task.titles[audience])


def groups(
    extracts: Iterable[Extract], keep: Callable[[Extract, Task], bool]
) -> tuple[SharedAction, ...]:
    """Return the tasks kept, by action, what presses most and is widest first."""
    found: dict[str, list[Pair]] = {}
    for extract in extracts:
        for task in extract.tasks:
            if keep(extract, task):
                found.setdefault(task.id, []).append((extract, task))
    told = [SharedAction(tuple(pairs)) for pairs in found.values()]
    return tuple(sorted(told, key=_rank))


def with_a_need(ripe: Sequence[SharedAction], room: int) -> tuple[SharedAction, ...]:
    """Return the first groups; if something indispensable lacks, one is its cure."""
    told = list(ripe[:room])
    blocking = [one for one in ripe if _kind(one) is Kind.BLOCKING]
    needed = sorted(blocking, key=_need_rank)[:1]
    if room > 1 and needed and needed[0] not in told:
        told[-1:] = needed
    return tuple(told)


def dangers(gathering: Gathering) -> tuple[SharedAction, ...]:
    """Return what is to be done on receipt, without waiting for a vote."""
    return groups(gathering.extracts, lambda one, task: task.id in one.dangers)


def dangers_box(gathering: Gathering) -> Md:
    """Return what is to be stopped at once, as page 1 prints it; else nothing."""
    seen = bullets(
        f"{gathering.name_of(one)}, {uncapitalised(danger)}"
        for one in gathering.extracts
        for danger in one.seen
    )
    title = "À faire cesser dès réception, sans attendre un vote"
    return box("CAUTION", title, seen, *map(written, danger_words(gathering.votes)))


def is_academic(_extract: Extract, task: Task) -> bool:
    """Return whether the school or the académie acts."""
    return task.owner in {Owner.ECOLE, Owner.ACADEMIE} and is_ripe(task)


def is_syndical(_extract: Extract, task: Task) -> bool:
    """Return whether the syndicat acts."""
    return task.owner is Owner.SYNDICAT and is_ripe(task)


def is_ripe(task: Task) -> bool:
    """Return whether it can be decided now, and is not yet."""
    return task.ready and task.undecided


def added_costs(costs: Sequence[Cost]) -> Cost:
    """Return the sum of costs, every line kept."""
    return Cost(tuple(line for one in costs for line in one.lines))


def _added_quantities(counts: Sequence[Quantity]) -> Quantity:
    low = sum((one.low for one in counts), Fraction())
    known = [Fraction(one.high) for one in counts if one.high is not None]
    is_bounded = len(known) == len(counts)
    return Quantity(low, sum(known, Fraction()) if is_bounded else None)


def _kind(group: SharedAction) -> Kind | None:
    criterion = group.task.criterion
    return criterion.kind if criterion else None


def _need_rank(group: SharedAction) -> tuple[bool, bool, Fraction]:
    """As on page 1 of a school: what is paid and missing altogether, then by gain."""
    missing = any(task.missing for _, task in group.pairs)
    gain = sum((task.gain for _, task in group.pairs), Fraction())
    return group.free, not missing, -gain


def _rank(group: SharedAction) -> tuple[int, int, date]:
    """Law first, then what is indispensable; the widest, then the soonest."""
    if any(task.broken for _, task in group.pairs):
        first = 0
    else:
        first = 1 if _kind(group) is Kind.BLOCKING else 2
    return first, -len(group.pairs), group.due or date.max
