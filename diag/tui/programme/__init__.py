"""Programme: what, when, whose money, is it fair? Several years, one budget."""

from textual import on, work
from textual.message import Message

from diag.journal import subjects
from diag.programme import adopting, replay, setting
from diag.programme.assembling import Board
from diag.programme.container import Container, all_of
from diag.programme.operations import Contenders
from diag.programme.subject_words import subject_words, value_words
from diag.programme.words import adopting_words, theme_words, what_if_words
from diag.tui.commands import CommandType, OpenPalette, bindings_of
from diag.tui.dialogs import ChooseDialog, Confirm, ListChoice, Notice
from diag.tui.lists import Lines
from diag.tui.place import EVERYWHERE
from diag.tui.programme import decisions
from diag.tui.programme.commands import (
    AdoptProgramme,
    AdoptWeights,
    AskWhatIf,
    BallotPhones,
    CopyVariant,
    DropVariant,
    ImportGathered,
    LockYear,
    NewProgramme,
    NewTheme,
    NewVariant,
    NewWorkshop,
    NextProgrammeFace,
    NoteDecision,
    OtherProgramme,
    Replay,
    RetainVariant,
    SeeAudit,
    SeeCommune,
    SeeDecision,
    SeeDifferences,
    SeeFifths,
    SeekOperation,
    SeeWhy,
    SetEnvelopes,
    SetRules,
    SetSpan,
    SettleRivals,
    SetWeights,
    ShowCommunes,
    ShowDecisions,
    ShowVariants,
    ShowWorkshops,
    ShowYears,
    TurnCounted,
    TypeBallots,
    TypeCards,
    UndoEntry,
    WriteDocuments,
)
from diag.tui.programme.faces import FACES
from diag.tui.programme.forms import (
    Changes,
    DecisionForm,
    EditSpanForm,
    LockForm,
    NewForm,
    RuleForm,
    VariantForm,
)
from diag.tui.programme.papers import PaperActs
from diag.tui.programme.replaying import is_of_before
from diag.tui.programme.variants import BASE, VariantFigures, differences, figures_of
from diag.tui.programme.workshops import WorkshopActs
from diag.tui.programme.years import YearsView
from diag.words.dates import day_words

_FACES = {
    SeeWhy: "years",
    AskWhatIf: "years",
    LockYear: "years",
    SeeAudit: "years",
    SeeCommune: "communes",
    SeeFifths: "communes",
    RetainVariant: "variants",
    SeeDifferences: "variants",
    CopyVariant: "variants",
    NewVariant: "variants",
    DropVariant: "variants",
    SeeDecision: "decisions",
    NoteDecision: "decisions",
    AdoptProgramme: "decisions",
    AdoptWeights: "decisions",
    TypeCards: "workshops",
    TypeBallots: "workshops",
    BallotPhones: "workshops",
    NewWorkshop: "workshops",
    NewTheme: "workshops",
    ImportGathered: "workshops",
    SetWeights: "workshops",
    TurnCounted: "workshops",
}
"""Command → the only face where it means something."""

_ON_OPERATION = frozenset({AskWhatIf, LockYear, SeeAudit})

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


class Answered(Message):
    """What would be needed for a year was worked out."""

    def __init__(self, title: str, words: tuple[str, ...]) -> None:
        super().__init__()
        self.title, self.words = title, words


class Compared(Message):
    """Variants were worked out, beside a board."""

    def __init__(self, board: Board, figures: dict[str, VariantFigures]) -> None:
        super().__init__()
        self.board, self.figures = board, figures


