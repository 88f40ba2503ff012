"""`diag visit --text`: the visit line by line, for screen readers and thin terminals.

The same walk, cards and answers as the screens; a line is an answer, or a command that
starts with a colon. Nothing is drawn, nothing moves.
"""

import sys
from collections.abc import Callable, Iterator
from functools import partial

import click

from diag.cli.console import (
    campaign_option,
    subject_argument,
    workspace_of,
)
from diag.cli.visit_lines import HELP, card_lines, left_lines, more_lines
from diag.desk import audits
from diag.desk.auditees import auditee_named
from diag.desk.session import ChangedMeanwhileError, Session
from diag.desk.visit.answers import DoubtError
from diag.desk.visit.completing import STATE_KEYS
from diag.desk.visit.departure import departure_lines
from diag.desk.visit.entry import RefusedEntryError
from diag.desk.visit.parcours import parcours_of, profile_named
from diag.desk.visit.places import add_place, agreeing
from diag.desk.visit.resume import keep_place
from diag.desk.visit.visiting import Visiting
from diag.desk.visit.walk import most_useful
from diag.desk.workspace import Workspace
from diag.model.enums import PlaceKind, QuestionType
from diag.model.errors import DiagError
from diag.model.folding import fold

_HELP_SIGN = "?"

Act = Callable[[Visiting, str], Iterator[str]]
"""What a command does; gives the lines to print."""


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
    """Mène la visite d'une école, question après question, ligne par ligne.

    Pour les lecteurs d'écran et les terminaux étroits. Les écrans s'ouvrent par
    « diag » sans commande.
    """
    if not text:
        raise click.UsageError(
            "Ajoutez --text pour visiter ligne par ligne ; "
            "pour les écrans, lancez « diag » sans commande."
        )
    with workspace_of(ctx) as workspace:
        session = _session_of(workspace, ref, campaign, start=start)
        if session is None:
            click.echo("Rien n'est ouvert.")
            return
        session.asks_when_changed = True
        visiting = Visiting(session)
        click.echo(session.about.title)
        click.echo("Tapez la réponse, puis Entrée. « :aide » dit tout le reste.")
        if not visiting.stop.is_left and not visiting.onward():
            click.echo("Il ne reste aucune question.")
        Conversation(visiting).run()


def _session_of(
    workspace: Workspace, ref: str, campaign: str | None, *, start: bool
) -> Session | None:
    """Return the audit; one that nobody has opened is opened once that is wanted."""
    if campaign or audits.is_started(workspace, ref):
        return audits.open_session(workspace, ref, campaign)
    if not start:
        about = auditee_named(workspace, ref)
        click.echo(
            f"{about.title} : pas d'audit dans la campagne {workspace.campaign}."
        )
        if not _is_wanted():
            return None
    session = audits.start(workspace, ref)
    click.echo(f"Audit ouvert dans la campagne {session.audit.campaign}.")
    return session


def _is_wanted() -> bool:
    """Ask until one says yes or no, or nothing more is typed."""
    while True:
        click.echo("L'ouvrir ? Tapez o ou n.\n> ", nl=False)
        typed = sys.stdin.readline()
        if fold(typed) in {"o", "oui"}:
            return True
        if not typed or fold(typed) in {"n", "non"}:
            return False


class Conversation:
    """One visit, a line at a time."""

    def __init__(self, visiting: Visiting) -> None:
        self.visiting = visiting
        self._doubted = ""

    @property
    def _is_text(self) -> bool:
        return self.visiting.question.type is QuestionType.TEXT

    def run(self) -> None:
        """Ask until « :fin », or the end of what is typed."""
        asked = None
        while True:
            self.visiting.catch_up()
            if asked != self.visiting.key:
                asked = self.visiting.key
                keep_place(self.visiting.session, asked)
                _print(("", self.visiting.score, *card_lines(self.visiting)))
            click.echo("> ", nl=False)
            typed = sys.stdin.readline()
            if not typed or typed.strip().casefold() == ":fin":
                click.echo("Tout est enregistré. Vous reprendrez à cette question.")
                return
            try:
                _print(self._answer(typed.strip()))
            except DoubtError as doubt:
                self._doubted = typed.strip()
                click.echo(f"{doubt} Entrée pour confirmer, ou une autre réponse.")
            except RefusedEntryError as error:
                click.echo(f"Refusé. {error.at_prompt()}")
            except ChangedMeanwhileError as changed:
                self.visiting.refresh()
                click.echo(
                    f"{changed} Tapez la vôtre à nouveau pour la remplacer, ou Entrée "
                    "pour la garder."
                )
            except DiagError as error:
                click.echo(f"Ce n'est pas possible. {error.at_prompt()}")

    def _answer(self, typed: str) -> Iterator[str]:
        visiting, doubted, self._doubted = self.visiting, self._doubted, ""
        if typed.startswith(":"):
            yield from _act(visiting, typed[1:])
        elif typed == _HELP_SIGN:
            yield from HELP
        elif typed[:1] in STATE_KEYS and not self._is_text:
            said = visiting.say(STATE_KEYS[typed[0]], typed[1:].strip())
            yield from _saved(visiting, said)
        elif typed or doubted:
            yield from _saved(visiting, visiting.give(typed or doubted))
        elif not visiting.forward():
            yield "C'est la dernière question."


