"""What the system refuses, as sentences."""

_REASONS: dict[type[OSError], str] = {
    FileNotFoundError: "fichier introuvable. Vérifiez le chemin.",
    PermissionError: "accès refusé. Vérifiez les droits du fichier ou du dossier.",
    IsADirectoryError: "c'est un dossier. Donnez un fichier.",
    NotADirectoryError: "ce n'est pas un dossier.",
    FileExistsError: "existe déjà. Choisissez un autre nom.",
}


def system_sentence(error: OSError) -> str:
    """Return what a system's error means, and what to do when that is known."""
    where = f"{error.filename} : " if error.filename else ""
    return where + _REASONS.get(type(error), f"{error.strerror or error}.")
