"""Commands and their keys: one class gives the key, the footer's word, the help's.

A command is a message: `on_<command>` of the screen that offers it does it. What a
handler refuses becomes a `Trouble`.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import islice
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.events import Callback, Event, Key, Paste
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen

from diag.model.errors import DiagError
from diag.words.sentences import system_sentence

NO_CHOICE: Mapping[str, str] = MappingProxyType({})
"""Every command at its own key."""


class KeyPlace(StrEnum):
    """Where the key of a command is chosen: the headings of « Raccourcis »."""

    EVERYWHERE = "Partout"
    TERRITORY = "Territoire"
    TOUR = "Tournée"
    PROGRAMME = "Programme"
    SCHOOL = "École"
    VISIT = "Visite"
    GRID = "Visite, grille"
    PLANNER = "La visite"
    CHANGED = "Ce qui a changé"
    DEPARTURE = "Avant de partir"
    PHOTOS = "Photos"
    PHONE = "Téléphone"
    PROPOSALS = "Réponses proposées"
    MEASURES = "Mesures"
    PLACES = "Salles"
    BILAN = "Bilan"
    REWORD = "Texte d'une préconisation"
    DEBRIEF = "À chaud"
    SUPPOSE = "Et si…"
    EXPORT = "Exporter"
    PREVIEW = "Aperçu"
    IMPORT = "Importer"
    OFFICE = "Synchronisation"
    CONFLICTS = "À trancher"
    HELP = "Aide"
    KEYS = "Raccourcis"
    WINDOW = "Fenêtre"
    """Dialogs: their keys are the same in every window, none is chosen."""


class Command(Message):
    """Something that the user can do; the docstring is what help and palette show."""

    KEYS: ClassVar[str] = ""
    """Keys as Textual names them, by commas; empty: in the palette only."""
    TITLE: ClassVar[str] = ""
    """A word or two, for the footer and the palette."""
    IN_FOOTER: ClassVar[bool] = False
    """Whether the footer shows it before those that are used less."""
    PLACE: ClassVar[KeyPlace | None] = None
    """Where its key is chosen; None: the place of its module."""
    GROUP: ClassVar[str] = "Ici"
    """Heading of the help that it stands under."""
    PRIORITY: ClassVar[bool] = False
    """Whether its key is taken before what has the focus sees it."""

    def __init_subclass__(
        cls,
        *,
        keys: str | None = None,
        title: str = "",
        place: KeyPlace | None = None,
        group: str = "",
        footer: bool = False,
        priority: bool = False,
    ) -> None:
        super().__init_subclass__()
        if keys is not None:
            cls.KEYS = keys
        cls.TITLE = title or cls.TITLE
        cls.PLACE = place or cls.PLACE
        cls.GROUP = group or cls.GROUP
        cls.IN_FOOTER = footer or cls.IN_FOOTER
        cls.PRIORITY = priority or cls.PRIORITY

    @classmethod
    def help_text(cls) -> str:
        """Return the whole docstring, on one line."""
        return " ".join((cls.__doc__ or "").split())

    @classmethod
    def ident(cls) -> str:
        """Return what its key is kept under: the name of the class that has it."""
        return next(each for each in cls.__mro__ if "KEYS" in vars(each)).__name__

    @classmethod
    def keys_in(cls, chosen: Mapping[str, str]) -> tuple[str, ...]:
        """Return its keys: the one that the user chose, else its own; then the fixed.

        A key that means the same everywhere stays, whatever one chooses.
        """
        free = chosen.get(cls.ident())
        return (*((free,) if free else cls.free_keys()), *cls.fixed_keys())

    @classmethod
    def free_keys(cls) -> tuple[str, ...]:
        """Return those of its own keys that the user may replace by another."""
        return tuple(k for k in cls.KEYS.split(",") if k and k not in FIXED)

    @classmethod
    def fixed_keys(cls) -> tuple[str, ...]:
        """Return those of its own keys that mean the same on every screen."""
        return tuple(key for key in cls.KEYS.split(",") if key in FIXED)

    @classmethod
    def key_names(cls, chosen: Mapping[str, str] = NO_CHOICE) -> str:
        """Return its keys as written on the keyboard: « F1 ou ? », « 1 à 8 »."""
        keys = cls.keys_in(chosen)
        return run_name(keys) or " ou ".join(map(key_name, keys))


CommandType = type[Command]
_ALL, AUDIT_GROUP, VISIT_GROUP = "Partout", "Audit", "Visite"


class Help(Command, keys="f1,question_mark", title="Aide", group=_ALL, footer=True):
    """Montrer ce qui est possible ici."""


class OpenPalette(Command, keys="ctrl+p", title="Chercher", group=_ALL):
    """Trouver une école, une salle, une question ou une commande par son nom."""


class WriteNote(Command, keys="f4", title="Noter", group=_ALL, footer=True):
    """Noter ce que vous voyez : sur la question répondue, sur celle-ci ou le lieu."""


class ListNoted(Command, title="Observations", group=_ALL):
    """Revoir ce qui est noté : récrire, marquer « à montrer », retirer."""


class ShowPlaces(Command, keys="f6", title="Salles", group=_ALL, footer=True):
    """Voir où en est chaque salle ; en ajouter, renommer, disposer, retirer."""


class ShowPhotos(Command, keys="f7", title="Photo", group=_ALL, footer=True):
    """Joindre une photo à ce qui vient d'être répondu, ou voir celles qui y sont."""


