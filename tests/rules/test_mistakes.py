"""What an author gets wrong, and the sentence that says how to put it right."""

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.rules.written import all_problems, load_written, spoilt


class Mistake(NamedTuple):
    """One text replaced in one file, and what must be said of it."""

    name: str
    file: str
    right: str
    wrong: str
    said: tuple[str, ...]
    """Fragments of one and the same sentence."""


READING = [
    Mistake(
        "a key is misspelt",
        "reseau.yaml",
        "    weight: 2\n",
        "    weigth: 2\n",
        (
            "reseau.yaml:31 :",
            "« debit-suffisant »",
            "« weigth » inconnue",
            "« weight »",
        ),
    ),
    Mistake(
        "a key is missing",
        "reseau.yaml",
        '    title: "Une prise par classe"\n',
        "",
        ("reseau.yaml:39 :", "« prise-par-classe »", "il manque la clé « title »"),
    ),
    Mistake(
        "a number is written in letters",
        "reseau.yaml",
        "weight: 3}",
        'weight: "trois"}',
        ("reseau.yaml:1 :", "domaine « reseau »", "« trois »", "nombre entier de 1 à"),
    ),
    Mistake(
        "a boolean is written no",
        "reseau.yaml",
        "    stale_after: P12M\n",
        "    sensitive: no\n",
        ("reseau.yaml:17 :", "« debit »", "le texte « no »", "Écrivez true ou false"),
    ),
    Mistake(
        "a word is not of the list",
        "reseau.yaml",
        "kind: blocking",
        "kind: bloking",
        ("reseau.yaml:30 :", "« kind »", "« bloking »", "« blocking » ?"),
    ),
    Mistake(
        "a list is forgotten",
        "reseau.yaml",
        "sources: [S31, metier]",
        "sources: S31",
        ("reseau.yaml:37 :", "« sources » : il faut une liste", "entre crochets"),
    ),
    Mistake(
        "an id has accents",
        "reseau.yaml",
        "- id: debit\n",
        "- id: débit\n",
        ("reseau.yaml:8 :", "« débit »", "il faut un identifiant", "sans accent"),
    ),
    Mistake(
        "a question's id has a hyphen",
        "lieux.yaml",
        "- id: type_salle",
        "- id: type-salle",
        ("lieux.yaml:4 :", "« type-salle »", "« _ »"),
    ),
    Mistake(
        "an id is taken",
        "reseau.yaml",
        "- id: prises\n",
        "- id: debit\n",
        ("reseau.yaml:19 :", "« debit »", "déjà pris dans reseau.yaml, ligne 8"),
    ),
    Mistake(
        "an id is retired",
        "reseau.yaml",
        "- id: debit-suffisant",
        "- id: vieux-critere",
        ("reseau.yaml:27 :", "« vieux-critere »", "retiré", "Choisissez-en un autre"),
    ),
    Mistake(
        "a rule is cut by its comma",
        "reseau.yaml",
        '2: "prises >= 2", 1: "prises >= 1"',
        "2: count(lot, prises), 1: prises",
        ("reseau.yaml:44 :", "virgule", "coupé la règle", "entre guillemets doubles"),
    ),
    Mistake(
        "a rule in braces has no quotes",
        "reseau.yaml",
        '1: "debit >= 8"',
        "1: debit >= 8",
        ("reseau.yaml:34 :", "avertissement", "levels.1", '« 1: "debit >= 8" »'),
    ),
    Mistake(
        "a colon has no space after it",
        "reseau.yaml",
        '{2: "prises >= 2", 1: "prises >= 1"}',
        '{2:prises, 1: "prises >= 1"}',
        ("reseau.yaml:44 :", "il manque une espace après « : »", "« 2: prises »"),
    ),
    Mistake(
        "a weight has a French comma",
        "reseau.yaml",
        "    weight: 2\n",
        "    weight: 1,5\n",
        ("reseau.yaml:31 :", "le texte « 1,5 »", "ni virgule"),
    ),
    Mistake(
        "what triggers is written as a rule",
        "reseau.yaml",
        "when: {criterion: prise-par-classe, below: 2}",
        "when: prise-par-classe < 2",
        ("« when » : il faut un groupe de clés", "« {criterion: ", "below: 2} »"),
    ),
    Mistake(
        "a brace is cut by a comment",
        "reseau.yaml",
        '{2: "prises >= 2", 1: "prises >= 1"}',
        "{2: prises # deux, 1: prises}",
        ("reseau.yaml:44 :", "« { » n'est pas fermée", "guillemets doubles"),
    ),
    Mistake(
        "a colon hides in a text",
        "reseau.yaml",
        'label: "Accès à Internet"\n',
        "label: Accès : Internet\n",
        ("reseau.yaml:6 :", "« : » inattendu", "guillemets"),
    ),
    Mistake(
        "a tab indents",
        "sources.yaml",
        "  - {id",
        "\t- {id",
        ("sources.yaml:2 :", "tabulation", "espaces"),
    ),
    Mistake(
        "a key is given twice",
        "reseau.yaml",
        "    weight: 2\n",
        "    weight: 2\n    weight: 3\n",
        ("reseau.yaml:32 :", "« weight » en double, déjà ligne 31"),
    ),
    Mistake(
        "a quote is never closed",
        "edition.yaml",
        'version: "2026.1"',
        'version: "2026.1',
        ("edition.yaml:2 :", "guillemet", "Fermez"),
    ),
    Mistake(
        "an anchor is used",
        "reseau.yaml",
        "relevant: acces_internet",
        "relevant: &acces acces_internet",
        ("reseau.yaml:15 :", "« &acces »", "Recopiez"),
    ),
    Mistake(
        "an alias is used",
        "reseau.yaml",
        "relevant: acces_internet",
        "relevant: *acces",
        ("reseau.yaml:15 :", "« *acces »", "Recopiez"),
    ),
    Mistake(
        "a duration is in words",
        "reseau.yaml",
        "delay: P6M",
        "delay: 6 mois",
        ("reseau.yaml:56 :", "il faut une durée", "« 6 mois »", "P6M (mois)"),
    ),
    Mistake(
        "a price has three decimals",
        "prix.yaml",
        '"95.50"',
        '"95.505"',
        ("prix.yaml:7 :", "« typical »", "montant en euros HT", '"67.50"'),
    ),
    Mistake(
        "prices are out of order",
        "prix.yaml",
        "maximum: 125",
        "maximum: 90",
        ("prix.yaml:7 :", "« prise_rj45 »", "minimum ≤ typical ≤ maximum"),
    ),
    Mistake(
        "choices are missing",
        "reseau.yaml",
        "type: boolean",
        "type: choice",
        ("reseau.yaml:3 :", "« acces_internet »", "au moins deux choix", "choices: [{"),
    ),
    Mistake(
        "a choice is given twice",
        "lieux.yaml",
        "{id: autre,",
        "{id: classe,",
        ("lieux.yaml:8 :", "« type_salle »", "« classe » en double"),
    ),
    Mistake(
        "a range holds a date",
        "reseau.yaml",
        "range: [0, 50]",
        "range: [2020-01-01, 50]",
        ("reseau.yaml:23 :", "« range »", "il faut des nombres"),
    ),
    Mistake(
        "a range has one end",
        "reseau.yaml",
        "range: [0, 50]",
        "range: [0]",
        ("reseau.yaml:23 :", "« range »", "2 éléments", "une liste de 1"),
    ),
    Mistake(
        "a boolean has a unit",
        "reseau.yaml",
        "type: boolean\n",
        "type: boolean\n    unit: m\n",
        ("reseau.yaml:6 :", "« unit »", "pas pour le type boolean"),
    ),
    Mistake(
        "an audience is forgotten",
        "reseau.yaml",
        "      academie:\n",
        "      academy:\n",
        ("reseau.yaml:61 :", "« cabler-les-classes »", "il manque la clé « academie »"),
    ),
    Mistake(
        "the mairie is not told what to decide",
        "reseau.yaml",
        '        decision: "Voter {cout} avant le {echeance}."\n',
        "",
        ("reseau.yaml:62 :", "il manque la clé « decision »", "Voter {cout} au budget"),
    ),
    Mistake(
        "a requirement is incomplete",
        "reseau.yaml",
        "requires: [{criterion: debit-suffisant, at_least: 1}]",
        "requires: [{criterion: debit-suffisant}]",
        ("reseau.yaml:51 :", "il manque la clé « at_least »", "« at_least: 2 »"),
    ),
    *(
        Mistake(
            f"a key is no longer written ({wrong.strip()})",
            "reseau.yaml",
            right,
            wrong,
            (f"« {wrong.split(':')[0].strip(' [{')} » ne s'écrit plus", remedy),
        )
        for right, wrong, remedy in (
            ("    weight: 2\n", "    improves_with: {debit: up}\n", "« better: up »"),
            ("    weight: 2\n", "    roll_up: worst\n", "« socle_share »"),
            ("    delay: P6M\n", "    prices: {prise_rj45: 2}\n", "« buys: [{item:"),
        )
    ),
    Mistake(
        "a prerequisite names a recommendation",
        "reseau.yaml",
        "requires: [{criterion: debit-suffisant, at_least: 1}]",
        "requires: [{recommendation: monter-en-debit}]",
        ("« recommendation » ne s'écrit plus", "Nommez son critère"),
    ),
    *(
        Mistake(
            f"a direction does not suit ({wrong})",
            file,
            right,
            f"{right}    better: {wrong}\n",
            (f"{file}:", *said),
        )
        for file, right, wrong, said in (
            ("reseau.yaml", "type: boolean\n", "true", ("up, down ou une liste",)),
            ("reseau.yaml", "type: boolean\n", "[]", ("une liste de 0", "[pire, …")),
            ("reseau.yaml", "type: boolean\n", "[a, b]", ("une liste ne range que",)),
            ("lieux.yaml", "type: choice\n", "up", ("« better: [classe, autre] »",)),
            ("lieux.yaml", "type: choice\n", "[classe]", ("ne range pas « autre »",)),
            ("lieux.yaml", "type: choice\n", "[[a], [[b]]]", ("une liste de choix",)),
            (
                "lieux.yaml",
                "type: choice\n",
                "[autre, [clase]]",
                ("« clase » n'est pas un choix", "Écrivez « classe »"),
            ),
            (
                "lieux.yaml",
                "type: choice\n",
                "[autre, zz, classe]",
                ("« zz » n'est pas un choix", "« better: [classe, autre] »"),
            ),
            (
                "lieux.yaml",
                "type: choice\n",
                "[autre, [classe, autre]]",
                ("« autre » en double", "Gardez-en un seul"),
            ),
        )
    ),
    Mistake(
        "a text gets better",
        "reseau.yaml",
        'type: integer\n    label: "Prises RJ45"\n    range: [0, 50]\n',
        'type: text\n    label: "Prises RJ45"\n',
        ("« prises »", "« better » ne vaut pas pour le type text", "Supprimez"),
    ),
    Mistake(
        "a yes is part of a number",
        "reseau.yaml",
        "type: boolean\n",
        "type: boolean\n    at_most: debit\n",
        ("reseau.yaml:6 :", "« at_most »", "pas pour le type boolean"),
    ),
    Mistake(
        "a number lacks its year",
        "reseau.yaml",
        "    stale_after: P12M\n",
        "    without_year: past\n",
        ("reseau.yaml:17 :", "« without_year » ne vaut que pour une date"),
    ),
    Mistake(
        "a number is a danger",
        "reseau.yaml",
        "    stale_after: P12M\n",
        "    danger: true\n",
        ("reseau.yaml:17 :", "« danger » ne vaut que pour un oui ou non", "number"),
    ),
    *(
        Mistake(
            f"a key does not suit the kind of a criterion ({wrong})",
            "reseau.yaml",
            "    kind: improvement\n",
            f"    {wrong}\n",
            ("« prise-par-classe »", *said),
        )
        for wrong, said in (
            ("kind: compliance", ("il manque « conforms_at »", "« conforms_at: 1 »")),
            ("kind: compliance\n    conforms_at: 3", ("n'a pas de règle", "1, 2")),
            ("kind: compliance\n    conforms_at: 0", ("nombre entier de 1 à 3",)),
            ("kind: blocking\n    conforms_at: 1", ("« kind: blocking »", "Supprimez")),
            ('kind: improvement\n    socle_share: "3/4"', ("« kind: blocking »",)),
            (
                "kind: improvement\n    weight: 0\n    given: prises",
                ("« applicable »",),
            ),
            (
                "kind: compliance\n    conforms_at: 1\n    weigh_by: prises",
                ("« weigh_by » ne vaut que", "Supprimez"),
            ),
            ("kind: blocking\n    socle_share: 0", ("au-dessus de 0", '"3/4"')),
            ('kind: blocking\n    socle_share: "5/4"', ("jusqu'à 1",)),
            ('kind: blocking\n    socle_share: "1/0"', ("jusqu'à 1",)),
            ("kind: blocking\n    socle_share: tous", ("le texte « tous »",)),
        )
    ),
    Mistake(
        "a level to reach is told of no compliance",
        "reseau.yaml",
        "when: {criterion: prise-par-classe, below: 2}",
        "when: {criterion: prise-par-classe}",
        ("reseau.yaml:50 :", "il manque « below »", "« below: 2 »"),
    ),
    Mistake(
        "a purchase is a word",
        "reseau.yaml",
        'buys: [{item: prise_rj45, use: poste, count: "quantite"}]',
        "buys: [prise_rj45]",
        ("reseau.yaml:54 :", "« buys »", "« {item: prise_rj45, use: borne} »"),
    ),
    Mistake(
        "an effect is a group of keys",
        "reseau.yaml",
        "effect: {prises: 2}",
        "effect: {prises: {2: true}}",
        ("reseau.yaml:58 :", "« effect.prises »", "ce que le fait devient"),
    ),
    Mistake(
        "a retired id has a key too many",
        "edition.yaml",
        "retired: [vieux-critere]",
        "retired: [{id: vieux-critere, par: debit-suffisant}]",
        ("edition.yaml:4 :", "« par » inconnue"),
    ),
    Mistake(
        "an example has no name",
        "reseau.yaml",
        'name: "rien de connu", ',
        "",
        ("reseau.yaml:94 :", "il manque la clé « name »"),
    ),
    Mistake(
        "a required question is left out of the short visit",
        "reseau.yaml",
        "    stale_after: P12M\n",
        "    required: true\n    profile: full\n",
        ("reseau.yaml:18 :", "« debit »", "visite courte", "Supprimez « profile »"),
    ),
    Mistake(
        "a profile is unknown",
        "reseau.yaml",
        "    stale_after: P12M\n",
        "    profile: courte\n",
        ("« debit »", "« courte »", "short"),
    ),
]

