"""The invented territory of Vallombre: communes, schools, official files.

Nothing here can be mistaken for a real place. UAI and INSEE codes start with a
department, and France has no department 999: they stop at 95, then 2A, 2B and 97x to
98x; INSEE's codes in 99 are foreign countries, whose third figure is a continent, from
1 to 5. Telephones are in a range that the regulator reserves for fiction, domains end
in `.example`, coordinates are out at sea. No commune of the 2026 code has these names.
Schools are named after plants, places, and people dead before 1935.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from random import Random
from typing import NamedTuple

from diag.model.text import check_letter, fold

DEPARTMENT = "999"
DEPARTMENT_NAME = "Vallombre"
REGION = ("99", "Pays d'Ombre")
SYNDICAT = "Syndicat mixte Vallombre Numérique"
INTERCOMMUNALITIES = ("CC du Val d'Ombre", "CC des Hauts de Brisance")
PHONES = "046571"
"""First figures of the telephones: 04 65 71 xx xx is for fiction."""


class SchoolPlan(NamedTuple):
    """A school to invent."""

    kind: str
    """`maternelle`, `élémentaire` or `primaire`."""
    title: str
    """What follows the kind in its name; several have none, as in reality."""
    classes: int
    private: bool = False
    state: str = "OUVERT"
    priority: str = ""
    nature: str = ""
    """Nature code, when it is not the ordinary one of its kind."""
    lacks: str = ""
    """Column of the directory that is empty for it: reality has all of these."""


class CommunePlan(NamedTuple):
    """A commune to invent."""

    name: str
    population: int
    intercommunality: int
    schools: tuple[SchoolPlan, ...]
    rpi: str = ""
    """Code of the regroupement that its school belongs to."""


_M, _E, _P = "maternelle", "élémentaire", "primaire"
_RPI = "999001"

COMMUNES = (
    CommunePlan(
        "Valbrise",
        9_400,
        0,
        (
            SchoolPlan(_M, "Les Tilleuls", 3),
            SchoolPlan(_M, "Les Hirondelles", 3, priority="REP"),
            SchoolPlan(_E, "Louise Michel", 8),
            SchoolPlan(_E, "Victor Hugo", 6, priority="REP"),
            SchoolPlan(_E, "d'application Jules Ferry", 6, nature="153"),
            SchoolPlan(_P, "du Grand Pré", 20),
            SchoolPlan(_P, "Saint-Gildric", 5, private=True),
        ),
    ),
    CommunePlan(
        "Saint-Aubin-des-Ormes",
        6_800,
        0,
        (
            SchoolPlan(_M, "du Parc", 4),
            SchoolPlan(_M, "Les Coquelicots", 3),
            SchoolPlan(_E, "George Sand", 9),
            SchoolPlan(_E, "du Moulin", 6),
            SchoolPlan(_P, "Marie Curie", 7),
            SchoolPlan(_P, "de Bellefont", 3),
        ),
    ),
    CommunePlan(
        "Courvaux-sur-Ombre",
        5_100,
        0,
        (
            SchoolPlan(_M, "Pauline Kergomard", 4),
            SchoolPlan(_E, "Jean Macé", 8),
            SchoolPlan(_E, "des Prés Hauts", 3),
            SchoolPlan(_P, "Les Marronniers", 6),
            SchoolPlan(_P, "de la Gare", 2, state="A FERMER"),
        ),
    ),
    CommunePlan(
        "Montfauvel",
        4_200,
        1,
        (
            SchoolPlan(_M, "", 4),
            SchoolPlan(_E, "", 7),
            SchoolPlan(_P, "Les Saules", 5),
            SchoolPlan(_P, "du Bourg-Neuf", 3),
        ),
    ),
    CommunePlan(
        "Chantelombe",
        3_300,
        1,
        (
            SchoolPlan(_M, "Les Lucioles", 3),
            SchoolPlan(_E, "Jules Ferry", 6),
            SchoolPlan(_P, "Les Genêts", 4),
            SchoolPlan(_P, "de la Croix-Blanche", 2),
        ),
    ),
    CommunePlan(
        "La Ferté-Brisance",
        2_600,
        1,
        (
            SchoolPlan(_M, "du Lavoir", 3),
            SchoolPlan(_E, "Les Érables", 5),
            SchoolPlan(_P, "des Quatre-Vents", 3),
        ),
    ),
    CommunePlan(
        "Clairombre",
        2_100,
        0,
        (
            SchoolPlan(_M, "La Farandole", 3),
            SchoolPlan(_E, "Jean Jaurès", 6),
            SchoolPlan(_P, "de Grandbrise", 2, lacks="position"),
        ),
    ),
    CommunePlan(
        "Hautecroze",
        1_500,
        1,
        (SchoolPlan(_P, "", 4), SchoolPlan(_P, "", 2, lacks="Adresse_1")),
    ),
    CommunePlan("Noirvaux", 1_100, 1, (SchoolPlan(_P, "Les Charmes", 5),)),
    CommunePlan("Fontbrune-sur-Ombre", 760, 0, (SchoolPlan(_M, "", 2),), _RPI),
    CommunePlan("Sainte-Eulaline", 540, 0, (SchoolPlan(_E, "", 2),), _RPI),
    CommunePlan(
        "Œuvremont",
        390,
        0,
        (SchoolPlan(_E, "Les Noisetiers", 2, lacks="SIREN_SIRET"),),
        _RPI,
    ),
    CommunePlan("L'Échaubelle", 260, 1, (SchoolPlan(_P, "", 2, lacks="Telephone"),)),
    CommunePlan("Saint-Vérin-le-Haut", 180, 1, (SchoolPlan(_P, "du Village", 1),)),
)
"""From the little town to the village; three share a regroupement pédagogique."""

_FIRST_UAI = 100

_STREETS = (
    *("rue des Écoles", "place de la Mairie", "rue du Lavoir", "chemin des Vignes"),
    *("allée des Platanes", "route de Valbrise", "impasse du Four", "rue de l'Église"),
)

_VILLAGE = 2
"""Classes up to which a school's classes are small."""

