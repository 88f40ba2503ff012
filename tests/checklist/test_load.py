"""A folder becomes a checklist, whatever the order of its files and their faults."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.checklist.edition import compiled, open_edition
from diag.checklist.lint import lint
from diag.checklist.load import Harvest, load_checklists
from diag.checklist.source import MAX_BYTES
from diag.model.checklist import Law, Need, Requirement, Retired
from diag.model.enums import READERS, Direction, Nature, Party, PlaceKind
from tests.rules.written import DOMAIN, FILES, load_written, spoilt


def test_items_become_nouns(tmp_path: Path) -> None:
    draft = load_written(tmp_path).draft
    assert (draft.title, draft.version) == ("Grille d'essai", "2026.1")
    assert list(draft.questions) == ["type_salle", "acces_internet", "debit", "prises"]
    assert draft.questions["debit"].likely == ("0.5", 2000)
    assert draft.criteria["debit-suffisant"].levels == {
        3: "debit >= 100",
        2: "debit >= 30",
        1: "debit >= 8",
    }
    assert draft.criteria["prise-par-classe"].weight == 1


def test_a_recommendation_keeps_its_rules_and_words(tmp_path: Path) -> None:
    recommendation = load_written(tmp_path).draft.recommendations["cabler-les-classes"]
    assert recommendation.effort == "quantite / 4"
    assert recommendation.quantity == "2 - prises"
    assert recommendation.buys == (
        Need(item="prise_rj45", use="poste", count="quantite"),
    )
    assert recommendation.requires == (
        Requirement(criterion="debit-suffisant", at_least=1),
    )
    assert recommendation.effect == {"prises": 2}
    assert set(recommendation.wording) == set(READERS)


def test_euros_become_exact_cents(tmp_path: Path) -> None:
    price = load_written(tmp_path).draft.prices["prise_rj45"]
    assert (price.minimum, price.typical, price.maximum) == (6700, 9550, 12500)
    assert price.vat == "5.5"


def test_questions_of_places_belong_to_no_domain_of_the_checklist(
    tmp_path: Path,
) -> None:
    draft = load_written(tmp_path).draft
    assert draft.questions["type_salle"].domain == "lieux"
    assert draft.places[0].named_by == ("type_salle",)


def test_examples_are_handed_on_as_plain_values(tmp_path: Path) -> None:
    (example,) = load_written(tmp_path).examples
    assert (example.file, example.line) == ("reseau.yaml", 94)
    assert example.raw == {
        "name": "rien de connu",
        "answers": {},
        "expect": {"reseau": [0, 100], "part": "0.5"},
    }


@pytest.mark.parametrize(
    ("written", "better"),
    [
        ("[autre, classe]", (("autre",), ("classe",))),
        ("[[autre, classe]]", (("autre", "classe"),)),
    ],
)
def test_choices_are_ranked_from_the_worst(
    written: str, better: tuple[tuple[str, ...], ...], tmp_path: Path
) -> None:
    files = spoilt("lieux.yaml", "choice\n", f"choice\n    better: {written}\n")
    assert load_written(tmp_path, files).draft.questions["type_salle"].better == better


def test_a_question_may_be_a_part_a_danger_or_void(tmp_path: Path) -> None:
    text = FILES["reseau.yaml"]
    text = text.replace("boolean\n", "boolean\n    danger: true\n    better: down\n")
    text = text.replace("range: [0, 50]\n", "at_most: debit\n    void: true\n")
    draft = load_written(tmp_path, FILES | {"reseau.yaml": text}).draft
    access, sockets = draft.questions["acces_internet"], draft.questions["prises"]
    assert (access.danger, access.better) == (True, Direction.DOWN)
    assert (sockets.at_most, sockets.void) == ("debit", True)


def test_a_criterion_says_its_gate_and_how_its_places_count(tmp_path: Path) -> None:
    files = spoilt(
        "reseau.yaml",
        "kind: improvement\n",
        'kind: blocking\n    given: "prises > 0"\n    weigh_by: prises\n'
        "    socle_share: 0.75\n",
    )
    criterion = load_written(tmp_path, files).draft.criteria["prise-par-classe"]
    assert (criterion.given, criterion.weigh_by) == ("prises > 0", "prises")
    assert criterion.socle_share == "0.75"


CONFORMITY = """\
    kind: compliance
    conforms_at: 2
