"""What judging promises is proved of a checklist, or told with its case."""

from collections.abc import Sequence
from datetime import date

import pytest

from diag.checklist import Problem
from diag.checklist.lint import dated_problems, trigger_problems
from diag.checklist.lint.proofs import proof_problems
from diag.checklist.lint.rules import direction_problems, situations
from diag.model.checklist import (
    Aid,
    AidState,
    Checklist,
    Deadline,
    Level,
    Need,
    Requirement,
)
from diag.model.enums import Kind, QuestionType
from tests.checklist.search.criteria import (
    LOT,
    QUESTIONS,
    SALLE,
    UP,
    action,
    checklist,
    criterion,
    loaded,
    price,
    question,
)

PRISE = Need(item="prise")
SOCKETS = criterion({2: "prises >= 2", 1: "prises >= 1"}, place=SALLE)


def proved(draft: Checklist, faulty: frozenset[str] = frozenset()) -> list[Problem]:
    return list(proof_problems(loaded(draft), faulty))


def directed(draft: Checklist) -> list[Problem]:
    return list(direction_problems(loaded(draft)))


def sentence(problems: Sequence[Problem], *, severity: str = "error") -> str:
    (problem,) = problems
    assert problem.severity == severity
    return f"{problem.key} : {problem.message}"


# 1. Situations decide the scope; a better fact lowers nothing.


def test_a_better_fact_that_lowers_a_level_is_told_with_its_case() -> None:
    dip = criterion({2: "note >= 2 and (note <= 2 or acces)", 1: "note >= 1"})
    told = sentence(proved(checklist([dip])))
    assert told.startswith("criteria.critere.levels")
    assert (
        "quand « note » s'améliore (de 2 à 3), avec acces = non, le niveau passe de 2 "
        "à 1" in told
    )


def test_a_better_fact_that_shuts_a_gate_is_told() -> None:
    shut = criterion({3: "postes > 3"}, given="pannes > 0")
    told = sentence(proved(checklist([shut])))
    assert told.startswith("criteria.critere.given")
    assert "« pannes » s'améliore (de 1 à 0), toujours, « given » devient" in told


@pytest.mark.parametrize(
    ("kind", "weight", "is_told"),
    [
        (Kind.IMPROVEMENT, 1, True),
        (Kind.BLOCKING, 1, True),
        (Kind.BLOCKING, 0, False),
        (Kind.COMPLIANCE, 1, False),
    ],
)
def test_only_what_is_averaged_keeps_its_scope_to_situations(
    kind: Kind, weight: int, *, is_told: bool
) -> None:
    scoped = criterion({2: "note > 1"}, applicable="acces", kind=kind, weight=weight)
    found = [one for one in directed(checklist([scoped])) if "applicable" in one.key]
    assert bool(found) is is_told


def test_what_stands_behind_a_situation_is_a_situation_too() -> None:
    questions = {
        **QUESTIONS,
        "part": question("part", QuestionType.INTEGER, at_most="tout"),
        "tout": question("tout", QuestionType.INTEGER, relevant="acces"),
    }
    scoped = criterion({2: "note > 1"}, applicable="part > 1")
    draft = checklist([scoped], [action(effect={"note": 2})], questions)
    assert "« acces », un fait qui peut s'améliorer, par « part ← tout ← acces »" in (
        sentence(directed(draft))
    )


def test_an_action_takes_its_places_by_situations_alone() -> None:
    draft = checklist([SOCKETS], [action(where="prises > 0", effect={"prises": 2})])
    told = sentence(directed(draft))
    assert told.startswith("recommendations.agir.when.where")
    assert "« where » lit « prises »" in told


# 2. Every compliance has its action; what is low has one too.


