"""What the system refuses, as sentences."""

import errno

_REASONS: dict[type[OSError], str] = {
    FileNotFoundError: "fichier introuvable. Vérifiez le chemin.",
    PermissionError: "accès refusé. Vérifiez les droits du fichier ou du dossier.",
    IsADirectoryError: "c'est un dossier. Donnez un fichier.",
    NotADirectoryError: "ce n'est pas un dossier.",
    FileExistsError: "existe déjà. Choisissez un autre nom.",
}
_NUMBERS: dict[int, str] = {
    errno.ENOSPC: "le disque est plein. Libérez de la place, puis recommencez.",
    errno.EROFS: "le disque est en lecture seule. Choisissez un autre dossier.",
    errno.ENAMETOOLONG: "le nom est trop long. Choisissez un nom plus court.",
}


def system_sentence(error: OSError) -> str:
    """Return what a system's error means, and what to do when that is known."""
    where = f"{error.filename} : " if error.filename else ""
    told = _NUMBERS.get(error.errno or 0) or _REASONS.get(type(error))
    return where + (told or f"{error.strerror or error}.")