_LEVELS = ("CP", "CE1", "CE2", "CM1", "CM2")
_AT_SEA = (46.4, -5.2)
"""Latitude and longitude of a stretch of the Atlantic, where nobody lives."""


@dataclass(frozen=True)
class FictionalCommune:
    """A commune that does not exist."""

    insee: str
    name: str
    population: int
    postcode: str
    siren: str
    epci_siren: str
    epci_name: str

    @property
    def capitals(self) -> str:
        """The name as the older files write it: `SAINT AUBIN DES ORMES`."""
        return fold(self.name).upper()

    @property
    def domain(self) -> str:
        """The domain of its e-mail addresses."""
        return f"{fold(self.name).replace(' ', '-')}.example"


@dataclass(frozen=True)
class FictionalSchool:
    """A school that does not exist."""

    uai: str
    name: str
    plan: SchoolPlan
    commune: FictionalCommune
    rpi: str
    street: str
    phone: str
    siret: str
    latitude: str
    longitude: str
    nursery_pupils: int
    level_pupils: tuple[int, ...]
    """From CP to CM2."""
    ips: str

    @property
    def pupils(self) -> int:
        """How many pupils it has."""
        return self.nursery_pupils + sum(self.level_pupils)

    @property
    def inspection(self) -> str:
        """Name of its circonscription."""
        is_first = self.commune.epci_name == INTERCOMMUNALITIES[0]
        return "Valbrise" if is_first else "Montfauvel"

    @property
    def email(self) -> str:
        """Its address, at the académie or its own."""
        if self.plan.private:
            return f"direction@{fold(self.plan.title).replace(' ', '-')}.example"
        return f"ce.{self.uai}@ac-vallombre.example"


def uai(number: int) -> str:
    """Return the UAI of this number in the department that does not exist."""
    digits = f"{DEPARTMENT}{number:04d}"
    return digits + check_letter(digits)


def with_key(digits: str) -> str:
    """Return a SIREN or a SIRET: its digits, then the Luhn digit that checks them."""
    doubled = [
        int(digit) * (2 if place % 2 == 0 else 1)
        for place, digit in enumerate(reversed(digits))
    ]
    total = sum(number // 10 + number % 10 for number in doubled)
    return f"{digits}{-total % 10}"


def communes() -> tuple[FictionalCommune, ...]:
    """Return the communes, from the largest to the smallest."""
    return tuple(
        FictionalCommune(
            insee=f"{DEPARTMENT}{number:02d}",
            name=commune.name,
            population=commune.population,
            postcode=f"99{number:02d}0",
            siren=with_key(f"2199{number:04d}"),
            epci_siren=with_key(f"2499{commune.intercommunality + 1:04d}"),
            epci_name=INTERCOMMUNALITIES[commune.intercommunality],
        )
        for number, commune in enumerate(COMMUNES, start=1)
    )


def schools(seed: int) -> Iterator[FictionalSchool]:
    """Yield the schools, commune by commune; the same for the same seed."""
    chance = Random(seed)  # noqa: S311 - nothing secret
    planned = (
        (commune, school, plan.rpi)
        for commune, plan in zip(communes(), COMMUNES, strict=True)
        for school in plan.schools
    )
    for number, (commune, school, rpi) in zip(count(_FIRST_UAI, 3), planned):
        fewest = 14 if school.classes <= _VILLAGE else 20
        pupils = sum(fewest + chance.randrange(7) for _ in range(school.classes))
        nursery = {"maternelle": pupils, "élémentaire": 0}.get(
            school.kind, pupils * 3 // 8
        )
        levels = [0] * len(_LEVELS)
        for _ in range(pupils - nursery):
            levels[chance.randrange(len(levels))] += 1
        latitude, longitude = (
            f"{degrees + chance.randrange(40_000) / 100_000:.5f}" for degrees in _AT_SEA
        )
        street = _STREETS[chance.randrange(len(_STREETS))]
        status = " privée" if school.private else ""
        yield FictionalSchool(
            uai=uai(number),
            name=f"Ecole {school.kind}{status} {school.title}".strip(),
            plan=school,
            commune=commune,
            rpi=rpi,
            street=f"{1 + chance.randrange(48)} {street}",
            phone=f"{PHONES}{number * 37 % 10_000:04d}",
            siret="" if school.private else with_key(f"{commune.siren}{number:04d}"),
            latitude=latitude,
            longitude=longitude,
            nursery_pupils=nursery,
            level_pupils=tuple(levels),
            ips=f"{(70 if school.priority else 88) + chance.randrange(300) / 10:.1f}",
        )


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
    communes: tuple[FictionalCommune, ...]
    schools: tuple[FictionalSchool, ...]


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
            _headcount_lines(invented),
            "\ufeff",
            "\r\n",
        ),
        ips=_write(
            folder / "fr-en-ips-ecoles-ap2022_vallombre.csv",
            _ips_lines(invented),
            end="\r\n",
        ),
        communes_file=_write(folder / "communes_vallombre.csv", commune_lines(there)),
        mairies=_write(folder / "mairies_vallombre.csv", _town_hall_lines(there)),
        mairies_date=date(2026, 6, 1),
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

