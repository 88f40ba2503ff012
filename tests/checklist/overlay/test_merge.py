"""What a syndicat may change of the shipped checklists, and how it is said."""

from pathlib import Path

import pytest

from diag.checklist.edition import compiled
from diag.checklist.load import load_checklists
from tests.checklist.overlay.written import laid, told

BOOLEAN_DEBIT = """\
questions:
  - {id: debit, type: boolean, unit: null, range: null, likely: null}
"""
OBLIGED = """\
recommendations:
  - {id: cabler-les-classes, wording: {mairie: {why: "Elle est tenue de payer."}}}
"""
NEW_QUESTION = """\
questions:
  - id: secours
    domain: reseau
    place: ecole
    type: boolean
    label: "Accès de secours"
    ask: "Que faites-vous quand Internet tombe ?"
criteria:
  - id: acces-de-secours
    domain: reseau
    title: "Un accès de secours"
    kind: improvement
    nature: usage
    place: ecole
    levels: {2: secours}
    why: "La panne ne vide pas la classe."
    sources: [metier]
"""


def test_an_empty_overlay_changes_nothing(tmp_path: Path) -> None:
    both = laid(tmp_path, {})
    alone = load_checklists(tmp_path / "grilles")
    assert compiled(both.draft) == compiled(alone.draft)
    assert both.overlaid == {}
    assert both.examples == alone.examples


@pytest.mark.parametrize(
    ("written", "name", "field", "value"),
    [
        ("criteria:\n  - {id: debit-suffisant, weight: 5}\n",
         ("criteria", "debit-suffisant"), "weight", 5),
        ('criteria:\n  - {id: debit-suffisant, levels: {2: "debit >= 50"}}\n',
         ("criteria", "debit-suffisant"), "levels",
         {3: "debit >= 100", 2: "debit >= 50", 1: "debit >= 8"}),
        ("criteria:\n  - {id: debit-suffisant, levels: {1: null}}\n",
         ("criteria", "debit-suffisant"), "levels",
         {3: "debit >= 100", 2: "debit >= 30"}),
        ("criteria:\n  - {id: prise-par-classe, applicable: null}\n",
         ("criteria", "prise-par-classe"), "applicable", ""),
        ('criteria:\n  - {id: debit-suffisant, title: "Assez de débit"}\n',
         ("criteria", "debit-suffisant"), "title", "Assez de débit"),
        ('prices:\n  - {id: prise_rj45, typical: "101.5", as_of: 2026}\n',
         ("prices", "prise_rj45"), "typical", 10150),
    ],
)  # fmt: skip
def test_a_key_is_changed_and_the_others_stay(
    written: str, name: tuple[str, str], field: str, value: object, tmp_path: Path
) -> None:
    loaded = laid(tmp_path, {"local.yaml": written})
    before = load_checklists(tmp_path / "grilles").draft
    assert told(loaded) == []
    section, ident = name
    after = getattr(loaded.draft, section)[ident]
    assert getattr(after, field) == value
    alike = getattr(before, section)[ident].model_dump(exclude={field, "as_of"})
    assert after.model_dump(exclude={field, "as_of"}) == alike
    assert loaded.overlaid[name].file == "overlay/local.yaml"


def test_one_sentence_of_one_audience_is_reworded(tmp_path: Path) -> None:
    words = (
        "recommendations:\n"
        '  - {id: cabler-les-classes, wording: {mairie: {title: "Poser des prises"}}}\n'
    )
    loaded = laid(tmp_path, {"local.yaml": words})
    assert told(loaded) == []
    wording = loaded.draft.recommendations["cabler-les-classes"].wording
    titles = {str(reader): one.title for reader, one in wording.items()}
    assert titles["mairie"] == "Poser des prises"
    assert titles["equipe"] == "Des prises dans vos salles"
    assert wording[next(iter(wording))].why == "La classe perd du temps."


