"""Names of schools as a list shows them: accented, and no two alike."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from diag.model.accents import accented

if TYPE_CHECKING:
    # The list of schools opens without models: pydantic waits.
    from diag.journal.territory import Territory
    from diag.model.auditee import Auditee


class Named(Protocol):
    """A school, or its line in a list."""

    @property
    def uai(self) -> str:
        """What identifies it."""

    @property
    def name(self) -> str:
        """Its official name."""

    @property
    def insee(self) -> str:
        """Code of its commune."""


def names_shown(schools: Iterable[Named]) -> Mapping[str, str]:
    """Return UAI → name; those that share one in a commune bear their UAI.

    The commune is told beside a name: it parts the schools of several communes.
    """
    listed = tuple(schools)
    shared = Counter((one.insee, one.name) for one in listed)
    return {
        one.uai: f"{accented(one.name)} ({one.uai})"
        if shared[one.insee, one.name] > 1
        else accented(one.name)
        for one in listed
    }


def title_shown(territory: "Territory", about: "Auditee") -> str:
    """Return whom an audit is about in a list of audits: no other reads alike.

    A school bears its UAI when the directory has another of that name in the commune,
    be it absent of the list.
    """
    if about.school is None:
        return about.title
    names = names_shown(territory.schools("", commune=about.insee))
    code = f"({about.code})"
    shared = names.get(about.code, "").endswith(code)
    return f"{about.title} {code}" if shared else about.title
