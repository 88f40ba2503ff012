"""An audit passed to a second edition: kept, asked again, lost, undone."""

from fractions import Fraction
from pathlib import Path

import pytest

from diag.assess.results import CriterionResult
from diag.audit.answer import NewAnswer, record_answer
from diag.audit.compare import compare_audits
from diag.audit.follow import add_step
from diag.audit.history import changes_of
from diag.audit.memory import memory_of
from diag.audit.session import AuditSession, start
from diag.audit.undo import undo
from diag.audit.upgrade import preview, upgrade, upgrade_json, upgrade_lines
from diag.journal import changes
from diag.model.audit import FollowUp
from diag.model.enums import AuditStatus, FollowUpState
from diag.model.errors import DiagError
from diag.model.text import Bounds
from diag.workspace.editions import edition_named
from diag.workspace.workspace import Workspace
from tests.audit.builders import started
from tests.audit.small_edition import ship
from tests.audit.two_editions import FIRST, SECOND
from tests.rules.test_subjects import MAIRIE

ANSWERS: dict[str, object] = {
    "nb_classes": 1,
    "mots": True,
    "acces": "fibre",
    "prises_mur": 3,
    "prises_sol": 1,
    "vieux": False,
    "seuil": 40,
    "genre": True,
    "choix": "local",
    "duree": 12,
    "poids": True,
    "applique": False,
}
AGAIN = {"genre", "choix", "duree"}
LOST = {"acces", "prises_mur", "prises_sol", "vieux"}


