"""`diag backup`, `restore`, `audit export`, `audit import`: copies, out and in."""

from pathlib import Path

import click

from diag.cli.console import (
    about_json,
    campaign_option,
    folder_of,
    json_option,
    print_json,
    subject_argument,
    workspace_of,
)
from diag.desk import audits, keeping
from diag.model.errors import DiagError
from diag.words.sentences import counted


@click.command()
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Dossier de la copie (sinon « backups » de l'espace de travail).",
)
@click.pass_context
def backup(ctx: click.Context, folder: Path | None) -> None:
    """Copie le journal, les photos et vos grilles ; vérifie jusqu'au dernier octet."""
    with workspace_of(ctx) as workspace:
        copied = keeping.back_up(workspace, folder)
    click.echo(f"Copie vérifiée : {copied.journal}")
    if copied.photos:
        click.echo(f"Photos, à garder à côté : {copied.photos}")
    if copied.overlay:
        click.echo(f"Vos grilles, à garder à côté : {copied.overlay}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def restore(ctx: click.Context, file: Path) -> None:
    """Remet une copie en service, photos et grilles ; rien de présent n'est perdu."""
    aside = keeping.restore(folder_of(ctx), file)
    click.echo(f"Restauré depuis {file}")
    for kept in aside:
        click.echo(f"L'ancienne version est gardée : {kept}")
    if aside and aside[0].suffix == ".db":
        click.echo(f"Ce que l'ancien journal avait de plus : diag salvage {aside[0]}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@click.pass_context
def salvage(ctx: click.Context, file: Path, *, as_json: bool) -> None:
    """Reprend d'un journal abîmé, mis de côté, tout ce qui s'y lit encore."""
    from diag.desk.salvaging import salvage as taken_from  # noqa: PLC0415 - rare

    with workspace_of(ctx) as workspace:
        told = taken_from(workspace, file)
    if as_json:
        print_json(told._asdict())
        return
    click.echo(
        f"{counted(told.readable, 'modification')} lisibles, {told.new} reprises ici. "
        "Synchronisez : le bureau rendra ce qu'il a d'autre."
    )


@click.command()
@subject_argument
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Remplace le fichier s'il existe.")
@campaign_option
@click.pass_context
def export(
    ctx: click.Context, ref: str, file: Path, campaign: str | None, *, force: bool
) -> None:
    """Écrit l'audit d'une école dans un fichier JSON, historique compris."""
    # Everything below is imported for who exports only.
    from diag.desk.evidence.photos import photos_of  # noqa: PLC0415
    from diag.desk.transfer import export_audit  # noqa: PLC0415

    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        if file.exists() and not force:
            raise DiagError(
                f"{file} existe déjà. Rien n'a été écrit. "
                "Choisissez un autre nom, ou remplacez-le avec --force."
            )
        number = export_audit(session, file)
        left = len(photos_of(session))
    click.echo(f"{file} : {counted(number, 'modification')}")
    if left:
        stay = "ne voyagent pas" if left > 1 else "ne voyage pas"
        click.echo(
            f"{counted(left, 'photo')} {stay} avec ce fichier. Pour les donner : "
            f"diag audit photo {ref} export DOSSIER."
        )


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@click.pass_context
def import_(ctx: click.Context, file: Path, *, as_json: bool) -> None:
    """Lit l'audit écrit par « audit export » ; ce qui est ici reste."""
    from diag.desk.transfer import import_audit  # noqa: PLC0415 - as above

    with workspace_of(ctx) as workspace:
        session, taken = import_audit(workspace, file)
        conflicts = len(session.conflicts)
        about = session.about
    if as_json:
        print_json({
            **about_json(about),
            "new": taken.new,
            "known": taken.known,
            "conflicts": conflicts,
        })
        return
    click.echo(
        f"{about.name} ({about.ref}) : {counted(taken.new, 'modification')} en plus, "
        f"{taken.known} déjà connues."
    )
    if conflicts:
        click.echo(f"{counted(conflicts, 'conflit')} à trancher.")
