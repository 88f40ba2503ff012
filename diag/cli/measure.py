"""`diag measure`: measures from here; `diag mire`: the syndicat's own speed server."""

import asyncio
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import click

from diag.audit.evidence import (
    EvidenceTaken,
    MissingRoomError,
    keep_run,
    keep_unheard,
    last_terms,
    measured_label,
    measured_value,
    terms_from,
)
from diag.audit.session import AuditSession
from diag.checklist.overlay import MEASURES
from diag.cli.shared import agreed, asked, audit_command, print_json, ssids_option
from diag.model.audit import Place
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.model.measure import (
    Authorisation,
    MeasureRun,
    MeasureSeries,
)
from diag.probes import MeasureLists, check_installed, measure_lists
from diag.probes.mire import (
    CUBIC,
    MireLimits,
    check_address,
    mire_at,
    run_mire,
    tls_of,
)
from diag.words.dates import written_day
from diag.words.sentences import counted, listed

if TYPE_CHECKING:
    from diag.probes.run import Runner


_FULL = "La ligne de l'école sera pleine pendant ce temps. Mesurer le débit ?"
_STOPPED = 130
"""Exit code of what Ctrl+C ended."""


@click.command()
@audit_command
@click.option("--room", default="", metavar="SALLE", help="Salle où l'on est.")
@click.option(
    "--only",
    multiple=True,
    metavar="MESURE",
    help="Rien que cela, répétable : poste, dns, acces, latence, services, filtrage, "
    "wifi, debit.",
)
@click.option(
    "--mire",
    default="",
    metavar="URL",
    help="Serveur de mesure du syndicat (sinon le dernier, sinon mesures.yaml).",
)
@click.option("--metered", is_flag=True, help="Ligne payée au volume : 30 Mo au plus.")
@ssids_option
@click.option(
    "--signed-by", "by", default="", help="Qui a signé l'autorisation écrite."
)
@click.option("--role", default="", help="Sa fonction : maire, adjointe aux écoles…")
@click.option(
    "--signed-on", "on", default="", metavar="AAAA-MM-JJ", help="Le jour signé."
)
@click.option("--scope", default="", help="Ce qu'elle permet, où et quand.")
@click.option(
    "--told-by", "told", default="", help="Qui a prévenu la direction de l'école."
)
@click.option("--yes", is_flag=True, help="Ne pas demander avant de remplir la ligne.")
def measure(
    session: AuditSession,
    room: str,
    only: tuple[str, ...],
    mire: str,
    ssids: tuple[str, ...],
    *,
    metered: bool,
    yes: bool,
    as_json: bool,
    **given: str,
) -> None:
    """Mesure le réseau de l'école depuis ce poste, et propose des réponses.

    Montre d'abord ce qui sera envoyé. Le débit remplit la ligne : il demande une
    autorisation écrite (qui a signé, sa fonction, quand, ce qu'elle permet, qui a
    prévenu la direction), retenue ensuite. Ctrl+C arrête et garde ce qui est mesuré.
    Rien n'est répondu : les réponses proposées s'acceptent une à une ou par lieu.
    Installer la mire : docs/mire.md.
    """
    check_installed()
    session.check_method()
    lists = measure_lists(session.workspace.overlay / MEASURES)
    for notice in lists.notices:
        click.echo(notice, err=True)
    place = session.find_place(room) if room else None
    if place and place.kind is not PlaceKind.SALLE:
        raise DiagError(f"{place.name} n'est pas une salle. Donnez le nom d'une salle.")
    known = last_terms(session)
    server = mire or known.mire or lists.mire
    runner = _prepare(lists, place, server, only, is_metered=metered)
    if not only:  # what was not asked for by its name is not repeated
        runner = runner.able()
    if runner.loads:
        runner.authorisation = _authorisation(session, given, known.authorisation)
        if runner.authorisation is None or not (yes or agreed(_FULL)):
            click.echo("Le débit n'est pas mesuré ; le reste, si.", err=True)
            runner = runner.without_load()
    run, taken, is_stopped = _run(session, runner, place, ssids)
    if as_json:
        offered = taken.offered if taken else 0
        print_json({**run.model_dump(mode="json"), "offered": offered})
    else:
        _print(session, run, taken)
    if is_stopped:
        sys.exit(_STOPPED)


def _prepare(
    lists: MeasureLists,
    place: Place | None,
    server: str,
    only: tuple[str, ...],
    *,
    is_metered: bool,
) -> "Runner":
    """Read the connection, and show what would be sent; nothing is.

    It sends what a person named; else what measures a room, or a line.

    Raises:
        DiagError: the server is none.
        click.UsageError: a measure that does not exist.
    """
    # The extra `probes`, 200 ms: after the check that it is there.
    from diag.probes import Allowance, Setting  # noqa: PLC0415
    from diag.probes.host import Host  # noqa: PLC0415
    from diag.probes.machine import context_of  # noqa: PLC0415
    from diag.probes.run import Runner, probes_of  # noqa: PLC0415

    host = Host()
    setting = Setting(
        host,
        mire=mire_at(server) if server else None,
        room=place.name if place else "",
        context=asyncio.run(context_of(host)),
        allowance=Allowance.of(is_metered=is_metered),
    )
    quick, line, room = (probes_of(one, lists) for one in MeasureSeries)
    every = {one.name: one for one in (*room, *quick, *line)}
    if unknown := [one for one in only if one not in every]:
        raise click.UsageError(
            f"« {unknown[0]} » n'est pas une mesure. Il y a {listed([*every], 20)}."
        )
    usual = (*room, *line) if place else (*quick, *line)
    named = [every[one] for one in dict.fromkeys(only)]
    runner = Runner.of(setting, named or usual)
    click.echo("Ce qui sera envoyé :", err=True)
    lacking = [one for one in runner.steps if one.missing]
    for step in runner.steps:
        if step.missing:
            continue
        plan, words = step.plan, "rien"
        if plan.targets:
            words = f"{counted(plan.packets, 'requête')} vers {listed(plan.targets)}"
            moved = (plan.down_bytes + plan.up_bytes) / 1e6
            if moved >= 1:
                words += f", {moved:.0f} Mo au plus"
            words += f", {plan.seconds:.0f} s environ"
        click.echo(_wrapped(f"{step.probe.title} : {words}"), err=True)
    if lacking:
        click.echo("Ce qui ne peut pas être mesuré :", err=True)
    for step in lacking:
        click.echo(_wrapped(f"{step.probe.title} : {step.missing}"), err=True)
    return runner


