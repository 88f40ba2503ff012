"""`diag audit import-evidence`, `observe`: what others measured, what is seen."""

from pathlib import Path
from typing import Any

import click

from diag.audit import observing, photos
from diag.audit.evidence import (
    EvidenceContext,
    EvidenceTaken,
    MissingColumnsError,
    import_evidence,
    load_evidence,
    read_words,
    remember_columns,
    table_in,
)
from diag.audit.history import find_question_ever, place_name
from diag.audit.session import AuditSession
from diag.cli.shared import (
    AuditGroup,
    audit_command,
    audit_group,
    audit_subcommand,
    complete_question,
    print_json,
    print_table,
)
from diag.imports.evidence.consoles import columns_typed
from diag.model.audit import Observation
from diag.model.errors import DiagError
from diag.words.dates import time_words
from diag.words.sentences import counted

_FILES = click.argument(
    "files",
    metavar="FICHIER...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
)


@click.command("import-evidence")
@audit_command
@_FILES
@click.option("--place", default="", help="Salle d'un relevé Wi-Fi.")
@click.option(
    "--ssid",
    "ssids",
    multiple=True,
    metavar="NOM",
    help="Réseau Wi-Fi de l'école ; répétable, retenu ensuite.",
)
@click.option(
    "--columns",
    "typed",
    default="",
    metavar="COLONNE=CONTENU,…",
    help="Ce que tiennent les colonnes d'un tableau, ou « auto » ; retenu ensuite.",
)
def take_evidence(
    session: AuditSession,
    files: tuple[Path, ...],
    place: str,
    ssids: tuple[str, ...],
    typed: str,
    *,
    as_json: bool,
) -> None:
    """Lit ce que d'autres outils ont mesuré ou inventorié, et le propose.

    Inventaires de GLPI, FusionInventory, OCS (JSON, XML) et nmap ; débits d'iperf3,
    Ookla, librespeed, speedtest-cli, networkQuality ; Wi-Fi de netsh et WiFiAnalyzer.
    Un tableau de console (CSV, XLSX) dit d'abord ses colonnes : --columns les nomme.
    Rien n'est répondu : les réponses proposées s'acceptent une à une ou par lieu. Le
    fichier est gardé, avec son empreinte. Téléphones et adresses tirées au hasard ne
    sont pas gardés dans la liste.
    """
    session.check_method()
    context = EvidenceContext(place, ssids)
    for path in files if typed else ():
        if table := table_in(load_evidence(path)):
            held = table.guessed if typed == "auto" else columns_typed(typed)
            remember_columns(session, table, held)
    try:
        taken = import_evidence(session, files, context)
    except MissingColumnsError as missing:
        guessed = missing.table.guessed.items()
        columns = ",".join(f"{one}={what}" for one, what in guessed) or "Nom=nom"
        again = f'--columns "{columns}"'
        raise DiagError(f"{missing} Relancez", command=again) from missing
    if as_json:
        print_json(_taken_json(taken))
    else:
        _print(session, taken)
    if not taken.read:
        raise DiagError("Rien n'a été lu : voyez les refus ci-dessus.")


def _print(session: AuditSession, taken: EvidenceTaken) -> None:
    for one in taken.read:
        click.echo(f"{read_words(one)} (empreinte {one.file.files[0][:12]})")
        for remark in one.read.remarks:
            click.echo(f"  {remark}")
    for sentence in taken.refused:
        click.echo(f"Refusé : {sentence}", err=True)
    if not taken.read:
        return
    if taken.unasked:
        click.echo(taken.unasked)
    new = counted(
        taken.offered, "nouvelle réponse proposée", "nouvelles réponses proposées"
    )
    click.echo(f"{new}. Voir, puis accepter : diag questionnaire {session.about.ref}")


def _taken_json(taken: EvidenceTaken) -> dict[str, object]:
    return {
        "read": [
            {
                "file": one.file.name,
                "sha256": one.file.files[0],
                "tool": one.read.tool,
                "on": one.read.on,
                "devices": len(one.read.devices),
                "figures": {each.key: each.value for each in one.read.figures},
                "networks": len(one.read.networks),
                "remarks": list(one.read.remarks),
            }
            for one in taken.read
        ],
        "refused": list(taken.refused),
        "offered": taken.offered,
    }


