"""Acts on a programme: on an operation, on what bodies decided, and its documents.

Of an operation: why it is there, what would move it, its lock, what follows it.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import OptionList

from diag.documents import programme as pages
from diag.documents.programme import programme_deliberation
from diag.documents.tables import put, xlsx_bytes
from diag.documents.tables.programme import programme_tables
from diag.documents.write import Paper, write_paper
from diag.journal import subjects
from diag.model.enums import FollowUpState, Outcome, PlaceKind
from diag.model.errors import DiagError
from diag.model.programme import OUT
from diag.office.agenda import write_deadlines
from diag.programme import adopting, gathering, setting
from diag.programme.adopting import PILOTAGE, deadlines
from diag.programme.assembling import Board
from diag.programme.container import Container
from diag.programme.figures import checklist_of
from diag.programme.history import log_of
from diag.programme.placing import WhatIf, what_if
from diag.programme.setting import lock_effect, lock_words
from diag.programme.words import (
    adopting_words,
    body_words,
    effect_words,
    theme_words,
    what_if_words,
)
from diag.tui.commands import Command
from diag.tui.dialogs import (
    ChooseDialog,
    Confirm,
    Field,
    FormDialog,
    ListChoice,
    Notice,
)
from diag.tui.export import WrittenDialog, files_there
from diag.tui.lists import NARROW, ListColumn, ListLine
from diag.tui.programme.replaying import ACT, SET, Keep, ProgrammeWork
from diag.tui.text import Sentence
from diag.words.dates import day_typed, describe_day
from diag.words.sentences import of
from diag.words.vocabulary import FOLLOW_UPS, OUTCOMES


class SeeWhy(Command, keys="enter", title="Pourquoi", group=ACT, footer=True):
    """Dire pourquoi l'opération est là : sa raison, ce qu'elle attend, qui paie."""


class AskWhatIf(Command, keys="q", title="Que faudrait-il", group=ACT, footer=True):
    """Dire la somme qui manque pour une année, en refaisant le programme avec elle."""


class LockYear(Command, keys="v", title="Verrou", group=ACT, footer=True):
    """Imposer une année, ou aucune, avec un motif ; l'effet se voit avant d'écrire."""


class AdvanceOperation(Command, keys="s", title="Suite", group=ACT):
    """Noter la suite : financée, commandée à son prix, faite, vérifiée, écartée."""


class FreeMoney(Command, title="Libérer la somme", group=ACT):
    """Retirer la somme réservée à l'opération : elle reprend son tour."""


class SeeAudit(Command, keys="b", title="Bilan", group=ACT):
    """Ouvrir le bilan de l'école, sur la préconisation d'où vient l'opération."""


OPERATION_COMMANDS = (
    SeeWhy,
    AskWhatIf,
    LockYear,
    AdvanceOperation,
    FreeMoney,
    SeeAudit,
)
"""What one does to an operation, in the order of the help."""

_FREE = "libre"
"""Choice beside the years: no lock."""


class LockForm(FormDialog):
    """Asks which year is imposed, by whom, why; its effect is seen first."""

    def __init__(self, board: Board, operation: str, keep: Keep) -> None:
        super().__init__(f"Verrou : {board.named(operation).title}")
        self._board, self._operation, self._keep = board, operation, keep
        self._locks = setting.locks_of(board, operation)
        self._lock = board.record.locks[self._locks[0]] if self._locks else None

    def options(self) -> tuple[tuple[str, str], ...]:
        years = ((str(one), f"imposer {one}") for one in self._board.programme.years)
        free = ((_FREE, "retirer le verrou : à son tour"),) if self._lock else ()
        return (*free, *years, (OUT, "laisser hors programme"))

    def chosen_first(self) -> str:
        if self._lock:
            return str(self._lock.year)
        year = self._board.schedule.years.get(self._operation)
        return str(year or self._board.programme.years[0])

    def fields(self) -> tuple[Field, ...]:
        by, why = (self._lock.by, self._lock.why) if self._lock else ("", "")
        return (
            Field("by", "Imposé par", by, "le maire, le comité de pilotage…"),
            Field("why", "Motif", why, "les communes le liront"),
        )

    def below(self) -> ComposeResult:
        yield Sentence("", id="effect", classes="below")

    @on(OptionList.OptionHighlighted)
    @work(exclusive=True, group="price")
    async def _stands(self) -> None:
        """Show what the choice would move, worked out aside."""
        board, operation, chosen = self._board, self._operation, self.chosen
        effect = self.query_one("#effect", Sentence)
        effect.show("Effet : calcul…")
        if chosen == _FREE:
            words = "Le programme se refera sans ce verrou."
        else:
            try:
                year = _year(chosen)
                found = await asyncio.to_thread(lock_effect, board, operation, year)
            except DiagError as error:
                words = str(error)
            else:
                words = "\n".join(lock_words(board, operation, found))
        effect.show(words)

    def keep(self) -> str:
        """Write the lock, or take it away.

        Raises:
            DiagError: nobody imposes it, no reason is given, or it is decided.
        """
        subject = setting.lock_subject(self._operation)
        if self.chosen == _FREE:
            self._keep({setting.lock_subject(one): None for one in self._locks})
            return subject
        lock_effect(self._board, self._operation, _year(self.chosen))
        value = setting.lock_of(_year(self.chosen), self.value("by"), self.value("why"))
        self._keep({subject: value})
        return subject


