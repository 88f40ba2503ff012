"""Bilan: what did we find, what do we recommend, to whom?"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from pathlib import Path, PurePath
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from diag.assess.words import firing, short_cost
from diag.audit import advising
from diag.audit.advising import add_own
from diag.audit.bilan import OutlineLine, findings
from diag.audit.counsel import counsel, evolution
from diag.audit.follow import add_step, left_to_check, move, possible
from diag.audit.memory import own_here
from diag.audit.report import Report, report_folder, report_of
from diag.audit.session import AuditSession
from diag.audit.undo import undo
from diag.audit.upgrade import Upgrade, preview, upgrade, upgrade_summary
from diag.documents.drafts import DRAFT_TITLES, DraftKind, possible_drafts
from diag.documents.write import WrittenFile, write_paper, write_reports
from diag.model.audit import FollowUp
from diag.model.enums import Audience, AuditStatus, Compliance, FollowUpState, Owner
from diag.model.errors import DiagError
from diag.tui.commands import (
    AUDIT_GROUP as _AUDIT,
)
from diag.tui.commands import (
    WINDOW,
    Command,
    CommandType,
    Export,
    Undo,
    bindings_of,
    key_now,
    spoken_number,
)
from diag.tui.dialogs import (
    Ask,
    ChooseDialog,
    Close,
    Confirm,
    Field,
    FormDialog,
    ListChoice,
)
from diag.tui.lists import Tabs
from diag.tui.outline import Interval, Outline
from diag.tui.place import EVERYWHERE, KeyBar, PlaceScreen
from diag.tui.reword import RewordScreen
from diag.tui.safe import Sturdy, Trouble, content, open_outside
from diag.tui.suppose import SupposeScreen
from diag.tui.text import Sentence
from diag.words.dates import day_typed
from diag.words.sentences import counted
from diag.words.vocabulary import (
    DOCUMENT_TITLES,
    FOLLOW_UPS,
    OWNERS,
    SOCLES,
    STATUS_MOVES,
    STATUSES,
)

_SIGNED = frozenset({AuditStatus.SOUMIS, AuditStatus.CLOS})
"""Where one goes only after reading what is still to be checked."""


class ActingScreen(PlaceScreen):
    """A place where one acts on an audit that is judged; subclasses show it."""

    uai: str
    """The school."""
    written: tuple[tuple[Path, ...], str, bool] | None = None
    """The documents written last, what they are, and whether they are provisional."""

    @property
    def session(self) -> AuditSession:
        """The school's audit."""
        return self.diag.desk.session(self.uai)

    @property
    def advice(self) -> str:
        """Id of the recommendation under the cursor; empty when there is none."""
        raise NotImplementedError

    def show_all(self) -> None:
        """Read everything again."""
        raise NotImplementedError

    def show_written(self) -> None:
        """Show that there are documents to open."""
        raise NotImplementedError

    def go_to_advice(self, ident: str) -> None:
        """Put the cursor on a recommendation."""
        raise NotImplementedError

    def on_follow_up_command(self) -> None:
        """Ask what became of the recommendation, and keep it."""
        self._ask_step(FollowUpState.DECIDEE)

    def on_set_aside(self) -> None:
        """Ask why, and set the recommendation aside."""
        self._ask_step(FollowUpState.ECARTEE)

    @work
    async def _ask_step(self, state: FollowUpState) -> None:
        ident = self.advice
        title = self._title_of(ident)
        today = self.session.workspace.world.today()
        step = FollowUp(recommendation=ident, state=state, on=today.isoformat())
        if await self.app.push_screen_wait(
            FollowUpDialog(title, step, lambda said: add_step(self.session, said))
        ):
            self.show_all()
            self.diag.say("Suite enregistrée.")

    def _title_of(self, ident: str) -> str:
        report = report_of(self.session)
        action = report.plan.action(ident)
        return report.title(action, Audience.MAIRIE) if action else ident

    def on_reword(self) -> None:
        """Open the words of the recommendation, reader by reader."""
        self.app.push_screen(RewordScreen(self.session, self.advice))

    def on_move_up(self) -> None:
        """Move the recommendation one rank up."""
        self._move(-1)

    def on_move_down(self) -> None:
        """Move the recommendation one rank down."""
        self._move(1)

    def _move(self, by: int) -> None:
        ident = self.advice
        if not advising.move(self.session, ident, by):
            self.diag.say("Elle est déjà au bout de la liste.")
            return
        self.show_all()
        self.go_to_advice(ident)

    def on_computed_order(self) -> None:
        """Forget the order by hand."""
        forgotten = advising.as_computed(self.session)
        ranks = counted(forgotten, "rang oublié", "rangs oubliés")
        self.show_all()
        self.diag.say(f"Ordre calculé ; {ranks}.")

    @work
    async def on_add_advice(self) -> None:
        """Ask for a recommendation of the engineer's own."""
        own = await self.app.push_screen_wait(OwnAdviceDialog(self.session))
        if own:
            self.show_all()
            self.go_to_advice(own)
            self.diag.say("Préconisation ajoutée.")

    @work
    async def on_remove_advice(self) -> None:
        """Take away a recommendation of the engineer's own."""
        ident = self.advice
        if ident not in {one.id for one in own_here(self.session)}:
            key = key_now(self.app, SetAside)
            self.diag.say(f"Elle n'est pas d'ici : écartez-la ({key}), avec un motif.")
            return
        question = f"Retirer « {self._title_of(ident)} » ? L'historique la garde."
        if await self.app.push_screen_wait(Confirm(question, yes="Retirer")):
            self.call_later(self._remove, ident)

    def _remove(self, ident: str) -> None:
        advising.remove_own(self.session, ident)
        self.show_all()

    def on_suppose(self) -> None:
        """Go and suppose."""
        self.app.push_screen(SupposeScreen(self.session))

    def on_write_reports(self) -> None:
        """Write the four documents off the event loop."""
        self.diag.say("Les quatre rapports s'écrivent…")
        report = report_of(self.session).gathered()
        self._write(
            partial(write_reports, report, Audience, report_folder(self.session)),
            "Les quatre rapports sont écrits",
            provisional=report.provisional,
        )

    @work(thread=True, exclusive=True, group="reports")
    def _write(
        self,
        write: Callable[[], Iterable[WrittenFile]],
        title: str,
        *,
        provisional: bool,
    ) -> None:
        app = self.diag  # one may leave meanwhile
        written = tuple(write())
        for told in {one.warning for one in written if one.warning}:
            app.post_message(Trouble(told))
        files = tuple(one.path for one in written if one.path)
        app.call_from_thread(self._tell_written, files, title, provisional=provisional)
        app.call_from_thread(app.say, f"{title} : {files[0].parent}")

    def _tell_written(
        self, files: tuple[Path, ...], title: str, *, provisional: bool
    ) -> None:
        """Show that it is there, unless one left; nothing opens over what one does."""
        self.written = (files, title, provisional)
        if self.is_attached:
            self.show_written()

    def on_open_written(self) -> None:
        """Show which documents were written last, to open them."""
        if self.written:
            files, title, provisional = self.written
            self.app.push_screen(WrittenDialog(files, title, provisional=provisional))

    @work
    async def on_draft_paper(self) -> None:
        """Ask which draft to prepare, and write it."""
        about = self.session.about
        choices = [
            ListChoice(str(one), DRAFT_TITLES[one])
            for one in possible_drafts(about.kind)
        ]
        if not choices:
            self.diag.say("Ces projets concernent une école ou une commune.")
            return
        question = "Quel document préparer ? Vous y lirez ce qui reste à écrire."
        chosen = await self.app.push_screen_wait(ChooseDialog(question, choices))
        if chosen is not None:
            self.call_later(self._draft, DraftKind(chosen))

    def _draft(self, draft: DraftKind) -> None:
        # Templates and syntheses, 80 ms: only who drafts pays for them.
        from diag.documents.drafts import drafted  # noqa: PLC0415

        session = self.session
        workspace, campaign = session.workspace, session.audit.campaign
        made = drafted(workspace, draft, session.about.ref, campaign=campaign)
        self._write(
            partial(write_paper, made.paper, made.folder),
            "Le document est prêt à compléter",
            provisional=made.provisional,
        )

    @work
    async def on_advance(self) -> None:
        """Ask where the audit goes, telling what is still to be checked."""
        status = self.session.status
        choices = [ListChoice(str(one), STATUS_MOVES[one]) for one in possible(status)]
        chosen = await self.app.push_screen_wait(
            ChooseDialog(f"L'audit est {STATUSES[status]}.", choices)
        )
        if chosen is None:
            return
        wanted = AuditStatus(chosen)
        if wanted in _SIGNED and not await self.app.push_screen_wait(
            Confirm(
                _before(self.session, wanted),
                yes=STATUS_MOVES[wanted].split(" :")[0],
                grave=wanted is AuditStatus.CLOS,
            )
        ):
            return
        why = await self._reviewed(wanted)
        if why is not None:
            self.call_later(self._advance_to, wanted, why)

    async def _reviewed(self, wanted: AuditStatus) -> str | None:
        """Ask what the engineer is to read, when an audit is judged; None: nothing."""
        if wanted is AuditStatus.RETOURNE:
            asked = "Que faut-il compléter ? L'ingénieur le lira."
            return await self.app.push_screen_wait(Ask(asked, keep=_some_words))
        if wanted is AuditStatus.ACCEPTE:
            asked = "Un mot pour l'ingénieur ?"
            return await self.app.push_screen_wait(Ask(asked, hint="facultatif"))
        return ""

    def _advance_to(self, wanted: AuditStatus, comment: str) -> None:
        move(self.session, wanted, comment)
        self.show_all()
        self.diag.say(f"Audit {STATUSES[wanted]}.")

    @work
    async def on_new_edition(self) -> None:
        """Tell what passing to the checklists in use does, then do it when asked."""
        found = preview(self.session)
        told = "\n".join(upgrade_summary(self.session, found))
        if await self.app.push_screen_wait(Confirm(told, yes="Passer", grave=True)):
            self.call_later(self._upgrade, found)

    def _upgrade(self, found: Upgrade) -> None:
        upgrade(self.session, found)
        self.show_all()
        key = key_now(self.app, Undo)
        self.diag.say(f"Édition {found.new.checklist.version} ; {key} y revient.")

    def on_undo(self) -> None:
        """Take back the last thing said."""
        undone = undo(self.session)
        self.show_all()
        self.diag.say(f"Annulé : {undone}.")

    def on_go_visit(self) -> None:
        """Go to the visit."""
        self.diag.go_visit(self.uai)