MEANING = [
    Mistake(
        "a question is unknown to a rule",
        "reseau.yaml",
        '2: "debit >= 30"',
        '2: "debitt >= 30"',
        ("reseau.yaml:34 :", "« levels.2 »", "« debitt » n'existe pas", "« debit » ?"),
    ),
    Mistake(
        "a choice is unknown to a rule",
        "reseau.yaml",
        "applicable: \"type_salle == 'classe'\"",
        "applicable: \"type_salle == 'clase'\"",
        ("reseau.yaml:43 :", "« clase »", "« classe » ?"),
    ),
    Mistake(
        "a rule does not parse",
        "reseau.yaml",
        '3: "debit >= 100"',
        '3: "debit = 100"',
        ("reseau.yaml:34 :", "« levels.3 »", "colonne 7", "« == »"),
    ),
    Mistake(
        "a criterion is unknown",
        "reseau.yaml",
        "when: {criterion: prise-par-classe,",
        "when: {criterion: prises-par-classe,",
        ("reseau.yaml:50 :", "« prises-par-classe »", "« prise-par-classe » ?"),
    ),
    Mistake(
        "a price is unknown",
        "reseau.yaml",
        "buys: [{item: prise_rj45,",
        "buys: [{item: prise_rj54,",
        ("reseau.yaml:54 :", "« prise_rj54 »", "« prise_rj45 » ?"),
    ),
    Mistake(
        "a source is unregistered",
        "reseau.yaml",
        "sources: [S31, metier]",
        "sources: [Z99]",
        ("reseau.yaml:37 :", "« Z99 »", "sources.yaml"),
    ),
    Mistake(
        "an effect is on an unknown criterion",
        "reseau.yaml",
        "effect: {prises: 2}",
        "effect: {prise-par-clase: 2}",
        ("reseau.yaml:58 :", "« prise-par-clase »", "« prise-par-classe » ?"),
    ),
    Mistake(
        "an ordered domain is unknown",
        "edition.yaml",
        "[reseau]",
        "[reseaux]",
        ("edition.yaml:3 :", "« reseaux »", "« reseau » ?"),
    ),
    Mistake(
        "a place is named by an unknown question",
        "lieux.yaml",
        "named_by: [type_salle]",
        "named_by: [type_sale]",
        ("lieux.yaml:2 :", "« type_sale »", "« type_salle » ?"),
    ),
    *(
        Mistake(
            f"a part is of no whole ({wrong})",
            "reseau.yaml",
            "    range: [0, 50]\n",
            f"    range: [0, 50]\n    at_most: {wrong}\n",
            ("reseau.yaml:24 :", "« at_most »", *said),
        )
        for wrong, said in (
            ("prise", ("aucun élément « prise »", "« prises » ?")),
            ("acces_internet", ("n'est pas un nombre", "integer ou number")),
            ("debit\n    unit: prise", ("« prise » et « Mbit/s »", "la même unité")),
            ("prises", ("part d'elle-même (prises ← prises)",)),
        )
    ),
    Mistake(
        "a whole stands inside its part",
        "reseau.yaml",
        "    relevant: acces_internet\n",
        "    relevant: acces_internet\n    at_most: prises\n",
        ("reseau.yaml:16 :", "se demande par salle, elle par ecole", "contient"),
    ),
    *(
        Mistake(
            f"an effect cannot be ({wrong})",
            "reseau.yaml",
            "effect: {prises: 2}",
            f"effect: {wrong}",
            ("reseau.yaml:58 :", *said),
        )
        for wrong, said in (
            ("{prise: 2}", ("aucune question et aucun critère", "« prises » ?")),
            ("{prises: true}", ("« true »", "un nombre, ou une règle")),
            ("{prises: [a]}", ("« [a] »", "un nombre, ou une règle")),
            ("{prises: prise}", ("« effect.prises »", "« prises » ?")),
            ("{prises: quantite}", ("« quantite » n'existe pas",)),
            ("{type_salle: classe}", ("ce qui est meilleur", "« better »")),
            ("{prise-par-classe: true}", ("atteint un niveau", "1, 2 ou 3")),
            ("{prise-par-classe: 4}", ("atteint un niveau", "1, 2 ou 3")),
        )
    ),
    Mistake(
        "an action changes what it does not hold",
        "reseau.yaml",
        "effect: {debit: 100}",
        "effect: {prises: 2}",
        ("se demande par salle, elle agit par ecole", "Nommez le critère"),
    ),
    Mistake(
        "a share is of one place",
        "reseau.yaml",
        "{criterion: debit-suffisant, at_least: 1}",
        '{criterion: debit-suffisant, at_least: 1, share: "1"}',
        ("reseau.yaml:51 :", "« share »", "n'a qu'un lieu", "Supprimez"),
    ),
    Mistake(
        "a share of the rooms is not told",
        "reseau.yaml",
        "when: {criterion: debit-suffisant, below: 3}\n",
        "when: {criterion: debit-suffisant, below: 3}\n"
        "    requires: [{criterion: prise-par-classe, at_least: 1}]\n",
        ("combien de ces lieux suffisent", '« share: "1" »'),
    ),
    Mistake(
        "a purchase is for places inside",
        "reseau.yaml",
        "use: poste, count",
        "use: poste, at: lot, count",
        ("reseau.yaml:54 :", "« at: lot »", "par salle", "« ecole »"),
    ),
    Mistake(
        "an unknown recommendation is covered",
        "reseau.yaml",
        "    delay: P3M\n",
        "    delay: P3M\n    covers: [cabler-les-clases]\n",
        ("« covers »", "« cabler-les-clases »", "« cabler-les-classes » ?"),
    ),
    Mistake(
        "a recommendation covers itself",
        "reseau.yaml",
        "    delay: P3M\n",
        "    delay: P3M\n    covers: [monter-en-debit]\n",
        ("« covers »", "monter-en-debit ← monter-en-debit", "Retirez"),
    ),
    Mistake(
        "a rule of where is no condition",
        "reseau.yaml",
        "when: {criterion: prise-par-classe, below: 2}",
        "when: {criterion: prise-par-classe, below: 2, where: prises}",
        ("reseau.yaml:50 :", "« when.where »", "est un nombre : comparez-le"),
    ),
    Mistake(
        "a quantity reads itself",
        "reseau.yaml",
        'quantity: "2 - prises"',
        'quantity: "quantite"',
        ("reseau.yaml:53 :", "« quantite » n'existe pas"),
    ),
    Mistake(
        "an effort reads a room",
        "reseau.yaml",
        '"quantite / 4"',
        '"prises / 4"',
        ("« effort.days »", "se demande par salle", "« total »"),
    ),
    Mistake(
        "a bound reads nothing",
        "reseau.yaml",
        'quantity: "2 - prises"\n',
        'quantity: "2 - prises"\n    at_most: nb_salles\n',
        ("reseau.yaml:54 :", "« at_most »", "« nb_salles » n'existe pas"),
    ),
    Mistake(
        "a successor does not exist",
        "edition.yaml",
        "retired: [vieux-critere]",
        "retired: [{id: vieux-critere, by: debit-sufisant}]",
        ("edition.yaml:4 :", "« debit-sufisant » n'existe pas", "« debit-suffisant »"),
    ),
    Mistake(
        "no rule reads a question",
        "reseau.yaml",
        "- id: acces_internet\n",
        "- id: bavard\n    place: ecole\n    type: boolean\n    label: Bavard\n"
        "  - id: acces_internet\n",
        ("reseau.yaml:3 :", "avertissement", "« bavard »", "aucune règle ne la lit"),
    ),
    Mistake(
        "a question takes a word of the rules",
        "reseau.yaml",
        "- id: acces_internet\n",
        "- id: quantite\n    place: ecole\n    type: text\n    label: Quantité\n"
        "  - id: acces_internet\n",
        ("reseau.yaml:3 :", "« quantite »", "langage des règles", "Renommez-la"),
    ),
    Mistake(
        "questions wait for each other",
        "reseau.yaml",
        '    type: boolean\n    label: "Accès à Internet"\n',
        '    type: boolean\n    label: "Accès à Internet"\n    relevant: "debit > 0"\n',
        ("sa propre réponse", "debit", "acces_internet", "Retirez"),
    ),
    Mistake(
        "a level is out of reach",
        "reseau.yaml",
        '3: "debit >= 100"',
        '3: "debit >= 20000"',
        ("reseau.yaml:34 :", "niveau 3 inatteignable", "Corrigez-la ou retirez"),
    ),
    Mistake(
        "a level is hidden by the one above",
        "reseau.yaml",
        '2: "debit >= 30"',
        '2: "debit >= 300"',
        ("reseau.yaml:34 :", "niveau 2 inatteignable", "couvert par le niveau 3"),
    ),
    Mistake(
        "a criterion never applies",
        "reseau.yaml",
        "applicable: acces_internet",
        'applicable: "debit > 20000"',
        ("reseau.yaml:33 :", "n'est jamais jugé", "Corrigez-les"),
    ),
    Mistake(
        "a recommendation is never triggered",
        "reseau.yaml",
        'levels: {2: "prises >= 2", 1: "prises >= 1"}',
        'levels: {2: "prises >= 0"}',
        ("reseau.yaml:50 :", "ne se déclenche jamais", "au moins 2", "« below »"),
    ),
    Mistake(
        "a recommendation could never stop",
        "reseau.yaml",
        "below: 2}\n    requires",
        "below: 3}\n    requires",
        ("reseau.yaml:50 :", "n'atteint jamais 3", "« below: 2 »"),
    ),
    Mistake(
        "a recommendation waits for what stops it",
        "reseau.yaml",
        "{criterion: debit-suffisant, at_least: 1}",
        "{criterion: prise-par-classe, at_least: 2}",
        ("reseau.yaml:51 :", "en dessous de 2", "Retirez ce préalable"),
    ),
    Mistake(
        "an effect is a level that the criterion lacks",
        "reseau.yaml",
        "effect: {prises: 2}",
        "effect: {prise-par-classe: 3}",
        ("reseau.yaml:58 :", "n'a pas de niveau 3", "1, 2"),
    ),
    Mistake(
        "a placeholder is unknown",
        "reseau.yaml",
        "Voter {cout} avant",
        "Voter {coût} avant",
        ("reseau.yaml:64 :", "« wording.mairie.decision »", "« {coût} »", "« cout » ?"),
    ),
    Mistake(
        "a brace stands alone",
        "reseau.yaml",
        "Voter {cout} avant",
        "Voter {cout avant",
        ("reseau.yaml:64 :", "accolade", "Fermez-la"),
    ),
    Mistake(
        "a plural is not of a quantity",
        "reseau.yaml",
        "{quantite|salle|salles}",
        "{lieux|salle|salles}",
        ("reseau.yaml:62 :", "pas un nombre", "{quantite|salle|salles}"),
    ),
    Mistake(
        "a cost has no price",
        "reseau.yaml",
        '    buys: [{item: prise_rj45, use: poste, count: "quantite"}]\n',
        "",
        ("reseau.yaml:63 :", "{cout} sans prix", "« buys »"),
    ),
    Mistake(
        "a deadline lacks its article",
        "reseau.yaml",
        "avant le {echeance}",
        "avant {echeance}",
        ("reseau.yaml:64 :", "{echeance} est un jour", "« avant le {echeance} »"),
    ),
    Mistake(
        "a number is written twice",
        "reseau.yaml",
        "Câbler {quantite|salle|salles}",
        "Câbler {quantite} {quantite|salle|salles}",
        ("reseau.yaml:62 :", "deux fois", "retirez {quantite}"),
    ),
    Mistake(
        "the mairie is told that it must buy",
        "reseau.yaml",
        'why: "La classe perd du temps."',
        'why: "La commune est obligée de câbler."',
        ("reseau.yaml:63 :", "« obligée »", "aucun texte n'oblige"),
    ),
]

