from diag.assess.facts import Overlay, with_answers
from diag.model.audit import Answer
from diag.model.enums import State
from tests.assess.builders import REFUSED, ROOT, facts


def test_an_overlay_replaces_answers_and_leaves_the_facts_as_they_were() -> None:
    before = facts({"wifi": True, "debit": 8, "offre": "adsl"})
    overlay: Overlay = {
        (ROOT, "wifi"): REFUSED,
        (ROOT, "debit"): 30,
        (ROOT, "offre"): None,
    }
    after = with_answers(before, overlay)
    assert after.answer(ROOT, "wifi") == REFUSED
    assert after.answer(ROOT, "debit") == Answer(State.KNOWN, 30)
    assert after.answer(ROOT, "offre") == Answer(State.UNKNOWN)
    assert before == facts({"wifi": True, "debit": 8, "offre": "adsl"})
