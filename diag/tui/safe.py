"""What is hostile or fails, on the screens: text typed, viewers, errors in handlers."""

from collections.abc import Awaitable, Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

from rich.text import Text
from textual.app import App
from textual.content import Content
from textual.events import Callback, Event, Key, Paste
from textual.message import Message
from textual.message_pump import MessagePump

from diag.model.errors import DiagError
from diag.tui.commands import Command, CommandType, Help
from diag.words.sentences import system_sentence
from diag.workspace.disk import show_file


def open_outside(app: App[Any], path: Path) -> None:
    """Have a file or a folder shown; show where it is when nothing opens."""

    def show() -> None:
        try:
            show_file(path)
        except DiagError as error:
            app.post_message(Trouble(str(error), error))
        except OSError as error:
            app.post_message(Trouble(system_sentence(error)))

    app.run_worker(show, thread=True, group="outside")


_TURNING = (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)

_UNSHOWN: dict[int, str | None] = {
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " "),
    **dict.fromkeys(_TURNING),
}
"""Control characters become spaces; those that turn the writing round are dropped."""


def line(text: str) -> str:
    """Return `text` on one line, without a character that a terminal would obey."""
    return text.translate(_UNSHOWN)


def plain(text: str) -> Text:
    """Return `text` as it is, for the cells of tables and the leaves of trees."""
    return Text(line(text))


def content(text: str) -> Content:
    """Return `text` as it is, for options, tabs, titles and statics."""
    return Content("\n".join(map(line, text.split("\n"))))


_ASKING = (Key, Paste, Callback)
"""Events by which the user asks for something; the others are Textual's own."""

_INNER = "textual.messages"
"""Messages that Textual does once: what they would call is forgotten already."""


class Trouble(Message):
    """Something was refused or failed; the app shows it in a dialog."""

    def __init__(self, sentence: str, error: DiagError | None = None) -> None:
        super().__init__()
        self.sentence = sentence
        """What happened, where, and what to do."""
        self.error = error
        """The refusal itself, when there is one."""


class Sturdy(MessagePump):
    """A mixin, named first: `class Grid(Sturdy, ScrollView)`.

    A `DiagError` or a system's error that a handler or an action raises becomes a
    `Trouble`; what was typed stays where it is.
    """

    OFFERS: ClassVar[tuple[CommandType, ...]] = ()
    """The commands possible here, in the order of the help."""

    def can(self, command: CommandType) -> bool | None:  # noqa: ARG002 - for subclasses
        """Whether a command is possible now: None greys its key, False hides it."""
        return True

    def key_f1(self, event: Key) -> None:
        """Show the keys of a dialog; places have a command for it."""
        if getattr(self, "is_modal", False):
            event.stop()
            self.app.post_message(Help())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether an action is possible now; Textual asks before it shows a key."""
        if action == "command":
            command = self._offered(str(parameters[0]))
            return command is not None and self.can(command)
        return True

    def action_command(self, name: str) -> None:
        """Send a command on its way, by its class name."""
        if command := self._offered(name):
            self.post_message(command())

    def _offered(self, name: str) -> CommandType | None:
        return next((each for each in self.OFFERS if each.__name__ == name), None)

    def _get_dispatch_methods(
        self, method_name: str, message: Message
    ) -> Iterable[tuple[type, Callable[[Message], Awaitable[Any]]]]:
        """Have a command done once: a class that redefines it replaces its base's.

        Textual calls the handlers of every base for other messages.
        """
        found = super()._get_dispatch_methods(method_name, message)
        return islice(found, 1) if isinstance(message, Command) else found

    def refused(self, error: DiagError) -> None:
        """Stand on what was refused; nothing to do where nothing is typed."""

    async def _dispatch_message(self, message: Message) -> None:
        do = super()._dispatch_message
        own = type(message).__module__ == _INNER
        is_asked = not isinstance(message, Event) or isinstance(message, _ASKING)
        is_patient = is_asked and not own and not isinstance(self, App)
        patiently = getattr(self.app, "patiently", None) if is_patient else None
        try:
            await (do(message) if patiently is None else patiently(message, do))
        except DiagError as error:
            self.refused(error)
            self.app.post_message(Trouble(str(error), error))
        except OSError as error:
            self.app.post_message(Trouble(system_sentence(error)))

    async def _flush_next_callbacks(self) -> None:
        """Do what a dialog's answer asks for: it waits here, nothing is caught."""
        wait_here = getattr(self.app, "wait_here", None)
        if wait_here is not None and self._next_callbacks:
            wait_here()
        await super()._flush_next_callbacks()
