"""`diag questionnaire`: one page to fill without a visit, then typed in by numbers."""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diag.cli.console import (
    campaign_option,
    subject_argument,
    workspace_of,
)
from diag.cli.forms import form_options
from diag.desk import audits
from diag.model.errors import DiagError
from diag.words.sentences import counted

if TYPE_CHECKING:
    from diag.desk.session import Session
    from diag.desk.visit.transcribing import Transcription

# Judging and documents cost 100 ms to import: `diag --help` does without.

_HELP = (
    "Une ligne par numéro : le rang de la case cochée, o ou n, un nombre. "
    "Entrée seule : rien d'écrit, numéro suivant. * inconnu, / sans objet, ! refusé. "
    "« 2 # 3 fiches sur 4 » : la réponse 2, et une note. "
    ":5 va au numéro 5, :retour au précédent, :fin arrête."
)


@click.command()
@subject_argument
@click.option(
    "--for",
    "whom",
    type=click.Choice(["direction", "equipe"]),
    required=True,
    help="Qui le remplit.",
)
@click.option("--enter", is_flag=True, help="Saisit la page remplie, par ses numéros.")
@click.option("--code", default="", help="Avec --enter : le code au pied de la page.")
@form_options
@campaign_option
@click.pass_context
def questionnaire(
    ctx: click.Context,
    ref: str,
    whom: str,
    code: str,
    forms: tuple[str, ...],
    folder: Path | None,
    day: date | None,
    campaign: str | None,
    *,
    enter: bool,
) -> None:
    """Écrit une page de questions à remplir avant la visite, puis la saisit.

    La page ne pose que ce qui concerne l'école, n'est pas encore connu et peut se
    déclarer. Ses numéros gardent leur sens : --enter les redemande dans le même ordre.
    """
    if code and not enter:
        raise click.UsageError("--code va avec --enter.")
    with workspace_of(ctx) as workspace:
        session = (
            audits.open_session(workspace, ref, campaign)
            if campaign
            else audits.start(workspace, ref)
        )
        if enter:
            _enter(session, whom, code)
        else:
            _write(session, whom, forms, folder, day)


def _write(
    session: "Session",
    whom: str,
    forms: tuple[str, ...],
    folder: Path | None,
    day: date | None,
) -> None:
    from diag.cli.synthesis import tell_written  # noqa: PLC0415 - see above
    from diag.desk.outputs.documents import Form  # noqa: PLC0415
    from diag.desk.outputs.papers import write_paper  # noqa: PLC0415
    from diag.desk.outputs.reporting import report_folder  # noqa: PLC0415
    from diag.desk.visit.questionnaires import compose, keep  # noqa: PLC0415

    paper, printed = compose(session, whom, day)
    keep(session, printed)
    wanted = [Form(each) for each in forms] or list(Form)
    tell_written(write_paper(paper, folder or report_folder(session), wanted))
    click.echo(
        f"{counted(len(printed.questions), 'question')}, code {printed.id}. "
        f"Au retour : diag questionnaire {session.about.ref} --for {whom} --enter",
        err=True,
    )


def _enter(session: "Session", whom: str, code: str) -> None:
    from diag.desk.visit.questionnaires import WHOM, printed_for  # noqa: PLC0415 - see above
    from diag.desk.visit.transcribing import Transcription  # noqa: PLC0415

    printed = printed_for(session, whom, code)
    click.echo(f"{WHOM[whom]}, {session.about.title}, code {printed.id}.")
    click.echo(_HELP)
    typing = Transcription(session, printed)
    told = 0
    while not typing.is_done:
        if told != typing.number:
            told = typing.number
            for line in _card(typing):
                click.echo(line)
        click.echo("> ", nl=False)
        typed = sys.stdin.readline()
        if not typed or typed.strip().casefold() == ":fin":
            click.echo("")
            break
        _take(typing, typed.strip())
    click.echo(f"{counted(typing.recorded, 'réponse')} sur le disque.")


def _take(typing: "Transcription", typed: str) -> None:
    from diag.desk.visit.answers import DoubtError  # noqa: PLC0415 - see above

    try:
        if typed.startswith(":"):
            _move(typing, typed[1:].strip())
        elif told := typing.give(typed):
            click.echo(f"Enregistré. {told}")
    except DoubtError as doubt:
        click.echo(f"{doubt} Entrée pour confirmer, ou une autre réponse.")
    except DiagError as error:
        click.echo(f"Refusé. {error.at_prompt()}")


def _move(typing: "Transcription", word: str) -> None:
    if word.isdecimal():
        typing.go(int(word))
    elif word and "retour".startswith(word):
        typing.go(typing.number - 1)
    else:
        click.echo(_HELP)


def _card(typing: "Transcription") -> Iterator[str]:
    """Give what one hears of a number: the words of the page, its boxes by rank."""
    from diag.model.enums import QuestionType  # noqa: PLC0415 - see above

    question = typing.question
    start = f"{typing.number}/{len(typing.printed.questions)}"
    if question is None or typing.asked is None:
        name = question.label if question else typing.ident
        yield f"{start} {name} : ne se pose plus. Entrée pour passer."
        return
    yield f"{start} {question.ask or question.label}"
    boxes = [f"{n} {one.label}" for n, one in enumerate(question.choices, 1)]
    if boxes:
        yield "   " + "   ".join(boxes)
    elif question.ask:
        unit = f" ({question.unit})" if question.unit else ""
        hint = " : o ou n" if question.type is QuestionType.BOOLEAN else ""
        yield f"   {question.label}{unit}{hint}"
    if typing.known:
        yield f"   Déjà : {typing.known}. Entrée pour le garder."
