"""`diag mire`: the syndicat's own speed server."""

from contextlib import suppress
from pathlib import Path

import click

from diag.probes.mire import (
    CUBIC,
    MireLimits,
    check_address,
    run_mire,
    tls_of,
)

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADRESSE",
    help="Adresse écoutée.",
)
@click.option(
    "--everywhere", is_flag=True, help="Écoute toutes les adresses de la machine."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="Port écouté ; 0 en prend un libre.",
)
@click.option("--certificate", type=_FILE, help="Certificat (PEM), pour TLS.")
@click.option("--key", type=_FILE, help="Sa clé (PEM, sans mot de passe).")
@click.option(
    "--tests",
    type=click.IntRange(1, 50),
    default=MireLimits().tests,
    show_default=True,
    help="Mesures à la fois ; la suivante attend son tour.",
)
@click.option(
    "--hourly",
    type=click.IntRange(1, 100),
    default=MireLimits().hourly_bytes // 10**9,
    show_default=True,
    help="Go par heure et par adresse.",
)
def mire(
    host: str,
    port: int,
    certificate: Path | None,
    key: Path | None,
    tests: int,
    hourly: int,
    *,
    everywhere: bool,
) -> None:
    """Sert la mire du syndicat, contre laquelle les postes mesurent leur ligne.

    Jusqu'à Ctrl+C ; rien n'est gardé. L'installer : docs/mire.md.
    """
    if (certificate is None) != (key is None):
        raise click.UsageError("--certificate et --key vont ensemble.")
    every = "::" if ":" in host else "0.0.0.0"  # noqa: S104 - asked for
    address = check_address(every if everywhere else host, everywhere=everywhere)
    tls = tls_of(certificate, key) if certificate and key else None

    def ready(bound: int, algorithm: str) -> None:
        where = f"[{address}]" if ":" in address else address
        scheme = "https" if tls else "http"
        click.echo(f"Mire prête : {scheme}://{where}:{bound} (Ctrl+C l'arrête)")
        click.echo(f"Contrôle de congestion : {algorithm}")
        if algorithm != CUBIC:
            click.echo(
                "Attention : sans CUBIC, la latence en charge et une ligne qui perd "
                "des paquets se voient moins. Voyez docs/mire.md.",
                err=True,
            )

    limits = MireLimits(tests=tests, hourly_bytes=hourly * 10**9)
    with suppress(KeyboardInterrupt):
        run_mire(address, port, limits=limits, tls=tls, ready=ready)
    click.echo("Mire arrêtée.")