def _wrapped(text: str) -> str:
    """Return a text under a line, as wide as the terminal; whole in a pipe."""
    width = shutil.get_terminal_size((1000, 24)).columns
    return fill(text, width, initial_indent="  ", subsequent_indent="    ")


def _authorisation(
    session: AuditSession, given: dict[str, str], former: Authorisation | None
) -> Authorisation | None:
    """Return who let the line be filled; None when nobody is named on a terminal.

    Raises:
        DiagError: something of it is missing, and there is nobody to ask.
    """
    known = former.model_dump() if former else {}
    written = {name: words or known.get(name, "") for name, words in given.items()}
    if not all(written.values()) and sys.stdin.isatty() and sys.stderr.isatty():
        for visit in session.visits:
            if visit.authorisation:
                day = written_day(visit.date)
                click.echo(f"Visite du {day} : {visit.authorisation}", err=True)
        click.echo("L'autorisation écrite (Entrée seule : pas de débit) :", err=True)
        for name, question in _QUESTIONS.items():
            written[name] = written[name] or asked(
                question, default="", show_default=False, prompt_suffix=" : "
            )
            if not written[name]:
                return None
    try:
        return terms_from("-", written)[1]
    except DiagError as error:
        raise DiagError(
            f"{error} Donnez-la, ou ne mesurez que le reste",
            command="--signed-by … --role … --signed-on … --scope … --told-by …, ou "
            "--only latence",
        ) from error


_QUESTIONS = {
    "by": "Qui l'a signée",
    "role": "Sa fonction",
    "on": "Le jour signé (2026-09-02)",
    "scope": "Ce qu'elle permet, où et quand",
    "told": "Qui a prévenu la direction",
}


def _run(
    session: AuditSession, runner: "Runner", place: Place | None, ssids: tuple[str, ...]
) -> tuple[MeasureRun, EvidenceTaken | None, bool]:
    """Run to the end, or until Ctrl+C, and keep what was measured.

    Return the run, what it offers, whether it was stopped. Without `ssids`, a Wi-Fi
    that is nobody's yet is left out.

    Raises:
        DiagError: another run is under way.
    """
    is_stopped = False
    shown = _Progress([one.probe.title for one in runner.steps])
    try:
        asyncio.run(runner.run(shown.show))
    except KeyboardInterrupt:
        is_stopped = True
    finally:
        shown.clear()
    run = runner.record(
        program=f"diag {version('diag')}",
        subject=session.about.ref,
        place=place.id if place else "",
    )
    if not run.measurements:
        return run, None, is_stopped
    try:
        taken = keep_run(session, run, ssids)
    except MissingRoomError as missing:
        click.echo(
            f"Le Wi-Fi entendu n'est pas gardé : dites quels réseaux sont ceux de "
            f"l'école (--ssid), parmi {listed(missing.names, 12)}.",
            err=True,
        )
        taken = keep_unheard(session, run)
    return run, taken, is_stopped


class _Progress:
    """One line of a terminal's stderr, rewritten; nothing elsewhere."""

    def __init__(self, titles: Sequence[str]) -> None:
        self._titles = titles
        self._is_shown = sys.stderr.isatty()
        self._width = 0

    def show(self, rank: int, share: float, words: str) -> None:
        """Show the probe under way, how far it is, and a few words."""
        if not self._is_shown:
            return
        title = self._titles[rank]
        more = f" · {words}" if words != title else ""
        done = f"{rank + 1}/{len(self._titles)} · {title} · {round(100 * share)}"
        line = f"{done}\u00a0%{more}"[:78]
        click.echo(f"\r{line.ljust(self._width)}", nl=False, err=True)
        self._width = len(line)

    def clear(self) -> None:
        """Take the line away."""
        if self._is_shown:
            click.echo(f"\r{' ' * self._width}\r", nl=False, err=True)


def _print(session: AuditSession, run: MeasureRun, taken: EvidenceTaken | None) -> None:
    """Print figures, what doubts there are, what is proposed and what waits."""
    labels = [measured_label(one) for one in run.measurements]
    values = [measured_value(one) for one in run.measurements]
    wide, wider = (max(map(len, column), default=0) for column in (labels, values))
    for one, label, value in zip(run.measurements, labels, values, strict=True):
        level = f"confiance {one.confidence}" if one.unit else ""
        line = f"{label.ljust(wide)}  {value.ljust(wider)}  {level}"
        click.echo(line.rstrip())
        for words in (one.why, " ; ".join(one.reasons)):
            if words:
                click.echo(_wrapped(words))
    if run.is_cut:
        click.echo("Arrêté : ce qui était mesuré est gardé.", err=True)
    if taken is None:
        click.echo("Rien n'a été mesuré.", err=True)
        return
    click.echo(
        f"{taken.words}, {taken.waiting} en tout. Voir, puis accepter : "
        f"diag questionnaire {session.about.ref}"
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