def _some_words(typed: str) -> None:
    if not typed.strip():
        raise DiagError("Un audit se retourne avec un motif : l'ingénieur le lira.")


def _before(session: AuditSession, wanted: AuditStatus) -> str:
    """Return what to read before an audit moves on."""
    left = left_to_check(session)
    told = "\n".join(f"- {one}" for one in left)
    rest = f"Reste à vérifier :\n{told}" if left else "Tout a été vérifié."
    return f"{STATUS_MOVES[wanted]} ?\n\n{rest}"


_SHOW = "Voir"


_ADVISE = "Préconisation sous le curseur"


class NextFace(Command):
    """Passer des constats aux préconisations, puis à ce qui a changé."""

    KEYS = "tab"
    TITLE = "Volet suivant"
    GROUP = _SHOW
    PRIORITY = True


class ShowFindings(Command):
    """Montrer les constats : alertes, domaines, critères."""

    KEYS = "1"
    TITLE = "Constats"
    GROUP = _SHOW


class ShowCounsel(Command):
    """Montrer les préconisations, dans leur ordre."""

    KEYS = "2"
    TITLE = "Préconisations"
    GROUP = _SHOW


class ShowEvolution(Command):
    """Montrer ce qui a changé depuis le dernier audit."""

    KEYS = "3"
    TITLE = "Évolution"
    GROUP = _SHOW


