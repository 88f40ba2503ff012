"""The heads of an audit, sorted by what they are about; subjects are read once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from diag.journal import subjects
from diag.journal.journal import Head, Journal
from diag.journal.revision import NewRevision, Revision, dumps
from diag.journal.subjects import (
    AnswerTopic,
    ApartTopic,
    ClosedTopic,
    FlagTopic,
    FloorTopic,
    NoteTopic,
    PlaceTopic,
    SameTopic,
    VisitTopic,
)
from diag.model.audit import PARENT_KINDS, Audit, Place, Visit, root_place_id
from diag.model.base import Noun
from diag.model.enums import PlaceKind

_N = TypeVar("_N", bound=Noun)


@dataclass(slots=True)
class HeadIndex:
    """Heads by topic."""

    places: dict[str, list[Head]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[tuple[str, str], list[Head]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """By place and question, as `notes` and `flags`."""
    notes: dict[tuple[str, str], list[Head]] = field(
        default_factory=lambda: defaultdict(list)
    )
    flags: dict[tuple[str, str], list[Head]] = field(
        default_factory=lambda: defaultdict(list)
    )
    closed: dict[PlaceKind, list[Head]] = field(
        default_factory=lambda: defaultdict(list)
    )
    floor: list[Head] = field(default_factory=list)
    visits: dict[str, list[Head]] = field(default_factory=lambda: defaultdict(list))
    merged: dict[str, str] = field(default_factory=dict)
    """Places that are read as another one: what is recorded of them is read of it."""

    def at(self, place: str) -> str:
        """Return the place that a place is read as: itself, as a rule."""
        return self.merged.get(place, place)


def board_of(heads: Iterable[Head]) -> HeadIndex:
    """Sort heads, which come in order; what is not known is left out."""
    read = [(subjects.parse(head.subject), head) for head in heads]
    board = HeadIndex(merged=_merged_of(read))
    for topic, head in read:
        match topic:
            case AnswerTopic(place, question):
                board.answers[board.at(place), question].append(head)
            case NoteTopic(place, question):
                board.notes[board.at(place), question].append(head)
            case FlagTopic(place, question):
                board.flags[board.at(place), question].append(head)
            case PlaceTopic(place) if place not in board.merged:
                board.places[place].append(head)
            case ClosedTopic(kind):
                board.closed[kind].append(head)
            case FloorTopic():
                board.floor.append(head)
            case VisitTopic(visit):
                board.visits[visit].append(head)
            case _:
                pass
    if board.merged:
        board.answers = {key: pooled(own) for key, own in board.answers.items()}
        board.notes = {key: pooled(own) for key, own in board.notes.items()}
    return board


def latest(heads: Sequence[Head]) -> Head | None:
    """Return the last head that carries a value: the one to show meanwhile."""
    valued = [head for head in heads if head.has_value]
    return max(valued, key=lambda head: (head.lam, head.key), default=None)


def differing(heads: Sequence[Head]) -> tuple[Head, ...]:
    """Return one head for each content, the last that holds it, in order.

    Heads are equal when state and value are, whatever the provenance; editions are when
    their digest is; a withdrawal is a content too; an erased head has none.
    """
    if len(heads) == 1 and heads[0].has_value:
        return (heads[0],)
    by_content = {
        content_of(head): head for head in heads if head.has_value or head.withdrawn
    }
    return tuple(sorted(by_content.values(), key=lambda head: (head.lam, head.key)))


def agreeing(heads: Sequence[Head], revision: str) -> frozenset[str]:
    """Return who holds apart what one of the heads holds: labels, its author's too."""
    contents = {content_of(head) for head in heads if head.id == revision}
    return frozenset(head.author for head in heads if content_of(head) in contents)


def content_of(head: Head | Revision) -> str | None:
    """Return what two heads must share to be equal."""
    value = head.value
    if isinstance(value, dict) and "state" in value:
        return dumps([value["state"], value.get("value")])
    if isinstance(value, dict) and head.subject == subjects.EDITION:
        return dumps(value.get("digest"))
    if isinstance(head, Revision):
        return None if head.op == "del" or head.erased else dumps(value)
    return head.text


