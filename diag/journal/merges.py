"""Places read as one: two people gave an identity to the same room.

A person says so, and may take it back; nothing is copied, so facts depend on the set of
revisions only, in whatever order they came.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from diag.journal import subjects
from diag.journal.draft import Draft
from diag.journal.journal import Head, Journal
from diag.journal.subjects import (
    AnswerTopic,
    ApartTopic,
    FlagTopic,
    NoteTopic,
    PlaceTopic,
    SameTopic,
)

_ANY = """
select 1 from head where audit = (select n from audit where id = ?)
and subject >= 'place/' and subject < 'place0' and subject like '%/same_as' limit 1
"""


def same(audit: str, place: str, kept: str) -> Draft:
    """Say that a place is the same as another one, which keeps its name."""
    return Draft(audit, subjects.same(place), {"place": kept})


def apart(audit: str, place: str) -> Draft:
    """Say that it is another place after all."""
    return Draft(audit, subjects.same(place), op="del")


def distinct(audit: str, first: str, second: str) -> Draft:
    """Say that two places which look alike are two."""
    return Draft(audit, subjects.apart(first, second), value=True)


def distinct_in(journal: Journal, audit: str) -> frozenset[frozenset[str]]:
    """Return the pairs of places that somebody said are two: one voice is enough."""
    heads = journal.heads_inside(audit, "place")
    read = ((subjects.parse(head.subject), head) for head in heads)
    return frozenset(
        frozenset((topic.place, topic.other))
        for topic, head in read
        if isinstance(topic, ApartTopic) and head.says and head.value is True
    )


def merged_in(journal: Journal, audit: str) -> dict[str, str]:
    """Return the places that are read as another one, and which one."""
    if not journal.select(_ANY, [audit]):
        return {}
    heads = journal.heads_inside(audit, "place")
    return merged_of((subjects.parse(head.subject), head) for head in heads)


def merged_of(heads: Iterable[tuple[subjects.Topic, Head]]) -> dict[str, str]:
    """Return place → the place that it is read as, from the heads of an audit.

    People who differ on it are in conflict: nothing is read as one meanwhile.
    """
    said: dict[str, set[str]] = {}
    kinds: dict[str, str] = {}
    for topic, head in heads:
        value: Any = head.value if head.says else None
        told = value if isinstance(value, dict) else {}
        if isinstance(topic, SameTopic):
            said.setdefault(topic.place, set()).add(str(told.get("place", "")))
        elif isinstance(topic, PlaceTopic) and head.says:
            kinds[topic.place] = str(told.get("kind", ""))
    ways = {
        place: kept
        for place, (kept, *others) in (
            (one, sorted(all_)) for one, all_ in said.items()
        )
        if not others and place in kinds and kinds[place] == kinds.get(kept)
    }
    ends = {place: _end(place, ways) for place in ways}
    return {place: end for place, end in ends.items() if place != end}


def pooled(heads: Iterable[Head]) -> list[Head]:
    """Return the heads of one fact of places read as one, in order.

    What was taken away at one of them does not contradict what another says.
    """
    by_subject: dict[str, list[Head]] = {}
    for head in heads:
        by_subject.setdefault(head.subject, []).append(head)
    saying = [own for own in by_subject.values() if any(head.says for head in own)]
    kept = [head for own in saying or by_subject.values() for head in own]
    return sorted(kept, key=lambda head: (head.lam, head.key))


def also_said(
    journal: Journal, audit: str, drafts: Sequence[Draft]
) -> tuple[Draft, ...]:
    """Return what is to be said of the places read as those that drafts speak of.

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
        and any(head.says for head in journal.current(audit, subject))
    )


def _twin(draft: Draft, kept: str, other: str) -> str:
    """Return the same subject at the other place; empty when there is none."""
    match subjects.parse(draft.subject):
        case PlaceTopic(place) if place == kept and draft.op == "del":
            return subjects.place(other)
        case AnswerTopic(place) | NoteTopic(place) | FlagTopic(place) if place == kept:
            return draft.subject.replace(kept, other, 1)
    return ""


def _end(place: str, ways: Mapping[str, str]) -> str:
    """Return where a chain ends; in a circle, its least id."""
    path = [place]
    while path[-1] in ways:
        following = ways[path[-1]]
        if following in path:
            return min(path[path.index(following) :])
        path.append(following)
    return path[-1]
