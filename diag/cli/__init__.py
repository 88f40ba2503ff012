"""The `diag` command: finds a subcommand, runs it, prints errors as sentences."""

import gettext
import logging
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any

import click
from click.shell_completion import get_completion_class

from diag.model.errors import DiagError
from diag.words.sentences import system_sentence


class LazyGroup(click.Group):
    """A group that knows its commands by name: `{"score": "diag.cli.judge:score"}`."""

    def __init__(
        self,
        *args: Any,
        places: Mapping[str, str] | None = None,
        verbs: Mapping[str, Mapping[str, str]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.verbs = verbs or {}
        """What one does → its commands, in order of use, and their places."""
        self.places = places or dict(
            chain.from_iterable(each.items() for each in self.verbs.values())
        )
        """Command → module and attribute."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return every command's name, in the order of the work; else sorted."""
        return list(chain(*self.verbs.values())) or sorted(self.places)

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the commands under the verb that each one serves."""
        if not self.verbs:
            super().format_commands(ctx, formatter)
        width = max(map(len, self.places))
        for verb, names in self.verbs.items():
            rows = []
            for name in names:
                command = self.get_command(ctx, name)
                if command is not None and not command.hidden:
                    sentence = command.get_short_help_str(limit=76 - width)
                    rows.append((name.ljust(width), sentence))
            with formatter.section(f"{verb}\N{NO-BREAK SPACE}"):
                formatter.write_dl(rows)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; None when there is none of that name."""
        if cmd_name not in self.places:
            return super().get_command(ctx, cmd_name)
        module, attribute = self.places[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        _spell_out(command)
        return command


def _spell_out(command: click.Command) -> None:
    """Keep the sentence of each command whole in its list: click would cut it short."""
    command.short_help = command.get_short_help_str(_LONGEST_SENTENCE)
    if isinstance(command, click.Group):
        for one in command.commands.values():
            _spell_out(one)


_LONGEST_SENTENCE = 300


class FrenchFormatter(click.HelpFormatter):
    """Help whose signs stay with their word when a line is full."""

    def write_text(self, text: str) -> None:
        """Write a paragraph."""
        super().write_text(_glued(text))

    def write_dl(
        self,
        rows: Iterable[tuple[str, str]],
        col_max: int = 30,
        col_spacing: int = 2,
    ) -> None:
        """Write names and what they are."""
        glued = [(name, _glued(text)) for name, text in rows]
        super().write_dl(glued, col_max, col_spacing)


def _glued(text: str) -> str:
    space = "\N{NO-BREAK SPACE}"
    return re.sub(r" (?=[:;?!»](?:\s|$))|(?<=«) ", space, text)


COMMANDS = {
    "Préparer": {
        "demo": "diag.cli.workspace:demo",
        "init": "diag.cli.workspace:init",
        "settings": "diag.cli.workspace:settings",
        "import": "diag.cli.territory:import_",
        "schools": "diag.cli.territory:schools",
        "check": "diag.cli.checklists:check",
        "checklists": "diag.cli.checklists:checklists",
        "templates": "diag.cli.checklists:templates",
        "completion": "diag.cli:completion",
    },
    "Auditer": {
        "visit": "diag.cli.visit:visit",
        "web": "diag.cli.workspace:web",
        "audit": "diag.cli.audit:audit",
        "questionnaire": "diag.cli.evidence:questionnaire",
        "measure": "diag.cli.measure:measure",
    },
    "Juger": {
        "score": "diag.cli.judge:score",
        "why": "diag.cli.judge:why",
        "suppose": "diag.cli.judge:suppose",
        "compare": "diag.cli.judge:compare",
    },
    "Programmer": {
        "programme": "diag.cli.programme:programme",
        "workshop": "diag.cli.workshop:workshop",
    },
    "Écrire": {
        "report": "diag.cli.documents:report",
        "synthesis": "diag.cli.documents:synthesis",
        "draft": "diag.cli.documents:draft",
        "export": "diag.cli.documents:export",
        "atlas": "diag.cli.documents:atlas",
        "send": "diag.cli.send:send",
        "outbox": "diag.cli.send:outbox",
    },
    "Partager": {
        "sync": "diag.cli.sync:sync",
        "bundle": "diag.cli.sync:bundle",
        "conflicts": "diag.cli.conflicts:conflicts_group",
        "review": "diag.cli.follow:review",
        "progress": "diag.cli.territory:progress",
        "offline-kit": "diag.cli.workspace:offline_kit",
        "hub": "diag.cli.hub:hub",
        "mire": "diag.cli.measure:mire",
    },
    "Garder": {
        "backup": "diag.cli.workspace:backup",
        "restore": "diag.cli.workspace:restore",
        "doctor": "diag.cli.workspace:doctor",
        "encrypt": "diag.cli.workspace:encrypt",
        "decrypt": "diag.cli.workspace:decrypt",
        "rgpd": "diag.cli.privacy:rgpd",
        "salvage": "diag.cli.workspace:salvage",
    },
}
"""Verb, as the help shows it → command → module and attribute."""

EXIT_REFUSED = 1
"""Refused or failed; stderr has the reason and the remedy."""


@click.group(
    cls=LazyGroup,
    verbs=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
)
@click.option(
    "--workspace",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="DIAG_HOME",
    metavar="DOSSIER",
    help="Espace de travail (sinon DIAG_HOME, sinon le dossier de l'utilisateur).",
)
@click.version_option(
    package_name="diag", message="diag %(version)s", help="Affiche la version."
)
@click.pass_context
def diag(ctx: click.Context, workspace: Path | None) -> None:
    """Auditer le numérique des écoles, sans connexion, et en rendre compte.

    Sans commande, sur un terminal : ouvre les écrans.
    Commencez par « diag demo » pour voir, ou « diag init » pour travailler.
    """
    ctx.obj = workspace
    if ctx.invoked_subcommand is not None:
        return
    in_browser = "TEXTUAL_DRIVER" in os.environ  # set by what serves the page
    if not (in_browser or (sys.stdin.isatty() and sys.stdout.isatty())):
        click.echo(ctx.get_help())
        return
    # Textual costs 100 ms: commands do without. The workspace opens once a frame is up.
    from diag.tui.app import open_app  # noqa: PLC0415
    from diag.workspace.disk import default_folder  # noqa: PLC0415

    folder = workspace or default_folder()
    if (folder / "diag-chiffrement.json").exists():  # its key, before the screens
        from diag.journal.connection import key_of  # noqa: PLC0415 - not for a plain one

        key_of(folder / "diag.db")
    open_app(folder)


def main(act: Callable[[], object] = lambda: diag(standalone_mode=False)) -> None:
    """Run the command line, or what stands for it; print how it ends."""
    speak_french()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        act()
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _stop("Interrompu ; ce qui était enregistré le reste.", 130)
    except DiagError as error:
        _stop(error.at_prompt(), EXIT_REFUSED)
    except BrokenPipeError:
        # The reader of a pipe left: nobody reads what is printed.
        sys.stdout = None  # keeps exit from flushing it
        sys.exit(EXIT_REFUSED)
    except OSError as error:
        _stop(system_sentence(error), EXIT_REFUSED)
    except Exception as error:  # noqa: BLE001 - a traceback helps no one in a corridor
        # Loads the journal: a cost that only a crash pays here.
        from diag.journal.backup import damage_in  # noqa: PLC0415
        from diag.journal.journal import FILE  # noqa: PLC0415

        log = _logged(error)
        _stop(
            damage_in(Path(log).parent / FILE)  # often what nobody had foreseen
            or "Erreur inattendue ; ce qui était enregistré le reste. "
            f"Le détail est dans {log}.",
            EXIT_REFUSED,
        )


def speak_french() -> None:
    """Have click's own words in French, whatever the system's language."""
    os.environ["LANGUAGE"] = "fr"
    click.Context.formatter_class = FrenchFormatter
    gettext.bindtextdomain("messages", str(Path(__file__).parent / "locale"))


def _stop(sentence: str, code: int) -> None:
    click.echo(sentence, err=True)
    sys.exit(code)


def _logged(error: Exception) -> str:
    """Write an unexpected error to the log; return where it was written."""
    # Loads the workspace: a cost that only a crash pays here.
    from diag.workspace.disk import default_folder  # noqa: PLC0415
    from diag.workspace.workspace import log_into  # noqa: PLC0415

    logger = logging.getLogger("diag")
    if not logger.handlers:
        chosen = os.environ.get("DIAG_HOME")
        folder = Path(chosen) if chosen else default_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        log_into(folder)
    try:
        logger.error("unexpected", exc_info=error)
    except OSError:  # its folder is gone, or the disk is full
        return "aucun fichier : le dossier du journal ne se laisse pas écrire"
    return str(getattr(logger.handlers[0], "baseFilename", "la sortie d'erreur"))


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Écrit le script de complétion du terminal (bash, zsh ou fish).

    À ajouter au démarrage du terminal, par exemple pour bash :
    eval "$(diag completion bash)"
    """
    kind = get_completion_class(shell)
    assert kind is not None
    root = ctx.find_root().command
    click.echo(kind(root, {}, "diag", "_DIAG_COMPLETE").source())
