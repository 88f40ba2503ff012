"""What can be wrong with a bundle, told in French: what happened, what to do."""

from enum import StrEnum
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
        more = f" ({detail})" if detail else ""
        super().__init__(f"{_MEANINGS[fault]}{more} Rien n'a été lu.")
