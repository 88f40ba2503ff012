"""What the team reads: few lines, what is repaired first, its own part in them."""

import re

from diag.audit.report import Report
from diag.documents.equipe import DATED
from diag.model.enums import Audience, Owner
from tests.documents.builders import CHECKLIST, recommendation, report
from tests.documents.reading import markdown

CAPTIONS = ("Ce qui est proposé, par date", "Ce qui changerait pour la classe")


def crowded() -> Report:
    more = {
        f"plus{rank}": recommendation(
            f"plus{rank}",
            "projet",
            2,
            f"Améliorer {rank}",
            owner=Owner.ECOLE if rank == 29 else Owner.SYNDICAT,
        )
        for rank in range(30)
    }
    every = {**CHECKLIST.recommendations, **more}
    return report(checklist=CHECKLIST.model_copy(update={"recommendations": every}))


def refs(document: str, caption: str) -> list[str]:
    after = document.partition(f"*{caption}*\n\n")[2]
    return re.findall(r"\((n°.\d+)\)", after.partition("\n\n")[0])


def test_a_hundred_actions_make_no_hundred_rows() -> None:
    told = crowded()
    document = markdown(told, Audience.EQUIPE)
    dated, changed = (refs(document, caption) for caption in CAPTIONS)
    assert len(dated) == DATED
    assert set(changed) <= set(dated)
    rest = document.split("Les autres actions, par thème")[1]
    for one in told.public.plan.actions:
        assert one.ref in dated or re.search(rf"\b{one.number}\b", rest)


def test_what_presses_is_dated_and_the_school_s_own_part_is_told() -> None:
    told = crowded()
    document = markdown(told, Audience.EQUIPE)
    dated, changed = (refs(document, caption) for caption in CAPTIONS)
    for ident in ("filtrer", "fibre", "cabler"):
        action = told.plan.action(ident)
        assert action is not None
        assert action.ref in dated
        assert action.ref in changed
    own = told.plan.action("plus29")
    assert own is not None
    assert own.ref in changed
