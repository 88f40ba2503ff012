"""The invented territory of Vallombre: its communes and schools, by hand.

Nothing here can be mistaken for a real place. UAI and INSEE codes start with a
department, and France has no department 999: they stop at 95, then 2A, 2B and 97x to
98x; INSEE's codes in 99 are foreign countries, whose third figure is a continent, from
1 to 5. Telephones are in a range that the regulator reserves for fiction, domains end
in `.example`, coordinates are out at sea. No commune of the 2026 code has these names.
Schools are named after plants, places, and people dead before 1935.
"""

from typing import NamedTuple

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