SENSE = [
    Mistake(
        "a range is upside down",
        "reseau.yaml",
        "range: [0, 10000]",
        "range: [10000, 0]",
        ("reseau.yaml:13 :", "« range » : 10000 est au-dessus de 0", "[0, 10000]"),
    ),
    Mistake(
        "what is likely is upside down",
        "reseau.yaml",
        'likely: ["0.5", 2000]',
        'likely: [2000, "0.5"]',
        (
            "reseau.yaml:14 :",
            "« likely » : 2000 est au-dessus de 0.5",
        ),
    ),
    Mistake(
        "what is likely is refused",
        "reseau.yaml",
        'likely: ["0.5", 2000]',
        'likely: ["0.5", 20000]',
        ("reseau.yaml:14 :", "« likely » déborde de « range »", "[0, 10000]"),
    ),
    Mistake(
        "what is likely begins before what is allowed",
        "reseau.yaml",
        'likely: ["0.5", 2000]',
        "likely: [-5, 2000]",
        ("reseau.yaml:14 :", "« likely » déborde de « range »", "Resserrez"),
    ),
    Mistake(
        "nothing is counted",
        "reseau.yaml",
        'quantity: "2 - prises"',
        'quantity: "0"',
        ("reseau.yaml:53 :", "« quantity » vaut 0", "Comptez au moins 1"),
    ),
    Mistake(
        "nobody knows how to collect a fact",
        "reseau.yaml",
        '    ask: "Avez-vous Internet ?"\n',
        "",
        ("reseau.yaml:3 :", "« acces_internet »", "ni « ask » ni « look »", "Ajoutez"),
    ),
    Mistake(
        "a person is asked without a sentence",
        "reseau.yaml",
        '    look: "Trois mesures."\n',
        '    look: "Trois mesures."\n    whom: direction\n',
        ("reseau.yaml:19 :", "avertissement", "« debit »", "sans phrase à dire"),
    ),
    Mistake(
        "a choice only says as the one above",
        "lieux.yaml",
        'label: "Autre"',
        'label: "De même, plus petite"',
        ("lieux.yaml:8 :", "avertissement", "« De même, plus petite »", "Redites"),
    ),
    Mistake(
        "two criteria bear one number",
        "reseau.yaml",
        '    title: "Une prise par classe"\n',
        '    title: "Une prise par classe"\n    ref: ACC-02\n',
        ("reseau.yaml:41 :", "ACC-02 est déjà celui de « debit-suffisant »", "autre"),
    ),
    *(
        Mistake(
            f"what is told as law was not read ({wrong})",
            "reseau.yaml",
            right,
            wrong,
            said,
        )
        for right, wrong, said in (
            (
                "Le fil reste le plus sûr.",
                "Cette prise est obligatoire.",
                ("reseau.yaml:45 :", "« why »", "« obligatoire »", "« read_on »"),
            ),
            (
                "La classe perd du temps.",
                "La loi de 2015 impose un fil.",
                (
                    "reseau.yaml:63 :",
                    "« loi de 2015 impose »",
                    "demandé ou conseillé",
                ),
            ),
            (
                "    nature: usage\n  - id: prise",
                (
                    '    nature: usage\n    law: {text: "Loi", read_on: 2999-01-01}\n'
                    "  - id: prise"
                ),
                ("reseau.yaml:39 :", "« read_on: 2999-01-01 »", "un jour à venir"),
            ),
            (
                "    sources: [metier]\n    nature: usage\n",
                (
                    "    sources: [metier]\n    nature: usage\n"
                    '    law: {text: "Loi", read_on: 2026-01-31}\n'
                ),
                ("reseau.yaml:46 :", "aucune source ne dit où", "la page où"),
            ),
        )
    ),
    Mistake(
        "a copy bears the grade of what it copies",
        "sources.yaml",
        "grade: A, ",
        'grade: A, url: "https://www.gouv.fr.copie.net/loi", ',
        ("sources.yaml:2 :", "avertissement", "www.gouv.fr.copie.net", "« grade: D »"),
    ),
    Mistake(
        "a price is of a year to come",
        "prix.yaml",
        "as_of: 2025",
        "as_of: 2099",
        (
            "prix.yaml:5 :",
            "avertissement",
            "« prise_rj45 »",
            "2099",
            "la date à laquelle",
        ),
    ),
    Mistake(
        "a rate of VAT does not exist",
        "prix.yaml",
        'vat: "5.5"',
        'vat: "19.6"',
        ("prix.yaml:9 :", "19,6 % n'est pas un taux de TVA", "0, 2.1, 5.5, 10, 20"),
    ),
    Mistake(
        "what is bought lasts for ever",
        "prix.yaml",
        "lifetime: P15Y",
        "lifetime: P150Y",
        ("prix.yaml:10 :", "« lifetime: P150Y » : plus de 50 ans", "P5Y (ans)"),
    ),
    Mistake(
        "what is done lasts for ever",
        "reseau.yaml",
        "lifetime: P15Y",
        "lifetime: P999M",
        ("reseau.yaml:57 :", "« lifetime: P999M » : plus de 50 ans"),
    ),
    Mistake(
        "a delay is no delay",
        "reseau.yaml",
        "delay: P6M",
        "delay: P0D",
        ("reseau.yaml:56 :", "« delay: P0D » : une durée d'aucun jour", "P1D"),
    ),
    Mistake(
        "a delay outlives the mandate",
        "reseau.yaml",
        "delay: P6M",
        "delay: P60Y",
        ("reseau.yaml:56 :", "« delay: P60Y » : plus de 10 ans"),
    ),
    Mistake(
        "an answer is stale at once",
        "reseau.yaml",
        "stale_after: P12M",
        "stale_after: P0M",
        ("reseau.yaml:17 :", "« stale_after: P0M » : une durée d'aucun jour"),
    ),
    *(
        Mistake(
            f"a commune is bound ({wrong})",
            "reseau.yaml",
            right,
            wrong,
            (f"reseau.yaml:{line} :", "aucun texte n'oblige", "ou proposez"),
        )
        for line, right, wrong in (
            (63, "La classe perd du temps.", "La mairie est tenue de câbler."),
            (64, "Voter {cout} avant", "Le conseil doit voter {cout} avant"),
            (63, "La classe perd du temps.", "La commune doit payer ce câble."),
            (63, "La classe perd du temps.", "Elle doit financer le réseau."),
            (68, "La vidéo ne coupera plus.", "La commune doit acheter un câble."),
            (72, "Le projet en dépend.", "La commune sera tenue de câbler."),
            (75, "Deux prises par salle", "La mairie est obligée à deux prises"),
            (76, "Prises testées", "La commune doit payer le solde"),
            (45, "Le fil reste le plus sûr.", "Les communes doivent financer un fil."),
        )
    ),
]

