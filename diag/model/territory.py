"""Where audits happen: communes, schools, town halls, as the open data names them."""

from pydantic import Field

from diag.model.base import Noun
from diag.model.number import Number

DIRECTORY = {"annuaire_nb_classes": "classes", "annuaire_nb_eleves": "pupils"}
"""What official lists say of a school: name that checks read → field of its line."""


class School(Noun):
    """A primary-level school of the ministry's directory."""

    uai: str
    name: str
    insee: str
    """INSEE code of the commune: five characters."""
    commune: str
    department: str = ""
    """Three characters: `033`, `02A`."""
    sector: str = ""
    """`Public` or `Privé`."""
    nursery: bool | None = None
    """Takes pupils of maternelle."""
    elementary: bool | None = None
    """Takes pupils from CP to CM2."""
    address: str = ""
    postcode: str = ""
    phone: str = ""
    email: str = ""
    siret: str = ""
    latitude: str = ""
    longitude: str = ""
    circonscription: str = ""
    priority_education: str = ""
    """`REP`, `REP+` or empty."""
    rpi: str = ""
    """Code of the regroupement pédagogique intercommunal, or empty."""
    state: str = ""
    """`OUVERT` or `A FERMER`."""
    updated: str = ""
    """Date of the directory's line, ISO."""
    classes: int | None = None
    pupils: int | None = None
    headcount_year: str = ""
    """School year of `classes` and `pupils`: `2022-2023`."""
    ips: Number | None = None
    """Indice de position sociale."""
    ips_year: str = ""
    vanished: str = ""
    """ISO date of the import in which the school was missing: probably closed."""


class Commune(Noun):
    """A commune of the official geographic code."""

    insee: str
    name: str
    department: str = ""
    population: int | None = None
    siren: str = ""
    epci_siren: str = ""
    epci_name: str = ""
    postcodes: tuple[str, ...] = Field(default=())


class CommuneAccess(Noun):
    """How a commune is served, from ARCEP and the calendar of the copper lines."""

    insee: str
    name: str
    premises: int | None = None
    """Homes and businesses."""
    fibre: int | None = None
    """Those that fibre reaches: a line may be ordered."""
    counted_on: str = ""
    """ISO date of the count."""
    sale_end: str = ""
    """ISO date after which no copper line is sold."""
    line_end: str = ""
    """ISO date on which copper lines stop."""


class TownHall(Noun):
    """How to write to a mairie, and how old that knowledge is."""

    insee: str
    name: str
    email: str = ""
    """Empty when the source holds no valid address."""
    problem: str = ""
    """Why there is no address, in French: « adresse inconnue », « page web »…"""
    source_date: str = ""
    """ISO date of the file: an address five years old is not to be trusted."""
