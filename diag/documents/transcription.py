"""A filled questionnaire typed in: the same questions, by the numbers of the page.

What is written on paper was declared, whoever types it.
"""

from diag.answers.answer_type import STATE_KEYS
from diag.answers.types import TYPES, answer_words, evidence
from diag.assess.questions import Asked, relevant_questions
from diag.audit.answer import NewAnswer, record_answer, record_note
from diag.audit.consistency import TOGETHER, UnlikelyAnswer, companions
from diag.audit.session import AuditSession
from diag.model.audit import Questionnaire
from diag.model.checklist import Question
from diag.model.enums import Provenance, State
from diag.model.errors import DiagError

STATES = STATE_KEYS | {"?": State.UNKNOWN}
"""What the first sign of a line means instead of a value."""

_NOTE = " # "


class Transcription:
    """One page being typed in: a number at hand."""

    def __init__(self, session: AuditSession, printed: Questionnaire) -> None:
        session.check_method()
        self.session = session
        self.printed = printed
        self.number = 1
        """The one at hand; past the last, the page is done."""
        self.recorded = 0
        """How many answers were written."""
        self._doubted = ""

    @property
    def is_done(self) -> bool:
        """Return whether every number was seen."""
        return self.number > len(self.printed.questions)

    @property
    def ident(self) -> str:
        """Return the id of the question at hand."""
        return self.printed.questions[self.number - 1]

    @property
    def question(self) -> Question | None:
        """Return the question at hand; None when the checklists no longer ask it."""
        return self.session.checklist.questions.get(self.ident)

    @property
    def asked(self) -> Asked | None:
        """Return it as things stand; None when it no longer applies."""
        facts = self.session.facts
        applying = relevant_questions(
            facts,
            self.session.checklist,
            facts.root,
            also=[(facts.root, self.ident)],
        )
        return next((one for one in applying if one.question.id == self.ident), None)

    @property
    def known(self) -> str:
        """Return what is known already and how; empty for nothing."""
        asked = self.asked
        return evidence(asked.question, asked.heads) if asked and asked.heads else ""

    def go(self, number: int) -> None:
        """Stand at a number of the page.

        Raises:
            DiagError: when the page has no such number.
        """
        last = len(self.printed.questions)
        if not 1 <= number <= last:
            raise DiagError(f"La page a les numéros 1 à {last}.")
        self.number, self._doubted = number, ""

    def give(self, typed: str) -> str:
        """Record a line, then pass to the next number; return what was recorded.

        An empty line leaves the question as it is, or confirms what was doubted. What
        follows « # » is kept as a note.

        Raises:
            UnlikelyAnswer: possible but unlikely: ask once.
            DiagError: it cannot be an answer; nothing was written.
        """
        doubted, self._doubted = self._doubted, ""
        line = typed.strip() or doubted
        said, note = _parted(line)
        told = self._answered(line, said, note, sure=line == doubted) if line else ""
        self.number += 1
        return told

    def _answered(self, line: str, said: str, note: str, *, sure: bool) -> str:
        question = self.question
        if question is None or self.asked is None:
            raise DiagError("Cette question ne se pose plus ici : Entrée pour passer.")
        if not said:
            record_note(self.session, question.id, self._with_note(note))
            return f"{question.label}\u00a0: note écrite"
        try:
            entry = self._entry(question, said, note, sure=sure)
            recorded = record_answer(self.session, entry)
        except UnlikelyAnswer:
            self._doubted = line
            raise
        self.recorded += 1
        return f"{question.label}\u00a0: {answer_words(question, recorded.answer)}"

    def _entry(
        self, question: Question, said: str, note: str, *, sure: bool
    ) -> NewAnswer:
        kept = self._with_note(note) if note else None
        kind = TYPES[question.type]
        state = None if kind.is_text else STATES.get(said[0])
        if state is not None:
            return NewAnswer(
                question.id,
                state=state,
                provenance=Provenance.DECLARED,
                reason=said[1:].strip(),
                note=kept,
            )
        together = TOGETHER in said and companions(self.session.checklist, question.id)
        return NewAnswer(
            question.id,
            said if together else kind.parse_keys(question, said),
            provenance=Provenance.DECLARED,
            note=kept,
            sure=sure,
        )

    def _with_note(self, note: str) -> str:
        before = self.session.facts.notes.get((self.session.facts.root, self.ident), ())
        return " ; ".join((*before, note))


def _parted(line: str) -> tuple[str, str]:
    said, _, note = f" {line}".partition(_NOTE)
    return said.strip(), note.strip()
