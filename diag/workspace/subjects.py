"""Who an audit may be about, found from what is typed: `commune:INSEE`, a UAI.

A school comes from the directory, a commune from the geographic code, a syndicat from
the settings or from the groupings of the territory.
"""

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from diag.journal import facts
from diag.journal.journal import Journal, get_setting, put_setting
from diag.journal.school_lines import names_shown
from diag.model.audit import Audit, Auditee, School, school_auditee
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.model.text import (
    PROGRAMMES,
    is_campaign,
    normal_insee,
    normal_siren,
    normal_uai,
)
from diag.words.sentences import of, suggest
from diag.workspace.workspace import Workspace

if TYPE_CHECKING:
    from diag.journal.territory import Territory


NAMING = "un UAI, commune:INSEE ou syndicat:SIREN"
"""How a subject is named on the command line."""


def auditee_named(workspace: Workspace, ref: str) -> Auditee:
    """Return who is named: a school by its UAI, others by their kind and code.

    « syndicat » alone is one's own.

    Raises:
        DiagError: when it is wrong or unknown.
    """
    kind, _, code = ref.strip().partition(":")
    match kind.casefold():
        case "ecole" if code:
            return school_auditee(school_of(workspace, code))
        case "commune":
            return commune_auditee(workspace, code)
        case "syndicat":
            return syndicat_auditee(workspace, code)
    return school_auditee(school_of(workspace, ref))


def auditee_of(workspace: Workspace, audit: Audit) -> Auditee:
    """Return who an audit is about, as this workspace knows it, else by its code.

    An audit that came from another laptop may precede the directory that names it.
    """
    subject = audit.subject
    if subject.kind is PlaceKind.ECOLE:
        known = workspace.territory.school(subject.code)
        if known is not None:
            return school_auditee(known)
        stub = School(
            uai=subject.code, name=f"École {subject.code}", insee="", commune=""
        )
        return find_subject_here(workspace, subject.code) or school_auditee(stub)
    try:
        return auditee_named(workspace, str(subject))
    except DiagError:
        return Auditee(kind=subject.kind, code=subject.code, name=str(subject))


def school_of(workspace: Workspace, uai: str) -> School:
    """Return a school of the territory by its UAI.

    Raises:
        DiagError: when the UAI is wrong or unknown; names the nearest one.
    """
    try:
        wanted = normal_uai(uai)
    except ValueError as error:
        raise DiagError(f"{error}. Nommez le sujet par {NAMING}.") from error
    school = workspace.territory.school(wanted)
    if school is not None:
        return school
    told = find_subject_here(workspace, wanted)
    if told is not None and told.school is not None:
        return told.school
    known = [line.uai for line in workspace.territory.schools()]
    if not known:
        raise DiagError(
            f"École {wanted} inconnue : le territoire est vide. "
            "Importez la liste officielle.",
            command="diag import annuaire FICHIER.csv",
        )
    hint = suggest(wanted, known, cutoff=0.8)
    raise DiagError(
        f"École {wanted} inconnue dans ce territoire.{hint} "
        "Importez son département, ou cherchez-la par son nom.",
        command="diag schools NOM",
    )


def commune_auditee(workspace: Workspace, insee: str) -> Auditee:
    """Return a commune by its INSEE code.

    Raises:
        DiagError: when the code is wrong, or no commune of the territory has it.
    """
    try:
        wanted = normal_insee(insee)
    except ValueError as error:
        raise DiagError(f"{error}. Par exemple : commune:80021.") from error
    territory, place = workspace.territory, None
    if commune := territory.commune(wanted):
        place = commune.name, commune.department
    else:  # while the code is not imported, its schools name it
        for school in territory.schools("", commune=wanted, limit=1):
            place = school.commune, school.department
    if place:
        name, department = place
        return Auditee(
            kind=PlaceKind.COMMUNE,
            code=wanted,
            name=f"Commune {of(name)}",
            insee=wanted,
            commune=name,
            department=department,
        )
    told = find_subject_here(workspace, f"{PlaceKind.COMMUNE}:{wanted}")
    if told is not None:
        return told
    raise DiagError(
        f"Commune {wanted} inconnue dans ce territoire. Vérifiez que ce n'est pas un "
        "code postal, ou importez la liste.",
        command="diag import communes FICHIER.csv",
    )


def syndicat_auditee(workspace: Workspace, siren: str) -> Auditee:
    """Return a syndicat by its SIREN; by an empty one, one's own.

    Raises:
        DiagError: when the number is wrong, or nobody here has it.
    """
    settings = workspace.settings
    if not (siren or settings.siren):
        raise DiagError(
            "Le SIREN de votre syndicat n'est pas encore connu. Donnez-le une fois.",
            command="diag audit start syndicat:SIREN",
        )
    try:
        wanted = normal_siren(siren or settings.siren)
    except ValueError as error:
        raise DiagError(f"{error}. Par exemple : syndicat:200000172.") from error
    names = (
        each.epci_name
        for each in workspace.territory.communes()
        if each.epci_siren == wanted
    )
    name = next(names, "")
    if wanted == settings.siren or not (settings.siren or name):
        name = settings.syndicat or name or f"Syndicat {wanted}"
    if name:
        return Auditee(kind=PlaceKind.SYNDICAT, code=wanted, name=name)
    told = find_subject_here(workspace, f"{PlaceKind.SYNDICAT}:{wanted}")
    if told is not None:
        return told
    raise DiagError(
        f"SIREN {wanted} inconnu : ce n'est ni celui de votre syndicat "
        f"({settings.siren}), ni un regroupement de ce territoire."
    )


def audits(journal: Journal) -> tuple[Audit, ...]:
    """Return the audits in the order in which they came; a programme is none.

    A campaign names folders: one that is no slug, come from elsewhere, is left out.
    """
    return tuple(
        one
        for one in facts.audits(journal)
        if is_campaign(one.campaign) and not one.campaign.startswith(PROGRAMMES)
    )


def programmes(journal: Journal) -> tuple[Audit, ...]:
    """Return the programmes of several years, in the order in which they came."""
    return tuple(
        one
        for one in facts.audits(journal)
        if is_campaign(one.campaign) and one.campaign.startswith(PROGRAMMES)
    )


_SCHOOLS = "schools_told"
_OTHERS = "subjects_told"


def remember(workspace: Workspace, *told: Auditee) -> None:
    """Keep who came with audits; what the territory knows needs no keeping."""
    others = {one.ref: one.model_dump(mode="json") for one in told if not one.school}
    schools = {
        one.school.uai: one.school.model_dump(mode="json")
        for one in told
        if one.school and workspace.territory.school(one.school.uai) is None
    }
    for key, new in ((_OTHERS, others), (_SCHOOLS, schools)):
        kept = _kept(workspace, key)
        if kept != (known := {**kept, **new}):
            put_setting(workspace.journal, key, known)


def find_subject_here(workspace: Workspace, ref: str) -> Auditee | None:
    """Return a subject as the last audit that came with it gave it."""
    try:
        school = _kept(workspace, _SCHOOLS).get(ref)
        if school is not None:
            return school_auditee(School.model_validate(school))
        return Auditee.model_validate(_kept(workspace, _OTHERS)[ref])
    except (KeyError, ValidationError):
        return None


def _kept(workspace: Workspace, key: str) -> dict[str, Any]:
    found = get_setting(workspace.journal, key)
    return found if isinstance(found, dict) else {}


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
