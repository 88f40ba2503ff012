"""Rewording a recommendation for one reader, with what it will look like beside."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Markdown, Static, TextArea

from diag.audit import advising, remarks
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.documents.write import preview
from diag.model.checklist import Wording
from diag.model.enums import USUAL_READER, Audience
from diag.model.errors import DiagError
from diag.tui.commands import Back, Command, Help, bindings_of
from diag.tui.dialogs import READING, Confirm
from diag.tui.lists import Tabs
from diag.tui.place import PlaceScreen
from diag.tui.text import content
from diag.words.vocabulary import AUDIENCES, PART_WORDS, PARTS


class NextReader(
    Command, keys="f3", title="Destinataire suivant", footer=True, priority=True
):
    """Passer au destinataire suivant ; ce qui est écrit est gardé."""


class DeclaredWords(
    Command, keys="f5", title="Mots des grilles", footer=True, priority=True
):
    """Revenir aux mots des grilles pour ce destinataire, après confirmation."""


class DropWords(Command, keys="delete", title="Laisser tomber", footer=True):
    """Laisser tomber le texte refusé ; ce qui était enregistré avant lui reste."""


class Mend(Command, keys="escape", title="Corriger", footer=True):
    """Revenir au texte refusé, pour le corriger."""


class Faulty(Confirm):
    """Asks what becomes of a text that is refused: mended, or dropped."""

    CSS_PATH = "dialogs.tcss"
    OFFERS = (DropWords, Mend)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of(*OFFERS), *READING]

    def __init__(self, refusal: str) -> None:
        super().__init__(
            refusal, yes="Laisser tomber ce texte", no="Corriger", grave=True
        )

    def on_drop_words(self) -> None:
        self.dismiss(True)

    def on_mend(self) -> None:
        self.dismiss(False)


class RewordScreen(PlaceScreen):
    """One recommendation's words; each part is kept when the user leaves it."""

    CSS_PATH = "reword.tcss"
    OFFERS = (NextReader, DeclaredWords, Back, Help)
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Chaque destinataire lit la préconisation dans ses mots. Le texte est gardé "
        "dès que l'on quitte une partie ; {quantite}, {cout}, {lieux} et {echeance} "
        "sont remplis par les faits."
    )

    def __init__(
        self, session: AuditSession, ident: str, audience: Audience = USUAL_READER
    ) -> None:
        super().__init__()
        self._session = session
        self.ident = ident
        """The recommendation."""
        self.audience = audience
        """The reader whose words are shown."""
        self._report = report_of(session)

    def body(self) -> ComposeResult:
        yield Tabs(AUDIENCES.items(), "Pour ", id="readers")
        with Horizontal():
            with VerticalScroll(id="parts", can_focus=False):
                for name, label in PART_WORDS.items():
                    yield Static(content(label), classes="label", id=f"label-{name}")
                    area = TextArea(id=name, soft_wrap=True, tab_behavior="focus")
                    area.cursor_blink = False
                    yield area
            with VerticalScroll(id="preview", can_focus=False):
                yield Markdown(open_links=False)

    def on_mount(self) -> None:
        self._show()

    @property
    def _names(self) -> tuple[str, ...]:
        return PARTS[self.audience]

    def _area(self, name: str) -> TextArea:
        return self.query_one(f"#{name}", TextArea)

    @property
    def words(self) -> dict[str, str]:
        """What is written now, part by part."""
        return {name: self._area(name).text for name in self._names}

    def _show(self) -> None:
        report = self._report = report_of(self._session)
        action = report.plan.action(self.ident)
        title = report.title(action) if action else self.ident
        self.set_title(f"Reformuler : {title}")
        self.query_one(Tabs).show(self.audience)
        words = remarks.current_wording(self._session, self.ident, self.audience)
        for name in PART_WORDS:
            shown = name in self._names
            self._area(name).display = shown
            self.query_one(f"#label-{name}").display = shown
            kept = self.diag.desk.draft_of(self._draft(name))
            text = getattr(words, name) if shown else ""
            self._area(name).load_text(text if kept is None else kept)
        self._area("title").focus()
        self._preview()

    def _draft(self, name: str) -> str:
        """Return what a part's text is about, until it is kept."""
        return f"{self._session.audit.id} {self.ident} {self.audience} {name}"

    @on(TextArea.Changed)
    def _keep_draft(self, event: TextArea.Changed) -> None:
        name = event.text_area.id or ""
        words = remarks.current_wording(self._session, self.ident, self.audience)
        text = event.text_area.text
        if name in self._names:
            draft = text if text != getattr(words, name) else None
            self.diag.desk.keep_draft(self._draft(name), draft)
        self._preview()

    def _preview(self) -> None:
        text = preview(self._report, self.ident, self.audience, self.words)
        self.query_one(Markdown).update(text)

    @on(events.DescendantBlur)
    def _left(self, event: events.DescendantBlur) -> None:
        if event.widget.id in self._names:
            self._keep([event.widget.id])

    def _keep(self, names: Iterable[str]) -> None:
        """Keep what changed in these parts.

        Raises:
            DiagError: when a text is faulty; what was typed stays.
        """
        words = remarks.current_wording(self._session, self.ident, self.audience)
        changed = self._other_than(words, names)
        if changed:
            advising.reword(self._session, self.ident, self.audience, changed)
            self._forget_drafts(changed)
            self.diag.inform("Texte enregistré.")

    def _forget_drafts(self, names: Iterable[str]) -> None:
        for name in names:
            self.diag.desk.keep_draft(self._draft(name), None)

    def _keep_then(self, go_on: Callable[[], None]) -> None:
        """Keep every part, then go on; what is refused is mended, or dropped."""
        try:
            self._keep(self._names)
        except DiagError as error:
            faulty = self._faulty(error)

            def answered(dropped: bool | None) -> None:  # noqa: FBT001 - Textual's
                if dropped:
                    self._drop(faulty)
                    self._keep_then(go_on)
                else:
                    self._area(faulty[0]).focus()

            words = f"{error}\n\n{self._written_words(faulty)}"
            self.app.push_screen(Faulty(words), answered)
        else:
            go_on()

    def _faulty(self, error: DiagError) -> list[str]:
        """Return the part that is refused, or all that is not kept yet."""
        if error.about in self._names:
            return [error.about]
        words = remarks.current_wording(self._session, self.ident, self.audience)
        return list(self._other_than(words, self._names))

    def _other_than(self, words: Wording, names: Iterable[str]) -> dict[str, str]:
        """Return the parts that are written otherwise."""
        written = {name: self._area(name).text for name in names}
        return {
            name: text
            for name, text in written.items()
            if text.strip() != getattr(words, name)
        }

    def _written_words(self, names: Iterable[str]) -> str:
        return "\n".join(f"{PART_WORDS[name]} : {self.words[name]}" for name in names)

    def _drop(self, names: Iterable[str]) -> None:
        """Show again what is kept of these parts."""
        words = remarks.current_wording(self._session, self.ident, self.audience)
        self._forget_drafts(self._names)
        for name in names:
            self._area(name).load_text(getattr(words, name))

    def refused(self, error: DiagError) -> None:
        """Stand on the part that is refused."""
        if error.about in self._names:
            self._area(error.about).focus()

    def on_next_reader(self) -> None:
        readers = list(AUDIENCES)
        at = readers.index(self.audience)
        self._go_to(readers[(at + 1) % len(readers)])

    @on(Tabs.Chosen)
    def _picked(self, event: Tabs.Chosen) -> None:
        self._go_to(Audience(event.key))

    def _go_to(self, audience: Audience) -> None:
        """Keep what is written, and only then show another reader's words."""

        def shown() -> None:
            self.audience = audience
            self._show()

        self._keep_then(shown)

    def on_declared_words(self) -> None:
        words = remarks.declared_wording(self._session, self.ident, self.audience)
        others = self._other_than(words, self._names)
        if not others:
            self.diag.inform("Ce sont déjà les mots des grilles.")
            return
        question = f"Oublier votre texte ?\n\n{self._written_words(others)}"
        self.app.push_screen(
            Confirm(question, yes="Mots des grilles", no="Garder", grave=True),
            self._declare,
        )

    def _declare(self, confirmed: bool | None) -> None:  # noqa: FBT001 - Textual's
        if confirmed:
            advising.reword(self._session, self.ident, self.audience, {})
            self._forget_drafts(self._names)
            self._show()
            self.diag.inform("Mots des grilles rétablis.")

    @on(Back)
    def _kept_back(self, event: Back) -> None:
        """Keep, and only then go back."""
        event.prevent_default()
        self._keep_then(self.diag.go_back)
