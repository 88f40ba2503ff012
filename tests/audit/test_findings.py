"""What was found, in a line that a mayor can read."""

from dataclasses import replace

from diag.audit.findings import (
    kind_of,
    observed,
    open_words,
    praised,
    strengths,
    weaknesses,
)
from diag.audit.report import Report
from diag.model.audit import Answer, Facts
from diag.model.checklist import Checklist, Choice
from diag.model.enums import (
    Compliance,
    Kind,
    Provenance,
    QuestionType,
    Standing,
    State,
)
from diag.words.sentences import NBSP
from tests.documents.builders import CHECKLIST, facts, known, question, report

ROOMS = ("CP", "CE1", "CE2", "CM1")


def rooms(*sockets: int | None) -> Facts:
    """Return classrooms by their number of sockets; None when it is not known."""
    named = dict(zip(ROOMS, sockets, strict=False))
    kinds = {(room, "type_salle"): "classe" for room in named}
    counts = {
        (room, "prises"): count for room, count in named.items() if count is not None
    }
    return facts({**kinds, **counts}, tuple(named))


def seen(told: Report, criterion: str) -> str:
    result = told.result(criterion)
    assert result is not None
    return observed(told, result).replace(NBSP, " ")


def judging(level: str) -> Checklist:
    """Return a checklist whose last criterion is decided by a plan or a day."""
    plan = question(
        "plan",
        QuestionType.CHOICE,
        "Plan de renouvellement",
        choices=(
            Choice(id="aucun", label="Aucun"),
            Choice(id="ans", label="Voté sur quatre ans"),
        ),
    )
    day = question("fibre", QuestionType.DATE, "Fibre attendue")
    projet = CHECKLIST.criteria["projet"].model_copy(update={"levels": {2: level}})
    return CHECKLIST.model_copy(
        update={
            "questions": {**CHECKLIST.questions, plan.id: plan, day.id: day},
            "criteria": {**CHECKLIST.criteria, "projet": projet},
        }
    )


def test_rooms_are_counted_by_level_with_their_agreement() -> None:
    for sockets, said in (
        ((0, 3), "1 salle exemplaire, 1 insuffisante : CP"),
        ((0, 0, 3), "1 salle exemplaire, 2 insuffisantes : CP et CE1"),
        ((3, 3), "2 salles exemplaires"),
        ((0, None), "1 salle insuffisante : CP, 1 à vérifier"),
        ((None, None), "2 salles à vérifier"),
    ):
        assert seen(report(rooms(*sockets)), "prise-par-classe") == said


def test_an_open_list_says_so() -> None:
    told = report(replace(rooms(0, 3), closed=frozenset()))
    assert seen(told, "prise-par-classe").endswith("liste à compléter")


def test_what_does_not_apply_says_so() -> None:
    told = report(facts({("BCD", "type_salle"): "autre"}, ("BCD",)))
    assert seen(told, "prise-par-classe") == "sans objet"


def test_what_was_declared_out_says_so() -> None:
    out = Answer(State.NOT_APPLICABLE, reason="pas de box")
    asked = CHECKLIST.questions["debit"].model_copy(update={"void": True})
    questions = {**CHECKLIST.questions, "debit": asked}
    voided = CHECKLIST.model_copy(update={"questions": questions})
    told = report(facts({("ecole", "debit"): out}), voided)
    result = told.result("debit-suffisant")
    assert result is not None
    assert result.standing is Standing.OUT
    assert seen(told, "debit-suffisant") == "déclaré sans objet"


def test_the_fact_that_decides_alone_is_told() -> None:
    assert seen(report(facts({("ecole", "debit"): "12.5"})), "debit-suffisant") == (
        "niveau de base (12,5 Mbit/s)"
    )
    disputed = report(facts({("ecole", "debit"): (known("12"), known("45"))}))
    assert seen(disputed, "debit-suffisant") == (
        "niveau entre base et recommandé, "
        "12 Mbit/s ou 45 Mbit/s (réponses contradictoires)"
    )


def test_how_it_became_known_is_told_unless_it_was_seen() -> None:
    measured = known("12.5", Provenance.MEASURED)
    assert seen(report(facts({("ecole", "debit"): measured})), "debit-suffisant") == (
        "niveau de base (12,5 Mbit/s, mesuré)"
    )


def test_a_word_alone_says_what_it_is_about() -> None:
    for said, told in (
        ("aucun", "niveau insuffisant (plan de renouvellement : aucun)"),
        ("ans", "niveau recommandé (voté sur quatre ans)"),
    ):
        answers = facts({("ecole", "plan"): said})
        assert seen(report(answers, judging("plan == 'ans'")), "projet") == told
    declared = facts({("ecole", "plan"): known("aucun", Provenance.DECLARED)})
    assert seen(report(declared, judging("plan == 'ans'")), "projet") == (
        "niveau insuffisant (plan de renouvellement : aucun, déclaré)"
    )


