"""`diag audit answer`, `note`, `undo`, `history`: what is said, and said before."""

import json
import sys
from datetime import UTC, datetime

import click

from diag.cli.console import (
    campaign_option,
    json_option,
    print_json,
    print_table,
    subject_argument,
    workspace_of,
)
from diag.desk import audits
from diag.desk.history import Change, changes_of
from diag.desk.undo import undo as take_back
from diag.desk.visit.answers import Entry, Recorded, record_answer, record_note
from diag.desk.visit.stream import acknowledgements
from diag.model.enums import Provenance, State
from diag.model.errors import DiagError
from diag.reports.answers import answer_words

_STATES = [str(state) for state in State]
_PROVENANCES = [str(provenance) for provenance in Provenance]


@click.command(context_settings={"ignore_unknown_options": True})
@subject_argument
@click.argument("question")
@click.argument("value", required=False)
@click.option("--place", default="", help="Nom du lieu (sinon l'école elle-même).")
@click.option(
    "--state",
    type=click.Choice(_STATES),
    default="known",
    help="Ce que vaut la réponse : connue (par défaut), inconnue, sans objet, refusée.",
)
@click.option(
    "--provenance",
    type=click.Choice(_PROVENANCES),
    help="Comment on le sait (sinon l'usage de la question).",
)
@click.option("--reason", default="", help="Pourquoi inconnu, refusé ou sans objet.")
@click.option("--note", help="Note à côté de la réponse.")
@click.option("--sure", is_flag=True, help="Confirme une valeur inhabituelle.")
@campaign_option
@json_option
@click.pass_context
def answer(
    ctx: click.Context,
    ref: str,
    question: str,
    value: str | None,
    place: str,
    state: str,
    provenance: str | None,
    reason: str,
    note: str | None,
    campaign: str | None,
    *,
    sure: bool,
    as_json: bool,
) -> None:
    """Répond à une question ; avec « - », lit des réponses JSON, une par ligne.

    Chaque ligne de l'entrée standard est un objet : question, value, place, state,
    provenance, reason, note, sure. Chacune est confirmée sur la sortie standard une
    fois qu'elle est sur le disque, ou refusée avec sa raison ; les autres continuent.
    """
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        if question == "-":
            refused = False
            if sys.stdin is None:
                raise DiagError(
                    "L'entrée standard est fermée : donnez-lui les réponses, par "
                    f"exemple diag audit answer {ref} - < reponses.jsonl."
                )
            for acknowledgement in acknowledgements(session, sys.stdin.buffer):
                click.echo(json.dumps(acknowledgement, ensure_ascii=False))
                sys.stdout.flush()
                refused = refused or "error" in acknowledgement
            sys.exit(1 if refused else 0)
        if value is None and state == "known":
            raise click.UsageError("Il manque la réponse (ou --state).")
        entry = Entry(
            question=question,
            raw=value,
            place=place,
            state=State(state),
            provenance=Provenance(provenance) if provenance else None,
            reason=reason,
            note=note,
            sure=sure,
        )
        recorded = record_answer(session, entry)
    _tell(recorded, as_json=as_json)


def _tell(recorded: Recorded, *, as_json: bool) -> None:
    if as_json:
        print_json({
            "revision": recorded.revision,
            "place": recorded.place.id,
            "question": recorded.question.id,
            "state": recorded.answer.state,
            "value": recorded.answer.value,
        })
        return
    told = answer_words(recorded.question, recorded.answer)
    click.echo(f"{recorded.place.name} : {recorded.question.label} = {told}")


@click.command()
@subject_argument
@click.argument("question")
@click.argument("text")
@click.option("--place", default="", help="Nom du lieu (sinon l'école elle-même).")
@campaign_option
@click.pass_context
def note(
    ctx: click.Context,
    ref: str,
    question: str,
    text: str,
    place: str,
    campaign: str | None,
) -> None:
    """Écrit la note à côté d'une réponse ; un texte vide la retire."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        record_note(session, question, text, place)
    click.echo("Note enregistrée." if text else "Note retirée.")


@click.command()
@subject_argument
@campaign_option
@click.pass_context
def undo(ctx: click.Context, ref: str, campaign: str | None) -> None:
    """Annule votre dernière saisie dans cet audit ; répétable."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        undone = take_back(session)
    click.echo(f"Annulé : {undone}")


@click.command()
@subject_argument
@click.argument("question", required=False)
@click.option("--place", default="", help="Nom du lieu.")
@campaign_option
@json_option
@click.pass_context
def history(
    ctx: click.Context,
    ref: str,
    question: str | None,
    place: str,
    campaign: str | None,
    *,
    as_json: bool,
) -> None:
    """Montre qui a dit quoi et quand, du plus ancien au plus récent."""
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        found = changes_of(session, question=question, place=place)
    if as_json:
        print_json([change._asdict() for change in found])
        return
    print_table(
        (
            change.id[:12],
            datetime
            .fromtimestamp(change.at / 1000, UTC)
            .astimezone()
            .strftime("%d/%m/%Y %H:%M"),
            change.author,
            _line(change),
        )
        for change in found
    )


def _line(change: Change) -> str:
    return f"{change.about} : {change.said}"
