"""Groups of values that an author may write: lists, tables, named keys."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from diag.rules.problem import listed, nearest
from diag.rules.reading.nodes import Entries, Items, Node, Scalar
from diag.rules.reading.reader import Reader, Schema, Shape, short
from diag.rules.reading.shapes import Word

SHORT = 3
"""How many keys an example may show whole."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of one shape; `size` when its length is fixed."""

    shape: Shape
    size: int | None = None

    def read(self, node: Node, reader: Reader) -> tuple[object, ...]:
        """Return the values of the list."""
        if not isinstance(node, Items):
            reader.refuse_value(
                node, "une liste", "Mettez entre crochets, ou un « - » par ligne."
            )
            return ()
        if self.size is not None and len(node.nodes) != self.size:
            reader.refuse_value(
                node, f"une liste de {self.size} éléments", "Comptez les virgules."
            )
        return tuple(self.shape.read(child, reader) for child in node.nodes)

    def schema(self) -> Schema:
        """Describe the list."""
        schema: Schema = {"type": "array", "items": self.shape.schema()}
        if self.size is not None:
            schema |= {"minItems": self.size, "maxItems": self.size}
        return schema


@dataclass(frozen=True, slots=True)
class Table:
    """Keys of one form, each with a value of one shape."""

    keys: Word
    values: Shape

    def read(self, node: Node, reader: Reader) -> dict[str, object]:
        """Return the values by key."""
        if not isinstance(node, Entries):
            reader.refuse_value(
                node, "un groupe de clés", "Écrivez « clé: valeur » pour chacune."
            )
            return {}
        table: dict[str, object] = {}
        for key, child in node.nodes.items():
            if was_cut(child):
                refuse_cut(key, node, reader)
            elif not re.fullmatch(self.keys.pattern, key):
                with reader.under(key):
                    reader.refuse(
                        node.spots[key],
                        f"clé « {key} » : il faut {self.keys.what}",
                        self.keys.remedy,
                    )
            else:
                with reader.under(key):
                    table[key] = self.values.read(child, reader)
        return table

    def schema(self) -> Schema:
        """Describe keys and values."""
        return {
            "type": "object",
            "propertyNames": {"pattern": f"^(?:{self.keys.pattern})$"},
            "additionalProperties": self.values.schema(),
        }


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a record: what it holds, told in French to who writes it."""

    shape: Shape
    help: str
    example: str = ""
    """As it would be written; a key with none is optional."""

    def schema(self) -> Schema:
        """Describe what the key holds."""
        return {"description": self.help, **self.shape.schema()}


@dataclass(frozen=True, slots=True)
class Record:
    """Named keys, some of them required: a question, a criterion."""

    noun: str
    """How a message names it: « question », « critère »."""
    keys: Mapping[str, Key]

    def read(self, node: Node, reader: Reader) -> dict[str, object] | None:
        """Return the values of the keys that are present; None when one is wrong."""
        if not isinstance(node, Entries):
            remedy = f"Écrivez {self._as_written()}."
            reader.refuse_value(node, "un groupe de clés", remedy)
            return None
        errors = reader.errors
        with reader.about(self.noun, ident_of(node)):
            values = self.values(node, reader)
        return values if reader.errors == errors else None

    def _as_written(self) -> str:
        """Return a whole example when it is short, else the names of the keys."""
        if len(self.keys) <= SHORT and all(key.example for key in self.keys.values()):
            keys = [f"{name}: {key.example}" for name, key in self.keys.items()]
            return f"« {{{', '.join(keys)}}} »"
        return listed(self.keys)

    def values(self, node: Entries, reader: Reader) -> dict[str, object]:
        """Return the values of the known keys that are present, even faulty."""
        values = {
            key: self._read_key(key, child, node, reader)
            for key, child in node.nodes.items()
        }
        self._refuse_missing(node, reader)
        return {key: value for key, value in values.items() if key in self.keys}

    def schema(self) -> Schema:
        """Describe the keys."""
        return {
            "type": "object",
            "additionalProperties": False,
            "required": [name for name, key in self.keys.items() if key.example],
            "properties": {name: key.schema() for name, key in self.keys.items()},
        }

    def _read_key(self, key: str, child: Node, node: Entries, reader: Reader) -> object:
        if key in self.keys:
            with reader.under(key):
                return self.keys[key].shape.read(child, reader)
        if was_cut(child):
            refuse_cut(key, node, reader)
            return None
        with reader.under(key):
            near = nearest(key, self.keys)
            reader.refuse(
                node.spots[key],
                f"clé « {short(key)} » inconnue",
                f"Écrivez « {near} »."
                if near
                else f"Admises : {', '.join(self.keys)}.",
            )
        return None

    def _refuse_missing(self, node: Entries, reader: Reader) -> None:
        for name, key in self.keys.items():
            if key.example and name not in node.nodes:
                with reader.under(name):
                    reader.refuse(
                        node.spot,
                        f"il manque la clé « {name} » ({key.help})",
                        f"Ajoutez par exemple « {name}: {key.example} ».",
                    )


def ident_of(node: Node) -> str:
    """Return the id that a node gives itself, or an empty text."""
    ident = node.nodes.get("id") if isinstance(node, Entries) else None
    return ident.text if isinstance(ident, Scalar) else ""


def was_cut(node: Node) -> bool:
    """Say whether a node looks like the end of a text that a comma cut in braces."""
    return isinstance(node, Scalar) and node.braced and node.plain and not node.text


def refuse_cut(key: str, node: Entries, reader: Reader) -> None:
    """Report a rule without quotes that its comma cut in two."""
    name, colon, value = key.partition(":")
    if colon and name and value:
        reader.refuse(
            node.spots[key],
            f"« {short(key)} » : il manque une espace après « : »",
            f"Écrivez « {short(name)}: {short(value)} ».",
        )
        return
    reader.refuse(
        node.spots[key],
        f"« {short(key)} » n'a pas de valeur : sans guillemets entre accolades, une "
        "virgule a coupé la règle en deux",
        "Mettez la règle entière entre guillemets doubles.",
    )
