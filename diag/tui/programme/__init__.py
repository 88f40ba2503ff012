"""Programme: what, when, whose money, is it fair? Several years, one budget."""

from dataclasses import replace

from textual import work

from diag.programme.container import all_of
from diag.programme.history import rivals_of
from diag.tui.commands import Command, CommandType, OpenPalette, bindings_of
from diag.tui.dialogs import ChooseDialog, Confirm, ListChoice
from diag.tui.lists import Lines
from diag.tui.place import EVERYWHERE
from diag.tui.programme.decisions import (
    DECISION_COMMANDS,
    AdoptProgramme,
    AdoptWeights,
    SeeDecision,
    WriteDocuments,
)
from diag.tui.programme.faces import FACES, ProgrammeFaces
from diag.tui.programme.operations import OPERATION_COMMANDS, SeeWhy
from diag.tui.programme.replaying import ACT, SET, SHOW, Replay, UndoEntry, is_of_before
from diag.tui.programme.settings import (
    EditSpanForm,
    EnvelopesScreen,
    NewForm,
    NewProgramme,
    OtherProgramme,
    RuleForm,
    SetEnvelopes,
    SetRules,
    SetSpan,
)
from diag.tui.programme.variants import (
    BASE,
    VARIANT_COMMANDS,
    CopyVariant,
    DropVariant,
    SeeDifferences,
)
from diag.tui.programme.workshops import (
    WORKSHOP_COMMANDS,
    BallotPhones,
    ImportGathered,
    TurnCounted,
    TypeBallots,
    TypeCards,
)
from diag.words.dates import day_words


class NextProgrammeFace(
    Command, keys="tab", title="Volet suivant", group=SHOW, priority=True
):
    """Passer au volet suivant : années, communes, variantes, décisions, ateliers."""


class ShowYears(Command, keys="1", title="Années", group=SHOW):
    """Montrer les opérations par année, et la raison de chacune."""


class ShowCommunes(Command, keys="2", title="Communes", group=SHOW):
    """Montrer ce que chaque commune demande et reçoit, la moins aidée d'abord."""


class ShowVariants(Command, keys="3", title="Variantes", group=SHOW):
    """Comparer les variantes au programme, chacune recalculée."""


class ShowDecisions(Command, keys="4", title="Décisions", group=SHOW):
    """Montrer ce que les instances ont dit, et ce que chacune a fait bouger."""


class SeekOperation(Command, keys="slash", title="Opération", group=SHOW):
    """Chercher une opération par son titre, son école, sa commune."""


class SeeCommune(Command, keys="enter", title="Ses opérations", group=ACT, footer=True):
    """Montrer les opérations de la commune, année par année."""


class SeeFifths(Command, keys="i", title="Par IPS", group=SHOW, footer=True):
    """Regrouper les communes par cinquièmes d'IPS ; cinq communes au moins chacun."""


class ShowWorkshops(Command, keys="5", title="Ateliers", group=SHOW):
    """Montrer les ateliers, leurs cartes et bulletins, ce que les thèmes pèsent."""


class SettleRivals(Command, keys="k", title="À trancher", group=SET, footer=True):
    """Choisir entre ce que deux postes ont écrit chacun de leur côté."""


_FACES = {
    **dict.fromkeys(OPERATION_COMMANDS, "years"),
    SeeCommune: "communes",
    SeeFifths: "communes",
    **dict.fromkeys(VARIANT_COMMANDS, "variants"),
    **dict.fromkeys(DECISION_COMMANDS, "decisions"),
    **dict.fromkeys(WORKSHOP_COMMANDS, "workshops"),
}
"""Command → the only face where it means something."""

_ON_OPERATION = frozenset(OPERATION_COMMANDS) - {SeeWhy}

_ON_LINE = frozenset({
    SeeWhy,
    SeeCommune,
    SeeDecision,
    AdoptProgramme,
    AdoptWeights,
    TypeCards,
    TypeBallots,
    BallotPhones,
    ImportGathered,
    TurnCounted,
})
"""Commands that act on what the cursor is on."""

_ON_VARIANT = frozenset({SeeDifferences, CopyVariant, DropVariant})

_ON_YEARS = frozenset({SetEnvelopes, SetRules, Replay, WriteDocuments})
"""Commands that mean something once the years are known."""

_WITHOUT_NEW = frozenset({"years", "communes"})
"""Faces where nothing else is new."""