_AFTER = (
    FollowUpState.FINANCEE,
    FollowUpState.COMMANDEE,
    FollowUpState.FAITE,
    FollowUpState.VERIFIEE,
    FollowUpState.ECARTEE,
)
"""What follows a decision, in order."""


class FollowForm(FormDialog):
    """Asks what became of an operation, when, at which price; gives the state."""

    def __init__(self, board: Board, operation: str) -> None:
        super().__init__(f"Suite : {board.named(operation).title}")
        self._board, self._operation = board, operation
        candidate = board.gathered.candidates.get(operation)
        self._step = candidate.step if candidate else None

    def options(self) -> tuple[tuple[str, str], ...]:
        return tuple((str(one), FOLLOW_UPS[one]) for one in _AFTER)

    def chosen_first(self) -> str:
        """Return the step that comes next, as a rule."""
        last = self._step.state if self._step else None
        at = _AFTER.index(last) + 1 if last in _AFTER else 0
        return str(_AFTER[min(at, len(_AFTER) - 1)])

    def fields(self) -> tuple[Field, ...]:
        today = self._board.container.workspace.world.today()
        return (
            Field("on", "Jour", f"{today:%d/%m/%Y}", "31/01/2027"),
            Field("price", "Prix réel TTC", "", "d'une commande, et d'elle seule"),
            Field("why", "Pourquoi", "", "obligatoire pour écarter"),
        )

    def keep(self) -> str:
        """Write it in the audit of the school, for all actions of the operation.

        Raises:
            DiagError: a day or a price that is none, or what the step needs.
        """
        price = self.value("price").strip()
        today = self._board.container.workspace.world.today()
        adopting.advance(
            self._board,
            self._operation,
            FollowUpState(self.chosen),
            day_typed(self.value("on"), until=today),
            cents=setting.amount_typed(price) if price else 0,
            why=self.value("why").strip(),
        )
        return self.chosen


def _year(chosen: str) -> int | None:
    return None if chosen == OUT else int(chosen)


