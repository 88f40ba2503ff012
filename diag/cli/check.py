"""`diag check`: what is wrong in checklists, said to their author."""

import sys
from pathlib import Path

import click

from diag.cli.console import json_option, print_json
from diag.model.errors import DiagError
from diag.words.sentences import counted


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--schema", is_flag=True, help="Écrit le schéma JSON pour les éditeurs.")
@click.option(
    "--spelling",
    is_flag=True,
    help="Relit aussi l'orthographe, si un dictionnaire français est installé.",
)
@json_option
def check(folder: Path | None, *, schema: bool, spelling: bool, as_json: bool) -> None:
    """Vérifie les grilles d'un dossier (sinon celles livrées avec diag)."""
    # Each costs what only its user should pay.
    from diag.desk.checklists.check_cache import checked  # noqa: PLC0415
    from diag.rules.shipped import shipped_checklists  # noqa: PLC0415

    if schema:
        from diag.rules.schema import json_schema  # noqa: PLC0415 - as above

        print_json(json_schema())
        return
    place = folder or shipped_checklists()
    if not place.is_dir():
        raise DiagError(f"{place} n'est pas un dossier. Donnez le dossier des grilles.")
    result = checked(place)
    if spelling:
        from diag.desk.checklists.spelling import NO_DICTIONARY, respelled  # noqa: PLC0415

        read = respelled(place, result)
        if read is None:
            click.echo(NO_DICTIONARY, err=True)
        result = read or result
    errors = sum(problem.severity == "error" for problem in result.problems)
    if as_json:
        print_json([
            {
                "file": problem.file,
                "line": problem.line,
                "key": problem.key,
                "message": problem.message,
                "remedy": problem.remedy,
                "severity": problem.severity,
            }
            for problem in result.problems
        ])
    else:
        for problem in result.problems:
            click.echo(str(problem))
        notices = len(result.problems) - errors
        click.echo(
            f"{place} : {result.summary} ; {counted(errors, 'erreur')}, "
            f"{counted(notices, 'avertissement')}."
        )
    if errors:
        sys.exit(1)
