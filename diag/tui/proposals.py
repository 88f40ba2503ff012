"""Réponses proposées: what forms, phones and other tools offer, to be accepted."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from diag.audit.evidence import (
    EvidenceContext,
    MissingColumnsError,
    MissingRoomError,
    import_evidence,
    read_words,
    remember_columns,
)
from diag.audit.forms import is_form, load_form
from diag.audit.proposals import OfferedAnswer, accept, propose, refuse, waiting
from diag.audit.session import AuditSession
from diag.audit.undo import undo
from diag.imports.evidence.consoles import FIELDS, ConsoleTable
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.tui.commands import Command, CommandType, key_now
from diag.tui.dialogs import (
    Ask,
    Cancel,
    ChooseDialog,
    Dialog,
    Keep,
    ListChoice,
    TickSeveral,
)
from diag.tui.lists import TINY, Lines, ListColumn, ListLine
from diag.tui.place import KeyBar
from diag.tui.text import Sentence, content
from diag.words.sentences import counted
from diag.words.vocabulary import PLACES
from diag.workspace.disk import path_typed, paths_of


class AcceptOne(Command, keys="enter", title="Accepter", footer=True):
    """Répondre ce qui est proposé ; la provenance est celle de qui le dit."""


class AcceptPlace(Command, keys="s", title="Tout ce lieu", footer=True):
    """Accepter tout ce qui est proposé pour ce lieu, en une seule saisie."""


class AcceptAll(Command, keys="t", title="Tout", footer=True):
    """Accepter tout ce qui est proposé ; une seule annulation le reprend."""


class RefuseOne(Command, keys="delete,e", title="Écarter", footer=True):
    """Écarter la proposition ; elle ne sera pas proposée de nouveau."""


class OpenFilled(Command, keys="o", title="Lire un fichier", footer=True):
    """Lire un formulaire revenu, un inventaire, une mesure : c'est proposé."""


class TakeBackAccepted(Command, keys="ctrl+z", title="Annuler", footer=True):
    """Reprendre la dernière saisie : ce qui a été accepté attend de nouveau."""


class LeaveProposals(Cancel, title="Revenir"):
    """Revenir ; ce qui attend attend encore."""


_Lacking = tuple[
    tuple[Path, ...], EvidenceContext, MissingRoomError | MissingColumnsError
]
"""Files that wait for what they do not hold themselves."""


class ChooseContent(Command, keys="enter", title="Changer", footer=True):
    """Dire ce que tient cette colonne."""


class IgnoreColumn(Command, keys="delete,i", title="Ignorer", footer=True):
    """Ne rien lire de cette colonne."""


class ColumnsScreen(Dialog[dict[str, str] | None]):
    """What each column of a table holds: guessed, corrected, then remembered."""

    OFFERS = (ChooseContent, IgnoreColumn, Keep, Cancel)

    def __init__(self, table: ConsoleTable) -> None:
        super().__init__()
        self._table = table
        self._held = dict(table.guessed)

    def compose(self) -> ComposeResult:
        with Vertical(id="proposals"):
            title = "Ce que tiennent ses colonnes · retenu pour les prochains tableaux"
            yield Static(content(title), id="title", classes="title")
            yield Lines((
                ListColumn("Colonne"),
                ListColumn("Exemple", 22, narrow=16, least=TINY),
                ListColumn("Contenu", 34, narrow=26, tiny=16),
            ))
            yield Sentence(
                "Sans contenu, une colonne n'est pas lue ; qui se sert d'un poste ne "
                "l'est jamais.",
                id="remarks",
            )
        yield KeyBar()

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        self.query_one(Lines).show([
            ListLine(
                name,
                (
                    name,
                    self._table.examples.get(name, ""),
                    FIELDS.get(self._held.get(name, ""), "—"),
                ),
            )
            for name in self._table.columns
        ])

    @on(Lines.Chosen)
    def _picked(self) -> None:
        self.on_choose_content()

    def on_choose_content(self) -> None:
        name = self.query_one(Lines).key

        def chosen(field: str | None) -> None:
            if name and field:
                others = {
                    one: what for one, what in self._held.items() if what != field
                }
                self._held = {**others, name: field}
                self._show()

        choices = [ListChoice(field, words) for field, words in FIELDS.items()]
        self.app.push_screen(ChooseDialog(f"Que tient « {name} » ?", choices), chosen)

    def on_ignore_column(self) -> None:
        self._held.pop(self.query_one(Lines).key or "", None)
        self._show()

    def on_keep(self) -> None:
        self.dismiss(self._held)


