"""Commands: one class gives the key, the footer's word, the palette's and the help's.

A command is a message: `on_<command>` of the screen that offers it does it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.message import Message

from diag.answers.keyboard import as_digits

NO_CHOICE: Mapping[str, str] = MappingProxyType({})
"""Every command at its own key."""


WINDOW = "Fenêtre"
"""The place of commands whose keys are the same in every window."""


class Command(Message):
    """Something that one can do; the docstring is what help and palette say."""

    KEYS: ClassVar[str] = ""
    """Keys as Textual names them, by commas; empty: in the palette only."""
    TITLE: ClassVar[str] = ""
    """A word or two, for the footer and the palette."""
    IN_FOOTER: ClassVar[bool] = False
    """Whether the footer shows it; six do at most on a screen."""
    PLACE: ClassVar[str] = ""
    """Title of the place of its keys; empty: the one of its module."""
    GROUP: ClassVar[str] = "Ici"
    """Heading of the help that it stands under."""
    PRIORITY: ClassVar[bool] = False
    """Whether its key is taken before what has the focus sees it."""

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
        """Return its keys: the one that the user chose, else its own."""
        keys = chosen.get(cls.ident()) or cls.KEYS
        return tuple(filter(None, keys.split(",")))

    @classmethod
    def key_names(cls, chosen: Mapping[str, str] = NO_CHOICE) -> str:
        """Return its keys as written on the keyboard: « F1 ou ? »."""
        return " ou ".join(map(key_name, cls.keys_in(chosen)))

    @classmethod
    def handler(cls) -> str:
        """Return the name of the method that does it."""
        return cls.handler_name


CommandType = type[Command]


def bindings_of(*commands: CommandType) -> list[BindingType]:
    """Return the bindings of those that have a key, digits with their twins."""
    return [
        Binding(
            with_twins(command.KEYS),
            f"command('{command.__name__}')",
            command.TITLE,
            show=command.IN_FOOTER,
            key_display=key_name(command.KEYS.split(",")[0]),
            priority=command.PRIORITY,
            tooltip=command.help_text(),
            id=command.ident(),
        )
        for command in commands
        if command.KEYS
    ]


def chosen_keys(app: App[object]) -> Mapping[str, str]:
    """Return the keys that the user of an app chose, if it lets one choose."""
    chosen: Mapping[str, str] = getattr(app, "keys", NO_CHOICE)
    return chosen


def key_now(app: App[object], command: CommandType) -> str:
    """Return the key that does a command today, as the footer names it: « s »."""
    return key_name(command.keys_in(chosen_keys(app))[0])


class Help(Command):
    """Montrer ce qui est possible ici."""

    KEYS = "f1,question_mark"
    TITLE = "Aide"
    IN_FOOTER = True
    GROUP = "Partout"


class OpenPalette(Command):
    """Trouver une école, une salle, une question ou une commande par son nom."""

    KEYS = "ctrl+p"
    TITLE = "Chercher partout"
    GROUP = "Partout"


class Export(Command):
    """Choisir les documents à écrire : lecteurs, formes, dossier ; un ou des audits."""

    KEYS = "x"
    TITLE = "Exporter"
    GROUP = "Audit"


class OpenKeys(Command):
    """Choisir les touches des commandes, ou revenir à celles d'origine."""

    TITLE = "Raccourcis"
    GROUP = "Partout"


class Discover(Command):
    """Revoir la découverte : le travail en cinq étapes, et leurs touches."""

    TITLE = "Découverte"
    GROUP = "Partout"


class Quit(Command):
    """Quitter ; tout est déjà enregistré."""

    KEYS = "ctrl+q"
    TITLE = "Quitter"
    GROUP = "Partout"
    PRIORITY = True


class SwitchTheme(Command):
    """Passer du thème clair au thème sombre, et retour ; le choix est gardé."""

    TITLE = "Thème clair ou sombre"
    GROUP = "Partout"


class Back(Command):
    """Revenir à l'écran d'avant."""

    KEYS = "escape"
    TITLE = "Retour"
    IN_FOOTER = True
    GROUP = "Partout"


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


def spoken_number(text: str) -> str:
    """Return what was typed in a number field, `&é"` read as 123."""
    return as_digits(text)


def with_twins(keys: str) -> str:
    """Return a binding's keys: a digit with its unshifted twin, a letter with its own.

    A capital does what the letter does: Caps Lock happens.
    """
    return ",".join(map(_with_twin, (key.strip() for key in keys.split(","))))


def _with_twin(key: str) -> str:
    if key in TWINS:
        return f"{key},{TWINS[key]}"
    return f"{key},{key.upper()}" if len(key) == 1 and key.islower() else key


def key_name(key: str) -> str:
    """Return how a key is called on screen: `ctrl+p` is « Ctrl+P »."""
    *modifiers, last = key.split("+") if key != "+" else [key]
    named = NAMES.get(last) or (last.upper() if modifiers or len(last) > 1 else last)
    return "+".join([
        *(each.capitalize().replace("Shift", "Maj") for each in modifiers),
        named,
    ])


AUDIT_GROUP = "Audit"


class Undo(Command):
    """Annuler la dernière saisie : texte, rang, ajout ou réponse."""

    KEYS = "ctrl+z"
    TITLE = "Annuler la saisie"
    PLACE = "Bilan"
    GROUP = AUDIT_GROUP