def test_a_word_is_not_said_twice_to_be_about_the_title() -> None:
    checklist = judging("plan == 'ans'")
    titled = checklist.criteria["projet"].model_copy(
        update={"title": "Un plan de renouvellement voté"}
    )
    every = {**checklist.criteria, "projet": titled}
    told = checklist.model_copy(update={"criteria": every})
    answers = facts({("ecole", "plan"): "aucun"})
    assert seen(report(answers, told), "projet") == "niveau insuffisant (aucun)"


def test_the_only_day_among_the_facts_is_told() -> None:
    checklist = judging("projet_ecrit and fibre <= visit_date")
    told = facts({("ecole", "projet_ecrit"): True, ("ecole", "fibre"): "2027-03-15"})
    assert seen(report(told, checklist), "projet") == (
        "niveau insuffisant (fibre attendue : 15 mars 2027)"
    )
    there = facts({("ecole", "projet_ecrit"): True, ("ecole", "fibre"): "2026-01-15"})
    assert seen(report(there, checklist), "projet") == "niveau recommandé"
    unsaid = facts({
        ("ecole", "projet_ecrit"): True,
        ("ecole", "fibre"): Answer(State.UNKNOWN),
    })
    assert "fibre" not in seen(report(unsaid, checklist), "projet")


def test_what_is_compliant_is_no_weakness() -> None:
    told = report(facts({("ecole", "filtrage"): True, ("ecole", "debit"): 0}))
    assert [one.criterion.id for one in weaknesses(told)] == ["debit-suffisant"]


def test_strengths_are_sure_and_indispensable_first() -> None:
    told = report(facts({("ecole", "debit"): 200, ("ecole", "projet_ecrit"): True}))
    assert [one.criterion.id for one in strengths(told)] == [
        "debit-suffisant",
        "projet",
    ]


def test_a_strong_point_is_told_by_what_holds_never_by_what_falls_short() -> None:
    told = report(
        facts(
            {
                **{(room, "type_salle"): "classe" for room in ROOMS},
                **{
                    (room, "prises"): count
                    for room, count in zip(ROOMS, (3, 3, 3, 0), strict=True)
                },
            },
            ROOMS,
        )
    )
    result = told.result("prise-par-classe")
    assert result is not None
    said = praised(told, result)
    assert said == "3 salles sur 4 au niveau attendu"


def test_what_holds_everywhere_comes_before_what_holds_nearly_everywhere() -> None:
    nearly = {(room, "prises"): 3 for room in ROOMS[1:]} | {(ROOMS[0], "prises"): 0}
    told = report(
        facts(
            {
                ("ecole", "projet_ecrit"): True,
                **{(room, "type_salle"): "classe" for room in ROOMS},
                **nearly,
            },
            ROOMS,
        )
    )
    found = [one.criterion.id for one in strengths(told)]
    assert found.index("projet") < found.index("prise-par-classe")


def test_what_is_not_compliant_says_where() -> None:
    told = report(facts({("ecole", "filtrage"): False}))
    assert seen(told, "filtrage-en-service") == "non respecté"


def test_what_is_open_is_said_in_a_sentence() -> None:
    assert open_words(report(facts({("ecole", "debit"): 1}, closed=False))) == (
        "4 critères sur 5 restent à vérifier ; "
        "la liste des salles n'est pas encore complète."
    )
    done = {("ecole", one): True for one in ("filtrage", "projet_ecrit")}
    settled = report(facts({**done, ("ecole", "debit"): 1}))
    assert open_words(settled) == "Rien, tout a été vérifié."


def test_what_does_not_comply_somewhere_is_not_left_to_check() -> None:
    """A window that lists one « non respecté » said that all was to be checked."""
    told = facts(
        {("CP", "type_salle"): "classe", ("CP", "prises"): 0}, ("CP",), closed=False
    )
    law = CHECKLIST.criteria["prise-par-classe"].model_copy(
        update={"kind": Kind.COMPLIANCE, "conforms_at": 1}
    )
    criteria = {**CHECKLIST.criteria, law.id: law}
    lawful = CHECKLIST.model_copy(update={"criteria": criteria})
    judged = report(told, lawful)
    one = judged.result("prise-par-classe")
    assert one is not None
    assert (one.compliance, one.settled < 1) == (Compliance.NON_CONFORME, True)
    assert "4 critères sur 5 restent à vérifier" in open_words(judged)


def test_an_action_above_what_the_law_asks_only_improves() -> None:
    """A ticket that says « immédiate » and « Respecté » contradicts itself."""
    told = report(facts({("ecole", "filtrage"): False}))
    action = told.plan.action("filtrer")
    assert action is not None
    better = replace(action, advice=action.advice._replace(is_law=False))
    assert kind_of(told, action) is Kind.COMPLIANCE
    assert kind_of(told, better) is Kind.IMPROVEMENT


def test_what_removes_a_danger_is_as_pressing_as_the_law() -> None:
    told = report(facts({("ecole", "debit"): 1}))
    action = told.plan.action("fibre")
    assert action is not None
    danger = replace(action, advice=action.advice._replace(is_danger=True))
    assert kind_of(told, action) is Kind.BLOCKING
    assert kind_of(told, danger) is Kind.COMPLIANCE