@pytest.fixture
def audited(
    desk: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AuditSession:
    """An audit answered under the first edition, once the second one has come."""
    ship(tmp_path / "livrees", monkeypatch, FIRST)
    session = started(desk)
    for question, value in ANSWERS.items():
        record_answer(session, NewAnswer(question=question, given=value))
    add_step(
        session, FollowUp(recommendation="renouveler", state=FollowUpState.DECIDEE)
    )
    ship(tmp_path / "livrees", monkeypatch, SECOND)
    return session


def answered(session: AuditSession) -> set[str]:
    return {question for _, question in session.facts.answers}


def levels(result: CriterionResult) -> tuple[int, int]:
    assert result.alone is not None
    return result.alone.low, result.alone.high


def test_the_preview_says_what_is_kept_asked_again_and_lost(
    audited: AuditSession,
) -> None:
    before = len(audited.revisions())
    found = preview(audited)
    assert {question for _, question in found.again} == AGAIN
    assert {question for _, question in found.lost} == LOST
    assert found.kept == len(ANSWERS) - len(AGAIN) - len(LOST)
    assert found.reworded == ("mots",)
    assert set(found.changes.new) == {"acces_support", "acces_secours", "prises"}
    assert found.orphans == ("renouveler",)
    assert len(audited.revisions()) == before, "nothing is recorded"
    assert audited.checklist.version == "1"


def test_scores_are_told_under_both_editions(audited: AuditSession) -> None:
    whole = preview(audited).scores[-1]
    assert whole.title == "Ensemble"
    assert whole.before is not None
    assert whole.after is not None
    # First: eleven criteria of weight 1, eight at level 2 (2/3): 8 x 2/3 / 11.
    assert whole.before.bounds == Bounds(Fraction(16, 33), Fraction(16, 33))
    # Second: one does not apply (a single class); of weight 12 in all, 5 are at level
    # 2, 1 at 0, and 6 are not known yet: from 5 x 2/3 / 12 to 11 x 2/3 / 12.
    assert whole.after.bounds == Bounds(Fraction(5, 18), Fraction(11, 18))


def test_the_passage_is_one_revision_and_outdated_answers_are_no_facts(
    audited: AuditSession,
) -> None:
    before = len(audited.revisions())
    said = upgrade(audited, preview(audited))
    assert len(audited.revisions()) == before + 1
    assert said.subject == "audit/edition"
    assert audited.checklist.version == "2"
    assert answered(audited) == set(ANSWERS) - AGAIN
    results = audited.assessment.criteria
    # A duration of 12 months is not read as 12 days, nor « oui » as a number.
    for ident in ("type-change", "choix-renomme", "unite-change"):
        assert levels(results[ident]) == (0, 2)
    assert levels(results["seuil-deplace"]) == (0, 0)
    assert levels(results["reformule"]) == (2, 2)


def test_the_journal_keeps_everything_and_tells_it(audited: AuditSession) -> None:
    upgrade(audited, preview(audited))
    told = {change.about: change.said for change in changes_of(audited)}
    assert {"Bornes", "Matériel récent"} <= set(told)
    assert told["audit, grilles"].startswith("édition 2 (")


def test_a_question_asked_again_is_answered_again(audited: AuditSession) -> None:
    upgrade(audited, preview(audited))
    record_answer(audited, NewAnswer(question="genre", given=3))
    record_answer(audited, NewAnswer(question="duree", given=400))
    assert {"genre", "duree"} <= answered(audited)
    results = audited.assessment.criteria
    assert levels(results["type-change"]) == levels(results["unite-change"]) == (2, 2)
    assert not audited.conflicts


def test_undoing_the_passage_gives_every_answer_back(audited: AuditSession) -> None:
    facts, edition = audited.facts.answers, audited.edition
    upgrade(audited, preview(audited))
    undo(audited)
    assert audited.edition == edition
    assert audited.facts.answers == facts
    assert audited.checklist.version == "1"


def test_the_edition_pinned_at_the_opening_is_not_undone(
    desk: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ship(tmp_path / "livrees", monkeypatch, FIRST)
    with pytest.raises(DiagError, match="Rien à annuler"):
        undo(started(desk))


def test_a_third_edition_does_not_bring_old_answers_back(
    audited: AuditSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(audited, preview(audited))
    ship(
        tmp_path / "livrees",
        monkeypatch,
        SECOND | {"lieux.yaml": SECOND["lieux.yaml"].replace('"Classes"', '"Cl."')},
    )
    upgrade(audited, preview(audited))
    assert answered(audited) == set(ANSWERS) - AGAIN


def test_the_same_edition_has_nothing_to_pass_to(audited: AuditSession) -> None:
    upgrade(audited, preview(audited))
    with pytest.raises(DiagError, match="emploie déjà cette édition"):
        preview(audited)


def test_a_closed_audit_keeps_the_edition_that_was_signed(
    audited: AuditSession,
) -> None:
    found = preview(audited)
    audited.record(
        changes.moved(audited.audit.id, AuditStatus.CLOS, digest=audited.digest)
    )
    with pytest.raises(DiagError, match="clos"):
        upgrade(audited, found)


def test_a_preview_that_has_aged_is_refused(audited: AuditSession) -> None:
    found = preview(audited)
    upgrade(audited, found)
    with pytest.raises(DiagError, match="changé d'édition entre-temps"):
        upgrade(audited, found)


def test_an_edition_of_a_folder_is_kept_with_the_audit(
    audited: AuditSession, tmp_path: Path
) -> None:
    folder = tmp_path / "ailleurs"
    folder.mkdir()
    for name, text in SECOND.items():
        (folder / name).write_text(text, encoding="utf-8")
    upgrade(audited, preview(audited, str(folder)))
    assert audited.checklist.version == "2"
    named = edition_named(audited.workspace, audited.edition[:10])
    assert named.digest == audited.edition


def test_it_is_told_in_french_and_to_programs(audited: AuditSession) -> None:
    found = preview(audited)
    lines = list(upgrade_lines(audited, found))
    assert lines[:3] == [
        "Édition 1 → 2",
        "Réponses gardées : 5",
        "  dont la question est dite autrement : mots",
    ]
    assert "À redemander : 3" in lines
    assert any(line.endswith(" : Bornes") for line in lines)
    assert "Perdues pour le jugement, gardées dans l'historique : 4" in lines
    assert "Suites de préconisations qui n'existent plus : renouveler" in lines
    assert any(line.startswith("  Ensemble : ") and " → " in line for line in lines)
    told = upgrade_json(found)
    assert told["kept"] == 5
    assert told["new"] == found.new.digest


def test_last_time_s_answer_is_not_proposed_where_the_meaning_changed(
    audited: AuditSession,
) -> None:
    later = start(audited.workspace, audited.about.ref, "2027-2028")
    memory = memory_of(later)
    assert memory is not None
    school = later.facts.places[later.facts.root]
    questions = later.checklist.questions
    assert memory.of(school, questions["poids"]) is not None
    assert memory.of(school, questions["duree"]) is None


def test_yesterday_is_not_judged_again_on_answers_that_meant_another_thing(
    audited: AuditSession,
) -> None:
    later = start(audited.workspace, audited.about.ref, "2027-2028")
    found = compare_audits(audited, later)
    assert found.edition_changed
    (unit,) = [one for one in found.criteria if one.criterion.id == "unite-change"]
    assert levels(unit.again) == (0, 2)


def test_what_the_new_edition_asks_a_commune_is_not_asked_of_a_school(
    audited: AuditSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = preview(audited)
    ship(tmp_path / "livrees", monkeypatch, {**SECOND, "mairie.yaml": MAIRIE})
    planned = preview(audited)
    assert "projet_ecrit" in planned.new.checklist.questions
    assert planned.changes == before.changes
    assert planned.after.domains == before.after.domains
    upgrade(audited, planned)
    assert audited.edition == planned.new.digest


def test_faulty_changes_pass_no_audit_to_the_shipped_edition(
    audited: AuditSession,
) -> None:
    overlay = audited.workspace.folder / "overlay"
    overlay.mkdir()
    (overlay / "a.yaml").write_text("criteria: 3\n", encoding="utf-8")
    with pytest.raises(DiagError, match=r"overlay/a\.yaml:1"):
        preview(audited)
    assert preview(audited, "livrée").new.checklist.version == "2"
