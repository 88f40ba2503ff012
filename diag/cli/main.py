"""The `diag` command: finds a subcommand, runs it, tells errors as sentences."""

import gettext
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from diag.cli.lazy import LazyGroup
from diag.model.errors import DiagError
from diag.words.sentences import system_sentence

COMMANDS = {
    "atlas": "diag.cli.atlas:atlas",
    "audit": "diag.cli.audit:audit",
    "backup": "diag.cli.keep:backup",
    "bundle": "diag.cli.bundle:bundle",
    "check": "diag.cli.check:check",
    "checklists": "diag.cli.checklists:checklists",
    "compare": "diag.cli.supposing:compare",
    "completion": "diag.cli.completion:completion",
    "conflicts": "diag.cli.conflicts:conflicts_",
    "decrypt": "diag.cli.encrypting:decrypt",
    "demo": "diag.cli.demo:demo",
    "draft": "diag.cli.draft:draft",
    "encrypt": "diag.cli.encrypting:encrypt",
    "export": "diag.cli.exporting:export",
    "hub": "diag.cli.hub:hub",
    "import": "diag.cli.territory:import_",
    "init": "diag.cli.init:init",
    "outbox": "diag.cli.outbox:outbox",
    "progress": "diag.cli.progress:progress",
    "questionnaire": "diag.cli.questionnaire:questionnaire",
    "report": "diag.cli.report:report",
    "restore": "diag.cli.keep:restore",
    "rgpd": "diag.cli.rgpd:rgpd",
    "review": "diag.cli.reviewing:review",
    "salvage": "diag.cli.keep:salvage",
    "schools": "diag.cli.territory:schools",
    "score": "diag.cli.judge:score",
    "send": "diag.cli.send:send",
    "settings": "diag.cli.settings:settings",
    "suppose": "diag.cli.supposing:suppose",
    "synthesis": "diag.cli.synthesis:synthesis",
    "sync": "diag.cli.syncing:sync",
    "templates": "diag.cli.templates:templates",
    "visit": "diag.cli.visit:visit",
    "web": "diag.cli.web:web",
    "why": "diag.cli.judge:why",
}
"""Command → module and attribute."""

EXIT_REFUSED = 1
"""Something was refused or failed; stderr says what and what to do."""


@click.group(
    cls=LazyGroup,
    places=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
)
@click.option(
    "--workspace",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="DIAG_HOME",
    metavar="DOSSIER",
    help="Dossier de travail (sinon DIAG_HOME, sinon le dossier de l'utilisateur).",
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
    if ctx.invoked_subcommand is None:
        _open_screens(ctx)


def _open_screens(ctx: click.Context) -> None:
    """Open the app on a terminal, or in a browser; else print the help."""
    in_browser = "TEXTUAL_DRIVER" in os.environ  # set by what serves the page
    if not (in_browser or (sys.stdin.isatty() and sys.stdout.isatty())):
        click.echo(ctx.get_help())
        return
    # Textual costs 100 ms: commands do without. The desk comes after the first frame.
    from diag.desk.home import default_folder  # noqa: PLC0415
    from diag.tui.opening import open_app  # noqa: PLC0415

    folder = ctx.obj or default_folder()
    _unlock(folder)
    open_app(folder)


def _unlock(folder: Path) -> None:
    """Have the key of an encrypted workspace before the screens take the terminal."""
    if (folder / "diag-chiffrement.json").exists():
        from diag.journal import keys  # noqa: PLC0415 - not for a plain one

        keys.key_of(folder / "diag.db")


def main(act: Callable[[], object] = lambda: diag(standalone_mode=False)) -> None:
    """Run the command line, or what stands for it; tell how it ends."""
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
        # The reader of a pipe left: nothing to say, and nobody to say it to.
        sys.stdout = None  # keeps exit from flushing it
        sys.exit(EXIT_REFUSED)
    except OSError as error:
        _stop(system_sentence(error), EXIT_REFUSED)
    except Exception as error:  # noqa: BLE001 - a traceback helps no one in a corridor
        _stop(
            "Erreur inattendue ; ce qui était enregistré le reste. "
            f"Le détail est dans {_logged(error)}.",
            EXIT_REFUSED,
        )


def speak_french() -> None:
    """Have click's own words in French, whatever the system's language."""
    os.environ["LANGUAGE"] = "fr"
    gettext.bindtextdomain("messages", str(Path(__file__).parent / "locale"))


def _stop(sentence: str, code: int) -> None:
    click.echo(sentence, err=True)
    sys.exit(code)


def _logged(error: Exception) -> str:
    """Write an unexpected error to the log; return where it was written."""
    # Loading the desk, a cost that only a crash pays here.
    from diag.desk.home import default_folder  # noqa: PLC0415 - as below
    from diag.desk.workspace import log_into  # noqa: PLC0415

    logger = logging.getLogger("diag")
    if not logger.handlers:
        chosen = os.environ.get("DIAG_HOME")
        folder = Path(chosen) if chosen else default_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        log_into(folder)
    logger.error("unexpected", exc_info=error)
    return str(getattr(logger.handlers[0], "baseFilename", "la sortie d'erreur"))
