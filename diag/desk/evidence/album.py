"""The photos of an audit as documents show them: small, read when asked for."""

from collections.abc import Iterator, Mapping

from diag.desk.evidence.picture import PictureError, reduced
from diag.desk.session import Session
from diag.journal import subjects
from diag.journal.attachments import Attachments
from diag.journal.errors import JournalError
from diag.journal.journal import Journal
from diag.journal.photos import photos_of
from diag.model.photo import Photo
from diag.reports.pictures import Evidence
from diag.words.dates import day_of


class Album(Mapping[str, bytes]):
    """The pictures of an audit that are here, by their SHA-256; reduced once each.

    Only what the audit names is in it: no other attachment can be shown.
    """

    def __init__(self, session: Session) -> None:
        self._folder = session.workspace.folder
        # Read now: documents are written by another thread than the journal's.
        self._named = {photo.sha for photo in _photos(session)}
        self._reduced: dict[str, bytes] = {}

    def __getitem__(self, sha: str) -> bytes:
        """Return a picture, reduced.

        Raises:
            KeyError: when the audit does not name it, or it is not here, or damaged.
        """
        if sha not in self._reduced:
            self._reduced[sha] = self._read(sha)
        return self._reduced[sha]

    def __iter__(self) -> Iterator[str]:
        """Go through those that are here."""
        return (sha for sha in self._named if sha in self)

    def __len__(self) -> int:
        """Count those that are here."""
        return sum(1 for _ in self)

    def _read(self, sha: str) -> bytes:
        if sha not in self._named:
            raise KeyError(sha)
        try:
            data = Attachments(self._folder).get(sha)
            if data is not None:
                return reduced(data)
        except (JournalError, PictureError) as error:
            raise KeyError(sha) from error
        raise KeyError(sha)


def evidence_of(session: Session) -> tuple[Evidence, ...]:
    """Return the photos of an audit, each with who joined it, and when."""
    journal, audit = session.workspace.journal, session.audit.id
    settings = session.workspace.settings
    told = []
    for photo in _photos(session):
        author, at = _joined(journal, audit, photo)
        day = photo.taken_at[:10] or day_of(at).isoformat()
        told.append(Evidence(photo, settings.name_of(author), day))
    return tuple(told)


def _photos(session: Session) -> tuple[Photo, ...]:
    return photos_of(session.workspace.journal, session.audit.id)


def _joined(journal: Journal, audit: str, photo: Photo) -> tuple[str, int]:
    first = journal.history(audit, subjects.photo(photo.id))[0]
    return first.author, first.at
