"""What can go wrong with the journal, in French: what happened, what to do."""

from typing import ClassVar

from diag.model.errors import DiagError

EXAMINE = "diag doctor"
"""What looks at a damaged journal without writing to it."""


class JournalError(DiagError):
    """The journal could not do what was asked; the message is for the user."""

    sentence: ClassVar[str] = ""
    """What SQLite's own error means, after the name of the file."""
    remedy: ClassVar[str] = ""
    """The command that it advises."""


class LockedError(JournalError):
    """Another program holds the journal."""

    sentence = (
        "le journal est occupé par un autre programme (une autre fenêtre de diag ?). "
        "Fermez-le, puis recommencez."
    )


class DiskFullError(JournalError):
    """Nothing more can be written."""

    sentence = (
        "le disque est plein : rien n'a été écrit. Libérez de la place, "
        "puis recommencez."
    )


class DamagedError(JournalError):
    """What is on disk is not what was written."""

    sentence = (
        "le journal est abîmé, ou le disque ne répond plus correctement. N'y écrivez "
        "plus. Des copies sont dans le dossier « backups » ; faites examiner "
        "l'espace de travail."
    )
    remedy = EXAMINE


def damaged(what: str) -> DamagedError:
    """Return an error that names what is damaged, and has it examined."""
    return DamagedError(
        f"{what} N'y écrivez plus ; faites examiner l'espace de travail.",
        command=EXAMINE,
    )


class NotAJournalError(JournalError):
    """The file is no journal of diag."""

    sentence = (
        "ce fichier n'est pas un journal de diag. Choisissez un autre espace "
        "de travail ; s'il en était un, il est abîmé : des copies sont dans le dossier "
        "« backups », faites examiner l'espace de travail."
    )
    remedy = EXAMINE


class ReadOnlyError(JournalError):
    """The journal is open for reading only."""

    sentence = "le journal est ouvert en lecture seule : rien n'y sera écrit."


class UnreachableError(JournalError):
    """The file cannot be opened."""

    sentence = (
        "le journal ne peut pas être ouvert. Vérifiez que le dossier existe et que "
        "vous avez le droit d'y écrire."
    )


class MovedError(JournalError):
    """The file was deleted, moved or replaced while it was open."""


class UnsafeError(JournalError):
    """This SQLite does not give the guarantees that the journal needs."""


class RefusedError(JournalError):
    """A revision that may not enter."""