def read_noun(noun: type[_N], value: Any, **given: str | None) -> _N | None:
    """Return a noun from a value of the journal; None when this version cannot.

    Fields that a newer version added are ignored.
    """
    if not isinstance(value, dict):
        return None
    known = {name: value[name] for name in noun.model_fields if name in value}
    try:
        return noun.model_validate({**known, **given})
    except ValueError:
        return None


def visits_in(board: HeadIndex) -> Iterator[Visit]:
    """Yield the visits whose day is one, as their last heads give them."""
    for ident, heads in board.visits.items():
        head = latest(heads)
        visit = read_noun(Visit, head.value, id=ident) if head else None
        try:
            if visit and date.fromisoformat(visit.date):
                yield visit
        except ValueError:
            continue


# A person may take it back; nothing is copied, so facts depend on the set of revisions
# only, in whatever order they came.
_ANY = """
select 1 from head where audit = (select n from audit where id = ?)
and subject >= 'place/' and subject < 'place0' and subject like '%/same_as' limit 1
"""


def same(audit: str, place: str, kept: str) -> NewRevision:
    """Say that a place is the same as another one, which keeps its name."""
    return NewRevision(audit, subjects.same(place), {"place": kept})


def apart(audit: str, place: str) -> NewRevision:
    """Say that it is another place after all."""
    return NewRevision(audit, subjects.same(place), op="del")


def distinct(audit: str, first: str, second: str) -> NewRevision:
    """Say that two places which look alike are two."""
    return NewRevision(audit, subjects.apart(first, second), value=True)


def distinct_in(journal: Journal, audit: str) -> frozenset[frozenset[str]]:
    """Return the pairs of places that somebody keeps apart: one voice is enough."""
    heads = journal.heads_inside(audit, "place")
    read = ((subjects.parse(head.subject), head) for head in heads)
    return frozenset(
        frozenset((topic.place, topic.other))
        for topic, head in read
        if isinstance(topic, ApartTopic) and head.has_value and head.value is True
    )


def merged_in(journal: Journal, audit: str) -> dict[str, str]:
    """Return the places that are read as another one, and which one."""
    if not journal.select(_ANY, [audit]):
        return {}
    heads = journal.heads_inside(audit, "place")
    return _merged_of((subjects.parse(head.subject), head) for head in heads)


def _merged_of(heads: Iterable[tuple[subjects.Topic, Head]]) -> dict[str, str]:
    """Return place → the place that it is read as, from the heads of an audit.

    People who differ on it are in conflict: nothing is read as one meanwhile.
    """
    targets: dict[str, set[str]] = {}
    kinds: dict[str, str] = {}
    for topic, head in heads:
        value: Any = head.value if head.has_value else None
        fields = value if isinstance(value, dict) else {}
        if isinstance(topic, SameTopic):
            targets.setdefault(topic.place, set()).add(str(fields.get("place", "")))
        elif isinstance(topic, PlaceTopic) and head.has_value:
            kinds[topic.place] = str(fields.get("kind", ""))
    ways = {
        place: kept
        for place, (kept, *others) in (
            (one, sorted(all_)) for one, all_ in targets.items()
        )
        if not others and place in kinds and kinds[place] == kinds.get(kept)
    }
    ends = {place: _end(place, ways) for place in ways}
    return {place: end for place, end in ends.items() if place != end}


def pooled(heads: Iterable[Head]) -> list[Head]:
    """Return the heads of one fact of places read as one, in order.

    What was taken away at one of them does not contradict what stands at another.
    """
    by_subject: dict[str, list[Head]] = {}
    for head in heads:
        by_subject.setdefault(head.subject, []).append(head)
    valued = [own for own in by_subject.values() if any(head.has_value for head in own)]
    kept = [head for own in valued or by_subject.values() for head in own]
    return sorted(kept, key=lambda head: (head.lam, head.key))


def repeat_at_twins(
    journal: Journal, audit: str, drafts: Sequence[NewRevision]
) -> tuple[NewRevision, ...]:
    """Return the same drafts for the places read as those that drafts are about.

    Else an answer that was corrected would differ from the one given at the other
    place. A draft that names its parents speaks of one subject only.
    """
    merged = merged_in(journal, audit)
    if not merged:
        return ()
    return tuple(
        replace(draft, subject=subject)
        for draft in drafts
        if draft.parents is None
        for other, kept in merged.items()
        if (subject := _twin(draft, kept, other))
        and any(head.has_value for head in journal.current(audit, subject))
    )


