"""What became of a recommendation: one more step, never rewritten."""

from collections.abc import Callable
from datetime import date

from diag.model.audit import FollowUp
from diag.model.enums import FollowUpState
from diag.tui.screens.form import Field, Form
from diag.words.dates import day_typed
from diag.words.vocabulary import FOLLOW_UPS


class FollowUpDialog(Form):
    """Asks where it stands, since when, who decided and why; gives the state."""

    def __init__(
        self, title: str, step: FollowUp, keep: Callable[[FollowUp], None]
    ) -> None:
        super().__init__(f"Suite : {title}")
        self._step = step
        self._keep = keep

    def options(self) -> tuple[tuple[str, str], ...]:
        """Return the states, in the order of a life."""
        return tuple((str(one), FOLLOW_UPS[one]) for one in FollowUpState)

    def chosen_first(self) -> str:
        """Return the state proposed."""
        return str(self._step.state)

    def fields(self) -> tuple[Field, ...]:
        """Return when, who, why."""
        day = date.fromisoformat(self._step.on).strftime("%d/%m/%Y")
        return (
            Field("on", "Date", day, "31/01/2027"),
            Field("by", "Qui a décidé", "", "conseil municipal, comité de pilotage…"),
            Field("why", "Pourquoi", "", "obligatoire pour écarter"),
        )

    def keep(self) -> str:
        """Add the step.

        Raises:
            DiagError: a date that is none, or set aside without a reason.
        """
        state, on = FollowUpState(self.chosen), self.value("on")
        self._keep(
            self._step.model_copy(
                update={
                    "state": state,
                    "on": day_typed(on).isoformat() if on.strip() else "",
                    "by": self.value("by"),
                    "why": self.value("why"),
                }
            )
        )
        return str(state)