def _print(lines: Iterator[str] | tuple[str, ...]) -> None:
    for line in lines:
        click.echo(line)


def _saved(visiting: Visiting, said: str) -> Iterator[str]:
    yield f"Enregistré. {said}"
    if not visiting.onward():
        yield "Il ne reste aucune question."


def _act(visiting: Visiting, typed: str) -> Iterator[str]:
    """Do what a command says; a few letters are enough to name it."""
    word, _, rest = typed.strip().partition(" ")
    named = [name for name in _ACTS if name.startswith(fold(word))] if word else []
    if len(named) != 1:
        said = f"« :{word[:30]} » n'est pas une commande."
        either = " ou ".join(f":{name}" for name in named)
        yield f"{said} Peut-être {either}." if named else f"{said} Tapez :aide."
        return
    yield from _ACTS[named[0]](visiting, rest.strip())


def _help(_visiting: Visiting, _rest: str) -> Iterator[str]:
    yield from HELP


def _again(visiting: Visiting, _rest: str) -> Iterator[str]:
    yield from card_lines(visiting)


def _back(visiting: Visiting, _rest: str) -> Iterator[str]:
    if not visiting.back():
        yield "C'est la première question."


def _useful(visiting: Visiting, _rest: str) -> Iterator[str]:
    session = visiting.session
    facts, checklist = session.facts, session.checklist
    found = most_useful(facts, checklist, visiting.key, session.profile)
    if found is None:
        yield "Aucune question ne resserre plus le score."
    else:
        visiting.go(found)


def _why(visiting: Visiting, _rest: str) -> Iterator[str]:
    yield from more_lines(visiting.card)


def _note(visiting: Visiting, rest: str) -> Iterator[str]:
    visiting.note(rest)
    yield "Enregistré. Note écrite." if rest else "Enregistré. Note retirée."


def _flag(visiting: Visiting, _rest: str) -> Iterator[str]:
    yield "Enregistré. À revoir." if visiting.flag() else "Enregistré. Plus à revoir."


def _still_true(visiting: Visiting, _rest: str) -> Iterator[str]:
    yield from _saved(visiting, visiting.still_true())


def _undo(visiting: Visiting, _rest: str) -> Iterator[str]:
    yield f"Annulé. {visiting.undo()}"


def _known(visiting: Visiting, _rest: str) -> Iterator[str]:
    yield f"La réponse suivante sera : {visiting.turn_provenance()}."


def _left(visiting: Visiting, _rest: str) -> Iterator[str]:
    yield from left_lines(visiting)


def _leaving(visiting: Visiting, _rest: str) -> Iterator[str]:
    yield from departure_lines(visiting.session)


def _profile(visiting: Visiting, rest: str) -> Iterator[str]:
    if rest:
        yield f"Enregistré. {visiting.choose(profile_named(rest))}."
        return
    for each in parcours_of(visiting.session):
        chosen = ", choisi" if each.chosen else ""
        yield f"{each.name}{chosen} : {each.words}."


def _place(visiting: Visiting, rest: str) -> Iterator[str]:
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


def _add(visiting: Visiting, rest: str, *, kind: PlaceKind) -> Iterator[str]:
    place, _ = add_place(visiting.session, kind, rest)
    visiting.refresh()
    yield f"Enregistré. {place.name} {agreeing(kind, 'ajouté')}."


_ACTS: dict[str, Act] = {
    "aide": _help,
    "relire": _again,
    "retour": _back,
    "utile": _useful,
    "pourquoi": _why,
    "note": _note,
    "arevoir": _flag,
    "vrai": _still_true,
    "annuler": _undo,
    "comment": _known,
    "reste": _left,
    "partir": _leaving,
    "parcours": _profile,
    "lieu": _place,
    "salle": partial(_add, kind=PlaceKind.SALLE),
    "materiel": partial(_add, kind=PlaceKind.LOT),
}
