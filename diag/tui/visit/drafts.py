"""An answer being typed outlives the program: kept when the user rests, offered again.

Nothing is written on the way of a key, nothing is drawn: a timer runs from the first
letter to the first second without one.
"""

from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

from textual.timer import Timer
from textual.widget import Widget

from diag.audit.walk import Key
from diag.tui.state import OpenDesk
from diag.tui.text import line

REST = 1.0
"""Seconds without a letter after which what is typed is kept."""

_LONGEST = 40
"""Characters of a text that the offer names."""


class TypedAt(NamedTuple):
    """What is being typed, and the place and the question that it answers."""

    key: Key
    text: str


class AnswerDrafts:
    """The answers of one audit that were being typed, now and when it was killed."""

    def __init__(
        self, desk: OpenDesk, audit: str, owner: Widget, now: Callable[[], TypedAt]
    ) -> None:
        self._desk = desk
        self._audit = audit
        self._owner = owner
        self._now = now
        self._kept: TypedAt | None = None
        self._timer: Timer | None = None
        self._touched = 0.0
        self._left: dict[Key, str] = {}
        """What was left half typed, until it is taken again or answered."""
        start = self._about()
        for about, text in desk.drafts_of(start).items():
            place, question = about.removeprefix(start).split("/")
            self._left[(place, question)] = text

    def _about(self, *key: str) -> str:
        return f"answer/{self._audit}/{'/'.join(key)}"

    def typing(self) -> None:
        """Take note that something is typed, or was: it is kept once the user rests."""
        self._touched = monotonic()
        if self._timer is None and (self._kept or self._now().text):
            self._timer = self._owner.set_timer(REST, self._look)

    def _look(self) -> None:
        """Keep what is typed once nothing was for a second; else look again later."""
        left = self._touched + REST - monotonic()
        self._timer = None
        if left > 0:
            self._timer = self._owner.set_timer(left, self._look)
        else:
            self.keep()

    def keep(self) -> None:
        """Keep what is typed now; forget what was, once it is recorded or erased."""
        now = self._now()
        if self._kept and (self._kept.key != now.key or not now.text):
            self._desk.keep_draft(self._about(*self._kept.key), None)
            self._kept = None
        if now.text and now != self._kept:
            self._desk.keep_draft(self._about(*now.key), now.text)
            self._kept = now

    def offer(self, key: Key) -> str:
        """Return how to take again what was left half typed there; else nothing."""
        text = line(self._left.get(key, ""))
        if not text:
            return ""
        cut = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
        return f"Vous tapiez «\u00a0{cut}\u00a0» : Retour arrière le reprend."

    def take(self, key: Key) -> str:
        """Return what was left half typed there, to be typed on; offered no more."""
        text = self._left.pop(key, "")
        if text:
            self._kept = TypedAt(key, text)
        return text

    def answered(self, key: Key) -> None:
        """Offer no more what was left half typed of what is answered now."""
        if self._left.pop(key, ""):
            self._desk.keep_draft(self._about(*key), None)
