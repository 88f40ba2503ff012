"""Names of schools as a list shows them: accented, and no two alike."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Protocol

from diag.model.accents import accented


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
