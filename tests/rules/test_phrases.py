from pathlib import Path

import pytest

from diag.checklist.lint.french import phrase_problems
from diag.model.checklist import Criterion
from diag.model.enums import Audience, Kind
from tests.rules.written import FILES, load_written, spoilt
from tests.shipped import shipped

TITLE = '    title: "Une prise par classe"\n'
SAID = (
    '    found: {below: 2, one: "{lieux} : une prise.", '
    'many: "{n} salles sur {total}."}\n'
)


def told(folder: Path, files: dict[str, str]) -> list[str]:
    return [str(each) for each in phrase_problems(load_written(folder, files))]


def with_keys(keys: str) -> dict[str, str]:
    """Return the files, with keys more at the criterion of rooms."""
    return spoilt("reseau.yaml", TITLE, TITLE + keys)


def test_sentences_that_fit_are_let_be(tmp_path: Path) -> None:
    strength = '    strength: {at_least: 2, one: "{lieux} : deux prises."}\n'
    assert told(tmp_path, with_keys(SAID + strength)) == []


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (SAID.replace("{total}", "{cout}"), "{cout} ne se remplit pas ici"),
        (SAID.replace("une prise", "une prise " * 7), "signes une fois remplie"),
        (SAID.replace("{lieux} : une", "Une"), "{lieux} se dit d'une salle"),
        (SAID.replace("une prise.", "{valeur}."), "{valeur} et « value »"),
        (SAID.replace("2, one", '2, value: "prises", one'), "{valeur} et « value »"),
        (
            '    strength: {at_least: 3, one: "{lieux} : deux."}\n',
            "niveau sans règle",
        ),
        (
            SAID + '    strength: {at_least: 1, one: "{lieux} : deux prises."}\n',
            "seraient vraies toutes les deux",
        ),
        ("    aspect: image\n", "aspect « image » inconnu"),
    ],
)
def test_what_would_be_false_or_too_long_is_told(
    tmp_path: Path, keys: str, said: str
) -> None:
    (found,) = told(tmp_path, with_keys(keys))
    assert said in found


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('label: "Prises RJ45"\n', "Prises réseau ici", "2 lignes de 11 signes"),
        ('label: "Prises RJ45"\n', "Un / deux / trois", "2 lignes de 11 signes"),
    ],
)
def test_a_column_is_narrow(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    files = spoilt("reseau.yaml", right, f'{right}    short: "{wrong}"\n')
    (found,) = told(tmp_path, files)
    assert said in found


def test_two_choices_never_read_the_same_in_a_column(tmp_path: Path) -> None:
    right = '{id: classe, label: "Classe"}'
    files = spoilt("lieux.yaml", right, right.replace("}", ', short: "salle"}'))
    assert told(tmp_path, files) == []
    other = '{id: autre, label: "Autre"}'
    for short, said in (("salle", "se lit de deux choix"), ("ailleurs", "plus de 6")):
        text = files["lieux.yaml"].replace(other, other[:-1] + f', short: "{short}"}}')
        (found,) = told(tmp_path, {**files, "lieux.yaml": text})
        assert said in found


def test_what_stays_is_read_after_otherwise(tmp_path: Path) -> None:
    files = spoilt("reseau.yaml", "la salle n'a pas de prise.", "Rien ne change.")
    (found,) = told(tmp_path, files)
    assert "pas de majuscule" in found


def test_the_title_of_a_vote_fits_its_line_once_filled(tmp_path: Path) -> None:
    right = 'title: "Souscrire une offre plus rapide"'
    (found,) = told(
        tmp_path,
        spoilt("reseau.yaml", right, right.replace("offre", "offre de plus" * 4)),
    )
    assert "« title » fait" in found
    assert "pour 60. Raccourcissez-le : c'est le titre d'un vote." in found


def test_what_stays_is_one_fact(tmp_path: Path) -> None:
    right = 'long: "la salle n\'a pas de prise."'
    files = spoilt("reseau.yaml", right, right[:-1] + f' {"et encore " * 10}"')
    (found,) = told(tmp_path, files)
    assert "fait 126 signes une fois remplie, pour 110" in found
    right = 'short: "pas de prise."'
    agreed = f'short: "{{n|une salle|salles}} {"sans prise " * 4}ici."'
    assert told(tmp_path, spoilt("reseau.yaml", right, agreed)) == []


def test_what_heads_a_report_says_what_was_seen(tmp_path: Path) -> None:
    right = '    found: {below: 3, one: "L\'école reçoit moins de 100 Mbit/s."}\n'
    (found,) = told(tmp_path, spoilt("reseau.yaml", right, ""))
    assert found == (
        "reseau.yaml:30 : avertissement : critère « debit-suffisant » : sans "
        "« found », le rapport ne dit pas ce que l'on y a vu. Ajoutez « found » : un "
        "fait vu sur place, 66 signes au plus."
    )
    files = spoilt("reseau.yaml", right, "")
    files["reseau.yaml"] = files["reseau.yaml"].replace("blocking", "improvement")
    assert told(tmp_path, files) == []
    asked = '    ask: "Avez-vous Internet ?"\n'
    files["reseau.yaml"] = files["reseau.yaml"].replace(
        asked, f"{asked}    danger: true\n"
    )
    (found,) = told(tmp_path, files)
    assert "« debit-suffisant » : sans « found »" in found, "it reads a danger"


def test_what_is_decided_says_what_stays(tmp_path: Path) -> None:
    stays = '{long: "la salle n\'a pas de prise.", short: "pas de prise."}'
    right = f"        otherwise: {stays}\n"
    (found,) = told(tmp_path, spoilt("reseau.yaml", right, ""))
    assert found == (
        "reseau.yaml:64 : avertissement : préconisation « cabler-les-classes » : une "
        "décision sans « otherwise » : rien à lire après « Sinon : ». Ajoutez "
        "« otherwise » : un fait compté ou daté, en long et en court."
    )


def test_each_shipped_criterion_and_decision_has_its_sentences() -> None:
    checklist = shipped()
    assert [one.id for one in checklist.criteria.values() if not one.found] == []
    for one in checklist.recommendations.values():
        assert one.wording[Audience.MAIRIE].otherwise, one.id


def criteria() -> list[Criterion]:
    return [one for one in shipped().criteria.values() if one.found]


def test_the_shipped_sentences_of_rules_stop_where_the_rule_is_met() -> None:
    rules = [one for one in criteria() if one.kind is Kind.COMPLIANCE]
    assert rules
    for one in rules:
        assert one.found
        assert one.found.below == one.conforms_at


def test_no_shipped_action_fires_where_what_it_says_stays_is_false() -> None:
    """Those that fire higher say of themselves what is true up there."""
    higher = {
        *("ajouter-la-prise-de-la-borne", "voter-le-cout-annuel-du-don"),
        *("demander-la-dotation-rurale", "demander-l-aide-du-departement"),
        *("partager-avec-le-periscolaire", "suivre-les-demandes"),
        *("demander-trois-engagements", "garder-une-copie-debranchee"),
    }
    checklist = shipped()
    for one in checklist.recommendations.values():
        found = checklist.criteria[one.when.criterion].found
        told_of = any(words.otherwise for words in one.wording.values())
        if found and told_of and one.id not in higher | {"separer-les-reseaux"}:
            assert one.when.below <= found.below


def test_every_shipped_action_has_its_trade_and_every_column_its_letters() -> None:
    checklist = shipped()
    assert all(one.trade for one in checklist.recommendations.values())
    columns = [one for one in checklist.questions.values() if one.short]
    assert len(columns) > 50
    for one in columns:
        named = [choice for choice in one.choices if choice.short]
        assert not named or len(named) == len(one.choices), one.id


def test_files_of_examples_have_nothing_to_mend(tmp_path: Path) -> None:
    assert told(tmp_path, FILES) == []


ASPECTS = 'aspects:\n  - {id: image, label: "Image", short: "Ima"}\n'


def test_every_criterion_of_a_room_stands_in_a_column_of_its_own_name(
    tmp_path: Path,
) -> None:
    def lieux(aspects: str, named: str = "image") -> dict[str, str]:
        files = with_keys(SAID + f"    aspect: {named}\n" * bool(named))
        return {**files, "lieux.yaml": f"{files['lieux.yaml']}\n{aspects}"}

    assert told(tmp_path, lieux(ASPECTS)) == []
    more = "".join(
        f'  - {{id: a{rank}, label: "A{rank}", short: "A{rank}"}}\n'
        for rank in range(8)
    )
    for files, wrong in (
        (lieux(ASPECTS, ""), "sans aspect ne se voit pas"),
        (lieux(ASPECTS + more), "9e aspect : 8 au plus"),
        (lieux(ASPECTS.replace("Ima", "Imag")), "plus de 3 lettres"),
        (lieux(ASPECTS + more[:38].replace('short: "A0"', 'short: "Ima"')), "deux asp"),
    ):
        assert wrong in told(tmp_path, files)[0]
