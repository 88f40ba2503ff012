"""Rewording a recommendation for one reader, with what it will look like beside."""

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Markdown, Static, TextArea

from diag.desk.bilan import advising
from diag.desk.bilan.counsel import AUDIENCES
from diag.desk.bilan.wording_preview import PART_WORDS, preview
from diag.desk.outputs.reporting import report_of
from diag.desk.session import Session
from diag.model.checklist import Audience
from diag.tui.commands import Back, Command, CommandType, Help, bindings_of
from diag.tui.plain import content
from diag.tui.screens.place import PlaceScreen


class NextReader(Command):
    """Passer au destinataire suivant ; ce qui est écrit est gardé."""

    KEYS = "f3"
    TITLE = "Destinataire suivant"
    IN_FOOTER = True
    PRIORITY = True


class DeclaredWords(Command):
    """Revenir aux mots des grilles pour ce destinataire."""

    KEYS = "f4"
    TITLE = "Mots des grilles"
    IN_FOOTER = True
    PRIORITY = True


class RewordScreen(PlaceScreen):
    """One recommendation's words; each part is kept when one leaves it."""

    CSS_PATH = "reword.tcss"
    OFFERS: ClassVar[tuple[CommandType, ...]] = (
        NextReader,
        DeclaredWords,
        Back,
        Help,
    )
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Chaque destinataire lit la préconisation dans ses mots. Le texte est gardé "
        "dès que l'on quitte une partie ; {quantite}, {cout}, {lieux} et {echeance} "
        "sont remplis par les faits."
    )

    def __init__(
        self, session: Session, ident: str, audience: Audience = Audience.MAIRIE
    ) -> None:
        super().__init__()
        self._session = session
        self.ident = ident
        """The recommendation."""
        self.audience = audience
        """The reader whose words are shown."""
        self._report = report_of(session)

    def body(self) -> ComposeResult:
        """Lay the parts beside what they will look like."""
        yield Static(id="readers")
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
        """Show the first reader's words."""
        self._show()

    @property
    def _names(self) -> tuple[str, ...]:
        return advising.PARTS[self.audience]

    def _area(self, name: str) -> TextArea:
        return self.query_one(f"#{name}", TextArea)

    @property
    def words(self) -> dict[str, str]:
        """What is written now, part by part."""
        return {name: self._area(name).text for name in self._names}

    def _show(self) -> None:
        report = self._report = report_of(self._session)
        action = report.plan.action(self.ident)
        title = report.title(action, Audience.MAIRIE) if action else self.ident
        self.tell(f"Reformuler : {title}")
        readers = [
            f"[{reader}]" if one is self.audience else f" {reader} "
            for one, reader in AUDIENCES.items()
        ]
        self.query_one("#readers", Static).update(content("Pour " + " ".join(readers)))
        said = advising.current_wording(self._session, self.ident, self.audience)
        for name in PART_WORDS:
            shown = name in self._names
            self._area(name).display = shown
            self.query_one(f"#label-{name}").display = shown
            self._area(name).load_text(getattr(said, name) if shown else "")
        self._area("title").focus()
        self._preview()

    @on(TextArea.Changed)
    def _preview(self) -> None:
        text = preview(self._report, self.ident, self.audience, self.words)
        self.query_one(Markdown).update(text)

    @on(events.DescendantBlur)
    def _left(self) -> None:
        self._keep()

    def _keep(self) -> None:
        """Keep what changed.

        Raises:
            DiagError: when the title is empty; what was typed stays.
        """
        said = advising.current_wording(self._session, self.ident, self.audience)
        changed = {
            name: text
            for name, text in self.words.items()
            if text.strip() != getattr(said, name)
        }
        if changed:
            advising.reword(self._session, self.ident, self.audience, changed)
            self.diag.say("Texte enregistré.")

    def on_next_reader(self) -> None:
        """Show the next reader's words."""
        self._keep()
        readers = list(AUDIENCES)
        at = readers.index(self.audience)
        self.audience = readers[(at + 1) % len(readers)]
        self._show()

    def on_declared_words(self) -> None:
        """Give the declared words back."""
        advising.reword(self._session, self.ident, self.audience, {})
        self._show()
        self.diag.say("Mots des grilles rétablis.")

    @on(Back)
    def _kept_back(self, event: Back) -> None:
        """Keep, and only then go back."""
        event.prevent_default()
        self._keep()
        self.diag.go_back()