class ProgrammeScreen(ProgrammeFaces):
    """The programme, and what one does to it."""

    CSS_PATH = "programme.tcss"
    OFFERS = (
        *_FACES,
        SettleRivals,
        SetEnvelopes,
        Replay,
        SetRules,
        WriteDocuments,
        NewProgramme,
        SeekOperation,
        UndoEntry,
        NextProgrammeFace,
        ShowYears,
        ShowCommunes,
        ShowVariants,
        ShowDecisions,
        ShowWorkshops,
        SetSpan,
        OtherProgramme,
        *EVERYWHERE,
    )
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Quoi, quand, avec l'argent de qui, est-ce juste ? Les opérations passent une "
        "à une, la loi d'abord ; chacune prend la première année où chaque payeur a sa "
        "part et où la commune a encore son droit. « V » : verrou, « D » : décidée, "
        "« F » : financée, « C » : commandée, « ok » : faite, "
        "« * » : audit encore ouvert. Montants TTC ; « 2028 » : budget 2028. Sans "
        "blocage : part des écoles où rien de bloquant n'attend plus. Écart : 0, "
        "chaque élève est aidé autant ; vers 1, quelques-uns ont tout."
    )

    def can(self, command: CommandType) -> bool | None:
        if command in EVERYWHERE:
            return True
        if command in _FACES and _FACES[command] != self.face:
            return False
        if self.container is None or command is NewProgramme:
            return command is NewProgramme and self.face in _WITHOUT_NEW
        if command is SettleRivals:
            return bool(self.container.contested)
        is_able = (
            self.key not in {"", BASE}
            if command in _ON_VARIANT
            else bool(self.operation)
            if command in _ON_OPERATION
            else bool(self.key)
            if command in _ON_LINE
            else command not in _ON_YEARS or self.frame is not None
        )
        return True if is_able else None

    def on_show_years(self) -> None:
        self.show_face("years")

    def on_show_communes(self) -> None:
        self.show_face("communes")

    def on_show_variants(self) -> None:
        self.show_face("variants")

    def on_show_decisions(self) -> None:
        self.show_face("decisions")

    def on_show_workshops(self) -> None:
        self.show_face("workshops")

    def on_next_programme_face(self) -> None:
        names = list(FACES)
        self.show_face(names[(names.index(self.face) + 1) % len(names)])

    def on_seek_operation(self) -> None:
        self.app.post_message(OpenPalette())

    def on_see_fifths(self) -> None:
        self.by_ips = not self.by_ips
        self.show_face("communes")

    def on_back(self) -> None:
        """Show every commune again, else leave."""
        if self.commune:
            self.commune = ""
            self.show_all()
        else:
            self.diag.go_back()

    def choose_line(self, event: Lines.Chosen) -> None:
        """Go to the list that was clicked, else do what its face does."""
        if event.lines.id != self.list_shown:
            self.show_face(str(event.lines.id))
            return
        match self.face:
            case "years":
                self.on_see_why()
            case "communes":
                self.on_see_commune()
            case "variants":
                self.on_retain_variant()
            case "decisions":
                self.on_see_decision()
            case "workshops":
                self.on_type_cards()

    def on_see_commune(self) -> None:
        if self.list_shown == "communes" and self.key:
            self.commune = self.key
            self.show_face("years")

    def on_new_programme(self) -> None:
        def opened(ident: str | None) -> None:
            if ident:
                self.choose(ident)

        self.app.push_screen(NewForm(self.diag.desk.workspace), opened)

    @work
    async def on_other_programme(self) -> None:
        known = all_of(self.diag.desk.workspace)
        choices = [ListChoice(one.audit.id, one.slug, one.about.name) for one in known]
        chosen = await self.app.push_screen_wait(
            ChooseDialog("Quel programme ?", choices)
        )
        if chosen is not None:
            self.call_later(self.choose, chosen)

    def on_set_span(self) -> None:
        form = EditSpanForm(self.diag.desk.workspace, self.frame, self.keep_changes)
        self.app.push_screen(form)

    def on_set_rules(self) -> None:
        if self.container:
            record = self.container.record(self.variant)
            self.app.push_screen(RuleForm(record, self.keep_changes))

    def on_set_envelopes(self) -> None:
        if self.board:
            screen = EnvelopesScreen(
                self.board, self.current, self.keep_changes, self.undo
            )
            self.app.push_screen(screen)

    def on_replay(self) -> None:
        self.read(afresh=True)

    @work
    async def on_undo_entry(self) -> None:
        """Take back the last gesture; ask first when it is of another day."""
        taken = self.last_gesture()
        if is_of_before(taken, self.diag.desk.world.today()):
            what, day = self.gesture_words(taken), day_words(taken[0].at)
            asked = Confirm(f"Annuler {what} ? C'est du {day}.", grave=True)
            if not await self.app.push_screen_wait(asked):
                return
        self.call_later(self._undo_asked)

    def _undo_asked(self) -> None:
        self.diag.inform(f"Annulé : {self.undo(is_asked=True)}.")

    @work
    async def on_settle_rivals(self) -> None:
        """Ask which of the values that differ is the good one, and write it."""
        container, board = self.container, self.board
        if container is None or board is None:
            return
        rivals = [*rivals_of(replace(board, container=container))]
        if not rivals:
            return
        at = "0"
        if len(rivals) > 1:
            subjects = [ListChoice(str(n), one.words) for n, one in enumerate(rivals)]
            chosen = await self.app.push_screen_wait(
                ChooseDialog("Que trancher ?", subjects)
            )
            if chosen is None:
                return
            at = chosen
        one = rivals[int(at)]
        words = f"{one.words[:1].upper()}{one.words[1:]} : que retenir ?"
        values = [
            ListChoice(str(n), each.words, each.author)
            for n, each in enumerate(one.values)
        ]
        kept = await self.app.push_screen_wait(ChooseDialog(words, values))
        if kept is not None:
            value = one.values[int(kept)].value
            given = value if isinstance(value, dict) else None
            self.call_later(self.keep, container.draft(one.subject, given))