class ProgrammeScreen(WorkshopActs, PaperActs):
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
        "« * » : audit encore ouvert. Montants TTC ; « 2028 » : budget 2028. Sans "
        "blocage : part des écoles où rien de bloquant n'attend plus. Écart : 0, "
        "chaque élève est aidé autant ; vers 1, quelques-uns ont tout."
    )

    def __init__(self) -> None:
        super().__init__()
        self._comparing: Board | None = None
        """The board that variants were set beside last."""

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

    # faces

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

    @on(Lines.Chosen)
    def _chosen(self, event: Lines.Chosen) -> None:
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

    # operations

    def on_see_why(self) -> None:
        """Give all there is to know of the operation, to be read."""
        if self.view and self.operation:
            self._say_why(self.view, self.operation)
        elif self.view and self.key:
            self.app.push_screen(Notice(self.view.below(self.key), "Pourquoi"))

    @work(thread=True, exclusive=True, group="what-if")
    def _say_why(self, view: YearsView, operation: str) -> None:
        """A theme's weight is told by a replay without it."""
        words = (one.text.plain for one in view.detail(operation))
        weight = theme_words(view.board, operation)
        more = ("", weight) if weight else ()
        self.post_message(Answered("Pourquoi", (*words, *more)))

    @work
    async def on_ask_what_if(self) -> None:
        board, name = self.board, self.operation
        if board is None or not name:
            return
        placed = board.schedule.years.get(name, board.programme.years[-1] + 1)
        asked = [year for year in board.programme.years if year < placed]
        if not asked:
            self.diag.inform("Elle est déjà inscrite au premier budget.")
            return
        choices = [ListChoice(str(year), f"budget {year}") for year in asked]
        title = board.named(name).title
        chosen = await self.app.push_screen_wait(
            ChooseDialog(f"{title} : que faudrait-il, pour quel budget ?", choices)
        )
        if chosen is not None:
            self._what_if(board, name, int(chosen))

    @work(thread=True, exclusive=True, group="what-if")
    def _what_if(self, board: Board, name: str, year: int) -> None:
        found = replay.what_if(board.programme, board.schedule, name, year)
        title = f"Que faudrait-il pour {year} ?"
        words = (board.named(name).title, "", *what_if_words(board, found))
        self.post_message(Answered(title, words))

    @on(Answered)
    def _show_answer(self, event: Answered) -> None:
        self.app.push_screen(Notice("\n".join(event.words), event.title))

    def on_lock_year(self) -> None:
        if self.board and self.operation:
            form = LockForm(self.board, self.operation, self._keep_changes)
            self.app.push_screen(form)

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

    # communes

    def on_see_commune(self) -> None:
        if self.list_shown == "communes" and self.key:
            self.commune = self.key
            self.show_face("years")

    # variants

    def compare_soon(self) -> None:
        """Work variants out, unless they are: a second or two each at most."""
        board = self.board
        is_new = board is not None and board is not self._comparing
        if board and self.container and self._found and is_new:
            self._comparing = board
            self._compare(self.container, self._found, board)

    @work(thread=True, exclusive=True, group="compare")
    def _compare(self, container: Container, found: Contenders, board: Board) -> None:
        self.post_message(Compared(board, figures_of(container, found, board)))

    @on(Compared)
    def _show_compared(self, event: Compared) -> None:
        if event.board is self.board:
            self.figures = event.figures
            self.show_all()

    def on_retain_variant(self) -> None:
        """Work in the variant: the other faces, and what is typed, follow it."""
        chosen = "" if self.key == BASE else self.key
        if chosen != self.variant:
            self.variant = chosen
            self.replay()
        self.show_face("years")

    def on_see_differences(self) -> None:
        found, base = self.figures.get(self.key), self.figures.get(BASE)
        if self.container and found and base:
            words = differences(self.container, self.key, found, base.board)
            name = self.container.record().variants[self.key].name
            self.app.push_screen(Notice("\n".join(words), name))

    def on_new_variant(self) -> None:
        if self.container:
            self.app.push_screen(VariantForm(self.container, self._keep_own))

    def on_copy_variant(self) -> None:
        if self.container:
            copied = self.container.record().variants[self.key]
            form = VariantForm(self.container, self._keep_own, copied)
            self.app.push_screen(form)

    @work
    async def on_drop_variant(self) -> None:
        assert self.container is not None
        ident = self.key
        name = self.container.record().variants[ident].name
        asked = Confirm(f"Écarter la variante « {name} » ?", yes="Écarter", grave=True)
        if await self.app.push_screen_wait(asked):
            subject = subjects.programme(subjects.VARIANTS, ident)
            self.call_later(self._keep_own, {subject: None})

    # decisions

    def on_see_decision(self) -> None:
        if self.container and self.board and self.key:
            words = decisions.decision_text(self.container, self.board, self.key)
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
        words = {one: decisions.body_words(container, board, one) for one in bodies}
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
        words = "\n".join(adopting_words(board, found))
        asked = Confirm(f"{words}\n\nArrêter ?", yes="Arrêter", grave=True)
        if await self.app.push_screen_wait(asked):
            self.call_later(self._adopt, found)

    def _adopt(self, found: adopting.Adopting) -> None:
        self.keep(*found.drafts)
        self.diag.inform("Arrêté.")

    # the programme

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
        form = EditSpanForm(self.diag.desk.workspace, self.frame, self._keep_changes)
        self.app.push_screen(form)

    def on_set_rules(self) -> None:
        if self.container:
            record = self.container.record(self.variant)
            self.app.push_screen(RuleForm(record, self._keep_changes))

    def on_set_envelopes(self) -> None:
        if self.board:
            from diag.tui.programme.envelopes import EnvelopesScreen  # noqa: PLC0415 - few set them

            screen = EnvelopesScreen(
                self.board, self.current, self._keep_changes, self.undo
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
        if container is None or board is None or not container.contested:
            return
        contested = container.contested
        subject = next(iter(contested))
        if len(contested) > 1:
            choices = [ListChoice(one, subject_words(board, one)) for one in contested]
            chosen = await self.app.push_screen_wait(
                ChooseDialog("Que trancher ?", choices)
            )
            if chosen is None:
                return
            subject = chosen
        stated = contested[subject]
        rivals = zip(stated.values, stated.authors, strict=True)
        name_of = container.workspace.settings.name_of
        values = [
            ListChoice(str(at), value_words(subject, value), name_of(author))
            for at, (value, author) in enumerate(rivals)
        ]
        words = subject_words(board, subject)
        chosen = await self.app.push_screen_wait(
            ChooseDialog(f"{words[:1].upper()}{words[1:]} : que retenir ?", values)
        )
        if chosen is not None:
            value = stated.values[int(chosen)]
            kept = value if isinstance(value, dict) else None
            self.call_later(self.keep, container.draft(subject, kept))

    def _keep_changes(self, changes: Changes) -> None:
        """Write in the programme, or in the variant that is shown."""
        if self.container:
            self.keep(*setting.drafts_of(self.container, changes, self.variant))

    def _keep_own(self, changes: Changes) -> None:
        """Write in the programme itself: its variants are its own."""
        if self.container:
            self.keep(*setting.drafts_of(self.container, changes))