class SendForms(Command, keys="q", title="Questionnaires", footer=True):
    """Écrire les questionnaires de ceux qui répondent sans vous."""


class ShowMeasures(Command, title="Mesures", group=AUDIT_GROUP):
    """Mesurer d'ici : diagnostic, débit, Wi-Fi d'une salle ; c'est proposé."""


class Export(Command, keys="x", title="Exporter", group=AUDIT_GROUP):
    """Choisir les documents à écrire : pour qui, sous quelle forme, où."""


class OpenKeys(Command, title="Raccourcis", group=_ALL):
    """Choisir les touches des commandes, ou revenir à celles d'origine."""


class Discover(Command, title="Découverte", group=_ALL):
    """Revoir la découverte : le travail en cinq étapes, et leurs touches."""


class Quit(Command, keys="ctrl+q", title="Quitter", group=_ALL, priority=True):
    """Quitter ; tout est déjà enregistré."""


class SwitchTheme(Command, title="Thème clair ou sombre", group=_ALL):
    """Passer du thème clair au thème sombre, et retour ; le choix est gardé."""


class Back(Command, keys="escape", title="Retour", group=_ALL, footer=True):
    """Revenir à l'écran d'avant."""


class Undo(
    Command,
    keys="ctrl+z",
    title="Annuler la saisie",
    place=KeyPlace.BILAN,
    group=AUDIT_GROUP,
):
    """Annuler la dernière saisie : texte, rang, ajout ou réponse."""


class OpenDebrief(
    Command,
    keys="c",
    title="À chaud",
    group=AUDIT_GROUP,
    place=KeyPlace.BILAN,
    footer=True,
):
    """Montrer à la directrice, avant de partir, quelques faits et ce qui se décide."""


class GoBilan(
    Command,
    keys="f9",
    title="Bilan",
    group=VISIT_GROUP,
    place=KeyPlace.VISIT,
    footer=True,
):
    """Aller au bilan : constats, préconisations, rapports."""


class TakeBack(
    Command,
    keys="ctrl+z",
    title="Annuler",
    place=KeyPlace.VISIT,
    group=VISIT_GROUP,
    footer=True,
    priority=True,
):
    """Annuler la dernière saisie ; répétable."""


class OpenSync(Command, title="Synchronisation", group=_ALL):
    """Voir ce qui n'est pas encore au bureau, et synchroniser."""


IN_APP = (OpenSync, SwitchTheme, OpenKeys, Discover, Quit)
"""What the app itself does, in every place."""


def bindings_of(*commands: CommandType) -> list[BindingType]:
    """Return the bindings of those that have a key, digits with their twins.

    A fixed key is bound without an id: no keymap moves it.
    """
    return [
        Binding(
            with_twins(",".join(keys)),
            action_of(command),
            command.TITLE,
            show=command.IN_FOOTER,
            key_display=run_name(keys) or key_name(keys[0]),
            priority=command.PRIORITY,
            tooltip=command.help_text(),
            id=ident,
        )
        for command in commands
        for keys, ident in (
            (command.free_keys(), command.ident()),
            (command.fixed_keys(), None),
        )
        if keys
    ]


def action_of(command: CommandType) -> str:
    """Return the action that a key of a command is bound to."""
    return f"command('{command.__name__}')"


def chosen_keys(app: App[object]) -> Mapping[str, str]:
    """Return the keys that the user of an app chose, if it lets one choose."""
    chosen: Mapping[str, str] = getattr(app, "keys", NO_CHOICE)
    return chosen


def key_now(app: App[object], command: CommandType) -> str:
    """Return the key that does a command today, as the footer names it: « s »."""
    return key_name(command.keys_in(chosen_keys(app))[0])


TWINS = {
    "1": "ampersand",
    "2": "é",
    "3": "quotation_mark",
    "4": "apostrophe",
    "5": "left_parenthesis",
    "6": "minus",
    "7": "è",
    "8": "underscore",
    "9": "ç",
    "0": "à",
}
"""Digit → the name of the key that gives it with Shift."""

_DIGITS = {twin: digit for digit, twin in TWINS.items()} | {key: key for key in TWINS}

NAMES = {
    "enter": "Entrée",
    "escape": "Échap",
    "space": "Espace",
    "tab": "Tab",
    "backspace": "Retour arrière",
    "delete": "Suppr",
    "pageup": "Page préc.",
    "pagedown": "Page suiv.",
    "home": "Début",
    "end": "Fin",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "slash": "/",
    "question_mark": "?",
    "minus": "-",
    "plus": "+",
    "full_stop": ".",
    "comma": ",",
}
"""Keys as a French keyboard has them written."""


