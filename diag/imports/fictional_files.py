"""The invented territory in the other official layouts, oddities included."""

from collections.abc import Iterator, Sequence

from diag.imports import fictional_plan as plan
from diag.imports.fictional_school import FictionalCommune, FictionalSchool
from diag.model.folding import fold

EFFECTIFS = (
    "Rentrée scolaire;Région académique;Académie;Département;Commune;"
    "Numéro de l'école;Dénomination principale;Patronyme;Secteur;REP;REP +;"
    "Nombre total de classes;Nombre total d'élèves;"
    "Nombre d'élèves en pré-élémentaire hors ULIS;"
    "Nombre d'élèves en élémentaire hors ULIS;Nombre d'élèves en ULIS;"
    "Nombre d'élèves en CP hors ULIS;Nombre d'élèves en CE1 hors ULIS;"
    "Nombre d'élèves en CE2 hors ULIS;Nombre d'élèves en CM1 hors ULIS;"
    "Nombre d'élèves en CM2 hors ULIS;tri;Code Postal"
)
IPS = (
    "rentree_scolaire;academie;code_du_departement;departement;uai;"
    "nom_de_l_etablissment;code_insee_de_la_commune;nom_de_la_commune;secteur;"
    "effectifs;ips"
)
COMMUNES = (
    "code_insee;nom;departement;region;arrondissement;siren;codes_postaux;population;"
    "epci_siren;epci_nom;epci_type"
)
MAIRIES = "département,commune,email"

_SMALLEST_IPS = 60
"""Pupils below which no index is published."""

_ODD_ADDRESSES = {
    "Montfauvel": "https://www.montfauvel.example/contact",
    "Hautecroze": "inconnu",
    "Sainte-Eulaline": "secretariat@rpi-des-noisetiers.example",
    "Œuvremont": "secretariat@rpi-des-noisetiers.example",
}
_ODD_TOWN_HALLS = (
    "Mairie - Clairombre,accueil@clairombre.example",
    "Mairie déléguée - Grandbrise,mairie@clairombre.example",
    "Mairie - Vieux-Courvaux,mairie@vieux-courvaux.example",
)
"""One twice there, one of a commune déléguée, one of a commune merged since."""


def headcount_lines(schools: Sequence[FictionalSchool], years: range) -> Iterator[str]:
    """Yield the pupils and classes of each rentrée, the latest first."""
    yield EFFECTIFS
    for year in reversed(years):
        for school in schools:
            yield ";".join(_headcount(school, year, years[-1] - year))


def ips_lines(schools: Sequence[FictionalSchool]) -> Iterator[str]:
    """Yield the indices of 2022-2023; small schools and maternelles have none."""
    yield IPS
    for school in schools:
        if school.pupils >= _SMALLEST_IPS and school.plan.kind != "maternelle":
            sector = "privé sous contrat" if school.plan.private else "public"
            yield (
                f"2022-2023;VALLOMBRE;{plan.DEPARTMENT};VALLOMBRE;{school.uai};"
                f"{fold(school.name).upper()};{school.commune.insee};"
                f"{school.commune.capitals};{sector};{school.pupils}.0;{school.ips}"
            )


def commune_lines(communes: Sequence[FictionalCommune]) -> Iterator[str]:
    """Yield the official code of the communes."""
    yield COMMUNES
    for commune in communes:
        yield (
            f"{commune.insee};{commune.name};{plan.DEPARTMENT};{plan.REGION[0]};9991;"
            f"{commune.siren};{commune.postcode};{commune.population};"
            f"{commune.epci_siren};{commune.epci_name};CC"
        )


def town_hall_lines(communes: Sequence[FictionalCommune]) -> Iterator[str]:
    """Yield the addresses: some unknown, shared, twice there, or no address at all."""
    yield MAIRIES
    for commune in communes:
        email = _ODD_ADDRESSES.get(commune.name, f"mairie@{commune.domain}")
        yield f"{plan.DEPARTMENT},Mairie - {commune.name},{email}"
    for line in _ODD_TOWN_HALLS:
        yield f"{plan.DEPARTMENT},{line}"


def _headcount(school: FictionalSchool, year: int, ago: int) -> tuple[str, ...]:
    """Return a line: each year back in time, a pupil more in every level there is."""
    levels = [pupils + ago if pupils else 0 for pupils in school.level_pupils]
    nursery = school.nursery_pupils + ago if school.nursery_pupils else 0
    commune, name = school.commune, "VALLOMBRE"
    sector, status = (
        ("PRIVE", "PRIVEE") if school.plan.private else ("PUBLIC", "PUBLIQUE")
    )
    return (
        *(str(year), fold(plan.REGION[1]).upper(), name, name, commune.capitals),
        *(school.uai, f"ECOLE {fold(school.plan.kind).upper()} {status}"),
        *(fold(school.plan.title).upper(), sector),
        *(str(int(school.plan.priority == priority)) for priority in ("REP", "REP+")),
        *(str(school.plan.classes), str(nursery + sum(levels))),
        *(str(nursery), str(sum(levels)), "0", *map(str, levels)),
        *(f"{year}-{name}-{commune.capitals}-{school.uai}", commune.postcode),
    )
