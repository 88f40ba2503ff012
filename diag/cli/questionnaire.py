"""`diag questionnaire`: pages to fill before the visit; what comes back is proposed."""

import sys
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path

import click

from diag.answers.answer_type import Refused
from diag.answers.types import TYPES
from diag.audit.answer import UnlikelyAnswer
from diag.audit.forms import Transcription, load_form
from diag.audit.proposals import OfferedAnswer, accept, propose, refuse, waiting
from diag.audit.report import report_folder
from diag.audit.session import AuditSession, open_session
from diag.audit.session import start as start_audit
from diag.cli.report import print_written
from diag.cli.shared import (
    campaign_option,
    form_options,
    print_lines,
    subject_argument,
    within,
    workspace_of,
)
from diag.documents.formats import Format
from diag.model.errors import DiagError
from diag.words.sentences import counted

# Documents, with Jinja, cost 100 ms to import: `diag --help` does without.

_HELP = (
    "Une ligne par numéro : le rang de la case cochée, o ou n, un nombre. "
    "Entrée seule : rien d'écrit, numéro suivant. * inconnu, ! non communiqué ; "
    "/ et sa raison : sans objet, là où la question l'admet. "
    "« 2 # 3 fiches sur 4 » : la réponse 2, et une note. "
    ":5 va au numéro 5, :retour au précédent, :fin arrête."
)


_MAIRIE = "mairie"
"""How people call whom the checklists call the commune."""

_ALL = "tout"
"""Instead of codes: every proposal that waits."""


@click.command()
@subject_argument
@click.option(
    "--for",
    "whom",
    type=click.Choice([_MAIRIE, "prestataire", "direction", "equipe", "commune"]),
    help="Qui le remplit : mairie et commune sont la même page.",
)
@click.option("--enter", is_flag=True, help="Saisit la page remplie, par ses numéros.")
@click.option("--code", default="", help="Avec --enter : le code au pied de la page.")
@click.option(
    "--from",
    "filled",
    type=click.Path(path_type=Path),
    help="Lit le fichier qui revient par courriel ; ses réponses sont proposées.",
)
@click.option(
    "--accept",
    "accepted",
    multiple=True,
    metavar="CODE",
    help="Accepte la proposition de ce code, ou « tout » ; répétable.",
)
@click.option(
    "--refuse",
    "refused",
    multiple=True,
    metavar="CODE",
    help="Écarte la proposition de ce code, ou « tout » ; répétable.",
)
@form_options
@campaign_option
@click.pass_context
def questionnaire(
    ctx: click.Context,
    ref: str,
    whom: str | None,
    code: str,
    filled: Path | None,
    accepted: tuple[str, ...],
    refused: tuple[str, ...],
    forms: tuple[Format, ...],
    folder: Path | None,
    day: date | None,
    campaign: str | None,
    *,
    enter: bool,
) -> None:
    """Écrit les questions à remplir avant la visite, et lit ce qui revient.

    La mairie et le prestataire ont leur formulaire, ligne à ligne. La page ne pose que
    ce qui concerne l'école, n'est pas encore connu et peut se déclarer. En HTML, elle
    se remplit sans connexion et enregistre un petit fichier : --from le lit, et propose
    ses réponses, que --accept accepte. Sur papier, ses numéros gardent leur sens :
    --enter les redemande dans le même ordre. Sans option, montre ce qui est proposé.
    """
    if code and not enter:
        raise click.UsageError("--code va avec --enter.")
    if enter and whom is None:
        raise click.UsageError("--enter va avec --for.")
    if filled and whom:
        raise click.UsageError("--from se passe de --for : le fichier dit qui parle.")
    whom = "commune" if whom == _MAIRIE else whom
    with workspace_of(ctx) as workspace:
        session = (
            open_session(workspace, ref, campaign)
            if campaign
            else start_audit(workspace, ref)
        )
        if whom is None:
            _propose(session, filled, accepted, refused)
            return
        if enter:
            _enter(session, whom, code)
            return
        from diag.documents.questionnaire import (  # noqa: PLC0415
            compose,
            keep,
            write_form,
            write_questionnaire,
        )

        paper, printed = compose(session, whom, day)
        keep(session, printed)
        place, ref = within(folder, report_folder(session)), session.about.ref
        page = write_form(session, printed)
        print_written(write_questionnaire(paper, page, place, forms))
        click.echo(
            f"{counted(len(printed.questions), 'question')}, code {printed.id}. "
            f"Au retour du fichier : diag questionnaire {ref} --from FICHIER. "
            f"Du papier : diag questionnaire {ref} --for {whom} --enter",
            err=True,
        )