def digit_of(key: str) -> str | None:
    """Return the digit that a key stands for, shifted or not; None for another key."""
    return _DIGITS.get(key)


def with_twins(keys: str) -> str:
    """Return a binding's keys: a digit with its unshifted twin, a letter with its own.

    A capital does what the letter does: Caps Lock happens.
    """
    return ",".join(
        f"{key},{TWINS[key]}"
        if key in TWINS
        else f"{key},{key.upper()}"
        if len(key) == 1 and key.islower()
        else key
        for key in map(str.strip, keys.split(","))
    )


def run_name(keys: Sequence[str]) -> str:
    """Return how a run of digits is written, « 1 à 8 »; empty for other keys."""
    is_run = len(keys) > 1 and all(map(str.isdigit, keys))
    return f"{keys[0]} à {keys[-1]}" if is_run else ""


def key_name(key: str) -> str:
    """Return how a key is called on screen: `ctrl+p` is « Ctrl+P »."""
    *modifiers, last = key.split("+") if key != "+" else [key]
    named = NAMES.get(last) or (last.upper() if modifiers or len(last) > 1 else last)
    return "+".join([
        *(each.capitalize().replace("Shift", "Maj") for each in modifiers),
        named,
    ])


FIXED = frozenset({"f4", "f6", "f7", "f9", "ctrl+p"})
"""Noter, Salles, Photo, Bilan, Chercher: nothing else has them, on any screen."""

RESERVED = FIXED | {"escape", "enter", "tab", "shift+tab", "ctrl+c", "ctrl+q"}
"""Keys that always mean the same; the others leave, choose, go on, copy, quit."""

MOVES = frozenset({
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    "backspace",
})
"""Keys that move in lists and correct what is typed."""

ALTGR = frozenset("~#{[|`\\^@]}¤€")
"""What a French keyboard gives with AltGr: some terminals send it otherwise."""


def refusal_of_key(key: str, character: str | None = None) -> str:
    """Return why no command can have a key, in French; empty when some can."""
    if key in RESERVED:
        return f"{key_name(key)} garde toujours le même sens."
    if key in MOVES:
        return f"{key_name(key)} sert à se déplacer ou à corriger."
    if "alt+" in key or (character and character in ALTGR):
        return "Une touche avec Alt ou AltGr ne passe pas dans tous les terminaux."
    return ""


_FORMER = {
    "tour.Export": "ExportTour",
    "tour.OpenSchool": "OpenTourSchool",
    "tour.Remove": "RemoveFromTour",
    "school.OpenCommune": "OpenSchoolCommune",
    "export.Preview": "PreviewPages",
    "export_run.OpenFolder": "OpenExportFolder",
    "export_run.Stop": "StopExport",
    "synchronisation.Stop": "StopSync",
    "photos.Remove": "RemovePhoto",
    "photos.Done": "LeavePhotos",
    "importing.Choose": "ChooseFile",
    "TellApart": "KeepApart",
    "SayUnknown": "AnswerUnknown",
    "SayWithoutObject": "AnswerWithoutObject",
    "SayRefused": "AnswerRefused",
}
"""Names of commands in keymaps kept by earlier versions, where they changed."""


def readable(kept: object) -> dict[str, str]:
    """Return what can be read of a keymap that was kept; never fails."""
    if not isinstance(kept, dict):
        return {}
    found = {}
    for ident, key in kept.items():
        if not (isinstance(ident, str) and isinstance(key, str) and key):
            continue
        if set(key) & set(", \t\n") or refusal_of_key(key):
            continue
        # The first version kept the module of a command before its name.
        name = _FORMER.get(ident, ident.rpartition(".")[2])
        found[_FORMER.get(name, name)] = key
    return found


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


Given = TypeVar("Given")


class Sturdy(MessagePump):
    """A mixin, named first: `class Grid(Sturdy, ScrollView)`.

    A `DiagError` or a system's error that a handler or an action raises becomes a
    `Trouble`; what was typed stays where it is.
    """

    OFFERS: ClassVar[tuple[CommandType, ...]] = ()
    """The commands possible here, in the order of the help; their keys are bound."""
    BINDINGS: ClassVar[list[BindingType]]

    def __init_subclass__(cls, **options: Any) -> None:
        """Bind the keys of what a class offers, then those that it binds itself."""
        if "OFFERS" in vars(cls):
            own = vars(cls).get("BINDINGS", ())
            cls.BINDINGS = [*bindings_of(*cls.OFFERS), *own]
        super().__init_subclass__(**options)

    def can(self, command: CommandType) -> bool | None:  # noqa: ARG002 - for subclasses
        """Whether a command is possible now: None greys its key, False hides it."""
        return True

    def ask(
        self,
        dialog: Screen[Given | None] | Screen[Given],
        then: Callable[[Given], object],
    ) -> None:
        """Show a dialog; `then` is given its answer, unless it is none, or no."""

        def answered(given: Given | None) -> None:
            if given:
                then(given)

        self.app.push_screen(dialog, answered)

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
