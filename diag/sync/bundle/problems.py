"""What can be wrong with a bundle, told in French: what happened, what to do."""

from enum import StrEnum
from pathlib import Path
from typing import Final

from diag.model.errors import DiagError


class Fault(StrEnum):
    """Kinds of refusal."""

    NOT_FOR_US = "not-for-us"
    UNKNOWN_SIGNER = "unknown-signer"
    DAMAGED = "damaged"
    TOO_LARGE = "too-large"
    NEWER = "newer"
    NO_BUNDLE = "no-bundle"


_MEANINGS: Final[dict[Fault, str]] = {
    Fault.NOT_FOR_US: (
        "ce paquet n'est pas chiffré pour ce poste, ou son début est abîmé. Donnez "
        "votre clé à qui l'a écrit (diag bundle keys) et demandez-lui un autre paquet."
    ),
    Fault.UNKNOWN_SIGNER: (
        "ce paquet est signé par un poste que vous ne connaissez pas. Demandez sa clé "
        "à votre collègue, puis : diag bundle keys add NOM CLE."
    ),
    Fault.DAMAGED: (
        "ce paquet est incomplet ou abîmé. Copiez-le à nouveau ; s'il l'est encore, "
        "demandez-en un autre."
    ),
    Fault.TOO_LARGE: "ce paquet dépasse ce que diag accepte de lire.",
    Fault.NEWER: (
        "ce paquet vient d'une version plus récente de diag. Mettez diag à jour, puis "
        "recommencez."
    ),
    Fault.NO_BUNDLE: (
        "ce n'est pas un paquet de diag. Choisissez un fichier « .diag » écrit par "
        "diag bundle export."
    ),
}


class BundleError(DiagError):
    """A bundle is refused: nothing of it was read in."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        self.fault = fault
        """Which kind of refusal."""
        self.detail = detail
        """What exactly, in French; may be empty."""
        self.source: Path | None = None
        """Its file, once known."""
        more = f" ({detail})" if detail else ""
        self.sentence = f"{_MEANINGS[fault]}{more} Rien n'a été lu."
        """What is wrong, and what to do, without the file's name."""
        super().__init__(self.sentence)

    def __str__(self) -> str:
        """Return the sentence, after the file's name."""
        return f"{self.source} : {self.sentence}" if self.source else self.sentence
