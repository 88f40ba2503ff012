"""The files of a checklist that are no domain's: places, dated tables, edition."""

from diag.model.checklist import AidState
from diag.rules.forms.domains import DOMAIN_FILE, QUESTION
from diag.rules.forms.special import ExampleShape
from diag.rules.forms.words import (
    DATE,
    DEPARTMENT,
    DURATION,
    NAME,
    PLACE,
    SLUG,
    SOURCE,
    one_of,
)
from diag.rules.reading.numbers import Decimals, Euros, Whole
from diag.rules.reading.records import Key, ListOf, Record
from diag.rules.reading.shapes import Flag, OneOf, Text, Word

PLACE_LABEL = Record(
    "lieu",
    {
        "id": Key(PLACE, "genre de lieu", "salle"),
        "label": Key(Text(), "comment on l'appelle", '"salle"'),
        "plural": Key(Text(), "au pluriel"),
        "hint": Key(Text(), "ce qui compte comme un tel lieu"),
        "named_by": Key(ListOf(NAME), "questions qui le décrivent"),
    },
)
"""How a kind of place is called."""


PRICE = Record(
    "prix",
    {
        "id": Key(NAME, "identifiant", "prise_rj45"),
        "label": Key(Text(), "désignation", '"Prise RJ45 posée"'),
        "unit": Key(Text(), "ce qu'est une unité", '"prise"'),
        "year": Key(Whole(2000, 2100), "année du relevé", "2025"),
        "minimum": Key(Euros(), "euros HT, prix bas", '"67"'),
        "typical": Key(Euros(), "euros HT, prix courant", '"95"'),
        "maximum": Key(Euros(), "euros HT, prix haut", '"125"'),
        "vat": Key(Decimals(), "taux de TVA en % ; 20 sinon"),
        "yearly": Key(Flag(), "true : payé chaque année"),
        "lifetime": Key(DURATION, "durée avant de racheter"),
        "source": Key(SOURCE, "source, ou metier"),
        "note": Key(Text(), "ce que le prix comprend"),
    },
)
"""One dated price."""


AID = Record(
    "aide",
    {
        "id": Key(SLUG, "identifiant", "detr"),
        "title": Key(Text(), "nom du dispositif", '"Dotation aux communes rurales"'),
        "state": Key(one_of(AidState), "ouvert, clos ou inconnu", "unknown"),
        "applicant": Key(Text(), "qui dépose la demande", '"la commune"'),
        "conditions": Key(Text(), "ce qui est demandé", '"Moins de 2 000 habitants."'),
        "rate": Key(Text(), "part payée, avec l'année où on l'a vue"),
        "ceiling": Key(Text(), "plafond, avec l'année où on l'a vu"),
        "period": Key(Text(), "quand la demande se dépose, ou se déposait"),
        "ask": Key(Text(), "auprès de qui vérifier", '"la préfecture"'),
        "departments": Key(ListOf(DEPARTMENT), "départements concernés ; tous sinon"),
        "max_population": Key(
            Whole(1, 10_000_000), "habitants au-delà desquels la commune n'a rien"
        ),
        "as_of": Key(DATE, "date de ces informations", "2022"),
        "source": Key(SOURCE, "source, ou metier", "S31"),
        "note": Key(Text(), "ce qu'il faut savoir de plus"),
    },
)
"""One funding scheme, never promised."""


DEADLINE = Record(
    "échéance",
    {
        "id": Key(SLUG, "identifiant", "fin-windows-10"),
        "title": Key(Text(), "de quoi il s'agit", '"Fin de Windows 10"'),
        "due": Key(DATE, "la date ; absente si elle varie ou n'est pas connue"),
        "what": Key(Text(), "ce qui change", '"Plus de correctifs de sécurité."'),
        "ask": Key(Text(), "qui connaît la date exacte", '"le syndicat"'),
        "as_of": Key(DATE, "date de ces informations", "2025-10"),
        "source": Key(SOURCE, "source, ou metier", "S92"),
        "verify_before_quoting": Key(
            Flag(), "true : texte de loi à relire avant citation"
        ),
        "note": Key(Text(), "ce qu'il faut savoir de plus"),
    },
)
"""One date to watch."""


REGISTERED = Record(
    "source",
    {
        "id": Key(SOURCE, "identifiant", "S31"),
        "grade": Key(
            OneOf(("A", "B", "C", "D", "M")),
            "A officielle, B collectivité, C presse, D vendeur, M métier",
            "A",
        ),
        "title": Key(Text(), "titre du document", '"Guide des usages"'),
        "url": Key(Text(), "adresse"),
        "date": Key(DATE, "date du document"),
    },
)
"""One source of the register."""


RETIRED = Word(r"[a-z][a-z0-9_-]*", "un identifiant", "Écrivez l'identifiant seul.")
"""An id that was used once."""


PLACES_FILE = Record(
    "",
    {
        "places": Key(ListOf(PLACE_LABEL), "genres de lieux"),
        "questions": Key(ListOf(QUESTION), "les faits qui décrivent les lieux"),
        "examples": Key(ListOf(ExampleShape()), "audits exemplaires"),
    },
)
"""`lieux.yaml`."""


PRICES_FILE = Record(
    "",
    {
        "prices": Key(
            ListOf(PRICE),
            "les prix, datés",
            '[{id: prise_rj45, label: "…", unit: "prise", year: 2025, …}]',
        )
    },
)
"""`prix.yaml`."""


AIDS_FILE = Record(
    "",
    {
        "aids": Key(
            ListOf(AID),
            "les aides, datées",
            '[{id: detr, title: "…", state: unknown, …}]',
        )
    },
)
"""`aides.yaml`."""


DEADLINES_FILE = Record(
    "",
    {
        "deadlines": Key(
            ListOf(DEADLINE),
            "les dates à surveiller",
            '[{id: fin-windows-10, title: "…", due: 2025-10-14, …}]',
        )
    },
)
"""`echeances.yaml`."""


SOURCES_FILE = Record(
    "",
    {
        "sources": Key(
            ListOf(REGISTERED),
            "le registre des sources",
            '[{id: S31, grade: A, title: "…"}]',
        )
    },
)
"""`sources.yaml`."""


EDITION_FILE = Record(
    "",
    {
        "title": Key(Text(), "titre de la grille", '"Grille du premier degré"'),
        "version": Key(Text(), "version de l'édition", '"2026.1"'),
        "domains": Key(ListOf(SLUG), "ordre des domaines"),
        "retired": Key(
            ListOf(RETIRED), "identifiants qui ont servi et ne serviront plus"
        ),
    },
)
"""`edition.yaml`."""


FILES: dict[str, Record] = {
    "lieux.yaml": PLACES_FILE,
    "prix.yaml": PRICES_FILE,
    "aides.yaml": AIDS_FILE,
    "echeances.yaml": DEADLINES_FILE,
    "sources.yaml": SOURCES_FILE,
    "edition.yaml": EDITION_FILE,
}
"""Files of a fixed name; any other file is a domain's."""


def form_of(file: str) -> Record:
    """Return what a file may hold, by its name."""
    return FILES.get(file, DOMAIN_FILE)