@pytest.mark.parametrize(
    ("belows", "said"),
    [
        ([2], []),
        ([2, 3], []),
        ([3], ["aucune préconisation ne mène au niveau 2"]),
        ([1, 2], ["« below: 1 » s'arrête avant ce que la règle demande (niveau 2)"]),
        ([], ["aucune préconisation ne mène au niveau 2"]),
    ],
)
def test_a_rule_has_an_action_that_leads_where_it_asks(
    belows: Sequence[int], said: Sequence[str]
) -> None:
    law = criterion({3: "note > 2", 2: "note > 1"}, kind=Kind.COMPLIANCE, conforms_at=2)
    actions = [
        action(f"agir-{below}", below=below, effect={"note": 3})  # type: ignore[arg-type]
        for below in belows
    ]
    found = directed(checklist([law], actions))
    assert [one.severity for one in found] == ["error"] * len(said)
    assert all(part in one.message for part, one in zip(said, found, strict=True))


def test_a_criterion_that_no_action_lifts_is_warned_of() -> None:
    told = sentence(directed(checklist([SOCKETS])), severity="warning")
    assert "on saurait qu'il est bas, pas que faire" in told


# 3. An action counts at least one, whole, no more when a fact gets better; it cures.


def test_an_action_that_counts_and_cures_is_let_be() -> None:
    cabling = action(
        quantity="2 - prises",
        buys=[PRISE, Need(item="prise", use="borne", count="2 * quantite")],
        effect={"prises": 2},
    )
    assert proved(checklist([SOCKETS], [cabling], prices=[price("prise", 90)])) == []


@pytest.mark.parametrize(
    ("quantity", "below", "said"),
    [
        ("2 - prises", 3, "vaut 0, avec prises = 2"),
        ("1 - prises", 2, "vaut 0"),
        ("prises", 2, "vaut 0"),
        ("0", 2, "vaut 0"),
    ],
)
def test_an_action_that_would_count_nothing_is_told(
    quantity: str, below: int, said: str
) -> None:
    levels = {3: "prises >= 9", 2: "prises >= 2"}
    short = action(quantity=quantity, below=below, effect={"critere": 3})  # type: ignore[arg-type]
    found = proved(checklist([criterion(levels, place=SALLE)], [short]))
    assert said in found[0].message
    assert found[0].key == "recommendations.agir.quantity"


@pytest.mark.parametrize(
    ("quantity", "count", "key"),
    [
        ("1 + prises", "", "quantity"),
        ("1", "prises", "buys.0.count"),
        ("3 - prises", "9 - quantite", "buys.0.count"),
    ],
)
def test_an_amount_that_grows_with_a_better_fact_is_told(
    quantity: str, count: str, key: str
) -> None:
    growing = action(
        quantity=quantity,
        buys=[Need(item="prise", count=count)],
        effect={"prises": 2},
    )
    told = sentence(proved(checklist([SOCKETS], [growing])))
    assert told.startswith(f"recommendations.agir.{key}")
    assert "quand « prises » s'améliore (de 0 à 1)" in told


def test_an_amount_that_grows_only_where_nothing_fires_is_let_be() -> None:
    apart = action(quantity="1 + total(lot, nombre, prises > 3)", effect={"prises": 2})
    assert proved(checklist([SOCKETS], [apart])) == []


@pytest.mark.parametrize(
    ("quantity", "count", "is_told"),
    [
        ("surface", "", True),
        ("1", "quantite / 2", True),
        ("3 - prises / 2", "", True),
        ("2 - prises", "3 * quantite + 1", False),
        ("1", "count(lot) + total(lot, nombre)", False),
        ("(4 - 2 * prises) / 2", "", False),
    ],
)
def test_an_amount_in_pieces_is_told(
    quantity: str, count: str, *, is_told: bool
) -> None:
    counting = action(
        quantity=quantity,
        buys=[Need(item="prise", count=count)],
        effect={"prises": 2},
    )
    found = proved(checklist([SOCKETS], [counting]))
    assert any("des morceaux" in one.message for one in found) is is_told


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        ({}, "n'atteint pas 2, avec prises = 0"),
        ({"prises": 1}, "n'atteint pas 2, avec prises = 0"),
        ({"critere": 1}, "n'atteint pas 2"),
        ({"prises": "postes"}, "n'atteint pas 2, avec prises = 0, postes = 0"),
        ({"prises": 2}, ""),
        ({"prises": "2"}, ""),
        ({"critere": 2}, ""),
    ],
)
def test_an_action_cures_what_triggers_it(
    effect: dict[str, int | str], said: str
) -> None:
    found = proved(checklist([SOCKETS], [action(effect=effect)]))
    assert said in (found[0].message if found else "")
    assert bool(found) is bool(said)


