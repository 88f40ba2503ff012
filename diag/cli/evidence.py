"""`diag audit import-evidence`: what other tools measured or listed, proposed."""

from pathlib import Path

import click

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
from diag.audit.session import AuditSession
from diag.cli.shared import audit_command, print_json
from diag.imports.evidence.consoles import columns_typed
from diag.model.errors import DiagError
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
    if typed:
        _remember(session, files, typed)
    try:
        taken = import_evidence(session, files, context)
    except MissingColumnsError as missing:
        held = ",".join(f"{one}={what}" for one, what in missing.table.guessed.items())
        raise DiagError(
            f"{missing} Relancez",
            command=f'--columns "{held or "Nom=nom"}"',
        ) from missing
    if as_json:
        print_json(_as_json(taken))
    else:
        _print(session, taken)
    if not taken.read:
        raise DiagError("Rien n'a été lu : voyez les refus ci-dessus.")


def _remember(session: AuditSession, files: tuple[Path, ...], typed: str) -> None:
    """Keep what the columns of the tables among files hold."""
    for path in files:
        table = table_in(load_evidence(path))
        if table:
            held = table.guessed if typed == "auto" else columns_typed(typed)
            remember_columns(session, table, held)


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


def _as_json(taken: EvidenceTaken) -> dict[str, object]:
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
