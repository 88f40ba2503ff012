"""Editions: compiled checklists, kept by digest for as long as an audit names them."""

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from diag.journal.errors import DamagedError, JournalError
from diag.journal.journal import Journal

if TYPE_CHECKING:
    from diag.model.checklist import Checklist


class Editions:
    """The compiled checklists of a journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._opened: dict[str, Checklist] = {}

    def keep(self, compiled: bytes) -> str:
        """Keep a compiled edition; return its digest. Keeping one twice is harmless."""
        digest = sha256(compiled).hexdigest()
        if not self.holds(digest):
            with self._journal.transaction() as connection:
                connection.execute(
                    "insert or ignore into edition values (?, ?)",
                    [digest, compiled.decode("utf-8")],
                )
        return digest

    def holds(self, digest: str) -> bool:
        """Say whether an edition is here."""
        sql = "select 1 from edition where digest = ?"
        return bool(self._journal.select(sql, [digest]))

    def digests(self) -> Sequence[str]:
        """Return the digests of all editions, in the order in which they came."""
        rows = self._journal.select("select digest from edition order by rowid")
        return [digest for (digest,) in rows]

    def read(self, digest: str) -> bytes:
        """Return a compiled edition, as it was kept.

        Raises:
            JournalError: when it is not here, or no longer what was kept.
        """
        sql = "select body from edition where digest = ?"
        rows = self._journal.select(sql, [digest])
        if not rows:
            raise JournalError(
                f"L'édition de grilles {digest[:12]} n'est pas sur cet ordinateur : "
                "synchronisez avec le poste qui a ouvert l'audit."
            )
        body: bytes = rows[0][0].encode("utf-8")
        if sha256(body).hexdigest() != digest:
            raise DamagedError(
                f"L'édition de grilles {digest[:12]} est abîmée : restaurez une "
                "sauvegarde du dossier « backups »."
            )
        return body

    def open(self, digest: str) -> "Checklist":
        """Return the checklists of an edition, ready to judge.

        The same object each time: an edition never changes, and its rules are
        compiled once.

        Raises:
            JournalError: when it is not here, or no longer what was kept.
        """
        # Only who judges pays for the reading of checklists.
        from diag.rules.edition import EditionError, open_edition  # noqa: PLC0415

        try:
            if digest not in self._opened:
                self._opened[digest] = open_edition(self.read(digest))
            return self._opened[digest]
        except EditionError as error:
            raise JournalError(f"Édition {digest[:12]} : {error}") from error