def test_a_fact_that_stays_irrelevant_cures_nothing() -> None:
    slow = criterion({2: "debit >= 30"})
    faster = action(effect={"debit": 100})
    told = sentence(proved(checklist([slow], [faster])))
    assert "n'atteint pas 2, avec acces = non" in told
    gated = criterion({2: "debit >= 30"}, given="acces")
    assert proved(checklist([gated], [faster])) == []
    opened = action(effect={"debit": 100, "acces": True})
    assert proved(checklist([slow], [opened])) == []


@pytest.mark.parametrize(
    ("levels", "effect"),
    [
        ({2: "etat >= 'moyen'"}, {"etat": "moyen"}),
        ({2: "image == 'tbi'"}, {"image": "tbi"}),
        ({2: "'ent' in outils and 'mail' in outils"}, {"outils": ("ent", "mail")}),
        (
            {2: "months_between(sauvegarde, visit_date) <= 1"},
            {"sauvegarde": "visit_date"},
        ),
        ({2: "pannes <= 3"}, {"pannes": 3}),
    ],
)
def test_facts_of_every_type_become_what_an_effect_says(
    levels: dict[int, str], effect: dict[str, int | str | tuple[str, ...]]
) -> None:
    judged = criterion(levels)
    told = [one.message for one in proved(checklist([judged], [action(effect=effect)]))]
    assert all("image = ecran" in one for one in told)
    assert bool(told) is ("image" in effect)


def test_what_a_sooner_action_lifts_first_is_not_asked_of_a_later_one() -> None:
    safe = criterion({3: "pannes <= 0 and acces", 1: "acces"})
    sooner = action("ouvrir", below=1, effect={"acces": True})
    later = action("reparer", below=3, effect={"pannes": 0})
    assert proved(checklist([safe], [sooner, later])) == []
    (problem,) = proved(checklist([safe], [later]))
    assert "acces = non" in problem.message


# 4. The actions of one criterion leave no place without one, and none with two.


CLASSES, OFFICES = "type_salle == 'classe'", "type_salle == 'bureau'"


@pytest.mark.parametrize(
    ("wheres", "told"),
    [
        ([CLASSES, OFFICES], []),
        ([CLASSES, ""], ["warning"]),
        ([CLASSES], ["error"]),
        ([CLASSES, CLASSES], ["error", "warning"]),
    ],
)
def test_actions_share_the_places_of_a_criterion(
    wheres: Sequence[str], told: Sequence[str]
) -> None:
    actions = [
        action(f"agir-{rank}", where=where, buys=[PRISE], effect={"prises": 2})
        for rank, where in enumerate(wheres)
    ]
    found = proved(checklist([SOCKETS], actions, prices=[price("prise", 9)]))
    assert [one.severity for one in found] == told
    said = {
        "error": "aucune préconisation là où il est sous 2",
        "warning": "« agir-0 » se déclenche au même lieu et achète la même ligne",
    }
    assert all(said[one.severity] in one.message for one in found)


@pytest.mark.parametrize(
    ("at_least", "told"), [(2, []), (1, ["warning"])], ids=["waits", "does not wait"]
)
def test_an_action_that_waits_for_another_buys_a_second_one(
    at_least: Level, told: Sequence[str]
) -> None:
    stairs = criterion({3: "prises >= 3", 2: "prises >= 2"}, place=SALLE)
    first = action("d-abord", buys=[PRISE], effect={"prises": 2})
    then = action(
        "ensuite",
        below=3,
        buys=[PRISE],
        effect={"prises": 3},
    ).model_copy(
        update={"requires": (Requirement(criterion=stairs.id, at_least=at_least),)}
    )
    found = proved(checklist([stairs], [first, then], prices=[price("prise", 9)]))
    assert [one.severity for one in found] == told


