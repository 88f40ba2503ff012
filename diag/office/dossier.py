"""The file of a school, a commune or a syndicat: who they are, and their audits."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from diag.audit.follow import claim_words
from diag.audit.history import dispatch_words
from diag.audit.proposals import count_waiting
from diag.audit.session import AuditSession
from diag.audit.snapshot import OLDER
from diag.journal.facts import status_of
from diag.journal.records import dispatches_of
from diag.journal.school_lines import is_begun, names_shown
from diag.journal.signatures import signature_of, standing_word
from diag.model.audit import Audit, Auditee, School, Subject
from diag.model.enums import AuditStatus, PlaceKind, Provenance
from diag.office.conflicts import unsettled
from diag.office.supervision import stand_of
from diag.office.tour import address_of
from diag.words.dates import day_words, written_day
from diag.words.sentences import counted, number, phone_number
from diag.workspace.subjects import audits
from diag.workspace.workspace import Workspace

_REVIEWED = {AuditStatus.SOUMIS, AuditStatus.ACCEPTE, AuditStatus.RETOURNE}
_UNSAID = "ouvert, rien n'y est encore dit"
_SENT = 4
"""At most so many documents sent are shown of an audit: one a reader."""


@dataclass(frozen=True, slots=True)
class AuditOverview:
    """One audit, in words."""

    audit: Audit
    status: str
    answers: int
    """How many people gave: what official lists know is not one."""
    latest: str
    """Day of the last answer; empty before any."""
    sent: tuple[str, ...]
    """The last documents that left, in words."""
    begun: bool
    """Whether anybody wrote in it; official lists do not count."""
    unsettled: str
    """What is to be settled in it, counted; empty when nothing is."""
    present: str
    """Who is on it, until which day; empty when nobody says so."""
    offered: int
    """How many answers are offered in it, that wait for a person's yes."""

    @property
    def words(self) -> str:
        """Return « en cours, 12 réponses, la dernière le 05/10/2026 »."""
        if not self.begun:
            return self.status
        latest = f", la dernière le {self.latest}" if self.latest else ""
        return f"{self.status}, {counted(self.answers, 'réponse')}{latest}"


def who(workspace: Workspace, about: Auditee) -> Iterator[tuple[str, str]]:
    """Yield what is known of whom an audit is about: a label, and what it holds."""
    lines: Iterable[tuple[str, str]]
    if about.school:
        lines = _school_lines(workspace, about.school)
    elif about.kind is PlaceKind.COMMUNE:
        territory = workspace.territory
        commune = territory.commune(about.code)
        schools = territory.schools("", commune=about.code)
        population = commune.population if commune else None
        lines = (
            ("Mairie", _town_hall(workspace, about.code)),
            ("Habitants", "" if population is None else number(population)),
            ("Réseau", _access(workspace, about.code)),
            ("Regroupement", commune.epci_name if commune else ""),
            ("Écoles", ", ".join(names_shown(schools).values())),
        )
    else:
        counts = workspace.territory.counts()
        lines = (
            ("SIREN", about.code),
            ("Territoire", counted(counts.schools, "école")),
        )
    yield from (line for line in lines if line[1])


def _school_lines(workspace: Workspace, school: School) -> Iterator[tuple[str, str]]:
    """Yield what the official lists hold of a school; empty where they hold nothing."""
    cycles = " et ".join(
        name
        for name, taken in (
            ("maternelle", school.nursery),
            ("élémentaire", school.elementary),
        )
        if taken
    )
    counts = []
    if school.classes is not None:
        counts.append(counted(school.classes, "classe"))
    if school.pupils is not None:
        counts.append(counted(school.pupils, "élève"))
    if school.classes and school.pupils:
        counts.append(f"{round(school.pupils / school.classes)} par classe")
    if counts and school.headcount_year:
        counts[-1] += f" ({school.headcount_year})"
    year = f" ({school.ips_year})" if school.ips_year else ""
    warning = "l'annuaire annonce sa fermeture" * (school.state == "A FERMER")
    if school.vanished:
        day = written_day(school.vanished)
        warning = f"absente de l'annuaire depuis l'import du {day} : fermée ?"
    kinds = (school.sector, cycles, school.priority_education)
    yield "Adresse", address_of(school)
    yield "Téléphone", phone_number(school.phone)
    yield "Courriel", school.email
    yield "École", ", ".join(filter(None, kinds))
    yield "Élèves", ", ".join(counts)
    yield "IPS", "" if school.ips is None else f"{number(school.ips)}{year}"
    yield "Inspection", school.circonscription
    yield "RPI", school.rpi
    yield "Réseau", _access(workspace, school.insee)
    yield "Mairie", _town_hall(workspace, school.insee)
    yield "Commune", _commune_audit(workspace, school.insee)
    yield "Attention", warning


def _commune_audit(workspace: Workspace, insee: str) -> str:
    """Return where the last audit of a commune stands; empty when none was begun."""
    subject, journal = Subject(kind=PlaceKind.COMMUNE, code=insee), workspace.journal
    found = [
        each
        for each in audits(journal)
        if each.subject == subject and is_begun(journal, each.id)
    ]
    if not found:
        return ""
    last = max(found, key=lambda each: each.campaign)
    standing = status_of(journal, last.id)
    status = standing_word(standing, signature_of(journal, last.id))
    return f"audit {status}, campagne {last.campaign}"


def list_audits_of(workspace: Workspace, about: Auditee) -> list[AuditOverview]:
    """Return the audits of a subject, the latest campaign first."""
    journal, found = workspace.journal, []
    for audit in audits(journal):
        if audit.subject != about.subject:
            continue
        session = AuditSession(workspace, audit, about)
        given = [
            heads
            for heads in session.facts.answers.values()
            if any(head.provenance is not Provenance.IMPORTED for head in heads)
        ]
        last = max((head.at for heads in given for head in heads), default=0)
        begun = is_begun(journal, audit.id)
        older = f", {OLDER}" if session.is_older else ""
        status = standing_word(session.status, session.signature) + older
        stand = stand_of(session)
        reviewed = (stand.words,) if stand and stand.status in _REVIEWED else ()
        sent = map(dispatch_words, dispatches_of(journal, audit.id)[-_SENT:])
        found.append(
            AuditOverview(
                audit,
                status if begun else _UNSAID,
                len(given),
                day_words(last) if given else "",
                (*reviewed, *sent),
                begun,
                unsettled(session) if begun else "",
                claim_words(session),
                count_waiting(session) if begun else 0,
            )
        )
    return sorted(found, key=lambda one: one.audit.campaign, reverse=True)


def _access(workspace: Workspace, insee: str) -> str:
    access = workspace.territory.access(insee)
    if access is None:
        return ""
    parts = []
    if access.premises:
        share = 100 * (access.fibre or 0) // access.premises  # never rounded to all
        day = f" au {written_day(access.counted_on)}" if access.counted_on else ""
        parts.append(f"fibre pour {share} % des locaux de la commune{day}")
    if access.line_end:
        parts.append(f"fin du cuivre le {written_day(access.line_end)}")
    elif access.sale_end:
        parts.append(f"cuivre vendu jusqu'au {written_day(access.sale_end)}")
    return ", ".join(parts)


def _town_hall(workspace: Workspace, insee: str) -> str:
    hall = workspace.territory.town_hall(insee)
    if hall is None:
        return ""
    year = f" (adresse de {hall.source_date[:4]})" if hall.source_date else ""
    return (hall.email or hall.problem) + (year if hall.email else "")
