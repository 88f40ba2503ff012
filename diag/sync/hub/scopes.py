"""Territories as an administrator types them, and as the directory spells them."""

import re
from collections.abc import Sequence

from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.sync.hub.store import EVERYWHERE, Store

SYNDICAT = PlaceKind.SYNDICAT.value
"""The territory of the syndicat's own audit."""


_DEPARTMENT = re.compile(r"[0-9]{1,3}|0?2[AB]")


_COMMUNE = re.compile(r"[0-9]{5}|2[AB][0-9]{3}")


def scope_of(typed: str) -> str:
    """Return a territory: `095` for « 95 », a commune's code, the syndicat, or all.

    Raises:
        DiagError: when it is none of them.
    """
    text = typed.strip()
    if text == EVERYWHERE or text.lower() == SYNDICAT:
        return text.lower()
    code = text.upper()
    if _DEPARTMENT.fullmatch(code):
        return code.zfill(3)
    if _COMMUNE.fullmatch(code):
        return code
    raise DiagError(
        f"Territoire « {typed} » inconnu : un département (95), une commune "
        "(95127, son code INSEE), « syndicat », ou * pour tout."
    )


def unknown_in(store: Store, typed: Sequence[str]) -> list[str]:
    """Return the territories where the office's directory has no school."""
    return [
        one
        for one in typed
        if (scope := scope_of(one)) not in {EVERYWHERE, SYNDICAT}
        and not store.places({scope})
    ]
