"""`diag audit place …` and `close-places`: rooms, buildings, lots."""

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
from diag.desk.bilan import follow
from diag.desk.visit import places
from diag.desk.visit.former_places import take_places_again
from diag.desk.visit.places import KIND_NAMES
from diag.model.enums import PlaceKind
from diag.model.place import PARENT_KINDS

_KIND = click.Choice([str(kind) for kind in PARENT_KINDS])


@click.group()
@subject_argument
@campaign_option
@click.pass_context
def place(ctx: click.Context, ref: str, campaign: str | None) -> None:
    """Ajoute, renomme, retire ou liste les lieux d'une école."""
    ctx.meta["diag.school"] = (ref, campaign)


@place.command()
@click.argument("kind", type=_KIND)
@click.argument("name")
@click.option("--in", "parent", default="", help="Lieu qui le contient.")
@json_option
@click.pass_context
def add(
    ctx: click.Context, kind: str, name: str, parent: str, *, as_json: bool
) -> None:
    """Ajoute un lieu : salle, bâtiment ou lot de matériel."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, *ctx.meta["diag.school"])
        added, revision = places.add_place(session, PlaceKind(kind), name, parent)
    if as_json:
        print_json({**added.model_dump(mode="json"), "revision": revision})
    else:
        click.echo(f"Ajouté : {added.name} ({KIND_NAMES[added.kind]})")


@place.command()
@click.argument("name")
@click.argument("new_name")
@click.pass_context
def rename(ctx: click.Context, name: str, new_name: str) -> None:
    """Donne un autre nom à un lieu ; ses réponses restent."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, *ctx.meta["diag.school"])
        renamed = places.rename_place(session, name, new_name)
    click.echo(f"Renommé : {renamed.name}")


@place.command()
@click.argument("name")
@click.pass_context
def remove(ctx: click.Context, name: str) -> None:
    """Retire un lieu ; l'historique garde ce qui en a été dit."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, *ctx.meta["diag.school"])
        removed = places.remove_place(session, name)
    click.echo(f"Retiré : {removed.name} (annulable : diag audit undo)")


@place.command()
@click.pass_context
def carry(ctx: click.Context) -> None:
    """Reprend les lieux de l'audit précédent, tels quels ; rien n'y est répondu."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, *ctx.meta["diag.school"])
        former = take_places_again(session)
    click.echo(f"Repris : {former.taken}.")


@place.command("list")
@json_option
@click.pass_context
def list_(ctx: click.Context, *, as_json: bool) -> None:
    """Liste les lieux, dans l'ordre où ils ont été ajoutés."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, *ctx.meta["diag.school"])
        facts = session.facts
    if as_json:
        print_json([
            {**each.model_dump(mode="json"), "closed": each.kind in facts.closed}
            for each in facts.places.values()
        ])
        return
    print_table(
        (KIND_NAMES[each.kind], each.name, each.id) for each in facts.places.values()
    )


@click.command("close-places")
@subject_argument
@click.argument("kind", type=_KIND)
@click.option("--reopen", is_flag=True, help="Il peut y en avoir d'autres.")
@campaign_option
@click.pass_context
def close_places(
    ctx: click.Context, ref: str, kind: str, campaign: str | None, *, reopen: bool
) -> None:
    """Dit « toutes les salles sont là » : la liste est complète."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        follow.close_places(session, PlaceKind(kind), complete=not reopen)
        number = len(session.facts.places_of(PlaceKind(kind)))
    state = "rouverte" if reopen else "complète"
    click.echo(f"Liste {state} : {KIND_NAMES[PlaceKind(kind)]}, {number} en tout.")