STYLE = [
    Mistake(
        "a sentence for the mairie is long",
        "reseau.yaml",
        "La classe perd du temps.",
        "La classe perd du temps parce que " + "le réseau de la salle est lent et " * 4,
        ("reseau.yaml:63 :", "avertissement", "mots", "Coupez-la : 25 mots"),
    ),
    Mistake(
        "the mairie is told heavily",
        "reseau.yaml",
        "La classe perd du temps.",
        "Il conviendrait de câbler.",
        ("reseau.yaml:63 :", "« Il conviendrait » alourdit", "simplement"),
    ),
    Mistake(
        "an acronym is not explained to the mairie",
        "reseau.yaml",
        "La classe perd du temps.",
        "Le VLAN manque.",
        ("reseau.yaml:63 :", "VLAN", "« VLAN (…) »"),
    ),
    Mistake(
        "quotes are straight",
        "reseau.yaml",
        '"Le projet en dépend."',
        "'Le \"projet\" en dépend.'",
        ("reseau.yaml:72 :", "guillemets droits", "« mot »"),
    ),
    Mistake(
        "two spaces follow each other",
        "reseau.yaml",
        "Le projet en dépend.",
        "Le projet  en dépend.",
        ("reseau.yaml:72 :", "deux espaces"),
    ),
    Mistake(
        "a space precedes a comma",
        "reseau.yaml",
        "Le projet en dépend.",
        "Le projet , oui.",
        ("reseau.yaml:72 :", "avant une virgule"),
    ),
    Mistake(
        "a semicolon lacks its space",
        "reseau.yaml",
        "Le projet en dépend.",
        "Le projet; oui.",
        ("reseau.yaml:72 :", "il manque une espace avant « ; »"),
    ),
    Mistake(
        "a sentence has no end",
        "reseau.yaml",
        "Le projet en dépend.",
        "Le projet en dépend",
        ("reseau.yaml:72 :", "point final"),
    ),
    Mistake(
        "a title ends with a period",
        "reseau.yaml",
        '"Câblage des classes"',
        '"Câblage des classes."',
        ("reseau.yaml:71 :", "un titre finit par un point"),
    ),
    Mistake(
        "a title may be heard as its contrary",
        "reseau.yaml",
        '"Des prises dans vos salles"',
        '"Plus de câble dans vos salles"',
        ("reseau.yaml:67 :", "« plus de » se comprend aussi", "Écrivez « Pas de »"),
    ),
]


