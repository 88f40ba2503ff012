"""`diag audit answer`, `note`, `undo`, `history`, `photo` and `place`: the facts."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import click
from pydantic import Field, ValidationError

from diag.answers.types import answer_words
from diag.audit import photos, places
from diag.audit.answer import NewAnswer, record_answer, record_note
from diag.audit.history import changes_of
from diag.audit.memory import take_places_again
from diag.audit.places import close_places
from diag.audit.rooms import rooms_of
from diag.audit.session import AuditSession
from diag.audit.undo import undo as take_back
from diag.cli.shared import (
    Among,
    AuditGroup,
    audit_command,
    audit_group,
    audit_subcommand,
    complete_question,
    place_option,
    print_json,
    print_table,
    provenance_option,
    question_argument,
)
from diag.journal.errors import JournalError, RefusedError
from diag.model.audit import PARENT_KINDS
from diag.model.base import Noun
from diag.model.enums import PlaceKind, Provenance, State
from diag.model.errors import DiagError
from diag.office import sync
from diag.words.dates import time_words
from diag.words.sentences import counted
from diag.words.vocabulary import PLACE_NAMES


@click.command(context_settings={"ignore_unknown_options": True})
@audit_command
@question_argument()
@click.argument("value", required=False, metavar="[RÉPONSE]")
@place_option
@click.option(
    "--state",
    type=Among(State),
    default=State.KNOWN,
    help="Ce que vaut la réponse : connue (par défaut), inconnue, sans objet, non "
    "communiquée.",
)
@provenance_option
@click.option(
    "--reason",
    default="",
    help="Pourquoi inconnu, non communiqué ou sans objet.",
)
@click.option("--note", help="Note à côté de la réponse.")
@click.option(
    "--sure",
    is_flag=True,
    help="Confirme une valeur inhabituelle ; avec --reason, ce qui étonne.",
)
def answer(
    session: AuditSession,
    ref: str,
    question: str,
    value: str | None,
    place: str,
    state: State,
    provenance: Provenance | None,
    reason: str,
    note: str | None,
    *,
    sure: bool,
    as_json: bool,
) -> None:
    """Répond à une question ; avec « - », lit des réponses JSON, une par ligne.

    Chaque ligne de l'entrée standard est un objet : question, value, place, state,
    provenance, reason, note, sure. Chacune est confirmée sur la sortie standard une
    fois qu'elle est sur le disque, ou refusée avec sa raison ; les autres continuent.
    """
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
    if value is None and state is State.KNOWN:
        raise click.UsageError("Il manque la réponse (ou --state).")
    entry = NewAnswer(
        question=question,
        given=value,
        place=place,
        state=state,
        provenance=provenance,
        reason=reason,
        note=note,
        sure=sure,
        typed=True,
    )
    recorded = record_answer(session, entry)
    if as_json:
        print_json({
            "revision": recorded.revision,
            "place": recorded.place.id,
            "question": recorded.question.id,
            "state": recorded.answer.state,
            "value": recorded.answer.value,
        })
        return
    words = answer_words(recorded.question, recorded.answer)
    click.echo(f"{recorded.place.name} : {recorded.question.label} = {words}")


@click.command()
@audit_command
@question_argument()
@click.argument("text", metavar="TEXTE")
@place_option
def note(session: AuditSession, question: str, text: str, place: str) -> None:
    """Écrit la note à côté d'une réponse ; un texte vide la retire.

    Pour noter ce que vous voyez, avec ou sans question : diag audit observe.
    """
    record_note(session, question, text, place)
    click.echo("Note enregistrée." if text else "Note retirée.")


@click.command()
@audit_command
def undo(session: AuditSession) -> None:
    """Annule votre dernière saisie dans cet audit ; répétable."""
    undone = take_back(session)
    click.echo(f"Annulé : {undone}")


@click.command()
@audit_command
@question_argument(required=False)
@click.option("--place", default="", help="Nom du lieu.")
def history(
    session: AuditSession, question: str | None, place: str, *, as_json: bool
) -> None:
    """Montre qui a dit quoi et quand, du plus ancien au plus récent."""
    found = changes_of(session, question=question, place=place)
    if as_json:
        fields = [change._asdict() for change in found]
        print_json([{key: one[key] for key in one if key != "who"} for one in fields])
        return
    print_table(
        (
            change.id[:12],
            time_words(change.at),
            ", ".join(filter(None, (change.who, change.proof_words))),
            f"{change.about} : {change.said}",
        )
        for change in found
    )


_WHEREABOUTS = {"": "here", sync.AT_OFFICE: "office", sync.AWAITED: "awaited"}
"""Where a picture is, in JSON."""


@click.group(cls=AuditGroup)
@audit_group
def photo() -> None:
    """Joint, légende, retire, liste ou exporte les photos d'une école."""