@click.group(cls=AuditGroup)
@audit_group
def observe() -> None:
    """Note ce que vous voyez : un texte, son lieu, peut-être sa question.

    Une observation n'est pas un fait : elle ne juge rien. Seule l'annexe technique
    l'imprime, tant qu'elle n'est pas marquée « à montrer ».
    """


@observe.command("add")
@audit_subcommand
@click.argument("text", metavar="TEXTE")
@click.option("--place", default="", help="Nom du lieu (sinon l'école elle-même).")
@click.option(
    "--question",
    default="",
    help="Question que l'observation concerne.",
    shell_complete=complete_question,
)
@click.option(
    "--photo",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Photo prise avec elle, jointe au même lieu ; répétable.",
)
@click.option(
    "--reply", is_flag=True, help="C'est la réponse de la direction : à imprimer."
)
def add_observation(
    session: AuditSession,
    text: str,
    place: str,
    question: str,
    files: tuple[Path, ...],
    *,
    reply: bool,
    as_json: bool,
) -> None:
    """Note un texte ; rien n'est répondu, rien n'est jugé."""
    shown = photos.shown_by(session, place=place, question=question)
    joined = photos.join_photos(session, files, shown, text)
    for sentence in joined.refused:
        click.echo(sentence, err=True)
    taken = tuple(one.sha for one in (*joined.photos, *joined.known))
    seen = observing.observe(
        session, text, place=place, question=question, files=taken, reply=reply
    )
    if as_json:
        print_json(_as_json(session, seen))
    else:
        click.echo(f"Noté : {place_name(session, seen.place)} ({seen.id[:8]})")


@observe.command("list")
@audit_subcommand
@click.option("--shown", is_flag=True, help="Seulement celles à montrer.")
def list_observations(session: AuditSession, *, shown: bool, as_json: bool) -> None:
    """Liste ce qui est noté, dans l'ordre ; les notes d'avant viennent après."""
    found = [one for one in observing.noted_in(session) if one.seen.shown or not shown]
    if as_json:
        print_json([
            {**_as_json(session, one.seen), "id": one.id, "older": one.is_older}
            for one in found
        ])
        return
    rows = []
    for one in found:
        asked = find_question_ever(session, one.seen.question)
        rows.append((
            one.id if one.is_older else one.id[:8],
            time_words(one.seen.at) if one.seen.at else "avant",
            place_name(session, one.seen.place),
            asked.label if asked else "-",
            one.mark or "-",
            " ".join(one.seen.text.split()),
        ))
    print_table(rows)


@observe.command("show")
@audit_subcommand
@click.argument("ident", metavar="OBSERVATION")
@click.option("--hide", is_flag=True, help="N'est plus à montrer.")
@click.option("--reply", is_flag=True, help="C'est la réponse de la direction.")
def show_observation(
    session: AuditSession, ident: str, *, hide: bool, reply: bool
) -> None:
    """Marque une observation « à montrer » : les documents publics l'impriment.

    Sur un danger, elle remplace les mots des grilles.
    """
    seen = observing.mark_noted(session, ident, shown=not hide, reply=reply)
    click.echo(f"{'À montrer' if seen.shown else 'Plus à montrer'} : {seen.text}")


@observe.command("reword")
@audit_subcommand
@click.argument("ident", metavar="OBSERVATION")
@click.argument("text", metavar="TEXTE")
def reword_observation(session: AuditSession, ident: str, text: str) -> None:
    """Récrit une observation ; une note d'avant en devient une."""
    seen = observing.reword_noted(session, ident, text)
    click.echo(f"Récrit : {seen.text}")


@observe.command("remove")
@audit_subcommand
@click.argument("ident", metavar="OBSERVATION")
def remove_observation(session: AuditSession, ident: str) -> None:
    """Retire une observation ; l'historique la garde."""
    seen = observing.remove_noted(session, ident)
    click.echo(f"Retiré : {seen.text} (annulable : diag audit undo)")


def _as_json(session: AuditSession, seen: Observation) -> dict[str, Any]:
    name_of = session.workspace.settings.plain_name
    where = place_name(session, seen.place)
    by = name_of(seen.author) if seen.author else ""
    return {**seen.model_dump(mode="json"), "place_name": where, "author": by}