def test_items_are_added_with_their_domain_or_their_file_s_name(tmp_path: Path) -> None:
    by_key = laid(tmp_path, {"local.yaml": NEW_QUESTION})
    assert told(by_key) == []
    assert by_key.draft.criteria["acces-de-secours"].domain == "reseau"
    bare = NEW_QUESTION.replace("    domain: reseau\n", "")
    (tmp_path / "overlay" / "local.yaml").unlink()
    by_file = laid(tmp_path, {"reseau.yaml": bare})
    assert told(by_file) == []
    assert by_file.draft.criteria["acces-de-secours"].domain == "reseau"


def test_a_whole_domain_and_its_examples_are_added(tmp_path: Path) -> None:
    own = (
        'domain: {id: periscolaire, title: "Périscolaire", weight: 1}\n'
        + NEW_QUESTION.replace("    domain: reseau\n", "    domain: periscolaire\n")
        + "examples:\n  - {name: rien, answers: {}, expect: {}}\n"
    )
    loaded = laid(tmp_path, {"periscolaire.yaml": own})
    assert told(loaded) == []
    assert [one.id for one in loaded.draft.domains] == ["reseau", "periscolaire"]
    assert loaded.draft.criteria["acces-de-secours"].domain == "periscolaire"
    assert [one.file for one in loaded.examples] == ["overlay/periscolaire.yaml"]


def test_a_changed_edition_says_that_it_was_adapted(tmp_path: Path) -> None:
    weight = "criteria:\n  - {id: debit-suffisant, weight: 5}\n"
    assert laid(tmp_path, {"a.yaml": weight}).draft.version == "2026.1 adaptée"
    named = laid(tmp_path, {"edition.yaml": 'version: "Somme 3"\nretired: [vieux]\n'})
    assert told(named) == []
    assert named.draft.version == "Somme 3"
    assert [one.id for one in named.draft.retired] == ["vieux", "vieux-critere"]