@pytest.mark.parametrize(
    "mistake", [*READING, *MEANING, *SENSE, *STYLE], ids=lambda m: m.name
)
def test_a_mistake_is_told_with_its_place_and_its_remedy(
    mistake: Mistake, tmp_path: Path
) -> None:
    files = spoilt(mistake.file, mistake.right, mistake.wrong)
    sentences = [
        str(problem) for problem in all_problems(load_written(tmp_path, files))
    ]
    assert any(
        all(fragment in sentence for fragment in mistake.said) for sentence in sentences
    ), "\n".join(("said:", *sentences))


def test_two_recommendations_cannot_cover_each_other(tmp_path: Path) -> None:
    files = spoilt(
        "reseau.yaml", "    delay: P3M\n", "    covers: [cabler-les-classes]\n"
    )
    text = files["reseau.yaml"].replace(
        "    delay: P6M\n", "    covers: [monter-en-debit]\n"
    )
    told = all_problems(load_written(tmp_path, {**files, "reseau.yaml": text}))
    assert any("elle se remplacerait elle-même" in str(one) for one in told)


@pytest.mark.parametrize("mistake", READING, ids=lambda m: m.name)
def test_what_does_not_read_withholds_the_checklist(
    mistake: Mistake, tmp_path: Path
) -> None:
    loaded = load_written(tmp_path, spoilt(mistake.file, mistake.right, mistake.wrong))
    errors = [problem for problem in loaded.problems if problem.severity == "error"]
    assert (loaded.checklist is None) == bool(errors)


def test_a_checklist_without_mistake_has_no_problem(tmp_path: Path) -> None:
    loaded = load_written(tmp_path)
    assert all_problems(loaded) == []
    assert loaded.checklist is not None
