"""Search: one box for places, questions, commands and schools; it is the palette."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import NamedTuple, Protocol

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.message_pump import MessagePump
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from diag.model.text import SearchIndex, Text, accented, fold, readings
from diag.tui.commands import (
    Back,
    Command,
    CommandType,
    OpenPalette,
    Sturdy,
)
from diag.tui.dialogs import Cancel, ChoosingField
from diag.tui.lists import TINY, Lines, ListColumn, ListLine
from diag.tui.place import KeyBar
from diag.tui.state import Shell
from diag.tui.text import line

_MOST = 40
"""Schools shown at once."""

_FEW = 3
"""Schools shown under what an audit holds."""

_TITLE, _HELP = 10, 3
"""What a word of a command weighs: in its name, in what it does."""

_COMMANDS = ">"
"""What is typed first to find commands only."""

_NOTHING = "Rien ne répond à ces mots. Essayez un mot de moins."
_NOTED = "Rien pour «\u00a0{}\u00a0». Entrée l'écrit comme observation."

_MOVES = {"up": -1, "down": 1, "pageup": -1, "pagedown": 1}


class PaletteEntry(NamedTuple):
    """Something that the palette leads to."""

    sort: str
    """« école », « commune », « lieu », « question », « action », « commande »…"""
    name: str
    detail: str
    go: Callable[[], object]
    section: str = ""
    """Heading that it stands under; those of one heading follow each other."""


class FoundInAudit(NamedTuple):
    """What answers in the audit on the screen."""

    near: Sequence[PaletteEntry] = ()
    """At the place named."""
    far: Sequence[PaletteEntry] = ()
    """Elsewhere, counted: no chip hides anything."""
    chips: tuple[str, ...] = ()
    """How the words were read: a place, « sans réponse »."""
    first: int = 0
    """Rank in `near` of what Enter opens: a place may stand over its question."""


class FindsInAudit(Protocol):
    """Finds words in an audit; `here`: at the place at hand first."""

    def __call__(self, words: str, *, here: bool = False) -> FoundInAudit:
        """Return what answers."""


class SearchScope(StrEnum):
    """How far one looks first; the rest is counted elsewhere."""

    SCHOOL = "école"
    TERRITORY = "territoire"
    HERE = "ici"
    PROGRAMME = "programme"


class Finder(NamedTuple):
    """What the palette searches, from the screen where the user is."""

    find: Callable[[str, SearchScope], FoundInAudit]
    note: Callable[[str], object] | None = None
    """Writes words as an observation, where one can be."""
    scopes: tuple[SearchScope, ...] = (SearchScope.TERRITORY,)
    """Those that Tab goes through, the first one first."""


class NextScope(Command, keys="tab", title="Où chercher", footer=True, priority=True):
    """Chercher d'abord dans l'école, dans le territoire, ou ici seulement."""


class Finds(Lines):
    """What answers; a click goes there."""

    AT_ONCE = True


class Palette(Sturdy, ModalScreen[Callable[[], object] | None]):
    """One field, and what answers to it; Enter goes there."""

    CSS_PATH = "palette.tcss"
    OFFERS = (Cancel, NextScope)

    def __init__(self, finder: Finder) -> None:
        super().__init__()
        self._finder = finder
        self._scopes = [*finder.scopes]
        self._found: Sequence[PaletteEntry] = ()

    def compose(self) -> ComposeResult:
        with Vertical(id="palette"):
            yield ChoosingField(placeholder="École, salle, question ou commande")
            yield Static(id="chips")
            yield Finds(
                (
                    ListColumn("", 9, least=TINY),
                    ListColumn(),
                    ListColumn("", 26, narrow=22, tiny=8),
                ),
            )
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(Lines).can_focus = False
        self.query_one(Input).focus()
        self._refresh("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._refresh(event.value)

    def _refresh(self, words: str) -> None:
        scope = self._scopes[0]
        found = self._finder.find(words, scope)
        self._found = [*found.near, *found.far]
        wide = [scope] * (len(self._scopes) > 1)
        chips = Content(" ").join(
            Content.styled(f" {line(chip)} ", "reverse")
            for chip in (*wide, *found.chips)
        )
        self.query_one("#chips", Static).update(chips)
        lines = self.query_one(Lines)
        lines.cursor = 0
        lines.empty = _NOTHING if self._finder.note is None else _NOTED.format(words)
        shown, section = list[ListLine](), ""
        for number, one in enumerate(self._found, 1):
            if one.section != section:
                section = one.section
                shown.append(ListLine("", (f" {section}",)))
            shown.append(ListLine(str(number), (one.sort, one.name, one.detail)))
        lines.show(shown, key=str(found.first + 1))

    def on_key(self, event: Key) -> None:
        if event.key in _MOVES:
            lines = self.query_one(Lines)
            move = lines.action_page if "page" in event.key else lines.action_move
            move(_MOVES[event.key])
            event.stop()
            event.prevent_default()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        note, words = self._finder.note, event.value.strip()
        if note and words and not self._found:
            self.dismiss(partial(note, words))
        else:
            self.query_one(Lines).action_choose()

    def can(self, command: CommandType) -> bool | None:
        return command is not NextScope or len(self._scopes) > 1

    def on_next_scope(self) -> None:
        self._scopes.append(self._scopes.pop(0))
        self._refresh(self.query_one(Input).value)

    @on(Lines.Chosen)
    def _chosen(self, event: Lines.Chosen) -> None:
        self.dismiss(self._found[int(event.key) - 1].go)

    def on_cancel(self) -> None:
        self.dismiss(None)


def finder(app: Shell) -> Finder:
    """Return what the palette searches, from the screen where the user is."""

    def send(node: MessagePump, command: CommandType) -> None:
        node.post_message(command())

    offered = [
        (node, command)
        for node, command in app.offered()
        if command not in {Back, OpenPalette}
    ]
    commands = [
        PaletteEntry(
            "commande",
            command.TITLE,
            command.key_names(app.keys),
            partial(send, node, command),
        )
        for node, command in offered
    ]
    index = SearchIndex(
        (number, [Text(command.TITLE, _TITLE), Text(command.help_text(), _HELP)])
        for number, (_, command) in enumerate(offered)
    )
    inside = _finds_under(app)

    def find(words: str, scope: SearchScope) -> FoundInAudit:
        asked, typed = words.strip().startswith(_COMMANDS), words.strip(" >")
        chips: tuple[str, ...] = ("commandes",) if asked else ()
        if not typed:
            return FoundInAudit(commands, (), chips)
        able = [commands[hit.item] for hit in index.search(typed)]
        begun = fold(typed)
        # Little words count in « Ce qui a changé ».
        named = [
            one
            for one in commands
            if len(begun) > 1 and fold(one.name).startswith(begun)
        ]
        other = [one for one in able if one not in named]
        found = FoundInAudit()
        if inside:
            found = inside(typed, here=scope is SearchScope.HERE)
        both = [*found.near, *found.far]
        most = _MOST if scope is SearchScope.TERRITORY else _FEW
        known = _find_schools(app, typed) if app.desk.knows_author else ()
        schools = [*islice(known, most)]
        if asked:
            near, away = [*named, *other], [*both, *schools]
        elif inside and scope is SearchScope.TERRITORY:
            near, away, chips = schools, [*named, *other, *both], found.chips
        else:
            near, far = [*named, *found.near], [*other, *found.far, *schools]
            return FoundInAudit(near, far, found.chips, 0 if named else found.first)
        title = f"Ailleurs ({len(away)})"
        far = [one._replace(section=title) for one in away]
        return FoundInAudit(near, far, chips)

    note = getattr(app.screen, "note_words", None)
    first = getattr(app.screen, "search_scope", SearchScope.SCHOOL)
    scopes = (first, SearchScope.TERRITORY, SearchScope.HERE)
    if not inside:
        return Finder(find)
    has_here = getattr(app.screen, "has_here", False)
    return Finder(find, note, scopes if has_here else scopes[:2])


def _finds_under(app: Shell) -> FindsInAudit | None:
    """Return what finds in the audit shown, if any, and goes back to where it is shown.

    « Ce qui tient », à chaud or the help stand over a visit, and find nothing of it.
    """
    stack = reversed(app.screen_stack)
    below = next((one for one in stack if hasattr(one, "audit_finds")), None)
    if prepare := getattr(below, "prepare_search", None):
        prepare()
    inside: FindsInAudit | None = below.audit_finds() if below else None
    if inside is None or below is app.screen:
        return inside
    finds = inside

    def go_back(go: Callable[[], object]) -> None:
        while app.screen is not below and below in app.screen_stack:
            app.go_back()
        go()

    def find(words: str, *, here: bool = False) -> FoundInAudit:
        found = finds(words, here=here)
        near, far = (
            [one._replace(go=partial(go_back, one.go)) for one in entries]
            for entries in (found.near, found.far)
        )
        return found._replace(near=near, far=far)

    return find


def _find_schools(app: Shell, words: str) -> Iterator[PaletteEntry]:
    """Give the communes whose very names answer, then the schools."""
    # The first frame is drawn without the journal.
    from diag.journal.school_lines import mended  # noqa: PLC0415

    territory = app.desk.workspace.territory
    schools = territory.schools(words, limit=_MOST)
    official = territory.commune_names(words, _MOST)
    if not schools and not official:
        words = mended(app.desk.workspace.journal, words)
        schools = territory.schools(words, limit=_MOST)
    by_code = {each.insee: each.commune for each in schools} | dict(official)
    for insee, name in by_code.items():
        text = f" {fold(f'{name} {insee}')}"
        if all(any(f" {one}" in text for one in either) for either in readings(words)):
            go = partial(app.go_school, f"commune:{insee}")
            yield PaletteEntry("commune", name, insee, go)
    for school in schools:
        yield PaletteEntry(
            "école",
            f"{school.commune} · {accented(school.name)}",
            school.uai,
            partial(app.go_school, school.uai),
        )
