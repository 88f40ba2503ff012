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
            "reseau.yaml:26 :",
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
        ("reseau.yaml:33 :", "« prise-par-classe »", "il manque la clé « title »"),
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
        ("reseau.yaml:15 :", "« debit »", "le texte « no »", "Écrivez true ou false"),
    ),
    Mistake(
        "a word is not of the list",
        "reseau.yaml",
        "kind: blocking",
        "kind: bloking",
        ("reseau.yaml:25 :", "« kind »", "« bloking »", "« blocking » ?"),
    ),
    Mistake(
        "a list is forgotten",
        "reseau.yaml",
        "sources: [S31, metier]",
        "sources: S31",
        ("reseau.yaml:32 :", "« sources » : il faut une liste", "entre crochets"),
    ),
    Mistake(
        "an id has accents",
        "reseau.yaml",
        "- id: debit\n",
        "- id: débit\n",
        ("reseau.yaml:7 :", "« débit »", "il faut un identifiant", "sans accent"),
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
        ("reseau.yaml:16 :", "« debit »", "déjà pris dans reseau.yaml, ligne 7"),
    ),
    Mistake(
        "an id is retired",
        "reseau.yaml",
        "- id: debit-suffisant",
        "- id: vieux-critere",
        ("reseau.yaml:22 :", "« vieux-critere »", "retiré", "Choisissez-en un autre"),
    ),
    Mistake(
        "a rule is cut by its comma",
        "reseau.yaml",
        '2: "prises >= 2", 1: "prises >= 1"',
        "2: count(lot, prises), 1: prises",
        ("reseau.yaml:38 :", "virgule", "coupé la règle", "entre guillemets doubles"),
    ),
    Mistake(
        "a rule in braces has no quotes",
        "reseau.yaml",
        '1: "debit >= 8"',
        "1: debit >= 8",
        ("reseau.yaml:29 :", "avertissement", "levels.1", '« 1: "debit >= 8" »'),
    ),
    Mistake(
        "a brace is cut by a comment",
        "reseau.yaml",
        '{2: "prises >= 2", 1: "prises >= 1"}',
        "{2: prises # deux, 1: prises}",
        ("reseau.yaml:38 :", "« { » n'est pas fermée", "guillemets doubles"),
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
        ("reseau.yaml:27 :", "« weight » en double, déjà ligne 26"),
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
        ("reseau.yaml:14 :", "« &acces »", "Recopiez"),
    ),
    Mistake(
        "an alias is used",
        "reseau.yaml",
        "relevant: acces_internet",
        "relevant: *acces",
        ("reseau.yaml:14 :", "« *acces »", "Recopiez"),
    ),
    Mistake(
        "a duration is in words",
        "reseau.yaml",
        "delay: P6M",
        "delay: 6 mois",
        ("reseau.yaml:50 :", "il faut une durée", "« 6 mois »", "P6M (mois)"),
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
        ("reseau.yaml:20 :", "« range »", "il faut des nombres"),
    ),
    Mistake(
        "a range has one end",
        "reseau.yaml",
        "range: [0, 50]",
        "range: [0]",
        ("reseau.yaml:20 :", "« range »", "2 éléments", "une liste de 1"),
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
        ("reseau.yaml:55 :", "« cabler-les-classes »", "il manque la clé « academie »"),
    ),
    Mistake(
        "the mairie is not told what to decide",
        "reseau.yaml",
        '        decision: "Voter {cout} avant le {echeance}."\n',
        "",
        ("reseau.yaml:56 :", "il manque la clé « decision »", "Voter {cout} au budget"),
    ),
    Mistake(
        "a roll-up is unknown",
        "reseau.yaml",
        'roll_up: {share_reaching: 2, steps: {3: "1", 2: "0.75", 1: "0.5"}}',
        "roll_up: wors",
        ("reseau.yaml:39 :", "« roll_up »", "« worst » ?"),
    ),
    Mistake(
        "a requirement is incomplete",
        "reseau.yaml",
        "requires: [{criterion: debit-suffisant, at_least: 1}]",
        "requires: [{criterion: debit-suffisant}]",
        ("reseau.yaml:45 :", "préalable incomplet", "{criterion: x, at_least: 2}"),
    ),
    Mistake(
        "an example has no name",
        "reseau.yaml",
        'name: "rien de connu", ',
        "",
        ("reseau.yaml:72 :", "il manque la clé « name »"),
    ),
    Mistake(
        "a required question is left out of the short visit",
        "reseau.yaml",
        "    stale_after: P12M\n",
        "    required: true\n    profile: full\n",
        ("reseau.yaml:16 :", "« debit »", "visite courte", "Supprimez « profile »"),
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
        ("reseau.yaml:29 :", "« levels.2 »", "« debitt » n'existe pas", "« debit » ?"),
    ),
    Mistake(
        "a choice is unknown to a rule",
        "reseau.yaml",
        "applicable: \"type_salle == 'classe'\"",
        "applicable: \"type_salle == 'clase'\"",
        ("reseau.yaml:37 :", "« clase »", "« classe » ?"),
    ),
    Mistake(
        "a rule does not parse",
        "reseau.yaml",
        '3: "debit >= 100"',
        '3: "debit = 100"',
        ("reseau.yaml:29 :", "« levels.3 »", "colonne 7", "« == »"),
    ),
    Mistake(
        "a criterion is unknown",
        "reseau.yaml",
        "when: {criterion: prise-par-classe,",
        "when: {criterion: prises-par-classe,",
        ("reseau.yaml:44 :", "« prises-par-classe »", "« prise-par-classe » ?"),
    ),
    Mistake(
        "a required recommendation is unknown",
        "reseau.yaml",
        "{criterion: debit-suffisant, at_least: 1}",
        "{recommendation: fibrer}",
        ("reseau.yaml:45 :", "« fibrer » (préconisation)", "« recommendations »"),
    ),
    Mistake(
        "a price is unknown",
        "reseau.yaml",
        "prices: {prise_rj45:",
        "prices: {prise_rj54:",
        ("reseau.yaml:48 :", "« prise_rj54 »", "« prise_rj45 » ?"),
    ),
    Mistake(
        "a source is unregistered",
        "reseau.yaml",
        "sources: [S31, metier]",
        "sources: [Z99]",
        ("reseau.yaml:32 :", "« Z99 »", "sources.yaml"),
    ),
    Mistake(
        "an effect is on an unknown criterion",
        "reseau.yaml",
        "effect: {prise-par-classe: 2}",
        "effect: {prise-par-clase: 2}",
        ("reseau.yaml:52 :", "« prise-par-clase »", "« prise-par-classe » ?"),
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
    Mistake(
        "the roll-up is forgotten off the school",
        "reseau.yaml",
        '    roll_up: {share_reaching: 2, steps: {3: "1", 2: "0.75", 1: "0.5"}}\n',
        "",
        ("reseau.yaml:33 :", "il manque « roll_up »", "« roll_up: worst »"),
    ),
    Mistake(
        "a roll-up has no sense at the school",
        "reseau.yaml",
        "    improves_with: {debit: up}\n",
        "    roll_up: worst\n",
        ("reseau.yaml:30 :", "n'a pas de sens", "Supprimez"),
    ),
    Mistake(
        "a compliance criterion is averaged",
        "reseau.yaml",
        "kind: improvement",
        "kind: compliance",
        ("reseau.yaml:39 :", "conformité", "« roll_up: worst »"),
    ),
    Mistake(
        "roll-up shares go the wrong way",
        "reseau.yaml",
        '{3: "1", 2: "0.75", 1: "0.5"}',
        '{3: "0.5", 2: "0.75"}',
        ("reseau.yaml:39 :", "demander une part plus grande"),
    ),
    Mistake(
        "a roll-up share is over one",
        "reseau.yaml",
        '{3: "1", 2:',
        "{3: 100, 2:",
        ("reseau.yaml:39 :", "jusqu'à 1", '"0.75"'),
    ),
    Mistake(
        "improves_with names what no level reads",
        "reseau.yaml",
        "improves_with: {debit: up}",
        "improves_with: {acces_internet: up}",
        ("reseau.yaml:30 :", "« acces_internet », qu'aucun niveau ne lit"),
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
        "a recommendation waits for itself",
        "reseau.yaml",
        "{criterion: debit-suffisant, at_least: 1}",
        "{recommendation: cabler-les-classes}",
        ("reseau.yaml:45 :", "elle s'attend elle-même"),
    ),
    Mistake(
        "a level is out of reach",
        "reseau.yaml",
        '3: "debit >= 100"',
        '3: "debit >= 20000"',
        ("reseau.yaml:29 :", "niveau 3 inatteignable", "Corrigez-la ou retirez"),
    ),
    Mistake(
        "a level is hidden by the one above",
        "reseau.yaml",
        '2: "debit >= 30"',
        '2: "debit >= 300"',
        ("reseau.yaml:29 :", "niveau 2 inatteignable", "couvert par le niveau 3"),
    ),
    Mistake(
        "a better fact lowers the level",
        "reseau.yaml",
        "improves_with: {debit: up}",
        "improves_with: {debit: down}",
        ("reseau.yaml:30 :", "« debit » décroît, mais tombe", "« improves_with »"),
    ),
    Mistake(
        "a criterion never applies",
        "reseau.yaml",
        "applicable: acces_internet",
        'applicable: "debit > 20000"',
        ("reseau.yaml:28 :", "ne s'applique jamais", "Corrigez-la"),
    ),
    Mistake(
        "a recommendation is never triggered",
        "reseau.yaml",
        'levels: {2: "prises >= 2", 1: "prises >= 1"}',
        'levels: {2: "prises >= 0"}',
        ("reseau.yaml:44 :", "ne se déclenche jamais", "au moins 2", "« below »"),
    ),
    Mistake(
        "a recommendation could never stop",
        "reseau.yaml",
        "below: 2}\n    requires",
        "below: 3}\n    requires",
        ("reseau.yaml:44 :", "n'atteint jamais 3", "« below: 2 »"),
    ),
    Mistake(
        "a recommendation waits for what stops it",
        "reseau.yaml",
        "{criterion: debit-suffisant, at_least: 1}",
        "{criterion: prise-par-classe, at_least: 2}",
        ("reseau.yaml:45 :", "en dessous de 2", "Retirez ce préalable"),
    ),
    Mistake(
        "an effect is not enough",
        "reseau.yaml",
        "effect: {prise-par-classe: 2}",
        "effect: {prise-par-classe: 1}",
        ("reseau.yaml:52 :", "se déclencherait encore", "« prise-par-classe: 2 »"),
    ),
    Mistake(
        "an effect is a level that the criterion lacks",
        "reseau.yaml",
        "effect: {prise-par-classe: 2}",
        "effect: {prise-par-classe: 3}",
        ("reseau.yaml:52 :", "n'a pas de niveau 3", "1, 2"),
    ),
    Mistake(
        "a placeholder is unknown",
        "reseau.yaml",
        "Voter {cout} avant",
        "Voter {coût} avant",
        ("reseau.yaml:58 :", "« wording.mairie.decision »", "« {coût} »", "« cout » ?"),
    ),
    Mistake(
        "a brace stands alone",
        "reseau.yaml",
        "Voter {cout} avant",
        "Voter {cout avant",
        ("reseau.yaml:58 :", "accolade", "Fermez-la"),
    ),
    Mistake(
        "a plural is not of a quantity",
        "reseau.yaml",
        "{quantite|salle|salles}",
        "{lieux|salle|salles}",
        ("reseau.yaml:56 :", "pas un nombre", "{quantite|salle|salles}"),
    ),
    Mistake(
        "a cost has no price",
        "reseau.yaml",
        '    prices: {prise_rj45: "2 * quantite"}\n',
        "",
        ("reseau.yaml:57 :", "{cout} sans prix", "« prices »"),
    ),
    Mistake(
        "a deadline lacks its article",
        "reseau.yaml",
        "avant le {echeance}",
        "avant {echeance}",
        ("reseau.yaml:58 :", "{echeance} est un jour", "« avant le {echeance} »"),
    ),
    Mistake(
        "a number is written twice",
        "reseau.yaml",
        "Câbler {quantite|salle|salles}",
        "Câbler {quantite} {quantite|salle|salles}",
        ("reseau.yaml:56 :", "deux fois", "retirez {quantite}"),
    ),
    Mistake(
        "the mairie is told that it must buy",
        "reseau.yaml",
        'why: "La classe perd du temps."',
        'why: "La commune est obligée de câbler."',
        ("reseau.yaml:57 :", "« obligée »", "aucun texte n'oblige"),
    ),
]

