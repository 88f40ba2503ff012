"""Who an atlas is for: which schools it tells, in which documents, with money or not.

What a reader may not see is never given to a page: nothing is hidden afterwards.
"""

from dataclasses import dataclass
from enum import StrEnum

from diag.model.auditee import Auditee
from diag.model.enums import Audience, PlaceKind
from diag.model.territory import School

_PRIVATE = "privé"


class Reader(StrEnum):
    """The kinds of readers."""

    SYNDICAT = "syndicat"
    MAIRIE = "mairie"
    CIRCONSCRIPTION = "circonscription"


_AUDIENCES = {
    Reader.SYNDICAT: tuple(Audience),
    Reader.MAIRIE: (Audience.MAIRIE,),
    Reader.CIRCONSCRIPTION: (Audience.ACADEMIE,),
}
_WORDED_FOR = {
    Reader.SYNDICAT: Audience.TECHNIQUE,
    Reader.MAIRIE: Audience.MAIRIE,
    Reader.CIRCONSCRIPTION: Audience.ACADEMIE,
}


@dataclass(frozen=True, slots=True)
class View:
    """One reader of the atlas."""

    reader: Reader
    title: str
    """Who reads, as printed at the head of every page."""
    code: str = ""
    """INSEE code of the commune, or name of the circonscription."""

    def __str__(self) -> str:
        """Return how commands name it: `syndicat`, `mairie:99903`."""
        return f"{self.reader}:{self.code}" if self.code else str(self.reader)

    @property
    def audiences(self) -> tuple[Audience, ...]:
        """The documents that are copied in."""
        return _AUDIENCES[self.reader]

    @property
    def audience(self) -> Audience:
        """Whose words the pages speak, with whose discretion."""
        return _WORDED_FOR[self.reader]

    @property
    def money(self) -> bool:
        """Whether amounts and what a council decides are told."""
        return self.reader is not Reader.CIRCONSCRIPTION

    @property
    def several_communes(self) -> bool:
        """Whether there may be schools of more than one commune."""
        return self.reader is not Reader.MAIRIE

    def sees(self, school: School) -> bool:
        """Say whether a school belongs to this reader; a town hall owns public ones."""
        match self.reader:
            case Reader.MAIRIE:
                private = school.sector.casefold().startswith(_PRIVATE)
                return bool(self.code) and school.insee == self.code and not private
            case Reader.CIRCONSCRIPTION:
                return bool(self.code) and school.circonscription == self.code
            case _:
                return True

    def sees_audit_of(self, about: Auditee) -> bool:
        """Say whether the audit of a school, a commune or a syndicat may be told."""
        if about.kind is PlaceKind.ECOLE:
            return about.school is not None and self.sees(about.school)
        if self.reader is Reader.SYNDICAT:
            return True
        own = about.kind is PlaceKind.COMMUNE and about.code == self.code
        return own and self.reader is Reader.MAIRIE