class FollowUpCommand(Command):
    """Noter la suite : décidée, financée, commandée, faite, vérifiée."""

    KEYS = "s"
    TITLE = "Suite"
    IN_FOOTER = True
    GROUP = _ADVISE


class SetAside(Command):
    """Écarter la préconisation, avec un motif que la commune lira."""

    KEYS = "e"
    TITLE = "Écarter"
    GROUP = _ADVISE


class Reword(Command):
    """Reformuler la préconisation pour un destinataire, en voyant le résultat."""

    KEYS = "t"
    TITLE = "Texte"
    IN_FOOTER = True
    GROUP = _ADVISE


class MoveUp(Command):
    """Monter la préconisation d'un rang."""

    KEYS = "h"
    TITLE = "Plus haut"
    GROUP = _ADVISE


class MoveDown(Command):
    """Descendre la préconisation d'un rang."""

    KEYS = "b"
    TITLE = "Plus bas"
    GROUP = _ADVISE


class GoAdvice(Command):
    """Aller à la préconisation qui corrige le critère sous le curseur."""

    KEYS = "p"
    TITLE = "Que faire ?"
    GROUP = _SHOW


class ComputedOrder(Command):
    """Revenir à l'ordre calculé des préconisations."""

    TITLE = "Ordre calculé"
    GROUP = _ADVISE