"""

RULE = """\
    nature: loi
    law: {text: "Loi n° 1", article: "7 II", read_on: 2026-01-31}
    binds: [commune, editeur]
    deadline: pose
"""


def conformity(conforms_at: int = 2) -> dict[str, str]:
    text = FILES["reseau.yaml"]
    told = CONFORMITY.replace("2", str(conforms_at))
    for right, wrong in (
        ("    kind: improvement\n", told),
        ("    nature: usage\nrecommendations", f"{RULE}recommendations"),
        ("criteria:\n", f"{POSE}criteria:\n"),
    ):
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    return FILES | {"reseau.yaml": text}


POSE = """\
  - {id: pose, place: ecole, type: date, label: "Pose", look: "La facture."}
"""


def test_a_rule_says_which_law_who_is_bound_and_until_when(tmp_path: Path) -> None:
    loaded = load_written(tmp_path, conformity())
    rule = loaded.draft.criteria["prise-par-classe"]
    assert rule.law == Law(text="Loi n° 1", article="7 II", read_on="2026-01-31")
    assert (rule.nature, rule.deadline) == (Nature.LOI, "pose")
    assert rule.binds == (Party.COMMUNE, Party.EDITEUR)
    assert rule == open_edition(compiled(loaded.draft)).criteria[rule.id]


@pytest.mark.parametrize(
    ("day", "is_read"),
    [
        (None, True),
        (date(2026, 1, 31), True),
        (date(2028, 1, 31), True),
        (date(2028, 2, 1), False),
        (date(2030, 1, 1), False),
    ],
)
def test_what_was_read_two_years_ago_is_no_longer_told_as_law(
    tmp_path: Path, day: date | None, *, is_read: bool
) -> None:
    rule = load_written(tmp_path, conformity()).draft.criteria["prise-par-classe"]
    assert rule.law is not None
    assert rule.law.was_read(day) is is_read
    assert not Law(text="Loi n° 1", article="7 II").was_read(day)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("nature: loi", "nature: usage", "n'est pas une règle"),
        ("    kind: compliance\n    conforms_at: 2\n", "    kind: blocking\n", "loi"),
        (
            '    law: {text: "Loi n° 1", article: "7 II", read_on: 2026-01-31}\n',
            "",
            "il manque « law »",
        ),
        ("    binds: [commune, editeur]\n", "", "il manque « binds »"),
        ("2026-01-31", "2026-02-31", "il faut un jour"),
        ("deadline: pose", "deadline: posee", "« pose » ?"),
        ("deadline: pose", "deadline: prises", "« prises » n'est pas une date"),
        ("place: ecole, type: date", "place: lot, type: date", "se demande par lot"),
        (
            "    binds: [commune",
            "    verify_before_quoting: true\n    binds: [commune",
            "texte à vérifier",
        ),
    ],
)
def test_a_rule_that_does_not_hold_together_is_refused(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    text = conformity()["reseau.yaml"]
    assert text.count(right) == 1
    files = FILES | {"reseau.yaml": text.replace(right, wrong)}
    loaded = load_written(tmp_path, files)
    told = [*map(str, loaded.problems), *map(str, lint(loaded))]
    assert any("prise-par-classe" in one and said in one for one in told), told


def test_below_a_compliance_is_where_it_no_longer_conforms(tmp_path: Path) -> None:
    files = conformity()
    text = files["reseau.yaml"].replace(
        "{criterion: prise-par-classe, below: 2}",
        "{criterion: prise-par-classe, where: \"type_salle == 'classe'\"}",
    )
    draft = load_written(tmp_path, {**files, "reseau.yaml": text}).draft
    when = draft.recommendations["cabler-les-classes"].when
    assert (when.below, when.where) == (2, "type_salle == 'classe'")
    assert draft.criteria["prise-par-classe"].conforms_at == 2


def test_below_may_stand_above_what_conforms(tmp_path: Path) -> None:
    draft = load_written(tmp_path, conformity(1)).draft
    assert draft.recommendations["cabler-les-classes"].when.below == 2


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("2", 2),
        ("0.5", "0.5"),
        ('"2 * prises"', "2 * prises"),
        ("classe", "classe"),
        ("[classe, autre]", ("classe", "autre")),
    ],
)
def test_a_fact_becomes_what_is_written(
    written: str, value: object, tmp_path: Path
) -> None:
    files = spoilt("reseau.yaml", "{prises: 2}", f"{{prises: {written}}}")
    effect = load_written(tmp_path, files).draft.recommendations["cabler-les-classes"]
    assert effect.effect == {"prises": value}
    assert type(effect.effect["prises"]) is type(value)


def test_what_is_bought_serves_a_place(tmp_path: Path) -> None:
    bought = "{item: prise_rj45, at: ecole}, {item: prise_rj45, use: poste,"
    files = spoilt("reseau.yaml", "{item: prise_rj45, use: poste,", bought)
    first, _ = (
        load_written(tmp_path, files).draft.recommendations["cabler-les-classes"].buys
    )
    assert first == Need(item="prise_rj45", at=PlaceKind.ECOLE)


def test_one_purchase_may_answer_two_shortages(tmp_path: Path) -> None:
    bought = '{item: prise_rj45, use: poste, count: "5 - prises"}, '
    files = spoilt("reseau.yaml", "buys: [", f"buys: [{bought}")
    buys = load_written(tmp_path, files).draft.recommendations["cabler-les-classes"]
    assert [need.count for need in buys.buys] == ["5 - prises", "quantite"]


def test_a_recommendation_may_cover_another(tmp_path: Path) -> None:
    files = spoilt(
        "reseau.yaml",
        "    delay: P3M\n",
        "    delay: P3M\n    covers: [cabler-les-classes]\n",
    )
    draft = load_written(tmp_path, files).draft
    assert draft.recommendations["monter-en-debit"].covers == ("cabler-les-classes",)


def test_a_price_may_be_of_a_pack(tmp_path: Path) -> None:
    files = spoilt("prix.yaml", "    unit: prise\n", "    unit: prise\n    pack: 10\n")
    assert load_written(tmp_path, files).draft.prices["prise_rj45"].pack == 10


def test_what_is_retired_may_have_a_successor(tmp_path: Path) -> None:
    files = spoilt(
        "edition.yaml",
        "[vieux-critere]",
        "[vieux-critere, {id: ancien, by: debit-suffisant}, {id: perdu}]",
    )
    assert load_written(tmp_path, files).draft.retired == (
        Retired(id="ancien", by="debit-suffisant"),
        Retired(id="perdu"),
        Retired(id="vieux-critere"),
    )


def test_a_date_has_a_range_of_dates(tmp_path: Path) -> None:
    files = spoilt(
        "reseau.yaml",
        "type: integer\n",
        "type: date\n",
    )
    files["reseau.yaml"] = files["reseau.yaml"].replace(
        "range: [0, 50]", "range: [2020-01-01, null]"
    )
    question = load_written(tmp_path, files).draft.questions["prises"]
    assert question.date_range == ("2020-01-01", None)
    assert question.range is None


def test_an_effort_may_be_a_rule_alone(tmp_path: Path) -> None:
    files = spoilt("reseau.yaml", '{days: "quantite / 4"}', '"3"')
    draft = load_written(tmp_path, files).draft
    assert draft.recommendations["cabler-les-classes"].effort == "3"


def test_a_faulty_item_leaves_the_others(tmp_path: Path) -> None:
    loaded = load_written(tmp_path, spoilt("reseau.yaml", "kind: blocking", "kind: x"))
    assert list(loaded.draft.criteria) == ["prise-par-classe"]
    assert loaded.checklist is None


def test_a_cut_rule_is_refused_whatever_its_key(tmp_path: Path) -> None:
    right, wrong = '{2: "prises >= 2", 1:', '{"[key]": , 1:'
    loaded = load_written(tmp_path, spoilt("reseau.yaml", right, wrong))
    assert "« [key] » n'a pas de valeur" in loaded.problems[0].message
    assert loaded.checklist is None


def test_a_rule_that_reads_a_faulty_question_is_not_blamed_for_it(
    tmp_path: Path,
) -> None:
    files = spoilt("reseau.yaml", "type: number", "type: nombre")
    loaded = load_written(tmp_path, files)
    assert len(loaded.problems) == 1
    assert [str(problem) for problem in lint(loaded)] == []


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("sources.yaml", "  - {id", "\t- {id"),
        ("reseau.yaml", 'label: "Accès à Internet"\n', "label: Accès : Internet\n"),
        ("lieux.yaml", "questions:\n", "questions: {}\nautre:\n"),
    ],
)
def test_one_unreadable_file_blames_no_other(
    file: str, right: str, wrong: str, tmp_path: Path
) -> None:
    loaded = load_written(tmp_path, spoilt(file, right, wrong))
    assert {problem.file for problem in loaded.problems} == {file}
    assert lint(loaded) == ()


def test_a_faulty_criterion_does_not_make_its_questions_useless(tmp_path: Path) -> None:
    loaded = load_written(tmp_path, spoilt("reseau.yaml", "kind: blocking", "kind: x"))
    assert lint(loaded) == ()


def test_domains_come_in_the_order_of_the_edition(tmp_path: Path) -> None:
    other = 'domain: {id: acces, title: "Accès", weight: 1}\n'
    files = FILES | {"acces.yaml": other}
    assert [domain.id for domain in load_written(tmp_path, files).draft.domains] == [
        "reseau",
        "acces",
    ]


def test_a_domain_stands_in_one_file(tmp_path: Path) -> None:
    files = FILES | {"z.yaml": 'domain: {id: reseau, title: "Bis", weight: 1}\n'}
    (problem,) = load_written(tmp_path, files).problems
    assert str(problem).startswith("z.yaml:1 : domaine « reseau » : identifiant déjà")


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    (problem,) = load_checklists(tmp_path).problems
    assert "aucune grille" in problem.message


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    problems = load_checklists(tmp_path / "absent").problems
    assert "lecture impossible" in problems[0].message


def test_a_missing_edition_is_told(tmp_path: Path) -> None:
    files = {name: text for name, text in FILES.items() if name != "edition.yaml"}
    (problem,) = load_written(tmp_path, files).problems
    assert problem.file == "edition.yaml"
    assert "version:" in problem.remedy


def test_a_yml_file_is_told_its_name(tmp_path: Path) -> None:
    (problem,) = load_written(tmp_path, FILES | {"wifi.yml": "a: 1\n"}).problems
    assert str(problem) == "wifi.yml:1 : ce fichier n'est pas lu. Renommez-le en .yaml."


def test_other_files_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    assert load_written(tmp_path, FILES | {"schema.json": "{}"}).problems == ()


def test_a_huge_file_is_not_read_whole(tmp_path: Path) -> None:
    (problem,) = load_written(
        tmp_path, FILES | {"z.yaml": "#" * (MAX_BYTES + 9)}
    ).problems
    assert "2 Mio" in problem.message


def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    loaded = load_written(tmp_path)
    assert loaded.problems == ()
    (tmp_path / "lien.yaml").symlink_to(tmp_path / "absent")
    assert load_checklists(tmp_path).problems == ()


def harvested(texts: dict[str, bytes]) -> Harvest:
    harvest = Harvest()
    for name, raw in texts.items():
        harvest.take(name, raw)
    return harvest


PIECES = st.sampled_from([
    "",
    "[]",
    "{}",
    "{a: }",
    "- ",
    ": ",
    "null",
    "3",
    "x",
    "\n",
    "  ",
    '"',
    "{",
    "é",
])


@given(st.integers(0, len(DOMAIN)), st.integers(0, 60), PIECES)
def test_no_spoilt_file_breaks_loading_or_lint(
    start: int, length: int, piece: str
) -> None:
    text = DOMAIN[:start] + piece + DOMAIN[start + length :]
    texts = {name: body.encode() for name, body in FILES.items()}
    loaded = harvested(texts | {"reseau.yaml": text.encode()}).loaded()
    assert all(problem.line > 0 for problem in (*loaded.problems, *lint(loaded)))


VALUES = st.recursive(
    st.sampled_from(["1", "x", "null", "true", '"a b"', "0.5", "P1D", "S31", "worst"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(
            st.sampled_from(["id", "title", "1", "criterion", "when", "levels"]),
            inner,
            max_size=3,
        ).map(lambda pairs: f"{{{', '.join(f'{k}: {v}' for k, v in pairs.items())}}}")
    ),
    max_leaves=6,
)
LINES = [
    number
    for number, line in enumerate(DOMAIN.splitlines())
    if ":" in line and not line.endswith(":")
]


@given(st.sampled_from(LINES), VALUES)
def test_no_value_of_another_shape_breaks_loading_or_lint(
    number: int, value: str
) -> None:
    lines = DOMAIN.splitlines()
    key = lines[number].split(":", maxsplit=1)[0]
    lines[number] = f"{key}: {value}"
    texts = {name: body.encode() for name, body in FILES.items()}
    texts["reseau.yaml"] = "\n".join(lines).encode()
    loaded = harvested(texts).loaded()
    assert all(str(problem) for problem in (*loaded.problems, *lint(loaded)))