@pytest.mark.parametrize(
    ("file", "written", "said"),
    [
        ("a.yaml", 'criteria:\n  - {id: debit-suffisant, levels: {2: "debitt >= 5"}}\n',
         ("overlay/a.yaml:2 :", "« debitt »", "debit")),
        ("a.yaml", "criteria:\n  - {id: debit-suffisan, weight: 3}\n",
         ("overlay/a.yaml:2 :", "absent des grilles livrées", "« debit-suffisant »")),
        ("a.yaml", "criteria:\n  - {id: debit-suffisan, off: true}\n",
         ("overlay/a.yaml:2 :", "rien à désactiver", "« debit-suffisant »")),
        ("a.yaml", "criteria:\n  - {id: debit-suffisant, wieght: 3}\n",
         ("overlay/a.yaml:2 :", "« wieght » inconnue", "« weight »")),
        ("a.yaml", "criteria:\n  - {id: debit-suffisant, off: oui}\n",
         ("overlay/a.yaml:2 :", "true ou false")),
        ("a.yaml", "criteres:\n  - {id: debit-suffisant}\n",
         ("overlay/a.yaml:1 :", "« criteres » inconnue", "« criteria »")),
        ("a.yaml", "questions:\n  - {id: debit-suffisant, weight: 3}\n",
         ("overlay/a.yaml:2 :", "« debit-suffisant »", "sous « criteria: » (critère)")),
        ("a.yaml", "domain: resau\n" + NEW_QUESTION,
         ("overlay/a.yaml:1 :", "domaine « resau » n'existe pas", "« reseau »")),
        ("a.yaml", NEW_QUESTION.replace("domain: reseau", "domain: Reseau"),
         ("overlay/a.yaml:2 :", "« secours »", "« Reseau » n'existe", "« reseau »")),
        ("a.yaml", "criteria: {id: debit-suffisant}\n",
         ("overlay/a.yaml:1 :", "il faut une liste")),
        ("a.yaml", "criteria:\n  - {weight: 3}\n",
         ("overlay/a.yaml:2 :", "critère sans « id »")),
        ("a.yaml", NEW_QUESTION.replace("    domain: reseau\n", ""),
         ("overlay/a.yaml:2 :", "« secours » : dans quel domaine ?", "domain: reseau")),
        ("a.yaml", 'prices:\n  - {id: prise_rj45, typical: "500"}\n',
         ("overlay/a.yaml:2 :", "« prise_rj45 »", "minimum ≤ typical ≤ maximum")),
        ("a.yaml", 'prices:\n  - {id: prise_rj45, vat: "19.6"}\n',
         ("overlay/a.yaml:2 :", "« prise_rj45 »", "19,6 % n'est pas un taux de TVA")),
        ("a.yaml", "questions:\n  - {id: debit, range: [10000, 0]}\n",
         ("overlay/a.yaml:2 :", "« range » : 10000 est au-dessus de 0")),
        ("a.yaml", "questions:\n  - {id: debit, range: [0, 1000]}\n",
         ("overlay/a.yaml:2 :", "« likely » déborde de « range »")),
        ("a.yaml", "criteria:\n  - {id: prise-par-classe, ref: ACC-02}\n",
         ("overlay/a.yaml:2 :", "ACC-02 est déjà celui de « debit-suffisant »")),
        ("a.yaml", 'recommendations:\n  - {id: cabler-les-classes, quantity: "0"}\n',
         ("overlay/a.yaml:2 :", "« quantity » vaut 0")),
        ("a.yaml", "recommendations:\n  - {id: cabler-les-classes, delay: P0D}\n",
         ("overlay/a.yaml:2 :", "une durée d'aucun jour")),
        ("a.yaml", OBLIGED,
         ("overlay/a.yaml:2 :", "« est tenue de »", "aucun texte n'oblige")),
        ("a.yaml", "questions:\n  - {id: prises, look: null}\n",
         ("overlay/a.yaml:2 :", "« prises »", "ni « ask » ni « look »")),
        ("a.yaml", "questions:\n  - {id: prises, off: true}\n",
         ("overlay/a.yaml:2 :", "« prises »", "« prise-par-classe »", "en a besoin")),
        ("a.yaml", "sources:\n  - {id: S31, off: true}\n",
         ("overlay/a.yaml:2 :", "« S31 »", "en a besoin")),
        ("a.yaml", "places:\n  - {id: salle, off: true}\n",
         ("overlay/a.yaml:2 :", "ni lieu, ni aspect, ni synonyme ne se désactive")),
        ("a.yaml", BOOLEAN_DEBIT,
         ("overlay/a.yaml:2 :", "à cause de la surcharge de « debit »", "reseau.yaml")),
        ("a.yaml", f'prices:\n  - {{id: prise_rj45, note: "Posée."}}\n{BOOLEAN_DEBIT}',
         ("overlay/a.yaml:4 :", "à cause de la surcharge de « debit »", "reseau.yaml")),
        ("a.yml", "criteria: []\n", ("overlay/a.yml:1 :", "n'est pas lu")),
        ("a.yaml", "criteria: [\n", ("overlay/a.yaml:2 :",)),
        ("edition.yaml", "tittle: x\n", ("overlay/edition.yaml:1 :", "« tittle »")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_where_the_change_is(
    file: str, written: str, said: tuple[str, ...], tmp_path: Path
) -> None:
    lines = told(laid(tmp_path, {file: written}))
    assert any(all(part in line for part in said) for line in lines), lines


def test_a_domain_named_at_the_head_of_a_file_receives_what_it_adds(
    tmp_path: Path,
) -> None:
    bare = NEW_QUESTION.replace("    domain: reseau\n", "")
    headed = laid(tmp_path, {"local.yaml": f"domain: reseau\n{bare}"})
    assert told(headed) == []
    assert headed.draft.criteria["acces-de-secours"].domain == "reseau"


def test_one_item_is_changed_in_one_file_only(tmp_path: Path) -> None:
    change = "criteria:\n  - {id: debit-suffisant, weight: 5}\n"
    lines = told(laid(tmp_path, {"a.yaml": change, "b.yaml": change}))
    assert [line for line in lines if "se trouve déjà dans overlay/a.yaml" in line]
    assert lines[0].startswith("overlay/b.yaml:2 :")