class OperationActs(ProgrammeWork):
    """What one does to the operation under the cursor."""

    @work
    async def on_see_why(self) -> None:
        """Have all there is to know of the operation read."""
        view, operation = self.view, self.operation
        if view and operation:
            # A theme's weight is explained by a replay without it.
            weight = await asyncio.to_thread(theme_words, view.board, operation)
            words = [one.text.plain for one in view.detail(operation)]
            words += ["", weight] if weight else []
            self.app.push_screen(Notice("\n".join(words), "Pourquoi"))
        elif view and self.key:
            self.app.push_screen(Notice(view.below(self.key), "Pourquoi"))

    @work
    async def on_ask_what_if(self) -> None:
        """Have the money that would suffice read; it may be kept from there."""
        board, name = self.board, self.operation
        if board is None or not name:
            return
        placed = board.schedule.years.get(name, board.programme.years[-1] + 1)
        asked = [year for year in board.programme.years if year < placed]
        if not asked:
            self.diag.inform("Elle est déjà inscrite au premier budget.")
            return
        choices = [ListChoice(str(year), f"budget {year}") for year in asked]
        operation = board.named(name).title
        chosen = await self.app.push_screen_wait(
            ChooseDialog(f"{operation} : que faudrait-il, pour quel budget ?", choices)
        )
        if chosen is None:
            return
        found = await asyncio.to_thread(
            what_if, board.programme, board.schedule, name, int(chosen)
        )
        title = f"Que faudrait-il pour {chosen} ?"
        words = "\n".join((operation, "", *what_if_words(board, found)))
        if not found.lands or not found.money:
            self.app.push_screen(Notice(words, title))
            return
        reserving = (
            f"{title} {words}\n\nRéserver ? Ce serait de l'argent en plus des "
            "enveloppes, pour cette seule opération."
        )
        question = Confirm(reserving, yes="Réserver", no="Fermer", grave=True)
        if await self.app.push_screen_wait(question):
            self.call_later(self._reserve, found)

    def _reserve(self, found: WhatIf) -> None:
        if self.container is None:
            return
        container = self.container
        self.keep_changes({
            subjects.programme(subjects.EARMARKS, container.fresh()): setting.kept_for(
                container,
                one.operation,
                one.purse.payer,
                one.year,
                one.cents,
                section=str(one.purse.section),
                why=f"ce qu'il faut pour {found.year}",
            )
            for one in found.money
        })

    def on_free_money(self) -> None:
        """Take away what is kept for the operation: it goes back to its turn."""
        if self.board and self.operation:
            kept = self.board.record.earmarks.items()
            own = [one for one, money in kept if money.operation == self.operation]
            if not own:
                self.diag.inform("Aucune somme n'est réservée à cette opération.")
                return
            self.keep_changes({
                subjects.programme(subjects.EARMARKS, one): None for one in own
            })

    def on_lock_year(self) -> None:
        if self.board and self.operation:
            form = LockForm(self.board, self.operation, self.keep_changes)
            self.app.push_screen(form)

    def on_advance_operation(self) -> None:
        """Ask for the next step; it is kept in the audit of the school."""
        board, name = self.board, self.operation
        if board is None or self.container is None or not name:
            return

        def noted(state: str) -> None:
            self.read()
            words = FOLLOW_UPS[FollowUpState(state)]
            self.diag.inform(f"Noté : {board.named(name).title}, {words}.")

        if name in board.gathered.candidates:
            self.ask(FollowForm(board, name), noted)
        else:
            self.diag.inform(
                "Une opération partagée n'a pas d'audit où noter sa suite."
            )

    def on_see_audit(self) -> None:
        """Show the bilan of the school over this, which one comes back to."""
        if self.board is None or self.container is None:
            return
        candidate = self.board.gathered.candidates.get(self.operation)
        if candidate is None:
            self.diag.inform("Une opération partagée ne vient d'aucun audit.")
            return
        campaign = adopting.session_of(self.container, candidate).audit.campaign
        self.diag.desk.choose(candidate.school, campaign)
        self.diag.look_at_bilan(candidate.school, candidate.actions[0])


# Decisions and documents.


class SeeDecision(Command, keys="enter", title="Lire", group=ACT, footer=True):
    """Lire la décision en entier, et ce qu'elle a imposé ou arrêté."""


class NoteDecision(Command, keys="n", title="Noter", group=ACT, footer=True):
    """Noter ce qu'une instance a dit : comité syndical, conseil, pilotage."""


class AdoptProgramme(Command, keys="a", title="Arrêter", group=ACT, footer=True):
    """Arrêter le programme sur cette délibération, après un aperçu."""


class AdoptWeights(Command, keys="p", title="Adopter les poids", group=ACT):
    """Faire compter les poids des thèmes, adoptés par cette délibération."""


class WriteDocuments(Command, keys="x", title="Documents", group=SET, footer=True):
    """Écrire le programme, la page d'une commune, le dossier du comité, le classeur."""


DECISION_COMMANDS = (SeeDecision, NoteDecision, AdoptProgramme, AdoptWeights)
"""What one does to decisions, in the order of the help."""

DECISION_COLUMNS = (
    ListColumn("Séance", 10),
    ListColumn("Instance", 24, narrow=18),
    ListColumn("Dit", 10, tiny=0),
    ListColumn("N°", 10, narrow=8, least=60),
    ListColumn("Sur quoi"),
    ListColumn("Effet", 34, least=NARROW),
)

