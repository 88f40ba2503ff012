"""An invented territory written as the official files: for demonstrations and tests."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from diag.demo.territory import (
    DEPARTMENT,
    DEPARTMENT_NAME,
    REGION,
    SYNDICAT,
    FictionalCommune,
    FictionalSchool,
    communes,
    schools,
    uai,
)
from diag.model.text import fold

SEED = 2026
"""The seed of the shipped demonstration."""

_RENTREES = range(2024, 2027)


@dataclass(frozen=True)
class FictionalTerritory:
    """Where the files are, and what they hold."""

    annuaire: Path
    effectifs: Path
    ips: Path
    communes_file: Path
    mairies: Path
    mairies_date: date
    """Date to give as that of the town halls' file."""
    syndicat: str
    department: str
    communes: tuple[FictionalCommune, ...]
    schools: tuple[FictionalSchool, ...]

    @property
    def private(self) -> FictionalSchool:
        """The private school."""
        return next(school for school in self.schools if school.plan.private)

    @property
    def rpi(self) -> tuple[FictionalSchool, ...]:
        """The schools of the regroupement pédagogique."""
        return tuple(school for school in self.schools if school.rpi)


def write_fictional_territory(folder: Path, seed: int = SEED) -> FictionalTerritory:
    """Write the five files of the invented territory; the same seed, the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    there, invented = communes(), tuple(schools(seed))
    return FictionalTerritory(
        annuaire=_write(
            folder / "fr-en-annuaire-education_vallombre.csv",
            directory_lines(invented),
            "\ufeff",
        ),
        effectifs=_write(
            folder / "fr-en-ecoles-effectifs-nb_classes_vallombre.csv",
            headcount_lines(invented, _RENTREES),
            "\ufeff",
            "\r\n",
        ),
        ips=_write(
            folder / "fr-en-ips-ecoles-ap2022_vallombre.csv",
            ips_lines(invented),
            end="\r\n",
        ),
        communes_file=_write(folder / "communes_vallombre.csv", commune_lines(there)),
        mairies=_write(folder / "mairies_vallombre.csv", town_hall_lines(there)),
        mairies_date=date(2026, 6, 1),
        syndicat=SYNDICAT,
        department=DEPARTMENT,
        communes=there,
        schools=invented,
    )


def _write(path: Path, lines: Iterable[str], mark: str = "", end: str = "\n") -> Path:
    text = mark + "".join(f"{line}{end}" for line in lines)
    path.write_text(text, encoding="utf-8", newline="")
    return path


UPDATED = "2026-09-15"
"""Date of every line of the directory."""

COLUMNS = (
    "Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;"
    "Statut_public_prive;Adresse_1;Adresse_2;Adresse_3;Code_postal;Code_commune;"
    "Nom_commune;Code_departement;Code_academie;Code_region;Ecole_maternelle;"
    "Ecole_elementaire;Voie_generale;Voie_technologique;Voie_professionnelle;"
    "Telephone;Fax;Web;Mail;Restauration;Hebergement;ULIS;Apprentissage;Segpa;"
    "Section_arts;Section_cinema;Section_theatre;Section_sport;"
    "Section_internationale;Section_europeenne;Lycee_Agricole;Lycee_militaire;"
    "Lycee_des_metiers;Post_BAC;Appartenance_Education_Prioritaire;GRETA;SIREN_SIRET;"
    "Nombre_d_eleves;Fiche_onisep;position;Type_contrat_prive;Libelle_departement;"
    "Libelle_academie;Libelle_region;coordX_origine;coordY_origine;epsg_origine;"
    "nom_circonscription;latitude;longitude;precision_localisation;date_ouverture;"
    "date_maj_ligne;etat;ministere_tutelle;multi_uai;rpi_concentre;rpi_disperse;"
    "code_nature;libelle_nature;Code_type_contrat_prive;PIAL;etablissement_mere;"
    "type_rattachement_etablissement_mere;code_circonscription;"
    "code_zone_animation_pedagogique;libelle_zone_animation_pedagogique;"
    "code_bassin_formation;libelle_bassin_formation"
)
"""The 72 columns of 2024."""

_NATURES = {
    "maternelle": ("101", "ECOLE MATERNELLE"),
    "élémentaire": ("151", "ECOLE DE NIVEAU ELEMENTAIRE"),
    "primaire": ("151", "ECOLE DE NIVEAU ELEMENTAIRE"),
}

_INSPECTION = "Circonscription d'inspection du 1er degré"

_OTHERS = (
    ("Collège des Trois Ruisseaux", "Collège", "340"),
    ("Lycée polyvalent du Val d'Ombre", "Lycée", "306"),
    ("Lycée polyvalent du Val d'Ombre", "Lycée", "306"),
    ("Ecole supérieure de vannerie", "", "400"),
)
"""Name, type and nature of what the directory also holds; a lycée has two lines."""


def directory_lines(schools: Sequence[FictionalSchool]) -> Iterator[str]:
    """Yield the lines of the directory, its header first."""
    yield COLUMNS
    town = _place(schools[0])
    numbers = {name: number for number, (name, _, _) in enumerate(_OTHERS, start=1)}
    for name, kind, nature in _OTHERS:
        yield _line(
            town
            | {
                "Identifiant_de_l_etablissement": uai(numbers[name]),
                "Nom_etablissement": name,
                "Type_etablissement": kind,
                "Statut_public_prive": "Public",
                "Telephone": "04 65 71 00 01",
                "multi_uai": str(int(kind == "Lycée")),
                "code_nature": nature,
            }
        )
    for school in schools:
        yield _line(_place(school) | _identity(school) | _contact(school))


def _line(entry: dict[str, str]) -> str:
    return ";".join(entry.get(column, "") for column in COLUMNS.split(";"))


def _place(school: FictionalSchool) -> dict[str, str]:
    commune = school.commune
    return {
        "Adresse_3": f"{commune.postcode} {commune.capitals}",
        "Code_postal": commune.postcode,
        "Code_commune": commune.insee,
        "Nom_commune": commune.name,
        "Code_departement": DEPARTMENT,
        "Code_academie": REGION[0],
        "Code_region": REGION[0],
        "Libelle_departement": DEPARTMENT_NAME,
        "Libelle_academie": DEPARTMENT_NAME,
        "Libelle_region": REGION[1],
        "ministere_tutelle": "MINISTERE DE L'EDUCATION NATIONALE",
        "date_maj_ligne": UPDATED,
        "etat": "OUVERT",
    }


def _identity(school: FictionalSchool) -> dict[str, str]:
    planned = school.plan
    nature, nature_name = _NATURES[planned.kind]
    return {
        "Identifiant_de_l_etablissement": school.uai,
        "Nom_etablissement": school.name,
        "Type_etablissement": "Ecole",
        "Statut_public_prive": "Privé" if planned.private else "Public",
        "Ecole_maternelle": str(int(planned.kind != "élémentaire")),
        "Ecole_elementaire": str(int(planned.kind != "maternelle")),
        "Appartenance_Education_Prioritaire": planned.priority,
        "Nombre_d_eleves": str(school.pupils),
        "Type_contrat_prive": (
            "CONTRAT D'ASSOCIATION TOUTES CLASSES" if planned.private else "SANS OBJET"
        ),
        "Code_type_contrat_prive": "30" if planned.private else "99",
        "date_ouverture": "1968-09-15",
        "etat": planned.state,
        "multi_uai": "0",
        "rpi_concentre": "0",
        "rpi_disperse": school.rpi,
        "code_nature": planned.nature or nature,
        "libelle_nature": nature_name,
        "nom_circonscription": f"{_INSPECTION} de {school.inspection}",
    }


def _contact(school: FictionalSchool) -> dict[str, str]:
    contact = {
        "Adresse_1": school.street,
        "Adresse_2": "-" if school.plan.private else "",
        "Telephone": school.phone,
        "Mail": school.email,
        "Restauration": "1",
        "SIREN_SIRET": school.siret,
        "position": f"{school.latitude}, {school.longitude}",
        "latitude": school.latitude,
        "longitude": school.longitude,
        "precision_localisation": "Rue",
    }
    if school.plan.lacks == "position":
        return dict(list(contact.items())[:-4])
    return contact | {school.plan.lacks: ""}


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
            ago = years[-1] - year  # a pupil more in every level, each year back
            levels = [pupils + ago if pupils else 0 for pupils in school.level_pupils]
            nursery = school.nursery_pupils + ago if school.nursery_pupils else 0
            commune, name = school.commune, "VALLOMBRE"
            sector, status = (
                ("PRIVE", "PRIVEE") if school.plan.private else ("PUBLIC", "PUBLIQUE")
            )
            yield ";".join((
                *(str(year), fold(REGION[1]).upper(), name, name, commune.capitals),
                *(school.uai, f"ECOLE {fold(school.plan.kind).upper()} {status}"),
                *(fold(school.plan.title).upper(), sector),
                *(str(int(school.plan.priority == one)) for one in ("REP", "REP+")),
                *(str(school.plan.classes), str(nursery + sum(levels))),
                *(str(nursery), str(sum(levels)), "0", *map(str, levels)),
                *(f"{year}-{name}-{commune.capitals}-{school.uai}", commune.postcode),
            ))


def ips_lines(schools: Sequence[FictionalSchool]) -> Iterator[str]:
    """Yield the indices of 2022-2023; small schools and maternelles have none."""
    yield IPS
    for school in schools:
        if school.pupils >= _SMALLEST_IPS and school.plan.kind != "maternelle":
            sector = "privé sous contrat" if school.plan.private else "public"
            yield (
                f"2022-2023;VALLOMBRE;{DEPARTMENT};VALLOMBRE;{school.uai};"
                f"{fold(school.name).upper()};{school.commune.insee};"
                f"{school.commune.capitals};{sector};{school.pupils}.0;{school.ips}"
            )


def commune_lines(communes: Sequence[FictionalCommune]) -> Iterator[str]:
    """Yield the official code of the communes."""
    yield COMMUNES
    for commune in communes:
        yield (
            f"{commune.insee};{commune.name};{DEPARTMENT};{REGION[0]};9991;"
            f"{commune.siren};{commune.postcode};{commune.population};"
            f"{commune.epci_siren};{commune.epci_name};CC"
        )


def town_hall_lines(communes: Sequence[FictionalCommune]) -> Iterator[str]:
    """Yield the addresses: some unknown, shared, twice there, or no address at all."""
    yield MAIRIES
    for commune in communes:
        email = _ODD_ADDRESSES.get(commune.name, f"mairie@{commune.domain}")
        yield f"{DEPARTMENT},Mairie - {commune.name},{email}"
    for line in _ODD_TOWN_HALLS:
        yield f"{DEPARTMENT},{line}"
