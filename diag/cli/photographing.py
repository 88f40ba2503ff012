"""`diag audit photo …`: pictures as evidence."""

import sys
from pathlib import Path

import click

from diag.cli.console import (
    campaign_option,
    json_option,
    print_json,
    print_table,
    subject_argument,
    workspace_of,
)
from diag.desk import audits
from diag.desk.evidence import absent, photos
from diag.desk.session import Session
from diag.model.errors import DiagError
from diag.model.photo import Photo
from diag.words.sentences import counted

_STATES = {"": "here", absent.AT_OFFICE: "office", absent.AWAITED: "awaited"}
"""Where a picture is, in JSON."""


@click.group()
@subject_argument
@campaign_option
@click.pass_context
def photo(ctx: click.Context, ref: str, campaign: str | None) -> None:
    """Joint, légende, retire, liste ou exporte les photos d'une école."""
    ctx.meta["diag.school"] = (ref, campaign)


@photo.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
    metavar="FICHIER…",
)
@click.option("--place", default="", help="Nom du lieu montré (sinon l'école).")
@click.option("--question", default="", help="Question que la photo prouve.")
@click.option("--caption", default="", help="Légende (sinon le nom du fichier).")
@click.pass_context
def add(
    ctx: click.Context, files: tuple[Path, ...], place: str, question: str, caption: str
) -> None:
    """Joint des photos : réduites, redressées, sans aucune métadonnée."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, *ctx.meta["diag.school"])
        shown = photos.shown_by(session, place=place, question=question)
        joined = photos.join_photos(session, files, shown, caption)
    for each in joined.photos:
        click.echo(f"Jointe : {each.caption} ({each.size // 1024} ko, {each.id[:8]})")
    for each in joined.known:
        click.echo(f"Déjà jointe : {each.caption} ({each.id[:8]})")
    for sentence in joined.refused:
        click.echo(sentence, err=True)
    sys.exit(1 if joined.refused else 0)


@photo.command("list")
@json_option
@click.pass_context
def list_(ctx: click.Context, *, as_json: bool) -> None:
    """Liste les photos, dans l'ordre où elles ont été jointes."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, *ctx.meta["diag.school"])
        found = photos.photos_of(session)
        where = absent.absent(session)
        rows = [(*_row(session, each), where.get(each.id, "ici")) for each in found]
    if as_json:
        print_json([
            {**each.model_dump(mode="json"), "picture": _STATES[where.get(each.id, "")]}
            for each in found
        ])
    else:
        print_table(rows)


@photo.command()
@click.argument("ident", metavar="PHOTO")
@click.argument("text", metavar="LÉGENDE")
@click.pass_context
def caption(ctx: click.Context, ident: str, text: str) -> None:
    """Change la légende d'une photo."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, *ctx.meta["diag.school"])
        told = photos.caption_photo(session, ident, text)
    click.echo(f"Légende : {told.caption}")


@photo.command()
@click.argument("ident", metavar="PHOTO")
@click.pass_context
def remove(ctx: click.Context, ident: str) -> None:
    """Retire une photo ; l'historique la garde."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, *ctx.meta["diag.school"])
        removed = photos.remove_photo(session, ident)
    click.echo(f"Retirée : {removed.caption} (annulable : diag audit undo)")


@photo.command()
@click.argument("folder", metavar="DOSSIER", type=click.Path(path_type=Path))
@click.pass_context
def export(ctx: click.Context, folder: Path) -> None:
    """Écrit les photos dans un dossier, numérotées et nommées par leur légende."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, *ctx.meta["diag.school"])
        written = photos.export_photos(session, folder)
        missing = len(photos.photos_of(session)) - len(written)
    click.echo(f"{counted(len(written), 'photo')} dans {folder}")
    if missing:
        click.echo(
            f"{counted(missing, 'photo')} dont l'image n'est pas ici. Demandez-la au "
            f"bureau : diag audit photo {session.about.ref} fetch",
            err=True,
        )


@photo.command()
@click.pass_context
def fetch(ctx: click.Context) -> None:
    """Redemande au bureau les images qui ne sont pas sur cet ordinateur."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, *ctx.meta["diag.school"])
        where = absent.absent(session)
        wanted = [each for each in photos.photos_of(session) if each.id in where]
        if not wanted:
            click.echo("Toutes les images de cet audit sont déjà ici.")
            return
        told = absent.fetch(workspace, wanted)
    click.echo(f"{counted(told.received, 'image reçue', 'images reçues')}.")
    if told.problem:
        raise DiagError(told.problem)
    if told.awaited:
        click.echo(
            f"{counted(told.awaited, 'image', 'images')} pas encore au bureau : le "
            "serveur l'attend de l'ordinateur qui l'a jointe.",
            err=True,
        )
        sys.exit(1)


def _row(session: Session, each: Photo) -> tuple[str, ...]:
    place = session.facts.places.get(each.place)
    where = place.name if place else "lieu retiré"
    return (each.id[:8], where, each.question or "-", each.caption)
