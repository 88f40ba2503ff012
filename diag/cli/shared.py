"""What every command shares: the workspace it works in, how it prints."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from functools import partial, wraps
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from diag.documents.formats import Format
from diag.model.enums import Provenance
from diag.model.errors import DiagError
from diag.words.dates import day_typed
from diag.workspace.disk import default_folder
from diag.workspace.workspace import Workspace

if TYPE_CHECKING:
    from diag.audit.remarks import Slip
    from diag.audit.session import AuditSession
    from diag.model.audit import Auditee

E = TypeVar("E", bound=StrEnum)
F = TypeVar("F", bound=Callable[..., Any])
Act = Callable[..., None]

_AUDIT = "diag.audit"
"""Where a group keeps its subject and campaign for its commands."""


def audit_command(act: Act) -> Act:
    """Open the workspace and an audit for a command, which takes the session first.

    SUJET comes before the command's own parameters and --campaign after them; --json
    comes last when the command takes `as_json`. One that takes `ref` has it as typed.
    """
    takes_ref = "ref" in signature(act).parameters

    def run(ref: str, campaign: str | None, **options: Any) -> None:
        if takes_ref:
            options["ref"] = ref
        with audit_of(click.get_current_context(), ref, campaign) as session:
            act(session, **options)

    return _declare(act, run, before=[subject_argument], after=[campaign_option])


def undo_words(session: "AuditSession") -> str:
    """Return how what was just written is taken back, in the audit where it is."""
    campaign = session.audit.campaign
    other = f" --campaign {campaign}" * (campaign != session.workspace.campaign)
    return f"Pour revenir : diag audit undo {session.about.ref}{other}"


class AuditGroup(click.Group):
    """A group that names an audit: its --campaign may come after SUJET, or last."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read --campaign wherever it is, as every other command does."""
        for at, word in enumerate(args):
            if word == "--":
                break
            if word == "--campaign" or word.startswith("--campaign="):
                end = at + 1 + ("=" not in word)
                args = [*args[at:end], *args[:at], *args[end:]]
                break
        return super().parse_args(ctx, args)


def audit_group(act: Act) -> Act:
    """Let a group name the audit of its commands: SUJET and --campaign."""

    def run(ref: str, campaign: str | None) -> None:
        click.get_current_context().meta[_AUDIT] = (ref, campaign)

    return _declare(act, run, before=[subject_argument], after=[campaign_option])


def audit_subcommand(act: Act) -> Act:
    """Open the audit that the group names, for a command that takes the session."""

    def run(**options: Any) -> None:
        ctx = click.get_current_context()
        with audit_of(ctx, *ctx.meta[_AUDIT]) as session:
            act(session, **options)

    return _declare(act, run)


def workspace_command(act: Act) -> Act:
    """Open the workspace for a command, which takes it first; --json as for audits."""

    def run(**options: Any) -> None:
        with workspace_of(click.get_current_context()) as workspace:
            act(workspace, **options)

    return _declare(act, run)


def _declare(
    act: Act,
    run: Act,
    before: Sequence[Callable[[Act], Act]] = (),
    after: Sequence[Callable[[Act], Act]] = (),
) -> Act:
    """Give `run` the help and parameters of `act`, with others around them."""
    own = act.__dict__.pop("__click_params__", [])
    wrapped = wraps(act)(run)
    if "as_json" in signature(act).parameters:
        after = [*after, json_option]
    combine(*after)(wrapped)
    # click keeps the parameters of a function last first.
    vars(wrapped).setdefault("__click_params__", []).extend(own)
    return combine(*before)(wrapped)


def folder_of(ctx: click.Context) -> Path:
    """Return the workspace's folder: --workspace, DIAG_HOME, else the user's."""
    chosen = ctx.find_root().obj
    return chosen if isinstance(chosen, Path) else default_folder()


