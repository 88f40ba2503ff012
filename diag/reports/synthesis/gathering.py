"""Several audits told together: whose they are, by whom, and what may still change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256

from diag.model.accents import accented
from diag.model.enums import PlaceKind
from diag.model.territory import Commune
from diag.reports.escape import Md
from diag.reports.layout import Pair, bold, definitions, written
from diag.reports.report import Office
from diag.reports.synthesis.extract import Extract
from diag.words.dates import describe_day, long_date
from diag.words.sentences import listed, phone_number
from diag.words.typography import NBSP


@dataclass(frozen=True)
class Gathering:
    """The audits that a document tells, and what it may say of the rest."""

    name: str
    """« Commune de Valbrise », « Territoire de … », a circonscription's own name."""
    extracts: tuple[Extract, ...]
    """Schools by commune and name; before them, the commune or the syndicat itself."""
    missing: tuple[str, ...]
    """Public schools that this campaign did not audit, by name."""
    campaign: str
    author: str
    office: Office
    date: date
    commune: Commune | None = None
    population_of: str = ""
    """ISO day on which the population was read; empty when it was not."""

    @cached_property
    def schools(self) -> tuple[Extract, ...]:
        """The audits of schools."""
        return tuple(one for one in self.extracts if one.about.kind is PlaceKind.ECOLE)

    @property
    def provisional(self) -> bool:
        """Say whether one of the audits may still change."""
        return any(one.provisional for one in self.extracts)

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the budget."""
        return self.extracts[0].years

    @property
    def digest(self) -> str:
        """One mark for all the audits: what this document can be proven with."""
        marks = "\n".join(sorted(one.digest for one in self.extracts))
        return sha256(marks.encode()).hexdigest()

    def name_of(self, extract: Extract) -> str:
        """Return how an audit is named; schools that share a name get their UAI."""
        return self._names[extract.about.ref]

    @cached_property
    def _names(self) -> dict[str, str]:
        bare = {one.about.ref: accented(one.about.name) for one in self.extracts}
        told = list(bare.values())
        return {
            ref: name if told.count(name) == 1 else f"{name} ({ref})"
            for ref, name in bare.items()
        }


def cover(gathering: Gathering, reader: str, *first: Pair) -> Md:
    """Return the block that says what this is, of what and from whom."""
    return definitions((
        *first,
        ("Destinataire", reader),
        ("Écoles auditées", coverage(gathering)),
        ("Visites", visit_days(gathering.extracts)),
        ("Date", long_date(gathering.date)),
        ("Auteur", ", ".join(filter(None, (gathering.author, gathering.office.name)))),
        ("Version", version(gathering)),
        ("Statut", status(gathering)),
    ))


def coverage(gathering: Gathering) -> str:
    """Return « 3 sur 5 »."""
    told = len(gathering.schools)
    return f"{told} sur {told + len(gathering.missing)}"


def visit_days(extracts: Sequence[Extract]) -> str:
    """Return « du 12 mars au 4 avril 2026 », the day of the only visit, or none."""
    days = sorted(day for one in extracts for day in one.visits)
    if not days:
        return "aucune visite notée"
    first, last = describe_day(days[0]), describe_day(days[-1])
    return first if first == last else f"du {first} au {last}"


def version(gathering: Gathering) -> str:
    """Return the editions of the checklists and the mark of the audits."""
    editions = sorted({one.version for one in gathering.extracts})
    return f"grilles {listed(editions)}, empreinte {gathering.digest[:12]}"


def status(gathering: Gathering) -> str:
    """Return whether everything told is final."""
    open_ones = [one for one in gathering.extracts if one.provisional]
    if not open_ones:
        return "définitif"
    many = len(gathering.extracts)
    if many == 1:
        return gathering.extracts[0].status
    verb = "n'est pas clos" if len(open_ones) == 1 else "ne sont pas clos"
    count = f"{len(open_ones)} audit{'s' * (len(open_ones) > 1)}"
    return f"provisoire ({count} sur {many} {verb})"


def running_line(gathering: Gathering) -> Md:
    """Return what stands at the foot of every page."""
    state = "provisoire" if gathering.provisional else "définitif"
    told = f"Document {state}, {long_date(gathering.date)} · {version(gathering)}"
    return Md(f"*{written(told)}*")


def contacts(gathering: Gathering) -> Md:
    """Return whom to write to."""
    office = gathering.office
    reach = (gathering.author, phone_number(office.phone), office.email)
    return definitions([(office.name, " · ".join(filter(None, reach)))])


def unaudited(gathering: Gathering) -> Md:
    """Return the schools of which this document can say nothing."""
    if not gathering.missing:
        return Md("")
    names = listed([accented(one) for one in gathering.missing], 12)
    one = len(gathering.missing) == 1
    said = "École publique non auditée" if one else "Écoles publiques non auditées"
    return Md(f"{bold(said)}{NBSP}: {written(names)}. Ce document n'en dit rien.")
