"""Undo in a programme: what stood before is written again, nothing is deleted."""

from collections.abc import Iterable, Iterator, Mapping

from diag.journal import subjects
from diag.journal.heads import content_of
from diag.journal.revision import NewRevision, Revision, parse
from diag.journal.subjects import ProgrammeTopic
from diag.model.errors import DiagError
from diag.programme.container import Container

Gestures = Mapping[str, frozenset[str]]
"""Id of a revision → the ids of all that was written with it."""


def last_gesture(container: Container, gestures: Gestures) -> tuple[Revision, ...]:
    """Return this author's last gesture here that is not taken back, last first.

    `gestures`: those of this session; one from before stands alone.

    Raises:
        DiagError: there is none, or it adopted the programme.
    """
    stack = _own_changes(container)
    if not stack:
        raise DiagError("Rien à annuler : vous n'avez rien saisi dans ce programme.")
    last = stack[-1]
    together = gestures.get(last.id, frozenset({last.id}))
    taken = tuple(each for each in reversed(stack) if each.id in together)
    if any(each.subject.startswith(f"{subjects.ADOPTIONS}/") for each in taken):
        raise DiagError(
            "Rien n'a été annulé : un programme arrêté le reste. Une autre "
            "délibération en arrête un autre."
        )
    return taken


def take_back(container: Container, taken: Iterable[Revision]) -> None:
    """Write what stood before a gesture, in one commit.

    Raises:
        DiagError: others wrote there since.
    """
    container.write(*(one for each in taken for one in _taken_back(container, each)))


def _own_changes(container: Container) -> list[Revision]:
    """Return what this author changed and has not taken back, in order.

    What opened the programme is not among them: its first frame stays.
    """
    journal, origin = container.workspace.journal, container.workspace.origin
    stack: dict[str, Revision] = {}
    for revision in map(parse, journal.lines(container.audit.id)):
        if (revision.author, revision.device) != (origin.author, origin.device):
            continue
        topic = subjects.parse(revision.subject)
        if revision.undoes:
            stack.pop(revision.undoes, None)
        elif isinstance(topic, ProgrammeTopic) and not (
            topic.kind == subjects.PROGRAMME
            and topic.key == ("frame",)
            and not revision.parents
        ):
            stack[revision.id] = revision
    return list(stack.values())


def _taken_back(container: Container, change: Revision) -> Iterator[NewRevision]:
    """Give drafts that write what stood before a change over what stands now."""
    journal, audit = container.workspace.journal, container.audit.id
    heads = journal.current(audit, change.subject)
    if [(head.op, head.value) for head in heads] != [(change.op, change.value)]:
        raise DiagError(
            "Rien n'a été annulé : quelqu'un d'autre a écrit au même endroit depuis. "
            "Écrivez la bonne valeur."
        )
    now = tuple(head.id for head in heads)
    before = {
        content_of(revision): revision
        for revision in journal.history(audit, change.subject)
        if revision.id in change.parents
    }
    for each in before.values() or (None,):
        if each is None or each.op == "del" or each.erased:
            yield NewRevision(
                audit, change.subject, op="del", parents=now, undoes=change.id
            )
        else:
            yield NewRevision(
                audit, change.subject, each.value, parents=now, undoes=change.id
            )