_OTHERS = (
    ("Collège des Trois Ruisseaux", "Collège", "340"),
    ("Lycée polyvalent du Val d'Ombre", "Lycée", "306"),
    ("Lycée polyvalent du Val d'Ombre", "Lycée", "306"),
    ("Ecole supérieure de vannerie", "", "400"),
)
"""Name, type and nature of what the directory also holds; a lycée has two lines."""


def directory_lines(schools: Sequence[FictionalSchool]) -> Iterator[str]:
    """Yield the lines of the directory, its header first."""
    town = _place(schools[0])
    numbers = {name: number for number, (name, _, _) in enumerate(_OTHERS, start=1)}
    entries = [
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
        for name, kind, nature in _OTHERS
    ]
    entries += [_place(school) | _particulars(school) for school in schools]
    yield COLUMNS
    for entry in entries:
        yield ";".join(entry.get(column, "") for column in COLUMNS.split(";"))


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


def _particulars(school: FictionalSchool) -> dict[str, str]:
    """Return what a school alone has, but for the columns that it lacks."""
    planned = school.plan
    nature, nature_name = _NATURES[planned.kind]
    entry = {
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
        "nom_circonscription": (
            f"Circonscription d'inspection du 1er degré de {school.inspection}"
        ),
        "Adresse_1": school.street,
        "Adresse_2": "-" if planned.private else "",
        "Telephone": school.phone,
        "Mail": school.email,
        "Restauration": "1",
        "SIREN_SIRET": school.siret,
        "position": f"{school.latitude}, {school.longitude}",
        "latitude": school.latitude,
        "longitude": school.longitude,
        "precision_localisation": "Rue",
    }
    if planned.lacks == "position":
        return dict(list(entry.items())[:-4])
    return entry | {planned.lacks: ""}


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


def _headcount_lines(schools: Sequence[FictionalSchool]) -> Iterator[str]:
    """Yield the pupils and classes of each rentrée, the latest first."""
    yield (
        "Rentrée scolaire;Région académique;Académie;Département;Commune;"
        "Numéro de l'école;Dénomination principale;Patronyme;Secteur;REP;REP +;"
        "Nombre total de classes;Nombre total d'élèves;"
        "Nombre d'élèves en pré-élémentaire hors ULIS;"
        "Nombre d'élèves en élémentaire hors ULIS;Nombre d'élèves en ULIS;"
        "Nombre d'élèves en CP hors ULIS;Nombre d'élèves en CE1 hors ULIS;"
        "Nombre d'élèves en CE2 hors ULIS;Nombre d'élèves en CM1 hors ULIS;"
        "Nombre d'élèves en CM2 hors ULIS;tri;Code Postal"
    )
    for year in reversed(_RENTREES):
        for school in schools:
            ago = _RENTREES[-1] - year  # a pupil more in every level, each year back
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


def _ips_lines(schools: Sequence[FictionalSchool]) -> Iterator[str]:
    """Yield the indices of 2022-2023; small schools and maternelles have none."""
    yield (
        "rentree_scolaire;academie;code_du_departement;departement;uai;"
        "nom_de_l_etablissment;code_insee_de_la_commune;nom_de_la_commune;secteur;"
        "effectifs;ips"
    )
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
    yield (
        "code_insee;nom;departement;region;arrondissement;siren;codes_postaux;"
        "population;epci_siren;epci_nom;epci_type"
    )
    for commune in communes:
        yield (
            f"{commune.insee};{commune.name};{DEPARTMENT};{REGION[0]};9991;"
            f"{commune.siren};{commune.postcode};{commune.population};"
            f"{commune.epci_siren};{commune.epci_name};CC"
        )


def _town_hall_lines(communes: Sequence[FictionalCommune]) -> Iterator[str]:
    """Yield the addresses: some unknown, shared, twice there, or no address at all."""
    yield "département,commune,email"
    for commune in communes:
        email = _ODD_ADDRESSES.get(commune.name, f"mairie@{commune.domain}")
        yield f"{DEPARTMENT},Mairie - {commune.name},{email}"
    for line in _ODD_TOWN_HALLS:
        yield f"{DEPARTMENT},{line}"