class AddAdvice(Command):
    """Ajouter une préconisation de votre main ; les rapports la disent."""

    KEYS = "n"
    TITLE = "Nouvelle préconisation"
    GROUP = _AUDIT


class RemoveAdvice(Command):
    """Retirer la préconisation que vous aviez ajoutée."""

    KEYS = "delete"
    TITLE = "Retirer"
    GROUP = _ADVISE


class Suppose(Command):
    """Essayer « et si… » : rien n'est enregistré."""

    KEYS = "i"
    TITLE = "Et si…"
    IN_FOOTER = True
    GROUP = _AUDIT


class WriteReports(Command):
    """Écrire les quatre rapports, et dire où ils sont."""

    KEYS = "r,f9"
    TITLE = "Rapports"
    IN_FOOTER = True
    GROUP = _AUDIT


class OpenWritten(Command):
    """Voir les documents écrits en dernier, leur dossier, et les ouvrir."""

    KEYS = "o"
    TITLE = "Documents écrits"
    GROUP = _AUDIT


class DraftPaper(Command):
    """Préparer un document que d'autres achèvent : délibération, projet, convention."""

    TITLE = "Projets à achever"
    GROUP = _AUDIT


class Advance(Command):
    """Soumettre, accepter, retourner ou clore l'audit, en voyant ce qui reste."""

    KEYS = "a"
    TITLE = "État de l'audit"
    GROUP = _AUDIT


class NewEdition(Command):
    """Passer l'audit à l'édition courante des grilles, en voyant ce que cela change."""

    TITLE = "Passer à l'édition courante"
    GROUP = _AUDIT


class GoVisit(Command):
    """Aller à la visite."""

    KEYS = "v"
    TITLE = "Visite"
    GROUP = _AUDIT


ON_ADVICE = (FollowUpCommand, SetAside, Reword, MoveUp, MoveDown, RemoveAdvice)
"""What needs a recommendation under the cursor."""


BILAN_COMMANDS = (
    FollowUpCommand,
    Reword,
    Suppose,
    WriteReports,
    NextFace,
    ShowFindings,
    ShowCounsel,
    ShowEvolution,
    GoAdvice,
    SetAside,
    MoveUp,
    MoveDown,
    ComputedOrder,
    RemoveAdvice,
    AddAdvice,
    OpenWritten,
    DraftPaper,
    Advance,
    NewEdition,
    Undo,
    GoVisit,
)
"""All of them, those of the footer first."""


FACES = {
    "constats": "Constats",
    "preconisations": "Préconisations",
    "evolution": "Évolution",
}
"""The three sides of a bilan."""


_LINES: dict[str, Callable[[AuditSession], tuple[OutlineLine, ...]]] = {
    "constats": findings,
    "preconisations": counsel,
    "evolution": evolution,
}


