"""The invented schools in the directory's layout of 2024, oddities included."""

from collections.abc import Iterator, Sequence

from diag.imports import fictional_plan as plan
from diag.imports.fictional_school import FictionalSchool, uai

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
        "Code_departement": plan.DEPARTMENT,
        "Code_academie": plan.REGION[0],
        "Code_region": plan.REGION[0],
        "Libelle_departement": plan.DEPARTMENT_NAME,
        "Libelle_academie": plan.DEPARTMENT_NAME,
        "Libelle_region": plan.REGION[1],
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
