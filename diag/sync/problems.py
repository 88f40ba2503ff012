"""The closed list of what a hub may refuse, with the French titles that people read.

RFC 9457 on the wire; on both sides, one error.
"""

from typing import Final, NamedTuple

from diag.model.errors import DiagError

URN: Final = "urn:diag:problem:"
"""What the `type` of a problem begins with."""


class Kind(NamedTuple):
    """One kind of refusal."""

    status: int
    """Its HTTP status."""
    title: str
    """What it means, for the person in front of the laptop."""


KINDS: Final[dict[str, Kind]] = {
    "bad-request": Kind(400, "La demande est mal formée."),
    "token-revoked": Kind(401, "Ce poste n'est pas, ou plus, autorisé par le serveur."),
    "enrol-refused": Kind(403, "Le code d'inscription n'est pas valable."),
    "right": Kind(403, "Ce poste n'a pas ce droit."),
    "scope": Kind(403, "Cet audit n'est pas dans le territoire de ce poste."),
    "unknown-audit": Kind(404, "Le serveur ne connaît pas cet audit."),
    "not-found": Kind(404, "Il n'y a rien à cette adresse."),
    "method": Kind(405, "Cette adresse n'accepte pas cette demande."),
    "offset": Kind(409, "Le morceau envoyé ne suit pas ce que le serveur a déjà."),
    "too-large": Kind(413, "L'envoi est plus gros que ce que le serveur accepte."),
    "bad-revision": Kind(422, "Une modification est illisible ou altérée."),
    "hash": Kind(422, "Le fichier reçu n'est pas celui qui était annoncé."),
    "version-too-old": Kind(
        426, "Ce diag est plus ancien que ce que le serveur accepte."
    ),
    "hub-too-old": Kind(426, "Le serveur est plus ancien que ce diag."),
    "internal": Kind(500, "Le serveur a rencontré une erreur imprévue."),
    "busy": Kind(503, "Le serveur est occupé."),
    "hub-full": Kind(507, "Le disque du serveur est plein."),
}
"""Every kind; a client shows the title of one it does not know."""


REMEDIES: Final[dict[str, str]] = {
    "token-revoked": "Demandez une nouvelle invitation à l'administrateur du serveur, "
    "puis : diag sync enrol INVITATION. Vos saisies sont gardées ici.",
    "enrol-refused": "Une invitation sert une fois, pendant quinze minutes : "
    "demandez-en une autre à l'administrateur du serveur.",
    "version-too-old": "Vos saisies sont gardées ici ; mettez diag à jour, puis "
    "recommencez.",
    "hub-too-old": "Vos saisies sont gardées ici ; l'administrateur du serveur doit le "
    "mettre à jour.",
    "busy": "Vos saisies sont gardées ici ; recommencez dans quelques minutes.",
    "hub-full": "Vos saisies sont gardées ici ; prévenez l'administrateur du serveur.",
    "internal": "Vos saisies sont gardées ici ; prévenez l'administrateur du serveur.",
}
"""What to do, where a person can do something."""


class ProblemError(DiagError):
    """A hub refuses: which kind, and why this time."""

    def __init__(
        self,
        kind: str,
        detail: str = "",
        *,
        title: str = "",
        offset: int | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.kind = kind
        """One of `KINDS`, or one that a newer hub knows."""
        self.title = title or (KINDS[kind].title if kind in KINDS else kind)
        """What it means, in French."""
        self.detail = detail
        """What happened this time, in French; may be empty."""
        self.offset = offset
        """For `offset`: how many bytes the hub really holds."""
        self.retry_after = retry_after
        """For `busy`: seconds to wait."""
        parts = (self.title, detail, REMEDIES.get(kind, ""))
        super().__init__(" ".join(part for part in parts if part))


class OfflineError(DiagError):
    """The hub did not answer, or the line was cut: nothing is lost, go on later."""