WIDE = 150
"""From so many columns on, two sides stand beside each other."""


_LINE = 78
"""Columns of the summary, on a screen of 80."""


class BilanScreen(ActingScreen):
    """One audit judged: everything unfolds in place."""

    CSS_PATH = "bilan.tcss"
    OFFERS: ClassVar[tuple[CommandType, ...]] = (*BILAN_COMMANDS, Export, *EVERYWHERE)
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Qu'avons-nous constaté, que préconisons-nous, à qui ? Entrée déplie une ligne "
        "jusqu'aux faits, aux règles et aux sources ; la flèche gauche replie."
    )

    def __init__(self, uai: str) -> None:
        super().__init__()
        self.uai = uai
        """The school."""
        self.face = "constats"
        """The side that has the focus."""
        self._on_advice = False
        self._stale: set[str] = set()

    def body(self) -> ComposeResult:
        """Lay the whole over its sides."""
        yield Interval("Ensemble", id="overall")
        yield Static(id="summary")
        with Horizontal(id="faces"):
            yield Tabs(FACES.items(), id="sides")
            yield Static(id="status")
        with Horizontal(id="panes"):
            for name in FACES:
                yield Outline(id=name)

    def on_mount(self) -> None:
        """Show the findings first."""
        self._show_face("constats")

    def on_screen_resume(self) -> None:
        """Judge, each time: something may have been said elsewhere."""
        self.show_all()

    def on_resize(self, event: events.Resize) -> None:
        """Show one side or two."""
        self._arrange(event.size.width)

    def show_all(self) -> None:
        """Read everything again; the sides that are not seen wait."""
        session = self.session
        report = report_of(session)
        self.tell(f"Bilan : {session.about.title}")
        self.show_written()
        self.query_one(Interval).tell(session.assessment.overall)
        self.query_one("#summary", Static).update(content(_summary(session, report)))
        self._stale = set(FACES)
        self._freshen()

    def show_written(self) -> None:
        """Show where the audit stands, and the key of what was written, if any."""
        session = self.session
        status = f"{session.audit.campaign}, {STATUSES[session.status]}"
        if self.written:
            status = f"documents : {key_now(self.app, OpenWritten)} · {status}"
        self.query_one("#status", Static).update(content(status))
        self.refresh_bindings()

    def _freshen(self) -> None:
        """Read the sides that are seen; the others when one goes there."""
        for name in FACES:
            outline = self._outline(name)
            if outline.display and name in self._stale:
                self._stale.discard(name)
                outline.show(_LINES[name](self.session))

    def _outline(self, name: str) -> Outline:
        return self.query_one(f"#{name}", Outline)

    def _show_face(self, name: str) -> None:
        self.face = name
        self._arrange(self.size.width)
        self._outline(name).focus()

    def _arrange(self, width: int) -> None:
        beside = {self.face}
        if width >= WIDE:
            beside |= {"constats"} if self.face != "constats" else {"preconisations"}
        self.set_class(width >= WIDE, "-wide")
        for name in FACES:
            self._outline(name).display = name in beside
        self._freshen()
        self.query_one(Tabs).tell(self.face)
        self.refresh_bindings()

    @on(Tabs.Chosen)
    def _side_chosen(self, event: Tabs.Chosen) -> None:
        self._show_face(event.key)

    @on(Outline.Moved)
    def _moved(self) -> None:
        """Light or grey keys, only when that changes: it repaints the footer."""
        if self._on_advice != bool(self.advice):
            self._on_advice = bool(self.advice)
            self.refresh_bindings()

    @on(events.DescendantFocus)
    def _focused(self, event: events.DescendantFocus) -> None:
        if event.widget.id in FACES and event.widget.id != self.face:
            self._show_face(event.widget.id)

    @property
    def advice(self) -> str:
        """Id of the recommendation under the cursor; empty when there is none."""
        if self.face != "preconisations":
            return ""
        path = self._outline("preconisations").path
        found = [key for key in path if key.startswith("rec/")]
        return found[-1].split("/")[1] if found else ""

    def can(self, command: CommandType) -> bool | None:
        """Grey what needs a recommendation when there is none under the cursor."""
        if command in ON_ADVICE and not (self.is_mounted and self.advice):
            return None
        if command is OpenWritten and not self.written:
            return None
        return True

    def on_next_face(self) -> None:
        """Show the next side."""
        names = list(FACES)
        self._show_face(names[(names.index(self.face) + 1) % len(names)])

    def on_show_findings(self) -> None:
        """Show the findings."""
        self._show_face("constats")

    def on_show_counsel(self) -> None:
        """Show the recommendations."""
        self._show_face("preconisations")

    def on_show_evolution(self) -> None:
        """Show what changed."""
        self._show_face("evolution")

    def go_to_advice(self, ident: str) -> None:
        """Put the cursor on a recommendation."""
        self._show_face("preconisations")
        self._outline("preconisations").go_to(f"rec/{ident}")

    def on_export(self) -> None:
        """Choose which documents of this audit to write."""
        from diag.audit.hypotheses import scenarios  # noqa: PLC0415 - as below
        from diag.tui.export import ExportScope, ExportScreen  # noqa: PLC0415 - 30 ms

        session = self.session
        names = [one.name for one in scenarios(session)]
        scope = ExportScope(session.about.title, (session.audit,))
        self.app.push_screen(ExportScreen([scope], names))

    def on_go_advice(self) -> None:
        """Go from a criterion to the recommendation that cures it."""
        named = {
            part for key in self._outline(self.face).path for part in key.split("/")
        }
        for action in report_of(self.session).plan:
            if action.advice.recommendation.when.criterion in named:
                self.go_to_advice(action.id)
                return
        self.diag.say("Aucune préconisation ne corrige cette ligne.")


