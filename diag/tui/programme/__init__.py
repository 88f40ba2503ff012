"""Programme: what, when, whose money, is it fair? Several years, one budget."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from diag.model.text import fold
from diag.programme.adopting import financeable
from diag.programme.container import all_of
from diag.programme.history import rivals_of
from diag.programme.words import reserve_words
from diag.tui.commands import Command, CommandType, OpenPalette, key_now
from diag.tui.dialogs import ChooseDialog, Confirm, ListChoice
from diag.tui.lists import WIDE, Lines, ListLine, Tabs
from diag.tui.palette import FindsInAudit, FoundInAudit, PaletteEntry, SearchScope
from diag.tui.place import EVERYWHERE
from diag.tui.programme.acts import (
    DECISION_COLUMNS,
    DECISION_COMMANDS,
    NO_DECISION,
    OPERATION_COMMANDS,
    AdoptProgramme,
    AdoptWeights,
    DecisionActs,
    NoteDecision,
    OperationActs,
    PaperActs,
    SeeDecision,
    SeeWhy,
    WriteDocuments,
    decision_lines,
    decision_text,
)
from diag.tui.programme.grid import EnvelopesScreen
from diag.tui.programme.replaying import ACT, SET, SHOW, Replay, UndoEntry, is_of_before
from diag.tui.programme.settings import (
    BASE,
    VARIANT_COLUMNS,
    VARIANT_COMMANDS,
    CopyVariant,
    DropVariant,
    EditSpanForm,
    NewForm,
    NewProgramme,
    OtherProgramme,
    RuleForm,
    SeeDifferences,
    SetEnvelopes,
    SetRules,
    SetSpan,
    VariantActs,
    change_words,
    variant_lines,
)
from diag.tui.programme.workshops import (
    NO_WORKSHOP,
    WORKSHOP_COLUMNS,
    WORKSHOP_COMMANDS,
    BallotPhones,
    ImportGathered,
    NewWorkshop,
    TurnCounted,
    TypeBallots,
    TypeCards,
    WorkshopActs,
    theme_rows,
    workshop_lines,
    workshop_text,
)
from diag.tui.programme.years import (
    COMMUNE_COLUMNS,
    FIFTHS_COLUMNS,
    NO_GROUP,
    YEAR_COLUMNS,
    YearsView,
    commune_lines,
    fifth_lines,
    summarise_communes,
)
from diag.tui.text import NamedText, Sentence, TextSheet, lay_rows, line
from diag.words.dates import day_words
from diag.words.sentences import counted


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

_TABS = {
    "years": "1 Années",
    "communes": "2 Communes",
    "variants": "3 Variantes",
    "decisions": "4 Décisions",
    "workshops": "5 Ateliers",
}
"""Face → its tab."""

_COLUMNS = {
    "years": YEAR_COLUMNS,
    "communes": COMMUNE_COLUMNS,
    "fifths": FIFTHS_COLUMNS,
    "variants": VARIANT_COLUMNS,
    "decisions": DECISION_COLUMNS,
    "workshops": WORKSHOP_COLUMNS,
}
"""List → its columns; Communes has two."""

_WITHOUT_BOARD = frozenset({"decisions", "workshops"})
"""Lists that wait for no reading of the audits."""

_TALL = 36
"""From so many rows, variants stand under the years of a wide screen."""

_MOST = 12
"""Operations that the search shows."""

_NO_PROGRAMME = (
    "Aucun programme pluriannuel ici. Touche {key} : en ouvrir un, ses années et les "
    "campagnes dont il prend les audits."
)

_NO_YEARS = (
    "Ce programme n'a pas encore d'années. Touche {key} : « "
    f"{SetSpan.TITLE} » les donne."
)

_NO_OPERATION = (
    "Aucune opération : les audits de ces campagnes n'ont rien à voter. Touche {key} : "
    f"« {SetSpan.TITLE} » change les campagnes."
)

_READING = "Lecture des audits, école par école…"

_FAILED = "Le programme n'a pas pu être calculé. Touche {key} : réessayer."

_NO_ENVELOPE = "Aucune enveloppe : rien n'a d'année. Touche {key} : les saisir."


class ProgrammeScreen(
    OperationActs, VariantActs, DecisionActs, PaperActs, WorkshopActs
):
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
    INTRODUCTION = (
        "Quoi, quand, avec l'argent de qui, est-ce juste ? Les opérations passent une "
        "à une, la loi d'abord ; chacune prend la première année où chaque payeur a sa "
        "part et où la commune a encore son droit. « V » : verrou, « D » : décidée, "
        "« F » : financée, « C » : commandée, « ok » : faite, "
        "« * » : audit encore ouvert. Montants TTC ; « 2028 » : budget 2028. Sans "
        "blocage : part des écoles où rien de bloquant n'attend plus. Écart : 0, "
        "chaque élève est aidé autant ; vers 1, quelques-uns ont tout."
    )

    search_scope = SearchScope.PROGRAMME
    """Where the search looks first."""

    def body(self) -> ComposeResult:
        yield Tabs(_TABS.items(), id="tabs")
        yield Static(id="head")
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                for name, columns in _COLUMNS.items():
                    yield Lines(columns, id=name)
            yield TextSheet(id="detail")
        yield Sentence(id="below")

    def on_mount(self) -> None:
        """Show the frame first: what stands is read right after it."""
        self.set_title("Programme")
        self._arrange()
        self.lines.focus()

    def on_screen_resume(self) -> None:
        """Read again: something may have been written elsewhere."""
        self.call_after_refresh(self.read)

    def catch_up(self) -> None:
        """Show what another window or a sync wrote, once the user comes back."""
        self.read()

    def on_resize(self, event: events.Resize) -> None:  # noqa: ARG002 - Textual's
        self._arrange()

    def show_face(self, face: str) -> None:
        """Show another face, its list under the cursor."""
        self.face = face
        self._arrange()
        self.show_all()
        self.lines.focus()

    def _arrange(self) -> None:
        width, height = self.size
        is_wide = width >= WIDE
        shown = {self.list_shown}
        if is_wide and height >= _TALL and self.face == "years":
            shown.add("variants")
        for name in _COLUMNS:
            self.query_one(f"#{name}").display = name in shown
        self.set_class(len(shown) > 1, "-tall")
        self.query_one("#detail").display = is_wide
        self.query_one("#below").display = not is_wide
        self.query_one(Tabs).show(self.face)
        self.show_under()
        self.refresh_keys()

    def show_all(self) -> None:
        """Show what is known now; what is not there yet, as it was."""
        if not self.is_mounted:
            return
        board = self.board
        if board is None:
            self.view, self.figures = None, {}
        elif self.view is None or self.view.board is not board:
            self.view, self.figures = YearsView(board), {}
        self._show_title()
        head = self.query_one("#head", Static)
        rows = [Content(line(one)) for one in self._head()]
        head.display = bool(rows)
        head.update(Content("\n").join(rows))
        for name in _COLUMNS:
            listed = self.query_one(f"#{name}", Lines)
            if listed.display:
                listed.empty = self._empty(name)
                listed.show(self._lines_of(name))
        if self.query_one("#variants").display:
            self.compare_soon()
        self.show_under()
        self.refresh_keys()

    def _show_title(self) -> None:
        container, frame = self.container, self.frame
        if container is None or frame is None:
            self.set_title("Programme", self.busy)
            return
        record = container.record(self.variant)
        remarks = [container.about.name]
        if self.variant:
            remarks.append(f"variante {record.variants[self.variant].name}")
        remarks.append("révision de l'arrêté" if record.adoption else "non arrêté")
        if rivals := len(container.contested):
            remarks.append(f"à trancher : {rivals}")
        if self.busy:
            remarks.append(self.busy)
        self.set_title(f"Programme {frame.span}", *remarks)

    def _head(self) -> Iterator[str]:
        if self.view is None or self.board is None:
            return
        if self.face == "years":
            yield from self.view.head()
            if not self.board.programme.envelopes:
                yield _NO_ENVELOPE.format(key=key_now(self.app, SetEnvelopes))
            if self.commune:
                share = self.view.shares.get(self.commune)
                name = share.name if share else self.commune
                yield f"{name} seulement ; Échap les montre toutes."
        elif self.face == "communes":
            yield summarise_communes(self.view)
        elif self.face == "variants":
            yield reserve_words(self.board)
        elif self.face == "decisions":
            if ready := financeable(self.board):
                many = counted(len(ready), "opération décidée", "opérations décidées")
                yield f"{many}, enveloppes votées : à noter financée, au volet Années."
        elif self.face == "workshops" and self.container:
            yield from theme_rows(self.container.record())

    def _lines_of(self, name: str) -> list[ListLine]:
        container, view = self.container, self.view
        found: list[ListLine] = []
        if container is None or (view is None and name not in _WITHOUT_BOARD):
            return found
        if name == "decisions":
            found = decision_lines(container, self.board)
        elif name == "workshops":
            found = workshop_lines(container.record())
        elif name == "variants":
            found = variant_lines(container, self.figures, self.variant)
        elif name == "communes" and view:
            found = commune_lines(view)
        elif view:
            found = fifth_lines(view) if name == "fifths" else view.lines(self.commune)
        return found

    def _empty(self, name: str) -> str:
        """Return what a list without a line shows: what is missing, the key for it."""
        words: str = _NO_OPERATION
        command: CommandType = OpenPalette
        if self.container is None:
            words, command = _NO_PROGRAMME, NewProgramme
        elif self.frame is None:
            words = _NO_YEARS
        elif name == "decisions":
            words, command = NO_DECISION, NoteDecision
        elif name == "workshops":
            words, command = NO_WORKSHOP, NewWorkshop
        elif self.board is None:
            words, command = (_READING if self.busy else _FAILED), Replay
        elif name == "fifths":
            words = NO_GROUP
        return words.format(key=key_now(self.app, command))

    def show_under(self) -> None:
        """Show what the cursor is on: beside the list, or under it."""
        view, container, key, below = self.view, self.container, self.key, ""
        rows: list[NamedText] = []
        if view and key and self.face == "years":
            rows, below = [*view.detail(key)], view.below(key)
        elif view and key and self.list_shown == "communes":
            if share := view.shares.get(key):
                rows, below = [*view.commune_detail(share)], view.commune_words(share)
        elif view and key and container:
            record, under = container.record(), list[str]()
            if self.face == "decisions":
                under = [*decision_text(container, view.board, key)]
            elif self.face == "workshops":
                under = [*workshop_text(record, key)]
            elif self.face == "variants" and (variant := record.variants.get(key)):
                under = [*filter(None, [variant.why]), *change_words(view.board, key)]
            rows = [NamedText("", Content(line(one))) for one in under]
            below = "\n".join(under)
        self.query_one("#detail", TextSheet).show(
            lambda width: [*lay_rows(rows, width - 1)]
        )
        self.query_one("#below", Sentence).show(below)

    @on(Lines.Moved)
    def _moved(self, event: Lines.Moved) -> None:
        if event.lines.id == self.list_shown:
            self.show_under()
            self.refresh_keys()

    @on(Tabs.Chosen)
    def _tab_chosen(self, event: Tabs.Chosen) -> None:
        self.show_face(event.key)

    def go_to(self, operation: str) -> None:
        """Show an operation among the years."""
        self.commune = ""
        self.show_face("years")
        self.lines.show(self.lines.lines, operation)

    def audit_finds(self) -> FindsInAudit:
        """Return what finds operations here, for the search."""
        entries: list[tuple[str, PaletteEntry]] = []
        for one in self.view.lines() if self.view else ():
            if one.key:
                year, _, commune, school, title, *_ = one.cells
                place, shown = f"{commune} · {school}", partial(self.go_to, one.key)
                entry = PaletteEntry(year, title, place, shown)
                entries.append((f" {fold(f'{title} {commune} {school}')}", entry))

        def find(words: str, *, here: bool = False) -> FoundInAudit:  # noqa: ARG001 - the search's
            wanted = fold(words).split()
            found = (
                one
                for text, one in entries
                if all(f" {word}" in text for word in wanted)
            )
            return FoundInAudit([
                one for _, one in zip(range(_MOST), found, strict=False)
            ])

        return find

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
        names = list(_TABS)
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
        self.ask(NewForm(self.diag.desk.workspace), self.choose)

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
