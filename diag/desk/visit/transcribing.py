"""A filled questionnaire typed in: the same questions, by the numbers of the page.

What is written on paper was declared, whoever types it.
"""

from diag.assess.questions import Asked, relevant_questions
from diag.desk.session import Session
from diag.desk.visit.answers import DoubtError, Entry, record_answer, record_note
from diag.desk.visit.completing import STATE_KEYS, plain_refusal
from diag.desk.visit.entry import RefusedEntryError
from diag.desk.visit.keyed import meant
from diag.model.checklist import Question
from diag.model.enums import Provenance, QuestionType, State
from diag.model.errors import DiagError
from diag.model.questionnaire import Questionnaire
from diag.reports.answers import answer_words, evidence

STATES = STATE_KEYS | {"?": State.UNKNOWN}
"""What the first sign of a line says instead of a value."""

_NOTE = " # "


class Transcription:
    """One page being typed in: a number at hand."""

    def __init__(self, session: Session, printed: Questionnaire) -> None:
        self.session = session
        self.printed = printed
        self.number = 1
        """The one at hand; past the last, the page is done."""
        self.recorded = 0
        """How many answers were written."""
        self._doubted = ""

    @property
    def is_done(self) -> bool:
        """Say whether every number was seen."""
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
        applying = relevant_questions(facts, self.session.checklist, facts.root)
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
        """Record what a line says, then pass to the next number; return it told.

        An empty line leaves the question as it is, or confirms what was doubted. What
        follows « # » is kept as a note.

        Raises:
            DoubtError: possible but unlikely: ask once.
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
        except DoubtError as doubt:
            self._doubted = line
            told = plain_refusal(question, doubt)
            raise DoubtError(told.partition(" Vérifiez, puis confirmez")[0]) from doubt
        except RefusedEntryError as error:
            raise RefusedEntryError(plain_refusal(question, error)) from error
        self.recorded += 1
        return f"{question.label}\u00a0: {answer_words(question, recorded.answer)}"

    def _entry(self, question: Question, said: str, note: str, *, sure: bool) -> Entry:
        kept = self._with_note(note) if note else None
        state = STATES.get(said[0]) if question.type is not QuestionType.TEXT else None
        if state is not None:
            return Entry(
                question.id,
                state=state,
                provenance=Provenance.DECLARED,
                reason=said[1:].strip(),
                note=kept,
            )
        return Entry(
            question.id,
            meant(question, said),
            provenance=Provenance.DECLARED,
            note=kept,
            sure=sure,
        )

    def _with_note(self, note: str) -> str:
        """Return a note after those that stand there already."""
        before = self.session.facts.notes.get((self.session.facts.root, self.ident), ())
        return " ; ".join((*before, note))


def _parted(line: str) -> tuple[str, str]:
    said, _, note = f" {line}".partition(_NOTE)
    return said.strip(), note.strip()