@photo.command("add")
@audit_subcommand
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
    metavar="FICHIER…",
)
@click.option("--place", default="", help="Nom du lieu montré (sinon l'école).")
@click.option(
    "--question",
    default="",
    help="Question que la photo prouve.",
    shell_complete=complete_question,
)
@click.option("--caption", default="", help="Légende (sinon le nom du fichier).")
def add_photo(
    session: AuditSession,
    files: tuple[Path, ...],
    place: str,
    question: str,
    caption: str,
) -> None:
    """Joint des photos : réduites, redressées, sans aucune métadonnée."""
    shown = photos.shown_by(session, place=place, question=question)
    joined = photos.join_photos(session, files, shown, caption)
    for each in joined.photos:
        click.echo(f"Jointe : {each.caption} ({each.size // 1024} ko, {each.id[:8]})")
    for each in joined.known:
        click.echo(f"Déjà jointe : {each.caption} ({each.id[:8]})")
    for sentence in joined.refused:
        click.echo(sentence, err=True)
    sys.exit(1 if joined.refused else 0)


@photo.command("list")
@audit_subcommand
def list_photos(session: AuditSession, *, as_json: bool) -> None:
    """Liste les photos, dans l'ordre où elles ont été jointes."""
    found = photos.photos_of(session)
    where = sync.absent(session)
    if as_json:
        print_json([
            {
                **each.model_dump(mode="json"),
                "picture": _WHEREABOUTS[where.get(each.id, "")],
            }
            for each in found
        ])
        return
    there = session.facts.places
    print_table(
        (
            each.id[:8],
            there[each.place].name if each.place in there else "lieu retiré",
            each.question or "-",
            each.caption,
            where.get(each.id, "ici"),
        )
        for each in found
    )


@photo.command()
@audit_subcommand
@click.argument("ident", metavar="PHOTO")
@click.argument("text", metavar="LÉGENDE")
def caption(session: AuditSession, ident: str, text: str) -> None:
    """Change la légende d'une photo."""
    captioned = photos.caption_photo(session, ident, text)
    click.echo(f"Légende : {captioned.caption}")


@photo.command("show")
@audit_subcommand
@click.argument("ident", metavar="PHOTO")
@click.option("--hide", is_flag=True, help="N'est plus à montrer.")
def show_photo(session: AuditSession, ident: str, *, hide: bool) -> None:
    """Marque une photo « à montrer » : les documents publics peuvent l'imprimer."""
    marked = photos.mark_photo(session, ident, shown=not hide)
    click.echo(
        f"{'À montrer' if marked.shown else 'Plus à montrer'} : {marked.caption}"
    )


@photo.command("remove")
@audit_subcommand
@click.argument("ident", metavar="PHOTO")
def remove_photo(session: AuditSession, ident: str) -> None:
    """Retire une photo ; l'historique la garde."""
    removed = photos.remove_photo(session, ident)
    click.echo(f"Retirée : {removed.caption} (annulable : diag audit undo)")


@photo.command()
@audit_subcommand
@click.argument("folder", metavar="DOSSIER", type=click.Path(path_type=Path))
def export(session: AuditSession, folder: Path) -> None:
    """Écrit les photos dans un dossier, numérotées et nommées par leur légende."""
    written = photos.export_photos(session, folder)
    missing = len(photos.photos_of(session)) - len(written)
    click.echo(f"{counted(len(written), 'photo')} dans {folder}")
    if missing:
        click.echo(
            f"{counted(missing, 'photo')} dont l'image n'est pas ici. Demandez-la au "
            f"bureau : diag audit photo {session.about.ref} fetch",
            err=True,
        )


@photo.command()
@audit_subcommand
def fetch(session: AuditSession) -> None:
    """Redemande au bureau les images qui ne sont pas sur cet ordinateur."""
    where = sync.absent(session)
    wanted = [each for each in photos.photos_of(session) if each.id in where]
    if not wanted:
        click.echo("Toutes les images de cet audit sont déjà ici.")
        return
    fetched = sync.fetch(session.workspace, wanted)
    click.echo(f"{counted(fetched.received, 'image reçue', 'images reçues')}.")
    if fetched.problem:
        raise DiagError(fetched.problem)
    if fetched.awaited:
        click.echo(
            f"{counted(fetched.awaited, 'image', 'images')} pas encore au bureau : le "
            "serveur l'attend du poste qui l'a jointe.",
            err=True,
        )
        sys.exit(1)


_KIND = Among(PARENT_KINDS)


@click.group(cls=AuditGroup)
@audit_group
def place() -> None:
    """Ajoute, renomme, retire ou liste les lieux d'une école."""


@place.command("add")
@audit_subcommand
@click.argument("kind", type=_KIND)
@click.argument("name", metavar="NOM")
@click.option("--in", "parent", default="", help="Lieu qui le contient.")
def add_place(
    session: AuditSession, kind: PlaceKind, name: str, parent: str, *, as_json: bool
) -> None:
    """Ajoute un lieu : salle, bâtiment ou lot de matériel."""
    added, revision = places.add_place(session, kind, name, parent)
    if as_json:
        print_json({**added.model_dump(mode="json"), "revision": revision})
    else:
        click.echo(f"Ajouté : {added.name} ({PLACE_NAMES[added.kind]})")


