"""`diag visit --text`: the visit line by line, for screen readers and thin terminals.

The same walk, cards and answers as the screens; a line is an answer, or a command that
starts with a colon. Nothing is drawn, nothing moves.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import click

from diag.answers.answer_type import STATE_KEYS, Refused
from diag.answers.types import TYPES
from diag.audit.answer import DoubtfulAnswer, UnlikelyAnswer
from diag.audit.departure import departure_lines
from diag.audit.fitting import DURATIONS, fit_of, minutes_named
from diag.audit.history import describe_concurrent
from diag.audit.places import add_place, agreeing
from diag.audit.proposals import count_waiting, propose_lists, waiting_words
from diag.audit.session import AuditSession, ConcurrentChange, is_started, open_session
from diag.audit.session import start as start_audit
from diag.audit.visit import Saved, VisitSession, keep_place
from diag.audit.walk import most_useful
from diag.cli.shared import (
    campaign_option,
    folder_of,
    print_lines,
    subject_argument,
    workspace_of,
)
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.model.text import fold
from diag.words.dates import time_words
from diag.words.vocabulary import PROVENANCES
from diag.workspace.subjects import auditee_named
from diag.workspace.workspace import Workspace

HELP = (
    "Une ligne est une réponse : un nombre, o ou n, une date, un texte.",
    "Pour un choix, son chiffre ou ses premières lettres ; plusieurs par des virgules.",
    "Entrée seule : question suivante. ? seul : cette aide.",
    "* et un motif : inconnu. ! et un motif : non communiqué.",
    "/ et sa raison : sans objet, là où la question l'admet.",
    "= et la raison : confirme ce qui ne va pas avec le reste.",
    ":retour : question précédente. :relire : la question à nouveau.",
    ":utile : la question la plus utile, où qu'elle soit.",
    ":pourquoi : seuils, raisons, sources et historique de la question.",
    ":note TEXTE : note ce que vous voyez, sur la question répondue, sinon celle-ci.",
    ":arevoir : marque la question, ou ne la marque plus.",
    ":vrai : toujours vrai, la réponse de l'audit précédent.",
    ":comment : mesuré, constaté ou déclaré, pour la réponse suivante.",
    ":annuler : reprend la dernière saisie ; répétable.",
    ":reste : ce qu'il reste à demander, lieu par lieu. :lieu NOM : y aller.",
    ":minutes : ce qui tient dans la visite. :minutes 30 : sa durée.",
    ":salle NOM et :materiel NOM : ajoutent un lieu.",
    ":partir : à vérifier avant de partir. :fin : quitter.",
)
"""Printed by « :aide »."""


def card_lines(visiting: VisitSession) -> Iterator[str]:
    """Give the question at hand and what is known of it."""
    card, question = visiting.card, visiting.question
    leg = visiting.walk.leg_of(visiting.key)
    assert leg is not None
    rank = [stop.key for stop in leg.stops].index(visiting.key) + 1
    flag = ", à revoir" if card.stop.flagged else ""
    maybe = ", peut-être sans objet" if card.stop.relevant is None else ""
    yield f"{leg.title}, question {rank} sur {len(leg.stops)}{flag}{maybe}."
    yield question.label
    for word, text in (
        ("Demander", question.ask),
        ("Regarder", question.look),
        ("Précision", question.hint),
        ("Attendu", card.expected),
    ):
        if text:
            yield f"{word} : {text}"
    for number, choice in enumerate(question.choices, 1):
        yield f"{number} : {choice.label}"
    if TYPES[question.type].is_yes_no:
        yield "o : oui. n : non."
    for said in question.words:
        yield f"{said.label[:1].lower()} : {said.label}"
    for answer in card.said:
        word = "Contradictoire" if card.in_conflict else "Réponse actuelle"
        how = f", {answer.how}" if answer.how else ""
        confirmed = f", {answer.confirmed}" if answer.confirmed else ""
        who = f"{answer.who}, {answer.day}"
        yield f"{word} : {answer.words}{how}, {who}{confirmed}"
    if card.last:
        whence = "Même commune" if card.last.school else "Audit précédent"
        yield f"{whence} : {card.last_words}. :vrai la reprend."
    for note in card.notes:
        yield f"Note : {note}"
    yield f"La réponse sera : {PROVENANCES[visiting.provenance]}."


_HELP_SIGN = "?"
_REASON_SIGN = "="

Act = Callable[[VisitSession, str], Iterable[str]]
"""A command: gives the lines to print."""


@click.command()
@subject_argument
@click.option("--text", is_flag=True, help="Ligne par ligne, sans écran.")
@click.option(
    "--start", is_flag=True, help="Ouvre l'audit s'il n'y en a pas, sans demander."
)
@campaign_option
@click.pass_context
def visit(
    ctx: click.Context, ref: str, campaign: str | None, *, text: bool, start: bool
) -> None:
    """Mène la visite d'une école, question après question.

    Sur un terminal, ouvre l'écran de la visite. Avec --text, ligne par ligne : pour
    les lecteurs d'écran et les terminaux étroits.
    """
    if not text and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("Ajoutez --text pour visiter ligne par ligne.")
    with workspace_of(ctx) as workspace:
        session = _open(workspace, ref, campaign, start=start)
        if session is None:
            click.echo("Rien n'est ouvert.")
            return
        if text:
            session.asks_when_changed = True
            visiting = VisitSession(session)
            click.echo(session.about.title)
            click.echo("Tapez la réponse, puis Entrée. « :aide » dit tout le reste.")
            propose_lists(session)
            if count := count_waiting(session):
                click.echo(f"{waiting_words(count)} : diag questionnaire {ref}")
            if not visiting.stop.is_left and not visiting.onward():
                click.echo("Il ne reste aucune question.")
            Conversation(visiting).run()
            return
    # Textual costs 100 ms: the visit in lines does without.
    from diag.tui.app import open_app  # noqa: PLC0415

    open_app(folder_of(ctx), visit=(session.about.ref, session.audit.campaign))


def _open(
    workspace: Workspace, ref: str, campaign: str | None, *, start: bool
) -> AuditSession | None:
    """Return the audit; one that nobody has opened is opened once that is wanted."""
    if campaign or is_started(workspace, ref):
        return open_session(workspace, ref, campaign)
    if not start:
        about = auditee_named(workspace, ref)
        click.echo(
            f"{about.title} : pas d'audit dans la campagne {workspace.campaign}."
        )
        typed = ""
        while fold(typed) not in {"o", "oui"}:
            click.echo("L'ouvrir ? Tapez o ou n.\n> ", nl=False)
            typed = sys.stdin.readline()
            if not typed or fold(typed) in {"n", "non"}:
                return None
    session = start_audit(workspace, ref)
    click.echo(f"Audit ouvert dans la campagne {session.audit.campaign}.")
    return session


class Conversation:
    """One visit, a line at a time."""

    def __init__(self, visiting: VisitSession) -> None:
        self.visiting = visiting
        self._doubted = ""

    def run(self) -> None:
        """Ask until « :fin », or the end of what is typed."""
        asked = None
        while True:
            self.visiting.catch_up()
            if asked != self.visiting.key:
                asked = self.visiting.key
                keep_place(self.visiting.session, asked)
                print_lines(("", self.visiting.score, *card_lines(self.visiting)))
            click.echo("> ", nl=False)
            typed = sys.stdin.readline()
            if not typed or typed.strip().casefold() == ":fin":
                click.echo("Tout est enregistré. Vous reprendrez à cette question.")
                return
            try:
                print_lines(self._answer(typed.strip()))
            except DoubtfulAnswer as doubt:
                self._doubted = self._doubted or typed.strip()
                either = "Tapez = et la raison pour confirmer, ou une autre réponse."
                click.echo(f"{doubt.plain_problem} {either}")
            except UnlikelyAnswer as doubt:
                self._doubted = typed.strip()
                either = "Entrée pour confirmer, ou une autre réponse."
                click.echo(f"{doubt.plain_problem} {either}")
            except Refused as error:
                click.echo(f"Refusé. {error.plain}")
            except ConcurrentChange as changed:
                click.echo(
                    f"{describe_concurrent(changed)} Rien n'est écrit. Tapez la vôtre "
                    "à nouveau pour la remplacer, ou Entrée pour la garder."
                )
            except DiagError as error:
                click.echo(f"Ce n'est pas possible. {error.at_prompt()}")

    def _answer(self, typed: str) -> Iterator[str]:
        visiting, doubted, self._doubted = self.visiting, self._doubted, ""
        is_text = TYPES[visiting.question.type].is_text
        if typed.startswith(":"):
            word, _, rest = typed[1:].strip().partition(" ")
            named = [name for name in _ACTS if word and name.startswith(fold(word))]
            if len(named) == 1:  # a few letters are enough to name it
                yield from _ACTS[named[0]](visiting, rest.strip())
                return
            either = " ou ".join(f":{name}" for name in named)
            maybe = f"Peut-être {either}." if named else "Tapez :aide."
            yield f"« :{word[:30]} » n'est pas une commande. {maybe}"
        elif typed == _HELP_SIGN:
            yield from HELP
        elif typed[:1] == _REASON_SIGN and doubted and typed[1:].strip():
            yield from _saved(visiting, visiting.answer(doubted, typed[1:].strip()))
        elif typed[:1] in STATE_KEYS and not is_text:
            saved = visiting.answer_without_value(
                STATE_KEYS[typed[0]], typed[1:].strip()
            )
            yield from _saved(visiting, saved)
        elif typed or doubted:
            yield from _saved(visiting, visiting.answer(typed or doubted))
        elif not visiting.forward():
            yield "C'est la dernière question."


def _saved(visiting: VisitSession, saved: Saved) -> Iterator[str]:
    yield f"Enregistré. {saved}"
    if not visiting.onward():
        yield "Il ne reste aucune question."


def _back(visiting: VisitSession, _rest: str) -> Iterator[str]:
    if not visiting.back():
        yield "C'est la première question."


def _useful(visiting: VisitSession, _rest: str) -> Iterator[str]:
    session = visiting.session
    facts, checklist = session.facts, session.checklist
    found = most_useful(
        facts, checklist, visiting.key, session.profile, session.workspace.pace
    )
    if found is None:
        yield "Il ne reste aucune question."
    else:
        visiting.go(found)


def _why(visiting: VisitSession, _rest: str) -> Iterator[str]:
    """Give the thresholds, the reasons, the sources and the history."""
    card = visiting.card
    for scale in card.scales:
        now = "sans objet ici" if scale.out else scale.now
        yield f"{scale.criterion.title} : {now}."
        if scale.given:
            yield f"D'abord : {scale.given}"
        for each in scale.thresholds:
            yield f"{each.name} : {each.asks}"
        yield f"Pourquoi : {scale.criterion.why}"
        for source in scale.sources:
            yield f"Source : {source.title}"
    for difference in card.diverging:
        yield f"Divergence : {difference}"
    for turn in card.trail:
        yield f"{time_words(turn.at)}, {turn.who} : {turn.after}"
    if not card.scales and not card.trail:
        yield "Aucun critère ne lit cette réponse directement."


def _left(visiting: VisitSession, _rest: str) -> Iterator[str]:
    """Give what is left, part by part."""
    for leg in visiting.walk.legs:
        maybe = f", peut-être {leg.maybe} de plus" if leg.maybe else ""
        yield f"{leg.title} : {leg.left or 'rien'}{maybe}."


def _note(visiting: VisitSession, rest: str) -> Iterator[str]:
    yield f"Enregistré. Noté sur « {visiting.note(rest).label} »."


def _flag(visiting: VisitSession, _rest: str) -> Iterator[str]:
    yield "Enregistré. À revoir." if visiting.flag() else "Enregistré. Plus à revoir."


def _still_true(visiting: VisitSession, _rest: str) -> Iterator[str]:
    yield from _saved(visiting, visiting.still_true())


def _undo(visiting: VisitSession, _rest: str) -> Iterator[str]:
    yield f"Annulé. {visiting.undo()}"


def _known(visiting: VisitSession, _rest: str) -> Iterator[str]:
    yield f"La réponse suivante sera : {visiting.next_provenance()}."


def _minutes(visiting: VisitSession, rest: str) -> Iterator[str]:
    if rest:
        yield f"Enregistré. {visiting.choose(minutes_named(rest))}."
        return
    plan = visiting.session.plan
    chosen = plan.minutes if plan else 0
    for each in sorted({*DURATIONS, chosen} - {0}):
        mark = ", choisi" if each == chosen else ""
        yield f"{each} min{mark} : {fit_of(visiting.session, each).words}."


def _place(visiting: VisitSession, rest: str) -> Iterator[str]:
    wanted = fold(rest)
    legs = [leg for leg in visiting.walk.legs if wanted and wanted in fold(leg.title)]
    exact = [leg for leg in legs if fold(leg.title) == wanted]
    found = exact or legs
    if len(found) != 1:
        names = ", ".join(leg.title for leg in found or visiting.walk.legs)
        yield f"Dites lequel : {names}."
        return
    stop = visiting.walk.first(found[0].key)
    if stop and stop.key == visiting.key:
        yield from card_lines(visiting)
    elif stop:
        visiting.go(stop.key)


def _add(visiting: VisitSession, rest: str, *, kind: PlaceKind) -> Iterator[str]:
    place, _ = add_place(visiting.session, kind, rest)
    yield f"Enregistré. {place.name} {agreeing(kind, 'ajouté')}."


_ACTS: dict[str, Act] = {
    "aide": lambda _visiting, _rest: HELP,
    "relire": lambda visiting, _rest: card_lines(visiting),
    "retour": _back,
    "utile": _useful,
    "pourquoi": _why,
    "note": _note,
    "arevoir": _flag,
    "vrai": _still_true,
    "annuler": _undo,
    "comment": _known,
    "reste": _left,
    "partir": lambda visiting, _rest: departure_lines(visiting.session),
    "minutes": _minutes,
    "parcours": _minutes,
    "lieu": _place,
    "salle": partial(_add, kind=PlaceKind.SALLE),
    "materiel": partial(_add, kind=PlaceKind.LOT),
}
