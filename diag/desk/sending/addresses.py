"""Where to write to a reader: read in the official files or typed, never guessed."""

from dataclasses import dataclass
from datetime import date

from diag.desk.session import Session
from diag.desk.workspace import Workspace
from diag.journal.settings import get_setting, put_setting
from diag.model.email import email_problem, is_consumer_mailbox
from diag.model.enums import Audience
from diag.model.errors import DiagError
from diag.words.dates import describe_day

_KEY = "mail_addresses"
_OLD = 3
"""Years after which an address is said to be old."""
_NAMES = {
    Audience.MAIRIE: "la mairie",
    Audience.EQUIPE: "l'équipe de l'école",
    Audience.ACADEMIE: "l'académie",
    Audience.TECHNIQUE: "l'équipe technique",
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a reader is written to, and what makes us think so."""

    to: tuple[str, ...]
    source: str
    """Where it comes from and how old that is, in French."""
    warnings: tuple[str, ...] = ()
    """What to look at before confirming."""


def reader(audience: Audience) -> str:
    """Return who reads a document: « la mairie »."""
    return _NAMES[audience]


def address_of(session: Session, audience: Audience) -> Address:
    """Return the address of a reader: the last one typed, else the official file's.

    Raises:
        DiagError: when none is known; says why and how to give it.
    """
    today = session.workspace.world.today()
    kept = _kept(session.workspace).get(_key(session, audience))
    if isinstance(kept, dict):
        to, day = tuple(map(str, kept["to"])), str(kept["on"])
        return _address(to, f"tapée ici le {describe_day(day)}", day, today)
    found, source, day = _official(session, audience)
    problem = email_problem(found)
    if problem:
        raise DiagError(
            f"Pas d'adresse pour {reader(audience)} : {source or problem}. "
            f"Donnez-la : diag send {session.about.ref} --to {audience} "
            "--address ADRESSE."
        )
    return _address((found,), source, day, today)


def typed_address(session: Session, typed: tuple[str, ...]) -> Address:
    """Return addresses as typed.

    Raises:
        DiagError: when one is no address.
    """
    to = tuple(dict.fromkeys(each.strip() for each in typed))
    for each in to:
        if problem := email_problem(each):
            raise DiagError(f"« {each[:80]} » : {problem}. Rien n'a été fait.")
    today = session.workspace.world.today()
    return _address(to, "tapée à l'instant", today.isoformat(), today)


def remember_address(session: Session, audience: Audience, address: Address) -> None:
    """Keep a typed address for the next time, with the day."""
    workspace = session.workspace
    told = {"to": list(address.to), "on": workspace.world.today().isoformat()}
    kept = {**_kept(workspace), _key(session, audience): told}
    put_setting(workspace.journal, _KEY, kept)


def _address(to: tuple[str, ...], source: str, day: str, today: date) -> Address:
    warnings = [
        f"{each} est chez un fournisseur grand public : est-ce bien une adresse de "
        "service ?"
        for each in to
        if is_consumer_mailbox(each)
    ]
    if not day:
        warnings.append("La date de cette adresse est inconnue.")
    elif today.year - int(day[:4]) >= _OLD:
        warnings.append(f"Adresse de {day[:4]} : vérifiez qu'elle sert encore.")
    return Address(to, source, tuple(warnings))


def _official(session: Session, audience: Audience) -> tuple[str, str, str]:
    """Return an address, what it comes from (or why there is none), and its day."""
    about, territory = session.about, session.workspace.territory
    if audience is Audience.MAIRIE and about.insee:
        hall = territory.town_hall(about.insee)
        if hall is None:
            return "", "le fichier des mairies n'en a pas (diag import mairies)", ""
        dated = f", du {describe_day(hall.source_date)}" if hall.source_date else ""
        known = f"fichier des mairies{dated}"
        return hall.email, known if hall.email else hall.problem, hall.source_date
    if audience is Audience.EQUIPE and about.school:
        school = about.school
        dated = f", fiche du {describe_day(school.updated)}" if school.updated else ""
        known = f"annuaire de l'éducation nationale{dated}"
        return school.email, known if school.email else "", school.updated
    return "", "aucun fichier officiel ne la donne", ""


def _key(session: Session, audience: Audience) -> str:
    about = session.about
    if audience is Audience.TECHNIQUE:
        return str(audience)
    if audience is Audience.ACADEMIE and about.school:
        return f"{audience}:{about.school.circonscription or about.department}"
    whose = about.insee if audience is Audience.MAIRIE else ""
    return f"{audience}:{whose or about.ref}"


def _kept(workspace: Workspace) -> dict[str, object]:
    found = get_setting(workspace.journal, _KEY)
    return found if isinstance(found, dict) else {}
