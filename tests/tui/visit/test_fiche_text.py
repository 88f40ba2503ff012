import re
from collections.abc import Iterable
from pathlib import Path

from diag.audit.answer import NewAnswer, record_answer, toggle_flag
from diag.audit.session import AuditSession
from diag.audit.visit import VisitSession
from diag.model.enums import Provenance
from diag.office.bundles import export_audit, import_audit
from diag.tui.text import NamedText
from diag.tui.visit.commands import SettleConflict
from diag.tui.visit.fiche import head_rows, more_rows
from tests.audit.builders import started, workspace


def told(rows: Iterable[NamedText]) -> list[str]:
    return [f"{row.name}|{row.text.plain}" for row in rows]


def visiting(session: AuditSession, question: str) -> VisitSession:
    return VisitSession(session, (session.facts.root, question))


def test_the_head_says_where_what_to_ask_and_what_is_expected(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        toggle_flag(session, (session.facts.root, "nb_batiments"))
        card = visiting(session, "nb_batiments").card
        lines = told(head_rows(card, "Direction", 5, 31))
    assert lines[0] == "|Direction, question 5 sur 31 · À revoir"
    assert lines[1] == "|Bâtiments à relier"
    assert "Attendu|de 1 à 20 bâtiments" in lines
    assert any(line.startswith("Demander|«\u00a0") for line in lines)


def test_thresholds_mark_the_level_of_todays_answer(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        record_answer(session, NewAnswer("acces_internet", "o"))
        for value, how in (("90", Provenance.DECLARED), ("42", Provenance.MEASURED)):
            record_answer(session, NewAnswer("debit_descendant", value, provenance=how))
        lines = told(more_rows(visiting(session, "debit_descendant").card))
    assert "> base|au moins 30\u00a0Mbit/s  (aujourd'hui : 42\u00a0Mbit/s)" in lines
    assert "  insuffisant|sinon" in lines
    assert any(line.startswith("Divergence|mesuré : 42") for line in lines)
    assert any("90\u00a0Mbit/s → 42\u00a0Mbit/s" in line for line in lines)
    assert any(
        line.startswith("Source|") and "texte officiel" in line for line in lines
    )
    assert not [line for line in lines if re.search(r"\d{4}-\d\d-\d\d", line)]
    assert any(re.search(r", \d\d/\d\d/\d{4}$", line) for line in lines)


def test_a_conflict_is_to_be_settled_between_its_candidates(tmp_path: Path) -> None:
    bundle = tmp_path / "audit.json"
    with (
        workspace(tmp_path / "a") as one,
        workspace(tmp_path / "b", author="u-2", seed=2) as two,
    ):
        here = started(one)
        record_answer(here, NewAnswer("nb_batiments", "1"))
        export_audit(here, bundle)
        import_audit(two, bundle)
        there = started(two)
        record_answer(here, NewAnswer("nb_batiments", "2"))
        record_answer(there, NewAnswer("nb_batiments", "3"))
        export_audit(there, bundle)
        import_audit(one, bundle)
        here.catch_up()
        visit = visiting(here, "nb_batiments")
        lines = told(head_rows(visit.card, "Direction", 5, 31))
        assert "À trancher|réponses contradictoires (Ctrl+K)" in lines
        keys = {SettleConflict.ident(): "f11"}
        remapped = told(head_rows(visit.card, "Direction", 5, 31, keys=keys))
        assert "À trancher|réponses contradictoires (F11)" in remapped
        assert "|  au départ : 1\u00a0bâtiment" in lines
        visit.answer("2")
        assert not visit.card.in_conflict
