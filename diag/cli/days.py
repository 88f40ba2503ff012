"""Days on the command line, read as everywhere else."""

from datetime import date

import click

from diag.model.errors import DiagError
from diag.words.dates import day_typed


class Day(click.ParamType[date]):
    """A day typed on the command line."""

    name = "jour"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """Return how the help writes a day."""
        return "JJ/MM/AAAA"

    def convert(
        self,
        value: str | date,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> date:
        """Return the day typed; refuse what is none, or far from any audit."""
        if isinstance(value, date):
            return value
        try:
            return day_typed(value)
        except DiagError as error:
            self.fail(error.at_prompt(), param, ctx)