def test_one_action_above_what_a_rule_asks_fills_no_gap_below() -> None:
    law = criterion(
        {3: "prises > 2", 2: "prises > 1"},
        place=SALLE,
        kind=Kind.COMPLIANCE,
        conforms_at=2,
    )
    legal = action("legale", where="type_salle == 'classe'", effect={"prises": 3})
    better = action("mieux", below=3, effect={"prises": 3})
    told = sentence(proved(checklist([law], [legal, better])))
    assert "sous 2, avec prises = 0, type_salle = bureau" in told


# 5. What covers another cures it, at the same place, for no less.


GEAR = criterion({2: "neuf"}, ident="materiel", place=LOT)
SYSTEM = criterion({2: "nombre >= 1 and neuf"}, ident="systeme", place=LOT)
ROWS = [price("prise", 90), price("poste", 450), price("licence", 80)]


def covering(
    effect: dict[str, bool], *, covers: bool = True, row: str = "licence"
) -> Checklist:
    renew = action(
        "renouveler",
        on="materiel",
        quantity="nombre",
        buys=[Need(item="poste")],
        effect=effect,
        covers=["migrer"] if covers else [],
    )
    migrate = action(
        "migrer",
        on="systeme",
        quantity="nombre",
        buys=[Need(item=row)],
        effect={"neuf": True},
    )
    return checklist([GEAR, SYSTEM], [renew, migrate], prices=ROWS)


def test_a_cover_that_cures_for_less_is_let_be() -> None:
    assert proved(covering({"neuf": True})) == []


def test_a_cover_that_does_not_cure_is_told() -> None:
    found = [one for one in proved(covering({})) if one.key.endswith("covers")]
    assert "« migrer » se déclencherait encore" in sentence(found)


def test_a_cover_of_what_is_dearer_is_told() -> None:
    cheap = covering({"neuf": True})
    prices = {**cheap.prices, "licence": price("licence", 900)}
    found = proved(cheap.model_copy(update={"prices": prices}))
    assert "« migrer » achète pour plus cher" in sentence(found)


def test_a_cover_at_another_kind_of_place_is_told() -> None:
    wide = action("refaire", on="critere", effect={"prises": 2}, covers=["migrer"])
    narrow = action("migrer", on="systeme", effect={"neuf": True})
    draft = checklist([SOCKETS, SYSTEM], [wide, narrow])
    told = sentence(proved(draft))
    assert "« migrer » se déclenche par lot, elle par salle" in told


@pytest.mark.parametrize(
    ("row", "covers", "is_told"),
    [
        ("poste", False, True),
        ("poste", True, False),
        ("licence", False, False),
    ],
)
def test_one_purchase_that_cures_two_criteria_should_cover(
    row: str, *, covers: bool, is_told: bool
) -> None:
    found = proved(covering({"neuf": True}, covers=covers, row=row))
    assert {one.severity for one in found} <= {"warning"}
    assert bool(found) is is_told
    assert all("rend « " in one.message for one in found)


# 6. A gate that can get better is judged, and opened.


@pytest.mark.parametrize(
    ("judge", "effect", "is_told"),
    [
        ({2: "acces"}, {"acces": True}, False),
        ({2: "acces"}, {"porte": 2}, True),
        ({2: "pannes < 1"}, {"acces": True}, True),
    ],
)
def test_a_gate_is_judged_by_a_criterion_whose_action_opens_it(
    judge: dict[int, str], effect: dict[str, bool | int], *, is_told: bool
) -> None:
    behind = criterion({2: "debit >= 30"}, given="acces")
    gate = criterion(judge, ident="porte")
    actions = [
        action(effect={"debit": 30}),
        action("ouvrir", on="porte", effect=effect),
    ]
    found = directed(checklist([behind, gate], actions))
    assert bool(found) is is_told
    assert all("aucun critère ne juge cette porte" in one.message for one in found)


def test_a_gate_cannot_be_opened_from_behind_itself() -> None:
    behind = criterion({3: "acces and debit >= 30"}, given="acces")
    opening = action(effect={"debit": 30, "acces": True})
    assert "« acces »" in sentence(directed(checklist([behind], [opening])))


def test_a_situation_needs_no_action_to_be_a_gate() -> None:
    behind = criterion({2: "note > 1"}, given="postes > 1")
    assert directed(checklist([behind], [action(effect={"note": 2})])) == []


