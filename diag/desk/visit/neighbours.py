"""What was answered for another school of the same commune: asked of it only once."""

from collections.abc import Iterator
from functools import cached_property

from diag.desk.known_audits import audits
from diag.desk.session import Session
from diag.desk.territory.school_names import names_shown
from diag.desk.visit.memory import Remembered, still_fits
from diag.journal import subjects
from diag.journal.facts import answers_of
from diag.model.audit import Audit, root_place_id
from diag.model.checklist import Question
from diag.model.enums import PlaceKind
from diag.model.fact import Answer
from diag.model.place import Place
from diag.words.dates import day_of

WHOM = "commune"
"""Whom one asks what is true of every school of the commune."""


class Neighbours:
    """The audits of the other schools of the commune, read when first needed."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self, place: Place, question: Question) -> Remembered | None:
        """Return the latest answer of another school to what the commune is asked."""
        if place.kind is not PlaceKind.ECOLE or question.whom != WHOM:
            return None
        found = (
            Remembered(audit.campaign, answer, day_of(answer.at), school=name)
            for audit, name in self._audits
            if (answer := self._answer(audit, question)) is not None
        )
        return max(found, key=lambda one: one.answer.at, default=None)

    @cached_property
    def _audits(self) -> tuple[tuple[Audit, str], ...]:
        return tuple(self._found())

    def _found(self) -> Iterator[tuple[Audit, str]]:
        workspace, here = self._session.workspace, self._session.about
        schools = workspace.territory.schools("", commune=here.insee)
        names = dict(names_shown(schools))
        names.pop(here.code, None)
        for audit in audits(workspace.journal) if names else ():
            if audit.subject.code in names:
                yield audit, names[audit.subject.code]

    def _answer(self, audit: Audit, question: Question) -> Answer | None:
        root = root_place_id(audit.id, audit.subject.kind)
        subject = subjects.answer(root, question.id)
        heads = self._session.workspace.journal.current(audit.id, subject)
        said = answers_of(heads)
        if len(said) != 1 or not still_fits(question, said[0]):
            return None
        return said[0]