NO_DECISION = (
    "Aucune décision notée. Touche {key} : ce qu'une instance a dit, comité syndical, "
    "conseil municipal ou pilotage."
)


def decision_lines(container: Container, board: Board | None) -> list[ListLine]:
    """Return a line for each decision, the last first."""
    return [
        ListLine(
            one.ident,
            (
                f"{date.fromisoformat(one.decision.on):%d/%m/%Y}",
                _name_body(container, board, one.decision.body),
                OUTCOMES[one.decision.outcome],
                one.decision.ref,
                one.decision.about,
                " ".join(effect_words(one)),
            ),
        )
        for one in reversed([*log_of(container)])
    ]


def _name_body(container: Container, board: Board | None, body: str) -> str:
    """Return which body it is: « Comité syndical », « Conseil de Noirvaux »."""
    if body == PILOTAGE:
        return "Comité de pilotage"
    kind, _, code = body.partition(":")
    if kind == PlaceKind.SYNDICAT:
        return "Comité syndical"
    commune = container.workspace.territory.commune(code)
    name = board.payer_name(body) if board else code
    return f"Conseil, {commune.name if commune and name == code else name}"


def decision_text(container: Container, board: Board, ident: str) -> Iterator[str]:
    """Give all that is known of a decision, then what it moved."""
    logged = next(one for one in log_of(container) if one.ident == ident)
    said = logged.decision
    body = _name_body(container, board, said.body)
    yield f"{body}, {describe_day(said.on)} : {OUTCOMES[said.outcome]}."
    for name, text in (("N°", said.ref), ("Sur", said.about), ("Votes", said.votes)):
        if text:
            yield f"{name} : {text}"
    if said.why:
        yield said.why
    yield from ("", *effect_words(logged))
    for operation in logged.locks:
        lock = board.record.locks.get(operation)
        if lock:
            yield f"{lock.year}  {_operation_named(board, operation)} ({lock.why})"
    for moved in logged.moved:
        before, after = (year or "hors" for year in (moved.before, moved.after))
        yield f"{before} → {after}  {_operation_named(board, moved.operation)}"


def _operation_named(board: Board, operation: str) -> str:
    shown = board.named(operation)
    return ", ".join(filter(None, (shown.title, shown.where)))


class DecisionForm(FormDialog):
    """Asks what a body decided, when, of what; gives the id of the decision."""

    def __init__(self, container: Container, body: str, title: str) -> None:
        super().__init__(title)
        self._container, self._body = container, body

    def options(self) -> tuple[tuple[str, str], ...]:
        is_advice = self._body == adopting.PILOTAGE
        return tuple(
            (str(one), OUTCOMES[one])
            for one in Outcome
            if (one is Outcome.AVIS) is is_advice
        )

    def fields(self) -> tuple[Field, ...]:
        today = self._container.workspace.world.today()
        return (
            Field("on", "Jour", f"{today:%d/%m/%Y}", "31/01/2027"),
            Field("ref", "Délibération n°", "", "D-12"),
            Field("about", "Sur quoi", "", "le programme, les enveloppes…"),
            Field("votes", "Votes", "", "14 pour, 1 abstention"),
            Field("why", "Remarque"),
        )

    def keep(self) -> str:
        """Write it.

        Raises:
            DiagError: a day that is none or to come.
        """
        names = ("ref", "about", "votes", "why")
        details = {name: self.value(name).strip() for name in names}
        return adopting.decide(
            self._container,
            self._body,
            Outcome(self.chosen),
            day_typed(self.value("on"), until=self._container.workspace.world.today()),
            **{name: text for name, text in details.items() if text},
        )