@contextmanager
def workspace_of(ctx: click.Context) -> Iterator[Workspace]:
    """Open the workspace for one command; print a notice when it is read-only."""
    with Workspace.open(folder_of(ctx)) as workspace:
        if workspace.journal.notice:
            click.echo(workspace.journal.notice, err=True)
        workspace.journal.on_change = partial(click.echo, err=True)
        workspace.journal.check_table("setting")
        if workspace.clock_notice:
            click.echo(workspace.clock_notice, err=True)
        if older := workspace.notice_older():
            click.echo(f"{older}\nPour cela : diag doctor --repair.", err=True)
        yield workspace


@contextmanager
def audit_of(
    ctx: click.Context, ref: str, campaign: str | None
) -> Iterator["AuditSession"]:
    """Open the workspace and one of its audits, for what a decorator cannot."""
    from diag.audit.session import open_session  # noqa: PLC0415 - judging, pydantic

    with workspace_of(ctx) as workspace:
        yield open_session(workspace, ref, campaign)


@contextmanager
def progress_bar(label: str = "Audits") -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal's stderr; nothing elsewhere."""
    with click.progressbar(
        length=1, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:

        def show(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield show


campaign_option = click.option(
    "--campaign", help="Campagne (sinon celle de l'espace de travail)."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Sortie JSON.")


def combine(*options: Callable[[Any], Any]) -> Callable[[F], F]:
    """Return options as one, in the order of the help."""

    def add(command: F) -> F:
        for option in reversed(options):
            option(command)
        return command

    return add


def about_json(about: "Auditee") -> dict[str, str | None]:
    """Return whom an audit is about, for a program; only a school has a UAI."""
    return {
        "subject": str(about.subject),
        "uai": about.school.uai if about.school else None,
        "name": about.name,
        "commune": about.commune,
    }


def question_argument(*, required: bool = True) -> Callable[[F], F]:
    """Add the question of an answer, by its id."""
    return click.argument(
        "question", required=required, shell_complete=complete_question
    )


Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
"""What a shell calls with the start of a word."""


def _completer(
    read: Callable[[Workspace, str], Iterable[CompletionItem]],
) -> Complete:
    """Return what completes a word from a workspace; from one that is closed, nothing.

    An encrypted one stays closed: a shell that completes asks no passphrase.
    """

    def complete(
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG001 - click's signature
        typed: str,
    ) -> list[CompletionItem]:
        folder = ctx.find_root().params.get("workspace") or folder_of(ctx)
        if (folder / "diag-chiffrement.json").exists():
            return []
        try:
            with Workspace.open(folder) as workspace:
                return list(read(workspace, typed))
        except DiagError:
            return []

    return complete


_MOST_COMPLETED = 200


@_completer
def complete_subject(workspace: Workspace, typed: str) -> Iterator[CompletionItem]:
    """Offer the schools whose UAI starts as typed, and what they are called."""
    for one in workspace.territory.schools(typed, limit=_MOST_COMPLETED):
        if one.uai.startswith(typed.upper()):
            yield CompletionItem(one.uai, help=f"{one.name}, {one.commune}")


subject_argument = click.argument(
    "ref", metavar="SUJET", shell_complete=complete_subject
)
"""Whom the audit is about: a UAI, `commune:INSEE` or `syndicat:SIREN`."""


@_completer
def complete_question(workspace: Workspace, typed: str) -> Iterator[CompletionItem]:
    """Offer the questions in use whose id starts as typed, and what they ask."""
    from diag.workspace.editions import current  # noqa: PLC0415 - YAML, pydantic

    checklist = workspace.editions.open(current(workspace).digest)
    for one in checklist.questions.values():
        if one.id.startswith(typed):
            yield CompletionItem(one.id, help=one.label)


def asked(question: str, **shown: Any) -> str:
    """Ask on stderr; `shown` is as for `click.prompt`.

    Raises:
        DiagError: when what was typed cannot be read.
    """
    try:
        typed: str = click.prompt(question, err=True, **shown)
    except UnicodeDecodeError as error:
        raise DiagError(
            "La réponse tapée n'est pas un texte UTF-8. Rien n'a été changé. "
            "Réglez le terminal sur UTF-8, puis répondez à nouveau."
        ) from error
    return typed.strip()


def agreed(question: str) -> bool:
    """Ask on stderr for a yes; anything but « o » or « oui » is a no.

    Raises:
        DiagError: when what was typed cannot be read.
    """
    shown = {"default": "", "show_default": False, "prompt_suffix": " "}
    return asked(f"{question} [o/N]", **shown).casefold() in {"o", "oui"}


yes_option = click.option("--yes", is_flag=True, help="Ne pas demander confirmation.")


def confirm(question: str, *, yes: bool = False) -> None:
    """Go on once the user agreed; nothing is asked when `yes`.

    Raises:
        click.Abort: the user did not.
        DiagError: when what was typed cannot be read.
    """
    if not yes and not agreed(question):
        raise click.Abort


def print_json(value: object) -> None:
    """Print a result for a program: stable keys, one document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True))


def print_lines(lines: Iterable[str]) -> None:
    """Print lines as they come."""
    for line in lines:
        click.echo(line)


def print_table(rows: Iterable[Sequence[str]]) -> None:
    """Print rows as aligned columns; the last one is free."""
    table = [tuple(row) for row in rows]
    if not table:
        return
    widths = [max(len(row[at]) for row in table) for at in range(len(table[0]))]
    for row in table:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


class Day(click.ParamType[date]):
    """A day typed on the command line."""

    name = "jour"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """Return how the help writes a day."""
        return "JJ/MM/AAAA"

    def convert(
        self,
        value: str | date,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> date:
        """Return the day typed; refuse what is none, or far from any audit."""
        if isinstance(value, date):
            return value
        try:
            return day_typed(value)
        except DiagError as error:
            self.fail(error.at_prompt(), param, ctx)


class Among(click.Choice[E]):
    """One of some members of an enum, by their values."""

    def normalize_choice(self, choice: object, ctx: click.Context | None) -> str:  # noqa: ARG002 - click's signature
        """Return how a member is typed."""
        return str(choice)


place_option = click.option(
    "--place", default="", help="Nom du lieu (sinon l'école elle-même)."
)
provenance_option = click.option(
    "--provenance",
    type=Among(Provenance),
    help="Comment on le sait (sinon l'usage de la question).",
)
ssids_option = click.option(
    "--ssid",
    "ssids",
    multiple=True,
    metavar="NOM",
    help="Réseau Wi-Fi de l'école ; répétable, retenu ensuite.",
)
let_out_option = click.option(
    "--let-out",
    is_flag=True,
    help="Laisser sortir ce qui peut désigner quelqu'un (noms, téléphones, santé).",
)


def agree_to_let_out(found: "Iterable[Slip]", *, let_out: bool) -> None:
    """Show what may name somebody, then ask: nothing passes in silence.

    Raises:
        HeldBackError: nobody agreed.
    """
    from diag.audit.remarks import check_slips  # noqa: PLC0415 - YAML, rare

    slips = tuple(found)
    if not slips:
        return
    click.echo("Ceci peut désigner quelqu'un :", err=True)
    for one in slips:
        click.echo(f"  {one}", err=True)
    is_asked = sys.stdin.isatty() and sys.stderr.isatty() and not let_out
    agreed = is_asked and click.confirm("Le laisser sortir ?", err=True)
    check_slips(slips, let_out=let_out or agreed)
    click.echo("Laissé sortir à votre demande.", err=True)


def within(folder: Path | None, usual: Path) -> Path:
    """Return where the files of one subject go: several may share a folder."""
    return folder / usual.name if folder else usual


out_option = click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Dossier des fichiers (sinon « exports » de l'espace de travail).",
)
form_options = combine(
    click.option(
        "--format",
        "forms",
        multiple=True,
        type=Among(Format),
        callback=lambda _ctx, _option, given: (*dict.fromkeys(given or Format),),
        help="Forme des fichiers ; répétable (sinon toutes).",
    ),
    out_option,
    click.option("--date", "day", type=Day(), help="Date imprimée (sinon ce jour)."),
)