STYLE = [
    Mistake(
        "a sentence for the mairie is long",
        "reseau.yaml",
        "La classe perd du temps.",
        "La classe perd du temps parce que " + "le réseau de la salle est lent et " * 4,
        ("reseau.yaml:57 :", "avertissement", "mots", "Coupez-la : 25 mots"),
    ),
    Mistake(
        "the mairie is told heavily",
        "reseau.yaml",
        "La classe perd du temps.",
        "Il conviendrait de câbler.",
        ("reseau.yaml:57 :", "« Il conviendrait » alourdit", "simplement"),
    ),
    Mistake(
        "an acronym is not explained to the mairie",
        "reseau.yaml",
        "La classe perd du temps.",
        "Le VLAN manque.",
        ("reseau.yaml:57 :", "VLAN", "« VLAN (…) »"),
    ),
    Mistake(
        "quotes are straight",
        "reseau.yaml",
        '"Le projet en dépend."',
        "'Le \"projet\" en dépend.'",
        ("reseau.yaml:65 :", "guillemets droits", "« mot »"),
    ),
    Mistake(
        "two spaces follow each other",
        "reseau.yaml",
        "Le projet en dépend.",
        "Le projet  en dépend.",
        ("reseau.yaml:65 :", "deux espaces"),
    ),
    Mistake(
        "a space precedes a comma",
        "reseau.yaml",
        "Le projet en dépend.",
        "Le projet , oui.",
        ("reseau.yaml:65 :", "avant une virgule"),
    ),
    Mistake(
        "a semicolon lacks its space",
        "reseau.yaml",
        "Le projet en dépend.",
        "Le projet; oui.",
        ("reseau.yaml:65 :", "il manque une espace avant « ; »"),
    ),
    Mistake(
        "a sentence has no end",
        "reseau.yaml",
        "Le projet en dépend.",
        "Le projet en dépend",
        ("reseau.yaml:65 :", "point final"),
    ),
    Mistake(
        "a title ends with a period",
        "reseau.yaml",
        '"Câblage des classes"',
        '"Câblage des classes."',
        ("reseau.yaml:64 :", "un titre finit par un point"),
    ),
]


@pytest.mark.parametrize("mistake", [*READING, *MEANING, *STYLE], ids=lambda m: m.name)
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
