"""Checks that each name of a rule is read as its question is typed."""

from diag.model.enums import PlaceKind, QuestionType
from diag.rules.problem import listed, write_instead
from diag.rules.symbols import Symbol, Symbols
from diag.rules.tree import ChoiceId, Comparison, Name, Node, RuleError

_ASKED = {
    QuestionType.BOOLEAN: (
        "une question à réponse oui ou non",
        "écrivez « {0} » ou « not {0} »",
    ),
    QuestionType.CHOICE: (
        "une question à une seule réponse",
        "écrivez « {0} == 'choix' » ou « {0} in ('choix_a', 'choix_b') »",
    ),
    QuestionType.CHOICES: (
        "une question à plusieurs réponses",
        "écrivez « 'choix' in {0} »",
    ),
    QuestionType.INTEGER: ("un nombre", "comparez-le, par exemple « {0} >= 1 »"),
    QuestionType.NUMBER: ("un nombre", "comparez-le, par exemple « {0} >= 1 »"),
    QuestionType.DATE: (
        "une date",
        "comparez-la à une autre date, ou écrivez « months_between({0}, visit_date) »",
    ),
}
"""What each type is called, and how it is read."""


class Readings:
    """Looks names up for one rule, and keeps what is wrong."""

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols
        self.errors: list[RuleError] = []

    def fault(self, node: Node, message: str) -> None:
        """Keep a fault, once for each column."""
        error = RuleError(message, node.column)
        if all(str(error) != str(known) for known in self.errors):
            self.errors.append(error)

    def is_typed(self, node: Node, place: PlaceKind, type_: QuestionType) -> bool:
        """Say whether a part is a readable name of a type; finds no fault."""
        try:
            return (
                isinstance(node, Name) and self._symbols.find(node, place).type is type_
            )
        except RuleError:
            return False

    def typed(
        self, name: Name, place: PlaceKind, *accepted: QuestionType
    ) -> Symbol | None:
        """Return what a name stands for, if it is there and of an accepted type."""
        try:
            symbol = self._symbols.find(name, place)
        except RuleError as error:
            self.fault(name, error.message)
            return None
        if symbol.type in accepted:
            return symbol
        sort, usage = _ASKED[symbol.type]
        self.fault(name, f"« {name.id} » est {sort} : {usage.format(name.id)}")
        return None

    def date(self, node: Node, place: PlaceKind) -> None:
        """Check that a part is a date."""
        if isinstance(node, Name):
            self.typed(node, place, QuestionType.DATE)
        else:
            self.fault(
                node,
                "une date est attendue : nommez une question de type date ou "
                "« visit_date » ; pour une durée, « months_between(date, date) »",
            )

    def chosen(
        self,
        question: Name,
        choices: tuple[ChoiceId, ...],
        place: PlaceKind,
        type_: QuestionType,
    ) -> Symbol | None:
        """Check that ids belong to a question of choices."""
        symbol = self.typed(question, place, type_)
        for choice in choices:
            if symbol and choice.id not in symbol.choices:
                otherwise = f"Écrivez {listed(symbol.choices)}"
                remedy = write_instead(choice.id, symbol.choices, otherwise)
                found = f"« {choice.id} » n'est pas un choix de « {question.id} »"
                self.fault(choice, f"{found}. {remedy}")
        return symbol

    def same_choices(self, left: Name, right: Name, place: PlaceKind) -> Symbol | None:
        """Check that two questions offer the same choices."""
        one = self.typed(left, place, QuestionType.CHOICE)
        other = self.typed(right, place, QuestionType.CHOICE)
        if one and other and one.choices != other.choices:
            self.fault(
                left,
                f"« {left.id} » et « {right.id} » n'ont pas les mêmes choix : "
                "comparez chacune à un choix entre guillemets",
            )
        return one

    def ordered(self, node: Comparison, symbol: Symbol | None) -> None:
        """Check that only choices that go from low to high are compared by `<`."""
        if symbol and node.order not in {"==", "!="} and not symbol.ordered:
            self.fault(
                node,
                f"« {node.order} » demande une question dont les choix vont du plus "
                "bas au plus haut : ajoutez-lui « ordered: true », ou comparez avec "
                "« == » ou « in »",
            )
