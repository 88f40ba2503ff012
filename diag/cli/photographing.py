"""`diag audit photo …`: pictures as evidence."""

import sys
from pathlib import Path

import click

from diag.cli.console import (
    campaign_option,
    counted,
    json_option,
    print_json,
    print_table,
    subject_argument,
    workspace_of,
)
from diag.desk import audits, photos
from diag.desk.session import Session
from diag.model.photo import Photo


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
        rows = [_row(session, each) for each in found]
    if as_json:
        print_json([each.model_dump(mode="json") for each in found])
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
            f"{counted(missing, 'photo')} jointes sur un autre ordinateur : leurs "
            "images ne sont pas ici.",
            err=True,
        )


def _row(session: Session, each: Photo) -> tuple[str, ...]:
    place = session.facts.places.get(each.place)
    where = place.name if place else "lieu retiré"
    return (each.id[:8], where, each.question or "-", each.caption)
