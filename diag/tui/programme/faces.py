"""The faces of a programme, and what is under the cursor of the one that is shown."""

from collections.abc import Iterator
from functools import partial

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from diag.model.text import fold
from diag.programme.adopting import financeable
from diag.programme.words import reserve_words
from diag.tui.commands import CommandType, OpenPalette, key_now
from diag.tui.lists import WIDE, Lines, ListLine, Tabs
from diag.tui.palette import FindsInAudit, FoundInAudit, PaletteEntry, SearchScope
from diag.tui.programme.decisions import (
    DECISION_COLUMNS,
    NO_DECISION,
    DecisionActs,
    NoteDecision,
    PaperActs,
    decision_lines,
    decision_text,
)
from diag.tui.programme.operations import OperationActs
from diag.tui.programme.replaying import Replay
from diag.tui.programme.settings import NewProgramme, SetEnvelopes, SetSpan
from diag.tui.programme.variants import (
    VARIANT_COLUMNS,
    VariantActs,
    change_words,
    variant_lines,
)
from diag.tui.programme.workshops import (
    NO_WORKSHOP,
    WORKSHOP_COLUMNS,
    NewWorkshop,
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
from diag.words.sentences import counted

FACES = {
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


class ProgrammeFaces(OperationActs, VariantActs, DecisionActs, PaperActs, WorkshopActs):
    """One programme, face by face; `ProgrammeScreen` acts on what is shown."""

    search_scope = SearchScope.PROGRAMME
    """Where the search looks first."""

    def body(self) -> ComposeResult:
        yield Tabs(FACES.items(), id="tabs")
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
        budgets = frame.budgets
        self.set_title(f"Programme {budgets[0]}-{budgets[-1]}", *remarks)

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
        rows = [*self._rows()] if self.view else []
        self.query_one("#detail", TextSheet).show(
            lambda width: [*lay_rows(rows, width - 1)]
        )
        self.query_one("#below", Sentence).show(self._below() if self.view else "")

    def _below(self) -> str:
        view, key = self.view, self.key
        if view is None or not key:
            return ""
        if self.face == "years":
            return view.below(key)
        if self.list_shown == "communes":
            return view.commune_words(view.shares[key]) if key in view.shares else ""
        return "\n".join(self._under())

    def _rows(self) -> Iterator[NamedText]:
        view, key = self.view, self.key
        if view is None or not key:
            return
        if self.face == "years":
            yield from view.detail(key)
        elif self.list_shown == "communes" and key in view.shares:
            yield from view.commune_detail(view.shares[key])
        else:
            yield from (NamedText("", Content(line(one))) for one in self._under())

    def _under(self) -> Iterator[str]:
        """Give what the decision or the variant under the cursor is."""
        if self.container is None or self.board is None:
            return
        if self.face == "decisions":
            yield from decision_text(self.container, self.board, self.key)
        elif self.face == "workshops" and self.key:
            yield from workshop_text(self.container.record(), self.key)
        variant = self.container.record().variants.get(self.key)
        if self.face == "variants" and variant:
            yield from filter(None, [variant.why])
            yield from change_words(self.board, self.key)

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
