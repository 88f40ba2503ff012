"""`diag workshop`: what people write at workshops, and what their ballots weigh."""

from datetime import date
from pathlib import Path

import click

from diag.cli import LazyGroup
from diag.cli.programme import named, programme_command
from diag.cli.shared import (
    Among,
    Day,
    print_json,
    print_lines,
    print_table,
)
from diag.model.enums import Participant
from diag.model.errors import DiagError
from diag.model.text import exact
from diag.programme import gathering
from diag.programme.assembling import weights_in_force
from diag.programme.container import Container, Record
from diag.programme.gathering import (
    ballots_of,
    points_by_role,
    points_words,
    theme_weights,
)
from diag.programme.operations import gathered
from diag.words.dates import describe_day
from diag.words.sentences import counted, first_few, number, percent
from diag.words.vocabulary import PARTICIPANTS

_ROLE = click.option(
    "--role",
    type=Among(Participant),
    required=True,
    help="En quel rôle : jamais un nom.",
)


workshop = LazyGroup(
    "workshop",
    verbs={
        "Préparer": {
            "theme": "diag.cli.workshop:theme",
            "new": "diag.cli.workshop:new",
        },
        "Recueillir": {
            "card": "diag.cli.workshop:card",
            "ballot": "diag.cli.workshop:ballot",
            "import": "diag.cli.workshop:import_",
            "remove": "diag.cli.workshop:remove",
        },
        "Voir": {
            "show": "diag.cli.workshop:show",
            "themes": "diag.cli.workshop:themes",
            "weights": "diag.cli.workshop:weights",
        },
    },
    help="Ateliers du programme : cartes, bulletins, et le poids de chaque thème.",
)


@click.command()
@programme_command
@click.argument("name", metavar="THÈME")
@click.argument("title", metavar="TITRE")
@click.option("--domain", "domains", multiple=True, help="Un domaine ; répétable.")
@click.option(
    "--recommendation",
    "recommendations",
    multiple=True,
    help="Une préconisation ; répétable.",
)
@named
def theme(
    container: Container,
    name: str,
    title: str,
    domains: tuple[str, ...],
    recommendations: tuple[str, ...],
) -> None:
    """Nomme un thème, et les domaines ou préconisations qui y répondent."""
    gathering.put_theme(container, name, title, domains, recommendations)
    click.echo(f"Thème noté : {title} ({name}).")
    if frame := container.record().frame:
        known = gathered(container.workspace, frame.campaigns).candidates.values()
        held = {name for one in known for name in (*one.domains, *one.actions)}
        # A slip of the keyboard, or an audit to come.
        for one in sorted({*domains, *recommendations} - held):
            click.echo(f"Aucune opération n'en relève encore : {one}.")


@click.command()
@programme_command
@click.argument("title", metavar="TITRE")
@click.option("--on", "day", type=Day(), required=True, help="Le jour.")
@click.option("--where", default="", help="Le lieu.")
@click.option("--animator", default="", help="Qui anime : un rôle ou un service.")
@click.option(
    "--present",
    "present",
    multiple=True,
    metavar="RÔLE:NOMBRE",
    help="Combien de présents, par rôle ; répétable.",
)
@named
def new(
    container: Container,
    title: str,
    day: date,
    present: tuple[str, ...],
    **details: str,
) -> None:
    """Note un atelier : son jour, son lieu, combien de présents de chaque rôle."""
    pairs = (one.partition(":") for one in present)
    many = {gathering.role_named(role): count or "1" for role, _, count in pairs}
    given = {"title": title, "on": day.isoformat(), "present": many, **details}
    ident = gathering.new_workshop(container, **given)
    click.echo(f"Atelier noté : {title} ({ident[:8]}).")