def _propose(
    session: AuditSession,
    filled: Path | None,
    accepted: tuple[str, ...],
    refused: tuple[str, ...],
) -> None:
    """Read a file, show what waits, then accept or refuse what is named."""
    if filled:
        read = load_form(session, filled)
        seen = len(read.offers) - propose(session, read.offers)
        known = f", dont {seen} déjà vues" * bool(seen)
        click.echo(f"Lues : {counted(len(read.offers), 'réponse')}{known}.")
        for sentence in read.refused:
            click.echo(f"Refusée : {sentence}", err=True)
    pending = waiting(session)
    took = _chosen(pending, accepted)
    left = _chosen(pending, refused)
    if took & left:
        raise click.UsageError("--accept et --refuse nomment la même proposition.")
    if took:
        click.echo(f"Acceptées : {counted(accept(session, took), 'réponse')}.")
    if left:
        click.echo(f"Écartées : {counted(refuse(session, left), 'proposition')}.")
    if not took and not left:
        print_lines(_pending_lines(session, pending))


def _pending_lines(
    session: AuditSession, pending: tuple[OfferedAnswer, ...]
) -> Iterator[str]:
    """Give what is offered, place by place, and how it is accepted."""
    for where, here in groupby(pending, key=lambda one: one.where):
        yield where
        for one in here:
            known = f" (déjà : {one.known})" if one.known else ""
            yield f"  {_code(one)}  {one.label} : {one.words}{known}"
            if one.doubt:
                yield f"            à vérifier : {one.doubt}"
    many = counted(len(pending), "réponse proposée", "réponses proposées")
    yield (
        f"{many}. Rien n'est répondu avant : "
        f"diag questionnaire {session.about.ref} --accept {_ALL}"
        if pending
        else "Aucune réponse proposée n'attend."
    )


def _code(one: OfferedAnswer) -> str:
    return one.offer.id[:8]


def _chosen(pending: tuple[OfferedAnswer, ...], codes: tuple[str, ...]) -> set[str]:
    """Return the ids of the proposals that codes name.

    Raises:
        DiagError: a code that none of them bears.
    """
    if _ALL in codes:
        return {one.offer.id for one in pending}
    chosen = set[str]()
    for code in codes:
        found = [one.offer.id for one in pending if _code(one) == code.casefold()]
        if len(found) != 1:
            raise DiagError(f"Aucune proposition n'a le code « {code[:20]} ».")
        chosen.update(found)
    return chosen


def _enter(session: AuditSession, whom: str, code: str) -> None:
    from diag.documents.questionnaire import (  # noqa: PLC0415 - Jinja
        printed_for,
        title_of,
    )

    printed = printed_for(session, whom, code)
    name = title_of(session.checklist, whom)
    click.echo(f"{name}, {session.about.title}, code {printed.id}.")
    click.echo(_HELP)
    typing = Transcription(session, printed)
    shown = 0
    while not typing.is_done:
        if shown != typing.number:
            shown = typing.number
            print_lines(_card(typing))
        click.echo("> ", nl=False)
        typed = sys.stdin.readline()
        if not typed or typed.strip().casefold() == ":fin":
            click.echo("")
            break
        _take(typing, typed.strip())
    click.echo(f"{counted(typing.recorded, 'réponse')} sur le disque.")


def _take(typing: Transcription, typed: str) -> None:
    try:
        word = typed[1:].strip()
        if not typed.startswith(":"):
            if recorded := typing.give(typed):
                click.echo(f"Enregistré. {recorded}")
        elif word.isdecimal():
            typing.go(int(word))
        elif word and "retour".startswith(word):
            typing.go(typing.number - 1)
        else:
            click.echo(_HELP)
    except UnlikelyAnswer as doubt:
        click.echo(
            f"{doubt.plain_problem} Entrée pour confirmer, ou une autre réponse."
        )
    except Refused as refused:
        click.echo(f"Refusé. {refused.plain}")
    except DiagError as error:
        click.echo(f"Refusé. {error.at_prompt()}")


def _card(typing: Transcription) -> Iterator[str]:
    """Give the words of the page for a number, its boxes by rank."""
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
        hint = " : o ou n" if TYPES[question.type].is_yes_no else ""
        yield f"   {question.label}{unit}{hint}"
    if typing.known:
        yield f"   Déjà : {typing.known}. Entrée pour le garder."
