"""`diag import prix|aides|echeances`: the syndicat's own tables, into its overlay."""

from pathlib import Path

import click

from diag.cli.console import workspace_of
from diag.model.errors import DiagError

_HELP = {
    "prix": "Lit vos prix (CSV de tableur) et les pose sur les prix livrés.",
    "aides": "Lit vos aides (CSV de tableur) et les pose sur les aides livrées.",
    "echeances": "Lit vos échéances (CSV de tableur) et les pose sur celles livrées.",
}


def own_table_commands() -> list[click.Command]:
    """Return the commands, one a table."""
    return [_command(kind, help_) for kind, help_ in _HELP.items()]


def _command(kind: str, help_: str) -> click.Command:
    @click.command(kind, help=help_)
    @click.argument("file", type=click.Path(path_type=Path))
    @click.pass_context
    def command(ctx: click.Context, file: Path) -> None:
        # Reading checklists: 60 ms, that the official lists do without.
        from diag.desk.checklists.own_tables import import_own_table  # noqa: PLC0415

        with workspace_of(ctx) as workspace:
            account = import_own_table(workspace, kind, file)
        for line in account.lines:
            click.echo(line)
        if account.is_refused:
            raise DiagError(f"{file.name} : toutes les lignes lues sont refusées.")

    return command