def _summary(session: AuditSession, report: Report) -> str:
    """Return what presses and what it costs, on one line of 78."""
    assessment = session.assessment
    wrong = sum(one.compliance is Compliance.NON_CONFORME for one in assessment.alerts)
    unsure = len(assessment.alerts) - wrong
    presses = ""
    if wrong:
        presses = counted(wrong, "non conforme")
    elif unsure:
        presses = f"{counted(unsure, 'conformité')} à vérifier"
    cost = short_cost(*firing(one.advice for one in report.plan.actions))
    return summary_line(SOCLES[assessment.socle], presses, cost)


def summary_line(socle: str, presses: str, cost: str) -> str:
    """Return the line, less what is needed least when it is too long for 80 columns.

    That prices are with tax goes first, then what stands just below as alerts; a price
    that takes the whole line is read where recommendations are.
    """
    least = f"Indispensable : {socle}"
    taxed = f"{cost}, TTC" if "€" in cost else cost
    tries = (
        (least, presses, taxed),
        (least, presses, cost),
        (least, cost),
        (least, presses),
    )
    lines = [" · ".join(filter(None, parts)) for parts in tries]
    return next((line for line in lines if cell_len(line) <= _LINE), lines[-1])


class FollowUpDialog(FormDialog):
    """Asks where it stands, since when, who decided and why; gives the state."""

    def __init__(
        self, title: str, step: FollowUp, keep: Callable[[FollowUp], None]
    ) -> None:
        super().__init__(f"Suite : {title}")
        self._step = step
        self._keep = keep

    def options(self) -> tuple[tuple[str, str], ...]:
        """Return the states, in the order of a life."""
        return tuple((str(one), FOLLOW_UPS[one]) for one in FollowUpState)

    def chosen_first(self) -> str:
        """Return the state proposed."""
        return str(self._step.state)

    def fields(self) -> tuple[Field, ...]:
        """Return when, who, why."""
        day = date.fromisoformat(self._step.on).strftime("%d/%m/%Y")
        return (
            Field("on", "Date", day, "31/01/2027"),
            Field("by", "Qui a décidé", "", "conseil municipal, comité de pilotage…"),
            Field("why", "Pourquoi", "", "obligatoire pour écarter"),
        )

    def keep(self) -> str:
        """Add the step.

        Raises:
            DiagError: a date that is none, or set aside without a reason.
        """
        state, on = FollowUpState(self.chosen), self.value("on")
        self._keep(
            self._step.model_copy(
                update={
                    "state": state,
                    "on": day_typed(on).isoformat() if on.strip() else "",
                    "by": self.value("by"),
                    "why": self.value("why"),
                }
            )
        )
        return str(state)


