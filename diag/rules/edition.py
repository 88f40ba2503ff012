"""Editions: a checklist compiled to canonical bytes, pinned by digest, opened again.

Canonical: UTF-8 JSON, sorted keys, no space, no float, defaults left out, so that a
field added to the model changes no digest. Items keep their order, in lists. What a
default means is never changed: old editions rely on it.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from typing import TypeVar

from pydantic import ValidationError

from diag.model.base import Noun
from diag.model.checklist import (
    Checklist,
    Criterion,
    Domain,
    PlaceLabel,
    Question,
    Recommendation,
    Source,
)
from diag.model.dated import Aid, Deadline
from diag.model.money import Price


class EditionError(ValueError):
    """Bytes that are no edition this version of diag can open."""


class _Compiled(Noun):
    """A checklist as its bytes hold it: items in lists, so that order is kept."""

    title: str
    version: str
    domains: tuple[Domain, ...]
    questions: tuple[Question, ...]
    criteria: tuple[Criterion, ...]
    recommendations: tuple[Recommendation, ...]
    prices: tuple[Price, ...]
    sources: tuple[Source, ...]
    retired: tuple[str, ...] = ()
    places: tuple[PlaceLabel, ...] = ()
    aids: tuple[Aid, ...] = ()
    deadlines: tuple[Deadline, ...] = ()


def compiled(checklist: Checklist) -> bytes:
    """Return the canonical bytes of a checklist."""
    fields: dict[str, object] = {
        name: list(value.values()) if isinstance(value, dict) else value
        for name, value in checklist
    }
    edition = _Compiled.model_validate(fields)
    return json.dumps(
        edition.model_dump(mode="json", exclude_defaults=True),
        ensure_ascii=False,
        allow_nan=False,
        sort_keys=True,
        separators=(",", ":"),
    ).encode()


def digest(edition: bytes) -> str:
    """Return the hex SHA-256 that an audit pins."""
    return sha256(edition).hexdigest()


@lru_cache(maxsize=8)  # as many as are judged side by side
def open_edition(edition: bytes) -> Checklist:
    """Return the checklist that was compiled; reads no YAML and no rule.

    The same object for the same bytes, whatever journal keeps them: who judges by
    them compiles their rules once.

    Raises:
        EditionError: when the bytes are damaged or written by a newer diag.
    """
    try:
        opened = _Compiled.model_validate_json(edition)
    except ValidationError as error:
        raise EditionError(
            "cette édition de la grille est illisible : elle est abîmée, ou faite par "
            "une version plus récente de diag. Mettez diag à jour, ou synchronisez."
        ) from error
    return Checklist.model_construct(
        title=opened.title,
        version=opened.version,
        domains=opened.domains,
        questions=_by_id(opened.questions),
        criteria=_by_id(opened.criteria),
        recommendations=_by_id(opened.recommendations),
        prices=_by_id(opened.prices),
        sources=_by_id(opened.sources),
        retired=opened.retired,
        places=opened.places,
        aids=_by_id(opened.aids),
        deadlines=_by_id(opened.deadlines),
    )


_Item = TypeVar(
    "_Item", Question, Criterion, Recommendation, Price, Source, Aid, Deadline
)


def _by_id(items: Iterable[_Item]) -> dict[str, _Item]:
    return {item.id: item for item in items}
