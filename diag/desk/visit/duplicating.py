"""A room like another: the place and its answers, in one durable commit."""

import re
from uuid import UUID

from diag.desk.session import Session
from diag.desk.visit.filling import said_elsewhere
from diag.journal import changes
from diag.model.folding import fold
from diag.model.place import Place

_NUMBERED = re.compile(r"(.*?(?:^|\W))(\d{1,6})")


def duplicate(session: Session, place: Place) -> Place:
    """Add a place like this one, answers included, under the next free name.

    Measures are left out where nothing but a measure is an answer.
    """
    facts, audit = session.facts, session.audit.id
    world = session.workspace.world
    ident = str(UUID(bytes=world.nonce() + world.nonce(), version=4))
    twin = place.model_copy(update={"id": ident, "name": next_name(session, place)})
    drafts = [changes.placed(audit, twin)]
    for (where, question), heads in facts.answers.items():
        declared = session.checklist.questions.get(question)
        if where != place.id or declared is None or len(heads) != 1:
            continue
        answer = said_elsewhere(declared, heads[0])
        if answer is not None:
            drafts.append(changes.answered(audit, twin.id, question, answer))
    session.say(*drafts)
    return twin


def next_name(session: Session, place: Place) -> str:
    """Return the next free name: « Classe 4 » after « Classe 3 ».

    The digit of a level is none of these: after « CM1 » comes « CM1 2 », never « CM2 ».
    """
    taken = {fold(each.name) for each in session.facts.places.values()}
    numbered = _NUMBERED.fullmatch(place.name)
    stem, number = (
        (numbered[1], int(numbered[2])) if numbered else (f"{place.name} ", 1)
    )
    while fold(name := f"{stem}{number + 1}") in taken:
        number += 1
    return name