@place.command("rename")
@audit_subcommand
@click.argument("name", metavar="NOM")
@click.argument("new_name", metavar="NOUVEAU_NOM")
def rename_place(session: AuditSession, name: str, new_name: str) -> None:
    """Donne un autre nom à un lieu ; ses réponses restent."""
    renamed = places.rename_place(session, name, new_name)
    click.echo(f"Renommé : {renamed.name}")


@place.command("move")
@audit_subcommand
@click.argument("name", metavar="NOM")
@click.argument("holder", default="", metavar="[LIEU]")
def move_place(session: AuditSession, name: str, holder: str) -> None:
    """Range un lieu dans un autre, sinon dans l'école ; ses réponses restent."""
    moved = places.move_place(session, name, holder)
    there = session.place_name(moved.parent or session.facts.root)
    click.echo(f"Rangé : {moved.name}, dans « {there} »")


@place.command("heat")
@audit_subcommand
def describe_places(session: AuditSession) -> None:
    """Dit où en est chaque salle sur chaque aspect, et ce qui y reste à demander."""
    picture = rooms_of(session)
    for line in picture.lines:
        click.echo(picture.summary(line))


@place.command("remove")
@audit_subcommand
@click.argument("name", metavar="NOM")
def remove_place(session: AuditSession, name: str) -> None:
    """Retire un lieu ; l'historique garde ce qui en a été dit."""
    removed = places.remove_place(session, name)
    click.echo(f"Retiré : {removed.name} (annulable : diag audit undo)")


@place.command()
@audit_subcommand
def carry(session: AuditSession) -> None:
    """Reprend les lieux de l'audit précédent, tels quels ; rien n'y est répondu."""
    former = take_places_again(session)
    click.echo(f"Repris : {former.taken}.")


@place.command("list")
@audit_subcommand
def list_places(session: AuditSession, *, as_json: bool) -> None:
    """Liste les lieux, dans l'ordre où ils ont été ajoutés."""
    facts = session.facts
    if as_json:
        print_json([
            {**each.model_dump(mode="json"), "closed": each.kind in facts.closed}
            for each in facts.places.values()
        ])
        return
    print_table(
        (PLACE_NAMES[each.kind], each.name, each.id) for each in facts.places.values()
    )


@click.command("close-places")
@audit_command
@click.argument("kind", type=_KIND)
@click.option("--reopen", is_flag=True, help="Il peut y en avoir d'autres.")
def close_list(session: AuditSession, kind: PlaceKind, *, reopen: bool) -> None:
    """Dit « toutes les salles sont là » : la liste est complète."""
    close_places(session, kind, complete=not reopen)
    number = len(session.facts.places_of(kind))
    state = "rouverte" if reopen else "complète"
    click.echo(f"Liste {state} : {PLACE_NAMES[kind]}, {number} en tout.")


MAX_LINE = 64 * 1024
"""Longest line read, in bytes."""


class InputLine(Noun):
    """One line of the input; unknown keys are refused."""

    question: str
    value: Any = None
    place: str = ""
    state: State = State.KNOWN
    provenance: Provenance | None = None
    reason: str = ""
    note: str | None = None
    sure: bool = Field(default=False)


def acknowledgements(
    session: AuditSession, stream: BinaryIO
) -> Iterator[dict[str, object]]:
    """Record each line; give its acknowledgement, or its refusal, as soon as done.

    An acknowledgement is `{"line", "revision", "place", "question"}` and is given only
    after a durable commit; a refusal is `{"line", "error"}` and the next line goes on.

    Raises:
        JournalError: when nothing can be written any more (disk full, locked).
    """
    lines = iter(lambda: stream.readline(MAX_LINE + 2), b"")
    for number, raw in enumerate(lines, 1):
        rest = raw  # of a line that is too long, the start alone is kept
        while rest and not rest.endswith(b"\n"):
            rest = stream.readline(MAX_LINE)
        if not raw.strip():
            continue
        try:
            recorded = record_answer(session, _entry(raw))
        except DiagError as error:
            if isinstance(error, JournalError) and not isinstance(error, RefusedError):
                raise
            yield {"line": number, "error": error.at_prompt()}
        else:
            yield {
                "line": number,
                "revision": recorded.revision,
                "place": recorded.place.id,
                "question": recorded.question.id,
            }


def _entry(raw: bytes) -> NewAnswer:
    if len(raw) > MAX_LINE:
        raise DiagError(f"ligne de plus de {MAX_LINE} octets : rien n'en est lu.")
    try:
        line = InputLine.model_validate(json.loads(raw, parse_float=str))
    except ValidationError as error:
        keys = ", ".join(".".join(map(str, each["loc"])) for each in error.errors())
        raise DiagError(
            f"clé manquante, inconnue ou mal formée : {keys or 'la ligne entière'}. "
            f"Clés admises : {', '.join(InputLine.model_fields)}."
        ) from error
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise DiagError("la ligne n'est pas un objet JSON en UTF-8.") from error
    rest = line.model_dump(exclude={"value"})
    return NewAnswer(given=line.value, typed=True, **rest)
