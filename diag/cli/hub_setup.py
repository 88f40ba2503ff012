"""`diag hub setup`, `init`: a hub is made, and served by the machine."""

import os
import shlex
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from diag.cli.shared import agreed, asked, combine, print_lines
from diag.imports.intake import account
from diag.model.errors import DiagError
from diag.sync.hub import service
from diag.sync.hub.service import Service

if TYPE_CHECKING:
    from diag.sync.hub.home import HubHome

F = TypeVar("F", bound=Callable[..., Any])


class HubLocation:
    """Where the hub of this command lives."""

    def __init__(self, folder: Path | None) -> None:
        self.chosen = folder
        """None when nobody said where."""

    @property
    def folder(self) -> Path:
        """Return its folder."""
        return self.chosen or service.default_folder()

    def home(self) -> "HubHome":
        """Open it."""
        # Certificates: 60 ms that the list of commands does without.
        from diag.sync.hub.home import HubHome  # noqa: PLC0415

        return HubHome.open(self.folder)


_COLON = "\N{NO-BREAK SPACE}: "

chosen = click.make_pass_decorator(HubLocation)

database_option = click.option(
    "--database",
    envvar="DIAG_HUB_DATABASE",
    default="",
    metavar="ADRESSE",
    help="postgresql://utilisateur@serveur/base, sans mot de passe : PGPASSWORD ou "
    "PGPASSFILE le donne (sinon un fichier du dossier).",
)


def settings_options(*, required: bool) -> Callable[[F], F]:
    """Add what is chosen once: who owns a hub, where laptops find it, how it proves it.

    `required`: whether the command asks nothing.
    """
    return combine(
        click.option(
            "--name", required=required, help="Nom du syndicat, montré aux postes."
        ),
        click.option(
            "--url", required=required, help="Adresse pour les postes : https://…:8443."
        ),
        click.option(
            "--tls",
            type=click.Choice(["own", "files", "proxy"]),
            default="own" if required else None,
            show_default=required,
            help="Autorité créée ici (own), certificat du bureau, ou mandataire qui "
            "s'en charge.",
        ),
        click.option("--certificate", default="", help="Certificat du bureau (PEM)."),
        click.option("--key", default="", help="Sa clé privée (PEM)."),
        click.option(
            "--authority", default="", help="L'autorité du bureau, à épingler (PEM)."
        ),
        database_option,
    )


@click.command()
@settings_options(required=True)
@chosen
def init(chosen: HubLocation, /, **given: str) -> None:
    """Crée le dossier du serveur : réglages, certificats, base (voir « setup »)."""
    _make(chosen.folder, given)
    click.echo(f"Serveur créé : {chosen.folder}")
    click.echo("Ensuite : diag hub directory ANNUAIRE.csv, puis diag hub serve")


def _make(folder: Path, given: dict[str, str]) -> "HubHome":
    from diag.sync.hub.home import HubHome, HubSettings  # noqa: PLC0415 - certificates

    if given["tls"] == "files" and not (given["certificate"] and given["key"]):
        raise click.UsageError("Donnez --certificate et --key avec --tls files.")
    return HubHome.create(folder, HubSettings.model_validate(_whole(given)))


def _whole(given: dict[str, str]) -> dict[str, str]:
    """Return settings whose paths hold from any folder."""
    paths = {
        name: str(Path(given[name]).absolute())
        for name in ("certificate", "key", "authority")
        if given[name]
    }
    return {**given, **paths, "url": given["url"].rstrip("/")}


