"""Values that an author may write: texts, words, true or false, rules."""

import re
from dataclasses import dataclass

from diag.model.text import clean_text
from diag.rules.problem import listed, write_instead
from diag.rules.reading.nodes import Node, Scalar
from diag.rules.reading.reader import Reader, Schema, found, short


@dataclass(frozen=True, slots=True)
class Text:
    """A French text, never empty."""

    def read(self, node: Node, reader: Reader) -> str | None:
        """Return the text, cleaned and without spaces around it."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            reader.refuse_value(node, "un texte", "Écrivez-le entre guillemets.")
            return None
        try:
            text = clean_text(node.value).strip()
        except ValueError as error:
            reader.refuse(node.spot, str(error), "Raccourcissez-le ou retapez-le.")
            return None
        if not text:
            reader.refuse_value(node, "un texte", "Écrivez-le, ou supprimez la clé.")
        return text

    def schema(self) -> Schema:
        """Describe a text."""
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True, slots=True)
class Word:
    """A text of a fixed form: an id, a duration, a date."""

    pattern: str
    what: str
    remedy: str

    def read(self, node: Node, reader: Reader) -> str | None:
        """Return the text when it has the form."""
        text = node.text if isinstance(node, Scalar) else ""
        if re.fullmatch(self.pattern, text):
            return text
        reader.refuse_value(node, self.what, self.remedy)
        return None

    def schema(self) -> Schema:
        """Describe the form; a year may be written without quotes."""
        is_number = re.fullmatch(self.pattern, "2026")
        return {
            "type": ["string", "integer"] if is_number else "string",
            "pattern": f"^(?:{self.pattern})$",
        }


@dataclass(frozen=True, slots=True)
class OneOf:
    """A word of a closed list."""

    words: tuple[str, ...]

    def read(self, node: Node, reader: Reader) -> str | None:
        """Return the word when it is of the list."""
        text = node.text if isinstance(node, Scalar) else ""
        if text in self.words:
            return text
        remedy = write_instead(text, self.words, f"Écrivez {listed(self.words)}.")
        reader.refuse(
            node.spot, f"« {reader.key} » : {found(node)} n'est pas admis", remedy
        )
        return None

    def schema(self) -> Schema:
        """Describe the list."""
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def read(self, node: Node, reader: Reader) -> bool | None:
        """Return the boolean."""
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
        reader.refuse_value(
            node, "true ou false", "Écrivez true ou false, sans guillemets."
        )
        return None

    def schema(self) -> Schema:
        """Describe a boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule, kept as text; whether it makes sense is the language's business."""

    def read(self, node: Node, reader: Reader) -> str | None:
        """Return the rule's text."""
        whole = isinstance(node, Scalar) and not isinstance(node.value, bool)
        if not isinstance(node, Scalar) or not whole or not node.text.strip():
            reader.refuse_value(
                node, "une règle", "Écrivez-la entre guillemets doubles."
            )
            return None
        if node.plain and node.braced and not re.fullmatch(r"\w+", node.text):
            whole_text = node.text.count("(") == node.text.count(")")
            quoted = f'« {reader.path[-1]}: "{short(node.text)}" »'
            reader.refuse(
                node.spot,
                f"« {reader.key} » : règle sans guillemets entre accolades ; une "
                "virgule ou un « # » la couperait",
                f"Écrivez {quoted if whole_text else 'la règle entre guillemets'}.",
                "warning",
            )
        return node.text.strip()

    def schema(self) -> Schema:
        """Describe a rule."""
        return {"type": ["string", "number"]}
