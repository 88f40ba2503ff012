"""Days as people type them: 31/01/2027 or 2027-01-31, in a span that makes sense."""

from datetime import datetime

import click

FIRST_YEAR, LAST_YEAR = 1990, 2100


class Day(click.DateTime):
    """A day typed on the command line."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d", "%d/%m/%Y"])

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """Return how the help writes a day."""
        return "JJ/MM/AAAA"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> datetime:
        """Return the day typed; refuse what is none, or far from any audit."""
        day = self._day(value)
        if day is None:
            self.fail(
                f"« {str(value)[:40]} » n'est pas une date. "
                "Écrivez par exemple 31/01/2027 ou 2027-01-31.",
                param,
                ctx,
            )
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.fail(
                f"{day:%d/%m/%Y} est hors limites : de {FIRST_YEAR} à {LAST_YEAR}. "
                "Vérifiez l'année.",
                param,
                ctx,
            )
        return day

    def _day(self, value: object) -> datetime | None:
        if isinstance(value, datetime):
            return value
        tried = (self._try_to_convert_date(str(value), each) for each in self.formats)
        return next(filter(None, tried), None)