class ProposalsScreen(Dialog[None]):
    """What waits for a person, by place."""

    OFFERS = (
        AcceptOne,
        AcceptPlace,
        AcceptAll,
        RefuseOne,
        OpenFilled,
        TakeBackAccepted,
        LeaveProposals,
    )

    def __init__(self, session: AuditSession, notice: str = "") -> None:
        super().__init__()
        self._session = session
        self._notice = notice
        self._waiting: tuple[OfferedAnswer, ...] = ()
        self._lacking: _Lacking | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="proposals"):
            yield Static(id="title", classes="title")
            yield Lines(
                (
                    ListColumn("Lieu", 18, narrow=12, least=TINY),
                    ListColumn("Question"),
                    ListColumn("Proposé", 26, narrow=20, tiny=14),
                    ListColumn("Déjà", 20, narrow=14, least=70),
                ),
                empty=f"Rien n'est proposé. {key_now(self.app, OpenFilled)} lit un "
                "formulaire revenu, un inventaire, une mesure.",
            )
            yield Sentence(id="remarks")
        yield KeyBar()

    def on_mount(self) -> None:
        self._show(self._notice)

    def can(self, command: CommandType) -> bool | None:
        if command in {LeaveProposals, OpenFilled, TakeBackAccepted}:
            return True
        return True if self._waiting else None

    def _show(self, notice: str = "") -> None:
        self._notice = notice
        self._waiting = waiting(self._session)
        count = counted(len(self._waiting), "réponse proposée", "réponses proposées")
        title = f"{count} · rien n'est répondu sans vous"
        self.query_one("#title", Static).update(content(title))
        root = self._session.facts.root
        whole = PLACES[self._session.about.kind][0].capitalize()
        self.query_one(Lines).show([
            ListLine(
                one.offer.id,
                (
                    whole if one.offer.place == root else one.where,
                    one.label,
                    one.words,
                    one.known,
                ),
            )
            for one in self._waiting
        ])
        self._show_remarks()
        self.refresh_bindings()

    @property
    def _chosen(self) -> OfferedAnswer | None:
        key = self.query_one(Lines).key
        return next((one for one in self._waiting if one.offer.id == key), None)

    @on(Lines.Moved)
    def _show_remarks(self) -> None:
        one = self._chosen
        doubt = f"À vérifier : {one.doubt}." if one and one.doubt else ""
        source = f"{one.label}\n{one.source}" if one else ""
        words = "\n".join(filter(None, (self._notice, source, doubt)))
        self.query_one("#remarks", Sentence).show(words)

    @on(Lines.Chosen)
    def _picked(self) -> None:
        self.on_accept_one()

    def on_accept_one(self) -> None:
        one = self._chosen
        if one:
            self._accept([one])

    def on_accept_place(self) -> None:
        chosen = self._chosen
        if chosen:
            place = chosen.offer.place
            self._accept(one for one in self._waiting if one.offer.place == place)

    def on_accept_all(self) -> None:
        if self._waiting:
            self._accept(self._waiting)

    def _accept(self, chosen: Iterable[OfferedAnswer]) -> None:
        count = accept(self._session, [one.offer.id for one in chosen])
        taken = counted(count, "réponse acceptée", "réponses acceptées")
        self._show(f"Enregistré · {taken}.")

    def on_refuse_one(self) -> None:
        one = self._chosen
        if one:
            refuse(self._session, [one.offer.id])
            self._show(f"Écartée : {one.label}.")

    def on_open_filled(self) -> None:
        question = (
            "Quel fichier ? Déposez-le ici, ou tapez son chemin : formulaire revenu, "
            "inventaire (GLPI, OCS, nmap), débit, Wi-Fi."
        )
        self.app.push_screen(Ask(question, keep=self._read), self._complete)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self._read(event.text)
        self._complete()

    def _read(self, typed: str) -> None:
        """Propose what files bring: one form, or what other tools wrote.

        Raises:
            DiagError: it cannot be read; the path stays, to be corrected.
        """
        path = path_typed(typed)
        if path is None:
            return
        several = paths_of(typed)
        if len(several) > 1 or not is_form(path):
            self._gather(several if len(several) > 1 else (path,), EvidenceContext())
            return
        read = load_form(self._session, path)
        count = propose(self._session, read.offers)
        new = counted(count, "nouvelle réponse", "nouvelles réponses")
        refused = (f"Refusée : {each}" for each in read.refused)
        self._show("\n".join((f"{new} dans ce fichier.", *refused)))

    def _gather(self, paths: tuple[Path, ...], context: EvidenceContext) -> None:
        """Keep files of other tools and propose what they offer, once all is known.

        Raises:
            DiagError: none of them is one.
        """
        try:
            taken = import_evidence(self._session, paths, context)
        except (MissingRoomError, MissingColumnsError) as missing:
            self._lacking = paths, context, missing
            return
        if not taken.read:
            raise DiagError(" ".join(taken.refused))
        remarks = (each for one in taken.read for each in one.read.remarks)
        refused = (f"Refusé : {each}" for each in taken.refused)
        told = (f"{taken.words}.", *map(read_words, taken.read), taken.unasked)
        self._show("\n".join(filter(None, (*told, *remarks, *refused))))

    def _complete(self, _typed: str | None = None) -> None:
        """Ask what files do not hold: columns, the room of each, our networks."""
        if self._lacking is None:
            return
        paths, context, missing = self._lacking
        self._lacking = None
        if isinstance(missing, MissingRoomError):
            self._ask_room(paths, context, missing)
            return
        table = missing.table

        def chosen(held: dict[str, str]) -> None:
            remember_columns(self._session, table, held)
            self._gather(paths, context)
            self._complete()

        self.ask(ColumnsScreen(table), chosen)

    def _ask_room(
        self,
        paths: tuple[Path, ...],
        context: EvidenceContext,
        missing: MissingRoomError,
    ) -> None:
        def go_on(known: EvidenceContext) -> None:
            self._gather(paths, known)
            self._complete()

        def named(ssids: tuple[str, ...]) -> None:
            go_on(replace(context, ssids=ssids))

        if missing.names:
            choices = [ListChoice(one, one) for one in missing.names]
            asked = "Quels réseaux sont ceux de l'école ?"
            self.ask(TickSeveral(asked, choices), named)
            return

        def placed(room: str) -> None:
            go_on(replace(context, rooms={**context.rooms, missing.files[0]: room}))

        rooms = self._session.facts.places_of(PlaceKind.SALLE)
        if not rooms or not missing.files:
            raise missing
        asked = f"Dans quelle salle « {missing.files[0].name} » a-t-il été relevé ?"
        choices = [ListChoice(one.id, one.name) for one in rooms]
        self.ask(ChooseDialog(asked, choices), placed)

    def on_screen_resume(self) -> None:
        """Show what was written meanwhile, once asked whether to write."""
        self._show(self._notice)

    def on_take_back_accepted(self) -> None:
        self._show(f"Annulé · {undo(self._session)}.")

    def on_leave_proposals(self) -> None:
        self.dismiss(None)