class DecisionActs(ProgrammeWork):
    """What one does with what bodies decided."""

    def on_see_decision(self) -> None:
        if self.container and self.board and self.key:
            words = decision_text(self.container, self.board, self.key)
            self.app.push_screen(Notice("\n".join(words), "Décision"))

    @work
    async def on_note_decision(self) -> None:
        container, board = self.container, self.board
        if container is None:
            return
        own = str(container.audit.subject)
        communes = board.gathered.communes if board else {}
        bodies = (
            *(own, adopting.PILOTAGE),
            *(f"commune:{insee}" for insee in communes),
        )
        words = {one: _name_body(container, board, one) for one in bodies}
        choices = [ListChoice(one, name) for one, name in words.items()]
        chosen = await self.app.push_screen_wait(
            ChooseDialog("Quelle instance ?", choices)
        )
        if chosen is not None:
            form = DecisionForm(container, chosen, words[chosen])
            if await self.app.push_screen_wait(form):
                self.call_later(self.read)

    @work
    async def on_adopt_programme(self) -> None:
        board, decision = self.board, self.key
        if board is None or self.busy:
            self.diag.inform("Le calcul n'est pas fini : arrêtez ce que vous voyez.")
            return
        found = adopting.adopting(board, decision)
        said = board.record.decisions[decision]
        head = body_words(board, said), describe_day(said.on), said.ref, said.about
        words = "\n".join((
            ", ".join(filter(None, head)),
            *adopting_words(board, found),
        ))
        asked = Confirm(f"{words}\n\nArrêter ?", yes="Arrêter", grave=True)
        if await self.app.push_screen_wait(asked):
            self.call_later(self._adopt, found)

    def _adopt(self, found: adopting.Adopting) -> None:
        self.keep(*found.drafts)
        self.diag.inform("Arrêté.")

    def on_adopt_weights(self) -> None:
        """Have the weights count, as they are today, by the decision shown."""
        if self.container and self.key:
            gathering.put_weights(self.container, decision=self.key)
            self.read()
            self.diag.inform("Poids adoptés : ils comptent dans l'ordre.")


_WHOLE, _DOSSIER, _TABLE, _CALENDAR, _COMMUNE = (
    *("programme", "dossier", "table", "calendar"),
    "commune ",
)
"""What may be written; a commune's page is named by its INSEE code."""


class PaperActs(ProgrammeWork):
    """What one has written of a programme, for those who decide."""

    @work
    async def on_write_documents(self) -> None:
        """Ask which document, then write it in every form this machine makes."""
        board = self.board
        if board is None or self.busy:
            self.diag.inform("Le calcul n'est pas fini : écrivez ce que vous voyez.")
            return
        choices = [
            ListChoice(_WHOLE, "Le programme pluriannuel", "page 1 suffit"),
            ListChoice(_DOSSIER, "Le dossier du comité", "avec la délibération"),
            ListChoice(_TABLE, "Le classeur", "XLSX"),
            ListChoice(_CALENDAR, "Les échéances", "agenda .ics"),
        ]
        communes = board.gathered.communes
        for insee, name in sorted(communes.items(), key=lambda one: one[1]):
            page = f"{_COMMUNE}{insee}"
            choice = ListChoice(page, f"La page {of(name)}", "pour son conseil")
            # That of the commune under the cursor first.
            choices.insert(0 if insee == self.key else len(choices), choice)
        chosen = await self.app.push_screen_wait(
            ChooseDialog("Écrire quel document ?", choices)
        )
        if chosen is not None:
            self.call_later(self._write, board, chosen)

    def _write(self, board: Board, chosen: str) -> None:
        day = board.container.workspace.world.today()
        folder = pages.programme_folder(board)
        if chosen == _TABLE:
            book = xlsx_bytes(programme_tables(board, day), day)
            (file,) = put(folder, {"programme.xlsx": book})
            self.diag.inform(f"Classeur écrit : {file}")
        elif chosen == _CALENDAR:
            found = [*deadlines(board, checklist_of(board))]
            written = write_deadlines(board, found, folder)
            self.diag.inform(f"Agenda écrit : {written}")
        else:
            if chosen == _WHOLE:
                papers = [pages.programme_paper(board, day)]
            elif chosen == _DOSSIER:
                deliberation = programme_deliberation(board, day)
                papers = [pages.committee_paper(board, day), deliberation]
            else:
                insee = chosen.removeprefix(_COMMUNE)
                papers = [pages.commune_paper(board, insee, day)]
            self.diag.inform("Le document s'écrit ; continuez.")
            self._write_papers(papers, folder)

    @work(description="aside")
    async def _write_papers(self, papers: Sequence[Paper], folder: Path) -> None:
        """Write them aside, in every form; show them, or why some are not there."""
        written = (one for paper in papers for one in write_paper(paper, folder))
        files = await asyncio.to_thread(files_there, self.app, written)
        if files and self.is_current:
            self.app.push_screen(WrittenDialog(files, "Le document est écrit", ""))
        elif files:
            self.diag.inform(f"Le document est écrit : {files[0].parent}")
