"""Search: one box for places, questions, commands and schools; it is the palette."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key
from textual.message_pump import MessagePump
from textual.screen import ModalScreen
from textual.widgets import Input

from diag.model.search import SearchIndex, Text
from diag.model.text import accented, fold, readings
from diag.tui.commands import Back, CommandType, OpenPalette, bindings_of
from diag.tui.dialogs import Cancel
from diag.tui.lists import TINY, Lines, ListColumn, ListLine
from diag.tui.place import KeyBar
from diag.tui.safe import Sturdy
from diag.tui.state import Shell

_MOST = 40
"""Schools shown at once."""

_FEW = 3
"""Schools shown under what an audit holds."""

_TITLE, _HELP = 10, 3
"""What a word of a command weighs: in its name, in what it does."""

_MOVES = {"up": -1, "down": 1, "pageup": -1, "pagedown": 1}


class PaletteEntry(NamedTuple):
    """Something that the palette leads to."""

    sort: str
    """« école », « commune », « lieu », « question », « commande »."""
    name: str
    detail: str
    go: Callable[[], object]
    section: str = ""
    """Heading that it stands under; those of one heading follow each other."""


NearAndFar = tuple[Sequence[PaletteEntry], Sequence[PaletteEntry]]
"""What answers in the audit on the screen: at the place named, then elsewhere."""


class Finds(Lines):
    """What answers; a click goes there."""

    AT_ONCE = True


class Palette(Sturdy, ModalScreen[Callable[[], object] | None]):
    """One field, and what answers to it; Enter goes there."""

    CSS_PATH = "palette.tcss"
    OFFERS = (Cancel,)
    BINDINGS = bindings_of(*OFFERS)

    def __init__(self, find: Callable[[str], Sequence[PaletteEntry]]) -> None:
        super().__init__()
        self._find = find
        self._found: Sequence[PaletteEntry] = ()

    def compose(self) -> ComposeResult:
        with Vertical(id="palette"):
            field = Input(placeholder="École, salle, question ou commande")
            field.cursor_blink = False
            yield field
            yield Finds(
                (
                    ListColumn("", 9, least=TINY),
                    ListColumn(),
                    ListColumn("", 26, narrow=22, tiny=8),
                ),
                empty="Rien ne répond à ces mots. Essayez un mot de moins.",
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
        self._found = self._find(words)
        lines = self.query_one(Lines)
        lines.cursor = 0
        shown, section = list[ListLine](), ""
        for number, one in enumerate(self._found, 1):
            if one.section != section:
                section = one.section
                shown.append(ListLine("", (f" {section}",)))
            shown.append(ListLine(str(number), (one.sort, one.name, one.detail)))
        lines.show(shown, key="1")

    def on_key(self, event: Key) -> None:
        if event.key in _MOVES:
            lines = self.query_one(Lines)
            move = lines.action_page if "page" in event.key else lines.action_move
            move(_MOVES[event.key])
            event.stop()
            event.prevent_default()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.query_one(Lines).action_choose()

    @on(Lines.Chosen)
    def _chosen(self, event: Lines.Chosen) -> None:
        self.dismiss(self._found[int(event.key) - 1].go)

    def on_cancel(self) -> None:
        self.dismiss(None)


def finder(app: Shell) -> Callable[[str], Sequence[PaletteEntry]]:
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
    inside = getattr(app.screen, "audit_finds", None)

    def find(words: str) -> Sequence[PaletteEntry]:
        if not words.strip():
            return commands
        able = [commands[hit.item] for hit in index.search(words)]
        begun = fold(words)
        named = [one for one in able if fold(one.name).startswith(begun)]
        other = [one for one in able if one not in named]
        near, far = inside(words) if inside else ((), ())
        most = _FEW if inside else _MOST
        schools = _find_schools(app, words) if app.desk.knows_author else ()
        return [*named, *near, *other, *far, *islice(schools, most)]

    return find


def _find_schools(app: Shell, words: str) -> Iterator[PaletteEntry]:
    """Give the communes whose very names answer, then the schools."""
    territory = app.desk.workspace.territory
    schools = territory.schools(words, limit=_MOST)
    official = territory.commune_names(words, _MOST)
    by_code = {each.insee: each.commune for each in schools} | dict(official)
    for insee, name in by_code.items():
        go = partial(app.go_school, f"commune:{insee}")
        found = PaletteEntry("commune", name, insee, go)
        if _answers(found, words):
            yield found
    for school in schools:
        yield PaletteEntry(
            "école",
            f"{school.commune} · {accented(school.name)}",
            school.uai,
            partial(app.go_school, school.uai),
        )


def _answers(found: PaletteEntry, words: str) -> bool:
    text = " " + fold(f"{found.name} {found.detail}")
    return all(any(f" {word}" in text for word in either) for either in readings(words))