# 7. No obligation is declared away; weights have bounds.


@pytest.mark.parametrize(
    ("kind", "conforms_at", "is_told"),
    [(Kind.COMPLIANCE, 2, True), (Kind.BLOCKING, None, False)],
)
def test_no_rule_reads_what_may_be_sans_objet(
    kind: Kind, conforms_at: int | None, *, is_told: bool
) -> None:
    void = question("note", QuestionType.INTEGER, better=UP, void=True)
    judged = criterion({2: "note > 1"}, kind=kind, conforms_at=conforms_at)  # type: ignore[arg-type]
    questions = {**QUESTIONS, "note": void}
    found = directed(checklist([judged], [action(effect={"note": 2})], questions))
    assert bool(found) is is_told
    assert all("une obligation ne s'écarte pas ainsi" in one.message for one in found)


@pytest.mark.parametrize(
    ("weight", "is_told"),
    [
        ("nombre", False),
        ("2 * nombre", False),
        ("sans_fin", True),
        ("1 - nombre", True),
    ],
)
def test_a_weight_has_bounds(weight: str, *, is_told: bool) -> None:
    questions = {
        **QUESTIONS,
        "sans_fin": question("sans_fin", QuestionType.INTEGER, LOT, range_=(0, None)),
    }
    judged = criterion({2: "neuf"}, place=LOT, weigh_by=weight)
    found = directed(checklist([judged], [action(effect={"neuf": True})], questions))
    assert bool(found) is is_told
    assert all(one.key.endswith("weigh_by") for one in found)


def test_a_weight_is_a_situation() -> None:
    judged = criterion({2: "neuf"}, place=SALLE, weigh_by="prises")
    draft = checklist([judged], [action(effect={"neuf": True})])
    assert "« weigh_by » lit « prises », un fait qui peut" in sentence(directed(draft))


# What waits for something else.


@pytest.mark.parametrize(
    ("first", "second", "effect", "blamed"),
    [
        (["b"], ["a"], {}, ["un", "deux"]),
        (["b"], [], {}, []),
        (["b"], ["c"], {}, []),
        (["b"], ["a"], {"acces": True}, []),
        (["a"], [], {}, ["un"]),
        (["d"], [], {}, []),
    ],
)
def test_actions_never_wait_for_one_another_alone(
    first: Sequence[str],
    second: Sequence[str],
    effect: dict[str, bool],
    blamed: Sequence[str],
) -> None:
    rules = {"a": "note > 1", "b": "acces", "c": "pannes < 1", "d": "neuf"}
    criteria = [criterion({2: rule}, ident=ident) for ident, rule in rules.items()]
    actions = [
        action("un", on="a", requires=first, effect={"note": 2}),
        action("deux", on="b", requires=second, effect={"acces": True}),
        action("trois", on="c", effect=effect),
    ]
    found = list(trigger_problems(loaded(checklist(criteria, actions))))
    keys = [one.key for one in found if "que rien ne relève" in one.message]
    assert sorted(keys) == sorted(f"recommendations.{one}.requires" for one in blamed)


def test_an_action_fires_where_the_level_that_it_waits_for_is_there() -> None:
    """Cables are put in order where there is no danger, whoever ends the danger."""
    judged = criterion({3: "note > 2", 1: "note > 0"}, ident="a")
    one = action("un", on="a", below=3, requires=["a"], effect={"note": 3})
    found = trigger_problems(loaded(checklist([judged], [one])))
    assert not [each for each in found if "que rien ne relève" in each.message]


# What a reviewer reads, and what is only warned of.


def test_situations_that_judge_are_listed_with_their_criteria() -> None:
    draft = checklist([
        criterion({2: "postes > 3"}, ident="a", given="offre == 'fibre'"),
        criterion({2: "postes > 9 or note > 1"}, ident="b", applicable="maitres > 1"),
    ])
    assert [(one.question.id, one.criteria) for one in situations(draft)] == [
        ("postes", ("a", "b")),
        ("offre", ("a",)),
    ]


