"""Yes or no."""

from collections.abc import Iterable, Sequence
from datetime import date

from diag.answers.answer_type import AnswerType, Meaning, Parsed, Refused, SoFar
from diag.model.checklist import Question
from diag.model.fact import Value
from diag.rules.language import Rule
from diag.rules.tree import Exact, Node
from diag.rules.values import Flag, RuleValue

YES, NO, EITHER = Flag(True, False), Flag(False, True), Flag(True, True)
"""The values of a boolean fact."""

_YES = {"oui", "o", "true", "vrai", "1", "&"}
_NO = {"non", "n", "false", "faux", "0", "à"}
_YES_KEYS, _NO_KEYS = frozenset("o1&"), frozenset("n0à")


class Boolean(AnswerType):
    """A question answered by yes or no."""

    hint = "o ou n"
    in_rules = (
        "une question à réponse oui ou non",
        "écrivez « {0} » ou « not {0} »",
    )
    instead = "Répondez « non », ou « inconnu » si personne ne le sait"
    is_closed = True
    is_yes_no = True

    def read(self, question: Question, raw: object) -> Value:
        if isinstance(raw, bool):
            return raw
        typed = str(raw).strip().casefold()
        if typed in _YES:
            return True
        if typed in _NO:
            return False
        problem = f"« {str(raw)[:40]} » n'est ni oui ni non"
        raise Refused(question, problem, "Tapez o ou n")

    def partial(self, question: Question, text: str) -> SoFar:
        letter = text[:1].casefold()
        if letter not in _YES_KEYS | _NO_KEYS:
            return SoFar(text, problem="Tapez o (oui) ou n (non).")
        value = letter in _YES_KEYS
        words = self.words(question, value)
        return SoFar(text, parsed=Parsed(value), words=words, is_complete=True)

    def whole_word(self, question: Question, read: SoFar) -> str:
        return read.words

    def expected(self, question: Question) -> str:
        return "oui ou non"

    def wanted(self, question: Question) -> str:
        return ""

    def options(self, question: Question) -> tuple[tuple[str, str, Value], ...]:
        return (("o", "oui", True), ("n", "non", False))

    def pointed(self, question: Question, typed: str) -> set[Value]:
        try:
            return {self.parse_keys(question, typed).value}
        except Refused:
            return set()

    def total(self, question: Question, known: Sequence[Value]) -> str:
        return f"{known.count(True)}/{len(known)} oui" if known else ""

    def meaning(self, question: Question) -> Meaning:
        return Meaning(EITHER, _flag)

    def candidates(
        self,
        question: Question,
        rules: Iterable[Rule],
        visit: date | None,
    ) -> tuple[Value, ...]:
        return (True, False)

    def present(
        self,
        question: Question,
        nodes: Sequence[Node],
        marks: Iterable[Exact],
    ) -> tuple[RuleValue, ...]:
        return (NO, YES)


def _flag(value: Value) -> RuleValue | None:
    return (YES if value else NO) if isinstance(value, bool) else None