@click.command()
@programme_command
@click.argument("workshop", metavar="ATELIER")
@click.argument("text", metavar="TEXTE")
@_ROLE
@click.option("--theme", default="", help="Le thème, s'il est choisi.")
@click.option("--commune", default="", help="INSEE de la commune dont elle parle.")
@named
def card(
    container: Container,
    workshop: str,
    text: str,
    role: Participant,
    theme: str,
    commune: str,
) -> None:
    """Note une carte : ce que quelqu'un a dit, dans ses mots."""
    where = gathering.workshop_named(container, workshop)
    ident = gathering.put_card(
        container,
        where,
        text,
        role,
        theme=gathering.theme_named(container, theme) if theme else "",
        commune=gathering.commune_named(container, commune),
    )
    click.echo(f"Carte notée ({ident[:8]}).")


@click.command()
@programme_command
@click.argument("workshop", metavar="ATELIER")
@click.argument("points", nargs=-1, required=True, metavar="THÈME:POINTS…")
@_ROLE
@named
def ballot(
    container: Container,
    workshop: str,
    points: tuple[str, ...],
    role: Participant,
) -> None:
    """Note un bulletin : dix points au plus, répartis entre les thèmes."""
    where = gathering.workshop_named(container, workshop)
    given: dict[str, int] = {}
    for name, _, many in (one.rpartition(":") for one in points):
        slug_of = gathering.theme_named(container, name)
        given[slug_of] = given.get(slug_of, 0) + gathering.points_typed(many)
    ident = gathering.put_ballot(container, where, role, given)
    click.echo(f"Bulletin noté ({ident[:8]}).")


@click.command("import")
@programme_command
@click.argument("workshop", metavar="ATELIER")
@click.argument("file", type=click.Path(path_type=Path), metavar="FICHIER")
@named
def import_(container: Container, workshop: str, file: Path) -> None:
    """Lit un tableau de cartes (texte;role;theme;commune), ou de bulletins.

    Un tableau de bulletins a la colonne role, puis une colonne par thème. Le même
    fichier relu n'ajoute rien.
    """
    where = gathering.workshop_named(container, workshop)
    rows = tuple(gathering.rows_in(container, where, file))
    many = gathering.put_rows(container, rows)
    refused = [one for one in rows if one.problem]
    lines = (f"Refusé : ligne {one.line} : {one.problem}" for one in refused)
    print_lines(first_few(lines))
    known = len(rows) - len(refused) - many
    beside = f" ; {counted(known, 'déjà là', 'déjà là')}" if known else ""
    click.echo(
        f"{file.name} : {counted(many, 'ligne notée', 'lignes notées')}{beside}."
    )
    if refused and len(refused) == len(rows):
        raise DiagError(f"{file.name} : toutes les lignes lues sont refusées.")


@click.command()
@programme_command
@click.argument("ident", metavar="CARTE")
@named
def remove(container: Container, ident: str) -> None:
    """Retire une carte ou un bulletin, par le début de son numéro."""
    gathering.remove_part(container, ident)
    click.echo("Retiré.")


@click.command()
@programme_command
@click.argument("workshop", default="", required=False, metavar="[ATELIER]")
@named
def show(container: Container, workshop: str, *, as_json: bool) -> None:
    """Montre les ateliers ; les cartes de l'un d'eux."""
    record = container.record()
    chosen = gathering.workshop_named(container, workshop) if workshop else ""
    if as_json:
        print_json([
            {
                "id": ident,
                **one.model_dump(mode="json"),
                "cards": [
                    {"id": key, **said.model_dump(mode="json")}
                    for (where, key), said in record.cards.items()
                    if where == ident
                ],
                "ballots": _ballots(record, ident),
            }
            for ident, one in record.workshops.items()
            if chosen in {"", ident}
        ])
        return
    for ident, one in record.workshops.items():
        if chosen not in {"", ident}:
            continue
        cards = [card for key, card in record.cards.items() if key[0] == ident]
        ballots = _ballots(record, ident)
        present = sum(one.present.values())
        click.echo(
            f"{describe_day(one.on)}  {one.title}  [{ident[:8]}] : "
            f"{counted(present, 'présent')}, {counted(len(cards), 'carte')}, "
            f"{counted(ballots, 'bulletin')}"
        )
    for (where, ident), said in record.cards.items():
        if where == chosen:
            theme = record.themes.get(said.theme)
            about = f", {theme.title}" if theme else ""
            role = PARTICIPANTS[said.role]
            click.echo(f"  « {said.text} » ({role}{about})  [{ident[:8]}]")
    if not record.workshops:
        click.echo("Aucun atelier noté.")