def _twin(draft: NewRevision, kept: str, other: str) -> str:
    match subjects.parse(draft.subject):
        case PlaceTopic(place) if place == kept and draft.op == "del":
            return subjects.place(other)
        case AnswerTopic(place) | NoteTopic(place) | FlagTopic(place) if place == kept:
            return draft.subject.replace(kept, other, 1)
    return ""


def _end(place: str, ways: Mapping[str, str]) -> str:
    path = [place]
    while path[-1] in ways:
        following = ways[path[-1]]
        if following in path:
            return min(path[path.index(following) :])
        path.append(following)
    return path[-1]


@dataclass(frozen=True, slots=True)
class PlaceTree:
    """The living places of an audit."""

    root: str
    places: Mapping[str, Place]
    """By id, the root first, then in the order in which they were created."""
    edited: Mapping[str, tuple[Head, ...]]
    """Places removed by one while another wrote there: kept; and what was written."""


def place_tree_of(journal: Journal, audit: Audit, board: HeadIndex) -> PlaceTree:
    """Return the places that stand, those kept despite a removal included."""
    root = root_place_id(audit.id, audit.subject.kind)
    nouns = {
        place: _noun(place, latest(heads)) for place, heads in board.places.items()
    }
    standing = {
        place: noun.model_copy(update={"parent": board.at(noun.parent or "") or None})
        for place, noun in nouns.items()
        if noun and place != root and noun.kind in PARENT_KINDS
    }
    edited: dict[str, tuple[Head, ...]] = {}
    gone = [
        (place, heads)
        for place, heads in board.places.items()
        if place != root and all(head.withdrawn for head in heads)
    ]
    if gone:
        standing_at = _heads_by_place(board)
        for place, heads in gone:
            history = journal.history(audit.id, subjects.place(place))
            removals = {head.key for head in heads}
            seen = {id_ for rev in history if rev.key in removals for id_ in rev.seen}
            edits = [head for head in standing_at[place] if head.id not in seen]
            former = (
                _read_place(place, revision.value) for revision in reversed(history)
            )
            noun = next(filter(None, former), None)
            if noun and noun.kind in PARENT_KINDS and edits:
                standing[place], edited[place] = noun, tuple(edits)
    own = nouns.get(root)
    name = own.name if own else audit.subject.code
    places = {root: Place(id=root, kind=audit.subject.kind, parent=None, name=name)}

    def birth(place: str) -> tuple[int, str]:
        history = journal.history(audit.id, subjects.place(place))
        return min((one.lam for one in history), default=0), place

    for place in sorted(standing, key=birth):
        child = standing[place]
        parent = standing.get(child.parent or "")
        # One whose parent is gone, or may not hold it, hangs at the root. Kinds go down
        # at each step, so no cycle can be written.
        if not (parent and parent.kind in PARENT_KINDS[child.kind]):
            child = child.model_copy(update={"parent": root})
        places[place] = child
    return PlaceTree(root, places, edited)


def removal(journal: Journal, audit: str, place: str) -> NewRevision:
    """Take a place away, naming what stood there when its author decided."""
    seen = _heads_by_place(board_of(journal.heads(audit)))[place]
    ids = tuple(head.id for head in seen)
    return NewRevision(audit, subjects.place(place), op="del", seen=ids)


def _heads_by_place(board: HeadIndex) -> defaultdict[str, list[Head]]:
    """Return what stands at each place: answers, notes, places that it holds."""
    found = defaultdict[str, list[Head]](list)
    for facts in (board.answers, board.notes):
        for (where, _), heads in facts.items():
            found[where] += (head for head in heads if head.has_value)
    for child, heads in board.places.items():
        if noun := _noun(child, latest(heads)):
            holder = board.at(noun.parent or "")
            found[holder] += (head for head in heads if head.has_value)
    return found


def _noun(place: str, head: Head | None) -> Place | None:
    return _read_place(place, head.value) if head else None


def _read_place(place: str, value: Any) -> Place | None:
    try:
        kind, parent, name = PlaceKind(value["kind"]), value["parent"], value["name"]
        return Place(id=place, kind=kind, parent=parent, name=name)
    except (KeyError, TypeError, ValueError):
        return None
