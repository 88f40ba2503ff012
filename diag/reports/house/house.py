"""What a syndicat made its own, ready for the documents; and what was refused of it."""

from dataclasses import dataclass, field

from diag.reports.house.look import SHIPPED, Look


@dataclass(frozen=True)
class House:
    """A syndicat's own templates, look and words; nothing of it by default."""

    templates: tuple[tuple[str, str], ...] = ()
    """File name → Jinja source, in the order of the names."""
    look: Look = SHIPPED
    name: str = ""
    """How the syndicat signs; empty: as the settings say."""
    contact: str = ""
    """What is added to the contacts, its lines kept."""
    closing: str = ""
    """What is said last, before the line at the foot."""
    notices: tuple[str, ...] = ()
    """What of its charter could not be followed, in French."""
    refused: dict[str, str] = field(default_factory=dict, compare=False)
    """Document → why its own template was not used; filled as documents are made."""

    def told(self, *documents: str) -> str:
        """Return what is to be said with these documents; nothing when all is well."""
        refused = (self.refused.get(one, "") for one in documents)
        return "\n".join(dict.fromkeys(filter(None, (*self.notices, *refused))))


PLAIN = House()
"""Nothing of one's own."""