def _ballots(record: Record, workshop: str) -> int:
    return sum(where == workshop for where, _ in record.ballots)


@click.command()
@programme_command
@named
def themes(container: Container, *, as_json: bool) -> None:
    """Montre les thèmes, leurs cartes, ce que chacun pèse."""
    record = container.record()
    if as_json:
        print_json(_weights_json(record))
        return
    if not record.themes:
        click.echo("Aucun thème. Nommez-en un : diag workshop theme usages « Usages »")
        return
    weighed = {one.theme: one for one in theme_weights(record)}
    in_force = weights_in_force(record)
    rows = [("Thème", "Cartes", "Points", "Part", "Poids calculé", "Poids adopté")]
    for name, one in record.themes.items():
        found = weighed.get(name)
        rows.append((
            one.title,
            str(sum(card.theme == name for card in record.cards.values())),
            str(found.points) if found else "",
            percent(found.share) if found else "",
            number(found.weight) if found else "",
            number(in_force[name]) if name in in_force else "",
        ))
    print_table(rows)
    for role, points in points_by_role(record).items():
        click.echo(f"{PARTICIPANTS[role]} : {points_words(record, points)}")


def _weights_json(record: Record) -> dict[str, object]:
    rule, in_force = record.weighing, weights_in_force(record)
    return {
        "rule": rule.model_dump(mode="json") if rule else None,
        "ballots": sum(map(len, ballots_of(record, rule).values())) if rule else 0,
        "themes": [
            {
                "theme": one.theme,
                "points": one.points,
                "share": str(one.share),
                "weight": str(one.weight),
                "in_force": str(in_force[one.theme]) if one.theme in in_force else None,
            }
            for one in theme_weights(record)
        ],
    }


@click.command()
@programme_command
@click.option(
    "--workshop", "workshops", multiple=True, metavar="ATELIER", help="Qui compte."
)
@click.option(
    "--per",
    type=click.Choice(["ballot", "workshop"]),
    help="Chaque bulletin, ou chaque atelier, compte autant.",
)
@click.option("--bound", default="", help="Plus grand poids, de 1 à 2.")
@click.option("--decision", default="", help="Délibération qui les adopte.")
@named
def weights(
    container: Container,
    workshops: tuple[str, ...],
    per: str | None,
    bound: str,
    decision: str,
    *,
    as_json: bool,
) -> None:
    """Fixe quels bulletins pèsent ; une délibération du comité les adopte."""
    idents = [gathering.workshop_named(container, one) for one in workshops]
    rule = gathering.put_weights(container, idents, per or "", bound, decision)
    record = container.reopened().record()
    if as_json:
        print_json(_weights_json(record))
        return
    many = sum(map(len, ballots_of(record, rule).values()))
    click.echo(
        f"{counted(len(rule.workshops), 'atelier')}, {counted(many, 'bulletin')}, "
        f"poids entre {number(1 / exact(rule.bound))} et {number(exact(rule.bound))}."
    )
    for one in theme_weights(record):
        click.echo(
            f"  {record.themes[one.theme].title} : {number(one.weight)} "
            f"({percent(one.share)} des points)"
        )
    click.echo(
        "Adoptés : ils comptent dans l'ordre."
        if weights_in_force(record)
        else "Sans effet tant qu'une délibération ne les adopte pas."
    )
