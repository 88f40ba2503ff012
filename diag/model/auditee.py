"""Who an audit is about, as people name it: a school, a commune or a syndicat."""

from diag.model.accents import accented
from diag.model.audit import Subject
from diag.model.base import Noun
from diag.model.enums import PlaceKind
from diag.model.territory import School


class Auditee(Noun):
    """The subject of an audit, with its name and where it is."""

    kind: PlaceKind
    code: str
    """UAI, INSEE code or SIREN."""
    name: str
    """`École Jules Ferry`, `Commune de Valbrune`, the syndicat's own name."""
    insee: str = ""
    """Code of the commune; empty for a syndicat."""
    commune: str = ""
    """Name of the commune; empty for a syndicat."""
    department: str = ""
    school: School | None = None
    """What the directory says, when it is a school."""

    @property
    def subject(self) -> Subject:
        """Return what the audit's id is made of."""
        return Subject(kind=self.kind, code=self.code)

    @property
    def ref(self) -> str:
        """Return how commands name it: a UAI, `commune:INSEE` or `syndicat:SIREN`."""
        return self.code if self.kind is PlaceKind.ECOLE else str(self.subject)

    @property
    def stem(self) -> str:
        """Return a name for its files: the same, without a colon."""
        return self.ref.replace(":", "-")

    @property
    def title(self) -> str:
        """Return its name, and where a school stands: two of them may share one."""
        if self.kind is PlaceKind.ECOLE:
            return ", ".join(part for part in (self.name, self.commune) if part)
        return self.name


def school_auditee(school: School) -> Auditee:
    """Return a school as the subject of an audit."""
    return Auditee(
        kind=PlaceKind.ECOLE,
        code=school.uai,
        name=accented(school.name),
        insee=school.insee,
        commune=school.commune,
        department=school.department,
        school=school,
    )
