"""What an action waits for, place by place, and what it does for others."""

from dataclasses import replace

from diag.assess.plan import Action
from diag.assess.results import Shared
from diag.audit.findings import describe_covered, describe_waiting
from diag.audit.report import Report
from diag.model.checklist import Checklist, Need, Requirement
from diag.model.enums import Audience, Gate
from tests.documents.builders import CHECKLIST, facts, report

ROOMS = ("CP", "CE1", "CE2")


def screens(*sockets: int | None) -> tuple[Report, Action]:
    """Return a report where each room wants passwords tidied, once it has sockets."""
    first = Requirement(criterion="prise-par-classe", at_least=2)
    tidy = CHECKLIST.recommendations["ranger"].model_copy(update={"requires": (first,)})
    named = dict(zip(ROOMS, sockets, strict=False))
    told = report(
        facts(
            {
                **{(room, "type_salle"): "classe" for room in named},
                **{(room, "mots_de_passe_affiches"): 2 for room in named},
                **{
                    (room, "prises"): many
                    for room, many in named.items()
                    if many is not None
                },
            },
            tuple(named),
        ),
        _with(tidy.id, tidy),
    )
    action = told.plan.action("ranger")
    assert action is not None
    return told, action


def _with(ident: str, recommendation: object) -> Checklist:
    every = {**CHECKLIST.recommendations, ident: recommendation}
    return CHECKLIST.model_copy(update={"recommendations": every})


def condition(*sockets: int | None) -> str:
    return describe_waiting(*screens(*sockets), Audience.TECHNIQUE)


def test_what_waits_nowhere_has_no_condition() -> None:
    assert condition(2, 3) == ""


def test_what_waits_everywhere_says_so_once() -> None:
    _, action = screens(0, 1)
    assert action.advice.gate is Gate.WAITS
    assert condition(0, 1).startswith("à engager après n°")


def test_what_waits_in_some_rooms_names_them() -> None:
    told, action = screens(3, 0, 3)
    after = told.plan.action("cabler")
    assert after is not None
    assert action.advice.gate is Gate.OPEN
    assert condition(3, 0, 3) == (
        f"à CE1 : après {after.ref} (Câbler les classes (technique))"
    )


def test_what_is_not_known_in_a_room_is_checked_there_first() -> None:
    assert condition(3, 0, None).split(" ; ") == [
        condition(3, 0),
        "à CE2 : à vérifier d'abord : « Deux prises réseau par classe »",
    ]


def test_what_another_action_pays_for_is_told_by_its_number() -> None:
    told, action = screens(3, 0, 3)
    after = told.plan.action("cabler")
    assert after is not None
    shared = (Shared(Need(item="prise"), "cabler"),)
    paid = replace(action, advice=action.advice._replace(shared=shared))
    assert told.format_cost(paid) == f"compris dans {after.ref}"


def test_what_an_action_replaces_is_named_but_what_stays_to_be_done() -> None:
    told, action = screens(3, 0, 3)
    gone = CHECKLIST.recommendations["fibre"].model_copy(update={"id": "satellite"})
    told = replace(told, checklist=_with(gone.id, gone))
    covers = (gone.id, "cabler")
    covering = replace(action, advice=action.advice._replace(covers=covers))
    assert told.plan.action("cabler") is not None
    assert describe_covered(told, covering, Audience.TECHNIQUE) == (
        gone.wording[Audience.TECHNIQUE].title
    )
    assert describe_covered(told, action, Audience.TECHNIQUE) == ""
