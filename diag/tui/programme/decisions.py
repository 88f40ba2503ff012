"""Decisions: what bodies decided, the programme adopted, the documents they read."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from textual import work

from diag.documents import programme as pages
from diag.documents.programme import programme_deliberation
from diag.documents.tables import put, xlsx_bytes
from diag.documents.tables.programme import programme_tables
from diag.documents.write import Paper, write_paper
from diag.model.enums import Outcome, PlaceKind
from diag.office.agenda import write_deadlines
from diag.programme import adopting, gathering
from diag.programme.adopting import PILOTAGE, deadlines
from diag.programme.assembling import Board
from diag.programme.container import Container
from diag.programme.figures import checklist_of
from diag.programme.history import log_of
from diag.programme.words import adopting_words, body_words, effect_words
from diag.tui.commands import Command, Trouble
from diag.tui.dialogs import ChooseDialog, Confirm, Field, ListChoice, Notice
from diag.tui.export import WrittenDialog
from diag.tui.lists import NARROW, ListColumn, ListLine
from diag.tui.programme.replaying import ACT, SET, ProgrammeForm, ProgrammeWork
from diag.words.dates import day_typed, describe_day
from diag.words.sentences import of
from diag.words.vocabulary import OUTCOMES


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


class DecisionForm(ProgrammeForm):
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
        written = await asyncio.to_thread(
            lambda: [one for paper in papers for one in write_paper(paper, folder)]
        )
        for words in dict.fromkeys(one.warning for one in written if one.warning):
            self.app.post_message(Trouble(words))
        files = tuple(one.path for one in written if one.path)
        if files and self.is_current:
            self.app.push_screen(WrittenDialog(files, "Le document est écrit", ""))
        elif files:
            self.diag.inform(f"Le document est écrit : {files[0].parent}")
