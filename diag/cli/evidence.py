"""`diag questionnaire`; of an audit, `import-evidence`, `observe`: what comes in."""

import sys
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from diag.answers.answer_type import Refused
from diag.answers.types import TYPES
from diag.audit import observing, photos
from diag.audit.answer import UnlikelyAnswer
from diag.audit.evidence import (
    EvidenceContext,
    EvidenceTaken,
    MissingColumnsError,
    import_evidence,
    load_evidence,
    read_words,
    remember_columns,
    table_in,
)
from diag.audit.forms import Transcription, load_form
from diag.audit.history import find_question_ever, place_name
from diag.audit.proposals import OfferedAnswer, accept, propose, refuse, waiting
from diag.audit.report import report_folder
from diag.audit.session import AuditSession, open_session
from diag.audit.session import start as start_audit
from diag.cli.documents import print_written
from diag.cli.shared import (
    AuditGroup,
    audit_command,
    audit_group,
    audit_subcommand,
    campaign_option,
    complete_question,
    form_options,
    place_option,
    print_json,
    print_lines,
    print_table,
    ssids_option,
    subject_argument,
    within,
    workspace_of,
)
from diag.documents.formats import Format
from diag.imports.evidence.consoles import columns_typed
from diag.model.audit import Observation
from diag.model.errors import DiagError
from diag.words.dates import time_words
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
    if took or left:
        return
    for where, here in groupby(pending, key=lambda one: one.where):
        click.echo(where)
        for one in here:
            known = f" (déjà : {one.known})" if one.known else ""
            click.echo(f"  {_code(one)}  {one.label} : {one.words}{known}")
            if one.doubt:
                click.echo(f"            à vérifier : {one.doubt}")
    many = counted(len(pending), "réponse proposée", "réponses proposées")
    click.echo(
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


@click.command("import-evidence")
@audit_command
@click.argument(
    "files",
    metavar="FICHIER...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
)
@click.option("--place", default="", help="Salle d'un relevé Wi-Fi.")
@ssids_option
@click.option(
    "--columns",
    "typed",
    default="",
    metavar="COLONNE=CONTENU,…",
    help="Ce que tiennent les colonnes d'un tableau, ou « auto » ; retenu ensuite.",
)
def take_evidence(
    session: AuditSession,
    files: tuple[Path, ...],
    place: str,
    ssids: tuple[str, ...],
    typed: str,
    *,
    as_json: bool,
) -> None:
    """Lit ce que d'autres outils ont mesuré ou inventorié, et le propose.

    Inventaires de GLPI, FusionInventory, OCS (JSON, XML) et nmap ; débits d'iperf3,
    Ookla, librespeed, speedtest-cli, networkQuality ; Wi-Fi de netsh et WiFiAnalyzer.
    Un tableau de console (CSV, XLSX) dit d'abord ses colonnes : --columns les nomme.
    Rien n'est répondu : les réponses proposées s'acceptent une à une ou par lieu. Le
    fichier est gardé, avec son empreinte. Téléphones et adresses tirées au hasard ne
    sont pas gardés dans la liste.
    """
    session.check_method()
    context = EvidenceContext(place, ssids)
    for path in files if typed else ():
        if table := table_in(load_evidence(path)):
            held = table.guessed if typed == "auto" else columns_typed(typed)
            remember_columns(session, table, held)
    try:
        taken = import_evidence(session, files, context)
    except MissingColumnsError as missing:
        guessed = missing.table.guessed.items()
        columns = ",".join(f"{one}={what}" for one, what in guessed) or "Nom=nom"
        again = f'--columns "{columns}"'
        raise DiagError(f"{missing} Relancez", command=again) from missing
    if as_json:
        print_json({
            "read": [
                {
                    "file": one.file.name,
                    "sha256": one.file.files[0],
                    "tool": one.read.tool,
                    "on": one.read.on,
                    "devices": len(one.read.devices),
                    "figures": {each.key: each.value for each in one.read.figures},
                    "networks": len(one.read.networks),
                    "remarks": list(one.read.remarks),
                }
                for one in taken.read
            ],
            "refused": list(taken.refused),
            "offered": taken.offered,
        })
    else:
        _print(session, taken)
    if not taken.read:
        raise DiagError("Rien n'a été lu : voyez les refus ci-dessus.")


def _print(session: AuditSession, taken: EvidenceTaken) -> None:
    for one in taken.read:
        click.echo(f"{read_words(one)} (empreinte {one.file.files[0][:12]})")
        for remark in one.read.remarks:
            click.echo(f"  {remark}")
    for sentence in taken.refused:
        click.echo(f"Refusé : {sentence}", err=True)
    if not taken.read:
        return
    if taken.unasked:
        click.echo(taken.unasked)
    ref = session.about.ref
    click.echo(f"{taken.words}. Voir, puis accepter : diag questionnaire {ref}")


@click.group(cls=AuditGroup)
@audit_group
def observe() -> None:
    """Note ce que vous voyez : un texte, son lieu, peut-être sa question.

    Une observation n'est pas un fait : elle ne juge rien. Seule l'annexe technique
    l'imprime, tant qu'elle n'est pas marquée « à montrer ».
    """


@observe.command("add")
@audit_subcommand
@click.argument("text", metavar="TEXTE")
@place_option
@click.option(
    "--question",
    default="",
    help="Question que l'observation concerne.",
    shell_complete=complete_question,
)
@click.option(
    "--photo",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Photo prise avec elle, jointe au même lieu ; répétable.",
)
@click.option(
    "--reply", is_flag=True, help="C'est la réponse de la direction : à imprimer."
)
def add_observation(
    session: AuditSession,
    text: str,
    place: str,
    question: str,
    files: tuple[Path, ...],
    *,
    reply: bool,
    as_json: bool,
) -> None:
    """Note un texte ; rien n'est répondu, rien n'est jugé."""
    shown = photos.shown_by(session, place=place, question=question)
    joined = photos.join_photos(session, files, shown, text)
    for sentence in joined.refused:
        click.echo(sentence, err=True)
    taken = tuple(one.sha for one in (*joined.photos, *joined.known))
    seen = observing.observe(
        session, text, place=place, question=question, files=taken, reply=reply
    )
    if as_json:
        print_json(_as_json(session, seen))
    else:
        click.echo(f"Noté : {place_name(session, seen.place)} ({seen.id[:8]})")


@observe.command("list")
@audit_subcommand
@click.option("--shown", is_flag=True, help="Seulement celles à montrer.")
def list_observations(session: AuditSession, *, shown: bool, as_json: bool) -> None:
    """Liste ce qui est noté, dans l'ordre ; les notes d'avant viennent après."""
    found = [one for one in observing.noted_in(session) if one.seen.shown or not shown]
    if as_json:
        print_json([
            {**_as_json(session, one.seen), "id": one.id, "older": one.is_older}
            for one in found
        ])
        return
    rows = []
    for one in found:
        asked = find_question_ever(session, one.seen.question)
        rows.append((
            one.id if one.is_older else one.id[:8],
            time_words(one.seen.at) if one.seen.at else "avant",
            place_name(session, one.seen.place),
            asked.label if asked else "-",
            one.mark or "-",
            " ".join(one.seen.text.split()),
        ))
    print_table(rows)


@observe.command("show")
@audit_subcommand
@click.argument("ident", metavar="OBSERVATION")
@click.option("--hide", is_flag=True, help="N'est plus à montrer.")
@click.option("--reply", is_flag=True, help="C'est la réponse de la direction.")
def show_observation(
    session: AuditSession, ident: str, *, hide: bool, reply: bool
) -> None:
    """Marque une observation « à montrer » : les documents publics l'impriment.

    Sur un danger, elle remplace les mots des grilles.
    """
    seen = observing.mark_noted(session, ident, shown=not hide, reply=reply)
    click.echo(f"{'À montrer' if seen.shown else 'Plus à montrer'} : {seen.text}")


@observe.command("reword")
@audit_subcommand
@click.argument("ident", metavar="OBSERVATION")
@click.argument("text", metavar="TEXTE")
def reword_observation(session: AuditSession, ident: str, text: str) -> None:
    """Récrit une observation ; une note d'avant en devient une."""
    seen = observing.reword_noted(session, ident, text)
    click.echo(f"Récrit : {seen.text}")


@observe.command("remove")
@audit_subcommand
@click.argument("ident", metavar="OBSERVATION")
def remove_observation(session: AuditSession, ident: str) -> None:
    """Retire une observation ; l'historique la garde."""
    seen = observing.remove_noted(session, ident)
    click.echo(f"Retiré : {seen.text} (annulable : diag audit undo)")


def _as_json(session: AuditSession, seen: Observation) -> dict[str, Any]:
    name_of = session.workspace.settings.plain_name
    where = place_name(session, seen.place)
    by = name_of(seen.author) if seen.author else ""
    return {**seen.model_dump(mode="json"), "place_name": where, "author": by}
