"""What the audits give is read once, and again where something was written."""

from pathlib import Path

from diag.audit.answer import NewAnswer, record_answer
from diag.programme.operations import gathered
from tests.audit.audited import audited, audited_workspace


def test_an_audit_is_read_again_only_once_somebody_wrote_in_it(tmp_path: Path) -> None:
    with audited_workspace(tmp_path / "home") as made:
        record_answer(audited(made), NewAnswer("nb_eleves", "66"))
        session = audited(made)
        campaigns = [session.audit.campaign]
        shown: list[tuple[int, int]] = []
        first = gathered(
            made, campaigns, progress=lambda done, total: shown.append((done, total))
        )
        assert shown == [(1, 1)]
        again = gathered(made, campaigns, before=first)
        assert again.reads[session.audit.id] is first.reads[session.audit.id]
        assert again == first
        record_answer(session, NewAnswer("nb_eleves", "132"))
        after = gathered(made, campaigns, before=again)
        name, one = next(
            (name, one)
            for name, one in after.candidates.items()
            if one.operation.points
        )
        assert one.operation.points != first.candidates[name].operation.points
        assert after == gathered(made, campaigns)