class OwnAdviceDialog(FormDialog):
    """Asks who acts, what is to be done, why, at which cost; gives its id."""

    def __init__(self, session: AuditSession) -> None:
        super().__init__("Nouvelle préconisation, de votre main")
        self._session = session

    def options(self) -> tuple[tuple[str, str], ...]:
        """Return who may act."""
        return tuple((str(one), f"Agit : {OWNERS[one]}") for one in Owner)

    def fields(self) -> tuple[Field, ...]:
        """Return what, why, how much, by when."""
        return (
            Field("title", "Que faire", "", "Repeindre la classe des grands en clair"),
            Field("why", "Pourquoi"),
            Field("euros", "Coût en € HT", "", "vide : sans dépense"),
            Field("delay", "Délai en mois", "", "vide : prochain budget"),
        )

    def keep(self) -> str:
        """Add it.

        Raises:
            DiagError: empty title, or an amount or a delay that is none.
        """
        months = spoken_number(self.value("delay")).strip()
        if months and not months.isdecimal():
            raise DiagError(
                f"Délai refusé : « {months[:20]} » n'est pas un nombre de mois.",
                about="delay",
            )
        return add_own(
            self._session,
            self.value("title"),
            owner=Owner(self.chosen),
            why=self.value("why"),
            euros=spoken_number(self.value("euros")),
            delay=f"P{months}M" if months else "",
        ).id


class OpenReport(Command):
    """Ouvrir le premier document avec la visionneuse du système."""

    PLACE = WINDOW
    KEYS = "o"
    TITLE = "Ouvrir"
    IN_FOOTER = True


class OpenReportFolder(Command):
    """Ouvrir le dossier des rapports."""

    PLACE = WINDOW
    KEYS = "d"
    TITLE = "Dossier"
    IN_FOOTER = True


class WrittenDialog(Sturdy, ModalScreen[None]):
    """Says which files were written, and where."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["dialogs.tcss", "written.tcss"]
    OFFERS: ClassVar[tuple[CommandType, ...]] = (OpenReport, OpenReportFolder, Close)
    BINDINGS = bindings_of(*OFFERS)

    def __init__(self, files: Sequence[Path], title: str, *, provisional: bool) -> None:
        super().__init__()
        self._title = title
        self.files = tuple(files)
        """What was written."""
        self._provisional = provisional

    def compose(self) -> ComposeResult:
        """Lay the names over the folder."""
        stems = tuple(dict.fromkeys(path.stem for path in self.files))
        forms = ", ".join(dict.fromkeys(path.suffix[1:].upper() for path in self.files))
        said = [
            f"{', '.join(map(_named, stems))} ({forms})",
            "",
            str(self.files[0].parent),
        ]
        if self._provisional:
            state = "Provisoires" if len(stems) > 1 else "Provisoire"
            key = key_now(self.app, Advance)
            said += ["", f"{state} : l'audit n'est pas clos ({key}, puis « Clore »)."]
        with Vertical(classes="dialog"):
            yield Static(content(self._title), classes="title")
            yield Sentence("\n".join(said), classes="said")
        yield KeyBar()

    def on_open_report(self) -> None:
        """Open the first page: the mayor's, among reports."""
        pages = [path for path in self.files if path.suffix == ".html"]
        open_outside(self.app, pages[0])

    def on_open_report_folder(self) -> None:
        """Open the folder."""
        open_outside(self.app, self.files[0].parent)

    def on_close(self) -> None:
        """Leave."""
        self.dismiss(None)


def _named(stem: str) -> str:
    """Return what a report is called; another document keeps its file's name."""
    return DOCUMENT_TITLES[Audience(stem)] if stem in set(Audience) else stem
