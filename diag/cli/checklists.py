"""`diag checklists …`: the syndicat's own changes, and editions side by side."""

import sys
from pathlib import Path

import click

from diag.cli.console import (
    json_option,
    print_json,
    print_table,
    workspace_of,
)
from diag.words.sentences import counted


@click.group()
def checklists() -> None:
    """Grilles : vos changements (dossier « overlay »), éditions, différences."""


@checklists.command()
@click.argument("old", metavar="[A]", default="livrée")
@click.argument("new", metavar="[B]", default="courante")
@json_option
@click.pass_context
def diff(ctx: click.Context, old: str, new: str, *, as_json: bool) -> None:
    """Dit ce qui diffère de A à B : dossiers, empreintes, « livrée », « courante ».

    Sans argument : ce que vos changements font aux grilles livrées.
    """
    # Reading and comparing editions: 60 ms that other commands do without.
    from diag.desk.checklists.edition_names import edition_in, edition_named  # noqa: PLC0415
    from diag.desk.checklists.edition_words import difference_lines  # noqa: PLC0415
    from diag.rules.changes import differences  # noqa: PLC0415

    if Path(old).is_dir() and Path(new).is_dir():  # an author needs no workspace
        before, after = edition_in(Path(old)), edition_in(Path(new))
    else:
        with workspace_of(ctx) as workspace:
            before, after = (edition_named(workspace, one) for one in (old, new))
    for notice in filter(None, (before.notice, after.notice)):
        click.echo(notice, err=True)
    if as_json:
        found = differences(before.checklist, after.checklist)
        print_json({
            "before": before.digest,
            "after": after.digest,
            "differences": [
                {
                    "section": one.section,
                    "id": one.ident,
                    "fate": str(one.fate),
                    "fields": {
                        field.path: {"before": field.before, "after": field.after}
                        for field in one.fields
                    },
                }
                for one in found
            ],
        })
    else:
        for line in difference_lines(before, after):
            click.echo(line)
    if before.notice or after.notice:
        sys.exit(1)


@checklists.command("list")
@json_option
@click.pass_context
def list_(ctx: click.Context, *, as_json: bool) -> None:
    """Liste les éditions gardées ici, et combien d'audits chacune juge."""
    from diag.desk.checklists.editions_kept import kept_editions  # noqa: PLC0415 - as above

    with workspace_of(ctx) as workspace:
        kept = kept_editions(workspace)
    if as_json:
        print_json([one._asdict() for one in kept])
        return
    print_table(
        (one.digest[:12], one.version, counted(one.audits, "audit"), one.title)
        for one in kept
    )


@checklists.command()
def schema() -> None:
    """Écrit le schéma JSON de vos changements, pour que l'éditeur aide à les écrire."""
    from diag.rules.schema import overlay_schema  # noqa: PLC0415 - as above

    print_json(overlay_schema())


@checklists.command()
@click.option(
    "--spelling",
    is_flag=True,
    help="Relit aussi l'orthographe, si un dictionnaire français est installé.",
)
@click.pass_context
def check(ctx: click.Context, *, spelling: bool) -> None:
    """Vérifie vos changements, posés sur les grilles livrées."""
    from diag.desk.checklists.check_cache import checked  # noqa: PLC0415 - as above
    from diag.desk.checklists.editions import overlay_of  # noqa: PLC0415 - as above
    from diag.rules.shipped import shipped_checklists  # noqa: PLC0415 - as above

    with workspace_of(ctx) as workspace:
        overlay = overlay_of(workspace)
    result = checked(shipped_checklists(), overlay)
    if spelling:
        from diag.desk.checklists.spelling import NO_DICTIONARY, respelled  # noqa: PLC0415

        read = respelled(shipped_checklists(), result, overlay)
        if read is None:
            click.echo(NO_DICTIONARY, err=True)
        result = read or result
    for problem in result.problems:
        click.echo(str(problem))
    errors = sum(problem.severity == "error" for problem in result.problems)
    notices = len(result.problems) - errors
    changed = counted(result.overlaid, "élément changé", "éléments changés")
    click.echo(
        f"{overlay} : {changed} ; {result.summary} ; {counted(errors, 'erreur')}, "
        f"{counted(notices, 'avertissement')}."
    )
    if errors:
        sys.exit(1)