@click.command()
@settings_options(required=False)
@click.option(
    "--directory",
    "schools",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="CSV",
    help="Annuaire des écoles : où est chaque audit.",
)
@click.option("--first", default="", metavar="PERSONNE", help="Qui l'administre.")
@click.option(
    "--territory",
    "territories",
    multiple=True,
    default=["*"],
    show_default=True,
    help="Le sien : un département, une commune… ; à répéter.",
)
@click.option(
    "--copies",
    type=click.Path(path_type=Path, file_okay=False),
    help="Dossier des copies (sinon « backups » du serveur).",
)
@click.option(
    "--seal",
    "seal",
    multiple=True,
    metavar="age1…",
    help="Chiffre les copies pour cette clé publique age ; à répéter.",
)
@click.option(
    "--service/--no-service",
    "is_service",
    default=None,
    help="Installe le compte diag-hub et les unités systemd ; il faut être root.",
)
@chosen
def setup(
    chosen: HubLocation,
    /,
    schools: Path | None,
    first: str,
    territories: tuple[str, ...],
    copies: Path | None,
    seal: tuple[str, ...],
    *,
    is_service: bool | None,
    **given: str | None,
) -> None:
    """Installe le serveur : ce qui manque est demandé, ce qui est là est gardé.

    Compte, dossier, certificat, base, annuaire, unités systemd, copie de chaque heure,
    première invitation. Dit ce qui est fait, puis la ligne suivante à copier.
    """
    is_made = ((chosen.chosen or service.FOLDER) / "hub.json").exists()
    is_asking = not is_made and not (given["name"] and given["url"])
    if is_asking:
        _ask_settings(given)
        typed = schools or _ask("Annuaire des écoles (fichier CSV, vide : plus tard)")
        schools = Path(typed) if typed else None
        first = first or _ask("Qui l'administre (prénom et nom, vide : plus tard)")
    if is_service is None:
        can = service.has_systemd() and _is_root()
        is_service = can and is_asking and agreed("Installer le service (systemd) ?")
    if is_service and not _is_root():
        raise DiagError(
            "Installer le service demande d'être root. Rien n'a été fait. Devenez-le "
            "(su -), puis relancez la même ligne ; ou donnez --no-service."
        )
    folder = chosen.chosen or (service.FOLDER if is_service else chosen.folder)
    folder = folder.absolute()
    account_name = service.ACCOUNT if is_service else ""
    if is_service:
        service.check_program()
        if service.make_account(folder.parent):
            click.echo(f"Compte créé : {service.ACCOUNT}, chez lui {folder.parent}")
        service.hand_over(folder)
    home = _settle(folder, account_name, given)
    if schools:
        from diag.sync.hub.home import read_places  # noqa: PLC0415 - certificates

        report, places = read_places(schools)
        with service.acting_as(account_name):
            home.put_places(places)
        print_lines(account(report))
    unit = Service(folder, home.port, copies and copies.absolute(), seal)
    _install(unit, is_service=is_service)
    if first:
        with service.acting_as(account_name):
            invitation = home.invite(first, territories, "admin")
        click.echo(f"Pour {first}, sur son poste, dans le quart d'heure :")
        click.echo(f"  diag sync enrol '{invitation}'")
    with service.acting_as(account_name), closing(home.store()) as store:
        knows = store.places({"*"}) > 0
    print_lines(_next_lines(unit, is_service=is_service, knows=knows))


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _ask_settings(given: dict[str, str | None]) -> None:
    """Ask for what was not given; what is kept has no other question."""
    here = f"https://{socket.getfqdn()}:8443"
    given["name"] = given["name"] or _ask("Nom du syndicat, montré aux postes")
    given["url"] = given["url"] or _ask("Adresse que les postes appellent", here)
    if not given["tls"]:
        choice = "Certificat : own (créé ici), files (le vôtre), proxy (mandataire)"
        given["tls"] = _ask(choice, "own", click.Choice(["own", "files", "proxy"]))
    if given["tls"] == "files":
        given["certificate"] = given["certificate"] or _ask("Certificat (PEM)")
        given["key"] = given["key"] or _ask("Sa clé privée (PEM)")
    base = "Base : vide pour un fichier, ou postgresql://utilisateur@serveur/base"
    given["database"] = given["database"] or _ask(base)


def _ask(question: str, usual: str = "", kind: Any = None) -> str:
    """Ask on stderr.

    Raises:
        click.UsageError: when nobody answers.
    """
    shown = {"default": usual, "show_default": bool(usual), "type": kind}
    try:
        return asked(question, **shown, prompt_suffix=_COLON)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise click.UsageError("Donnez au moins --name et --url.") from None


def _settle(folder: Path, account_name: str, given: dict[str, str | None]) -> "HubHome":
    """Make the hub of a folder, or open the one that is there; return which."""
    from diag.sync.hub.home import SETTINGS, HubHome  # noqa: PLC0415 - certificates

    settings = {name: value or "" for name, value in given.items()}
    settings["tls"] = settings["tls"] or "own"
    with service.acting_as(account_name):
        if (folder / SETTINGS).exists():
            home = HubHome.open(folder)
            wanted = _whole(settings) if settings["url"] else settings
            kept = home.settings.model_dump()
            others = [n for n in given if given[n] and wanted[n] != kept[n]]
            if others:
                raise DiagError(
                    f"{folder} contient déjà un serveur, réglé autrement "
                    f"({', '.join(others)}). Rien n'a été changé. Ses réglages sont "
                    f"dans {folder / SETTINGS} ; l'adresse ne change plus."
                )
            click.echo(f"Serveur déjà là, gardé : {folder}")
        else:
            password = os.environ.get("PGPASSWORD", "")
            if settings["database"] and password:
                where = settings["database"]
                kept_in = service.keep_password(folder, where, password)
                click.echo(f"Mot de passe de la base gardé : {kept_in}")
            home = _make(folder, settings)
            click.echo(f"Serveur créé : {folder}")
        if home.settings.tls != "proxy":
            home.certificate()
    return home


def _install(unit: Service, *, is_service: bool) -> None:
    """Write the units, start them where systemd runs, and show where copies go."""
    if is_service and unit.copies:
        with service.acting_as(service.ACCOUNT):
            unit.copies.mkdir(mode=0o700, parents=True, exist_ok=True)
    if is_service:
        for path in service.install(unit, service.UNITS):
            click.echo(f"Unité écrite : {path}")
        if service.has_systemd():
            service.start()
            click.echo("Service lancé ; il repart avec la machine.")
        else:
            click.echo("systemd ne tourne pas ici : rien n'est lancé.")
        click.echo(f"Copie chaque heure : {unit.copies or unit.folder / 'backups'}")
    if not unit.copies:
        click.echo(
            "Ces copies sont sur cette machine et portent les clés : pour les mettre "
            "ailleurs, chiffrées, relancez avec --copies /mnt/nas --seal age1…"
        )


def _next_lines(unit: Service, *, is_service: bool, knows: bool) -> Iterator[str]:
    """Give the lines to copy now."""
    words = ["diag", "hub"]
    if not (is_service and unit.folder == service.FOLDER):
        words += ["--folder", str(unit.folder)]
    hub = shlex.join(words)
    yield "Ensuite :"
    if not knows:
        yield f"  {hub} directory fr-en-annuaire-education.csv"
    if not is_service:
        yield f"  {hub} serve"
        yield f"  {hub} backup    # chaque heure, par cron"
    yield f"  {hub} doctor"
    yield f'  {hub} enrol "Prénom Nom" --territory 95'