def test_an_ordered_choice_that_judges_says_what_is_better() -> None:
    ordered = question("offre", QuestionType.CHOICE, choices="adsl fibre", ordered=True)
    judged = criterion({2: "offre >= 'fibre' or note > 1"})
    questions = {**QUESTIONS, "offre": ordered}
    told = sentence(
        directed(checklist([judged], [action(effect={"note": 2})], questions)),
        severity="warning",
    )
    assert told.startswith("questions.offre.ordered")


def test_nothing_is_proved_of_what_has_other_things_to_mend() -> None:
    dip = criterion({1: "not acces"})
    draft = checklist([dip], [action(effect={})])
    assert len(proved(draft)) == 2
    assert proved(draft, frozenset({"criteria.critere"})) == []
    unread = criterion({1: "not inconnue"})
    assert proved(checklist([unread], [action(effect={})])) == []


def test_an_action_that_never_fires_is_told() -> None:
    held = criterion({2: "prises >= 0"}, place=SALLE)
    found = proved(checklist([held], [action(effect={"prises": 2})]))
    assert "vaut toujours au moins 2" in sentence(found)
    bureaux = criterion(
        {2: "prises >= 2"}, place=SALLE, applicable="type_salle == 'bureau'"
    )
    elsewhere = action("a", where=CLASSES, effect={"prises": 2})
    others = action("b", where=OFFICES, effect={"prises": 2})
    told = sentence(proved(checklist([bureaux], [elsewhere, others])))
    assert told.startswith("recommendations.a.when.where")
    assert "aucun lieu bas de « critere » n'est dans son « where »" in told


def test_a_relevance_that_turns_round_proves_nothing_and_stops_nothing() -> None:
    questions = {
        "rond": question("rond", QuestionType.BOOLEAN, relevant="carre", better=UP),
        "carre": question("carre", QuestionType.BOOLEAN, relevant="rond", better=UP),
    }
    assert proved(checklist([criterion({1: "rond and carre"})], (), questions)) == []


@pytest.mark.parametrize(
    ("due", "what", "is_told"),
    [
        ("2025-10-14", "Les correctifs cesseront.", True),
        ("2025", "Le réseau fermera.", True),
        ("2025-10-14", "Plus de correctifs : la caméra reste.", False),
        ("2026", "Le réseau fermera.", False),
        ("", "Le réseau fermera.", False),
    ],
)
def test_a_date_that_has_passed_is_not_told_as_to_come(
    due: str, what: str, *, is_told: bool
) -> None:
    deadline = Deadline(
        id="cuivre", title="Fin", due=due, what=what, ask="le syndicat", as_of="2025"
    )
    draft = checklist([]).model_copy(update={"deadlines": {"cuivre": deadline}})
    found = list(dated_problems(loaded(draft), date(2026, 11, 28)))
    assert bool(found) is is_told
    assert {one.severity for one in found} <= {"warning"}


@pytest.mark.parametrize(
    ("state", "period", "is_told"),
    [
        (AidState.OPEN, "du 14 janvier au 31 mars 2021", True),
        (AidState.OPEN, "de 2024 à 2026", False),
        (AidState.OPEN, "chaque année", False),
        (AidState.CLOSED, "2009", False),
    ],
)
def test_an_aid_whose_time_is_over_is_not_said_open(
    state: AidState, period: str, *, is_told: bool
) -> None:
    aid = Aid(
        id="aide",
        title="Aide",
        state=state,
        applicant="la commune",
        conditions="Une école.",
        period=period,
        ask="la préfecture",
        as_of="2021",
    )
    draft = checklist([]).model_copy(update={"aids": {"aide": aid}})
    found = list(dated_problems(loaded(draft), date(2026, 11, 28)))
    assert bool(found) is is_told


@pytest.mark.parametrize(("cap", "is_told"), [("", True), ("2", False)])
def test_an_amount_stays_under_its_cap(cap: str, *, is_told: bool) -> None:
    growing = action(quantity="2 + prises", effect={"prises": 2})
    capped = growing.model_copy(update={"at_most": cap})
    assert bool(proved(checklist([SOCKETS], [capped]))) is is_told
