import sqlite3
from contextlib import closing

import pytest

from diag.assess.judge import Judge
from diag.assess.results import Assessment
from diag.journal import changes
from diag.journal.facts import facts_of, open_audit
from diag.journal.journal import Journal
from diag.journal.records import OVERALL, store_judged, summaries
from diag.journal.revision import Origin
from diag.journal.school_lines import completeness
from diag.model.checklist import Wording
from diag.model.enums import WORKING_READER, Kind
from tests.assess.builders import (
    SALLE,
    boolean,
    checklist,
    criterion,
    facts,
    price,
    recommendation,
)
from tests.journal.builders import AUDIT, CAMPAIGN, ROOT, SUBJECT, known

PULL = recommendation("tirer", "debit", 3, quantity="2", buys=["cable"])
WORDS = Wording(title="Tirer deux câbles")
LIST = checklist(
    [boolean("fibre"), boolean("tableau")],
    [
        criterion("debit", {3: "fibre", 1: "tableau"}),
        criterion("ecran", {2: "tableau"}),
        criterion("jardin", {1: "fibre"}, applicable="not fibre"),
    ],
    [PULL.model_copy(update={"wording": {WORKING_READER: WORDS}})],
    [price("cable", 100, 150, 225)],
)


@pytest.fixture
def judged(journal: Journal, author: Origin) -> Assessment:
    open_audit(journal, CAMPAIGN, SUBJECT, author)
    journal.write(changes.answered(AUDIT.id, ROOT, "tableau", known(True)), author)
    assessment = Judge(LIST).assess(facts_of(journal, AUDIT))
    keep(journal, assessment)
    return assessment


def keep(journal: Journal, assessment: Assessment) -> None:
    store_judged(
        journal,
        AUDIT.id,
        assessment,
        digest=journal.digest(AUDIT.id),
        edition="ab" * 32,
        engine="2",
        conflicts=2,
    )


def test_what_was_judged_comes_back_exact(journal: Journal, judged: Assessment) -> None:
    summary = summaries(journal, engine="2")[AUDIT.id]
    assert summary.scores[OVERALL] == judged.overall
    assert summary.scores["d"] == judged.domains[0].score
    assert (summary.socle, summary.alerts) == (judged.socle, len(judged.alerts))
    assert (summary.conflicts, summary.titles) == (2, {"d": "d"})


def test_an_answer_more_and_it_is_stale(
    journal: Journal, judged: Assessment, author: Origin
) -> None:
    journal.write(changes.answered(AUDIT.id, ROOT, "fibre", known(True)), author)
    assert summaries(journal, engine="2") == {}
    again = Judge(LIST).assess(facts_of(journal, AUDIT))
    keep(journal, again)
    found = summaries(journal, engine="2")[AUDIT.id]
    assert found.scores[OVERALL] == again.overall != judged.overall


def test_what_is_known_is_proven_once_until_somebody_writes(
    journal: Journal, judged: Assessment, author: Origin
) -> None:
    """A thousand judged audits took two seconds at each key typed in their list."""
    asked: list[str] = []
    share = {AUDIT.id: judged.overall.completeness}
    assert completeness(journal, engine="2") == share

    journal.connection.set_trace_callback(asked.append)
    assert completeness(journal, engine="2") == share
    assert not [sql for sql in asked if "score" in sql]

    journal.write(changes.answered(AUDIT.id, ROOT, "fibre", known(True)), author)
    assert completeness(journal, engine="2") == {}


@pytest.mark.plain
def test_scores_that_another_program_spoilt_are_judged_again(
    journal: Journal, judged: Assessment
) -> None:
    assert completeness(journal, engine="2")
    with closing(sqlite3.connect(journal.path)) as other, other:
        other.execute("update score set completeness = '1' where dim = 'ensemble'")

    assert completeness(journal, engine="2") == {}


def test_another_engine_judges_again(journal: Journal, judged: Assessment) -> None:
    assert summaries(journal, engine="3") == {}


def test_findings_and_advice_are_read_in_french(
    journal: Journal, judged: Assessment
) -> None:
    findings = journal.select(
        'select code, critère, portée, "niveau au moins", "niveau au plus", "à jour" '
        "from v_constats"
    )
    assert findings == [
        ("9990001A", "debit", "concerné", 1, 3, 1),
        ("9990001A", "ecran", "concerné", 2, 2, 1),
        ("9990001A", "jardin", "peut-être concerné", 0, 1, 1),
    ]
    (advice,) = journal.select(
        'select rang, préconisation, certitude, préalable, "coût typique TTC (€)", '
        '"coût typique au plus TTC (€)", "à jour" from v_preconisations'
    )
    assert advice == (1, "tirer", "à confirmer", None, 0.0, 3.6, 1)


def test_what_many_places_judge_has_no_level_but_a_score(
    journal: Journal, author: Origin
) -> None:
    rooms = checklist(
        [boolean("prise", SALLE), boolean("filtre")],
        [
            criterion("cable", {3: "prise"}, place=SALLE),
            criterion("filtrage", {1: "filtre"}, kind=Kind.COMPLIANCE),
        ],
    )
    open_audit(journal, CAMPAIGN, SUBJECT, author)
    told = facts({"filtre": False}, {"CP": {"prise": True}, "CE1": {"prise": False}})
    keep(journal, Judge(rooms).assess(told))

    assert journal.select(
        'select critère, nature, "niveau au moins", "sur 100 au moins", '
        '"sur 100 au plus", "ce que la loi demande" from v_constats'
    ) == [
        ("cable", "amélioration", None, 50, 50, None),
        ("filtrage", "loi", 0, 0, 0, "non respecté"),
    ]


@pytest.mark.usefixtures("judged")
def test_recommendations_are_titled_as_for_technicians(journal: Journal) -> None:
    assert journal.select("select titre from v_preconisations") == [
        ("Tirer deux câbles",)
    ]
