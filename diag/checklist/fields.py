"""What an author may write at one place of a checklist: types of keys and of forms.

A form is a pydantic model read from YAML nodes. Its fields take the types of this
module: each reads a node, names its error, and describes itself as JSON Schema.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    WrapValidator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError, core_schema

from diag.checklist import Spot
from diag.checklist.source import Entries, Items, Node, Scalar
from diag.model.base import Noun
from diag.model.checklist import AidState, EffectValue
from diag.model.enums import (
    BudgetSection,
    Direction,
    FinanceTopic,
    Kind,
    Milestone,
    Moment,
    Nature,
    Owner,
    Party,
    PlaceKind,
    Profile,
    Provenance,
    QuestionType,
    Trade,
    WithoutYear,
)
from diag.model.measure import MEASURES, MeasureAggregate, MeasureScope
from diag.model.text import Number, canonical_number, cents_typed, clean_text
from diag.words.sentences import either

_SHORT_FORM = 3
"""How many keys a message shows whole."""


@dataclass(frozen=True, slots=True, eq=False)
class ScalarType:
    """How a scalar is read, the error when it cannot be, and its JSON Schema."""

    error: str
    read: Callable[[Scalar], object]
    """Raises ValueError when the scalar is not what it should be."""
    schema: Mapping[str, object]
    context: Mapping[str, object] = field(default_factory=dict)

    def validate(self, node: object) -> object:
        """Return the value of a node, or of the key of a table."""
        if isinstance(node, PydanticCustomError):
            raise node
        if isinstance(node, str):
            node = Scalar(Spot(""), node, node)
        try:
            if isinstance(node, Scalar):
                return self.read(node)
        except PydanticCustomError:
            raise
        except ValueError:
            pass
        raise _fault(self.error, **self.context)

    def __get_pydantic_core_schema__(
        self, _source: object, _handler: object
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(
        self, _schema: object, _handler: object
    ) -> dict[str, object]:
        return dict(self.schema)


def is_iso_date(text: str) -> bool:
    """Whether a text is a date written 2026-09-01."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def text_that(
    error: str, suits: Callable[[str], object], schema: Mapping[str, object]
) -> ScalarType:
    """Return the type of a text that suits, kept as it is written."""

    def read(node: Scalar) -> str:
        if not suits(node.text):
            raise ValueError
        return node.text

    return ScalarType(error, read, schema)


def word(error: str, pattern: str) -> ScalarType:
    """Return the type of a text of a fixed form; a year needs no quotes."""
    suits = re.compile(pattern).fullmatch
    kind = ["string", "integer"] if suits("2026") else "string"
    return text_that(error, suits, {"type": kind, "pattern": f"^(?:{pattern})$"})


def one_of(*words: str) -> ScalarType:
    """Return the type of a word of a closed list, such as those of an enumeration."""
    known = {str(one): one for one in words}

    def read(node: Scalar) -> str:
        if node.text not in known:
            raise ValueError
        return known[node.text]

    return ScalarType("choice", read, {"enum": list(known)}, {"words": tuple(known)})


def whole(low: int, high: int) -> ScalarType:
    """Return the type of a whole number between two bounds."""

    def read(node: Scalar) -> int:
        if type(node.value) is not int or not low <= node.value <= high:
            raise ValueError
        return node.value

    schema = {"type": "integer", "minimum": low, "maximum": high}
    return ScalarType("whole", read, schema, {"low": low, "high": high})


def _text(node: Scalar) -> str:
    if not isinstance(node.value, str):
        raise _fault("text")
    try:
        text = clean_text(node.value).strip()
    except ValueError as error:
        raise _fault("unclean", message=str(error)) from error
    if not text:
        raise _fault("blank")
    return text


def _flag(node: Scalar) -> bool:
    if not isinstance(node.value, bool):
        raise ValueError  # noqa: TRY004 - what pydantic makes an error of
    return node.value


def _euros(node: Scalar) -> int:
    cents = cents_typed(node.text)
    if cents < 0:
        raise ValueError
    return cents


def _bound(node: Scalar) -> Number | None:
    if node.value is None:
        return None
    return node.text if is_iso_date(node.text) else canonical_number(node.value)


def _rule(node: object, info: ValidationInfo[list[Scalar]]) -> str:
    if isinstance(node, PydanticCustomError):
        raise node
    is_rule = isinstance(node, Scalar) and not isinstance(node.value, bool | None)
    if not is_rule or not isinstance(node, Scalar) or not node.text.strip():
        raise _fault("rule")
    if node.plain and node.braced and not re.fullmatch(r"\w+", node.text):
        info.context.append(node)
    return node.text.strip()


def _better(node: object) -> Direction | tuple[tuple[str, ...], ...]:
    """Return a direction, or choices from the worst to the best, each rank a tuple."""
    if isinstance(node, Scalar) and node.text in set(Direction):
        return Direction(node.text)
    ranks = []
    for rank in node.nodes if isinstance(node, Items) else ():
        nodes = rank.nodes if isinstance(rank, Items) else (rank,)
        texts = tuple(one.text for one in nodes if isinstance(one, Scalar) and one.text)
        if not nodes or len(texts) != len(nodes):
            raise _fault("better")
        ranks.append(texts)
    if not ranks:
        raise _fault("better")
    return tuple(ranks)


def _share(node: Scalar) -> str:
    if not re.fullmatch(r"[0-9]{1,4}(/[0-9]{1,4}|\.[0-9]{1,4})?", node.text):
        raise ValueError
    top, _, bottom = node.text.partition("/")
    if bottom and not int(bottom):
        raise ValueError
    if not 0 < Fraction(top) / int(bottom or 1) <= 1:
        raise ValueError
    return node.text


def _become(node: object, info: ValidationInfo[list[Scalar]]) -> EffectValue:
    """Return what a fact becomes: ids, yes or no, a number, else the text of a rule."""
    if isinstance(node, Items):
        texts = tuple(one.text for one in node.nodes if isinstance(one, Scalar))
        if len(texts) != len(node.nodes):
            raise _fault("effect")
        return texts
    if isinstance(node, Scalar) and node.plain:
        if isinstance(node.value, bool):
            return node.value
        if isinstance(node.value, int | Decimal):
            return canonical_number(node.value)
    if isinstance(node, Entries):
        raise _fault("effect")
    return _rule(node, info)


def _items(node: object) -> tuple[Node, ...]:
    if not isinstance(node, Items):
        raise _fault("list")
    return node.nodes


def _pair(node: object) -> tuple[object, ...]:
    """Return two nodes; one too many is an error, raised when its turn comes."""
    nodes = _items(node)
    return nodes if len(nodes) == 2 else (*nodes, _fault("pair"))  # noqa: PLR2004


def _table(node: object) -> dict[str, object]:
    """Return the nodes by key; an error where a comma cut a rule in two."""
    if not isinstance(node, Entries):
        raise _fault("table")
    return {
        key: _fault("cut") if was_cut(child) else child
        for key, child in node.nodes.items()
    }


def _apart(node: object, _handler: object) -> object:
    return node


_Item = TypeVar("_Item")
_Key = TypeVar("_Key")

Text = Annotated[str, ScalarType("text", _text, {"type": "string", "minLength": 1})]
"""A French text, cleaned, never empty."""

Flag = Annotated[bool, ScalarType("flag", _flag, {"type": "boolean"})]
"""True or false."""

Rule = Annotated[
    str, PlainValidator(_rule), WithJsonSchema({"type": ["string", "number"]})
]
"""A rule, kept as text; the rule language reads it later."""

BetterWords = Annotated[
    Direction | tuple[tuple[str, ...], ...],
    PlainValidator(_better),
    WithJsonSchema({
        "anyOf": [
            {"enum": [str(one) for one in Direction]},
            {
                "type": "array",
                "minItems": 1,
                "items": {
                    "anyOf": [
                        {"type": "string"},
                        {"type": "array", "items": {"type": "string"}},
                    ]
                },
            },
        ]
    }),
]
"""`up`, `down`, or choices from the worst to the best; a nested list is one rank."""

ShareText = Annotated[
    str,
    ScalarType("share", _share, {"type": ["string", "number"]}),
]
"""A share above 0 and up to 1, kept as written."""

Become = Annotated[
    EffectValue,
    PlainValidator(_become),
    WithJsonSchema({
        "anyOf": [
            {"type": ["boolean", "number", "string"]},
            {"type": "array", "items": {"type": "string"}},
        ]
    }),
]
"""What a fact becomes: the type of its question is looked at later."""

Decimals = Annotated[
    Number,
    ScalarType(
        "number",
        lambda node: canonical_number(node.value),
        {
            "anyOf": [
                {"type": "number"},
                {"type": "string", "pattern": r"^-?[0-9]+([.,][0-9]+)?$"},
            ]
        },
    ),
]
"""An exact number: whole, or a decimal between quotes."""

FullDay = Annotated[
    str, text_that("day", is_iso_date, {"type": "string", "format": "date"})
]
"""A day that exists, written 2026-09-01."""

Euros = Annotated[
    int,
    ScalarType(
        "euros",
        _euros,
        {
            "anyOf": [
                {"type": "number", "minimum": 0},
                {"type": "string", "pattern": r"^[0-9]+([.,][0-9]{1,2})?$"},
            ]
        },
    ),
]
"""An amount in euros, read as integer cents."""

Bound = Annotated[
    Number | None, ScalarType("bound", _bound, {"type": ["number", "string", "null"]})
]
"""One end of a range: a number, an ISO date, or null when it is open."""

ListOf = Annotated[tuple[_Item, ...], BeforeValidator(_items)]
"""A list of one type."""

Pair = Annotated[
    tuple[_Item, ...],
    BeforeValidator(_pair),
    Field(json_schema_extra={"minItems": 2, "maxItems": 2}),
]
"""A list of two."""

Table = Annotated[dict[_Key, _Item], BeforeValidator(_table)]
"""Keys of one type, each with a value of one type."""

Apart = Annotated[_Item, WrapValidator(_apart)]
"""What is read later, on its own: a domain."""

Section = Annotated[tuple[_Item, ...], WrapValidator(_apart), BeforeValidator(_items)]
"""A list of items that are read later, one by one: a faulty one leaves the others."""

Name = Annotated[str, word("name", r"[a-z][a-z0-9_]*")]  # read by rules: no hyphen
Slug = Annotated[str, word("slug", r"[a-z][a-z0-9-]*")]
ChoiceId = Annotated[str, word("choice_id", r"[a-z0-9][a-z0-9_-]*")]
SourceId = Annotated[str, word("source", r"[A-Za-z][A-Za-z0-9-]*")]
AnyId = Annotated[str, word("ident", r"[a-z][a-z0-9_-]*")]
Ref = Annotated[str, word("ref", "[A-Z][A-Z0-9]{2}-[0-9]{2}[a-z]?")]
Department = Annotated[str, word("department", r"[0-9]{3}|02[AB]")]

Duration = Annotated[
    str, word("duration", r"P(?=[0-9])([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?")
]

DayOfYear = Annotated[
    str, word("day_of_year", r"(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?")
]
Day = Annotated[str, word("date", r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")]
LevelKey = Annotated[str, word("level", "[123]")]
Reached = Annotated[int, whole(1, 3)]
Weight = Annotated[int, whole(1, 100)]
OptionalWeight = Annotated[int, whole(0, 100)]
PlaceWord = Annotated[PlaceKind, one_of(*PlaceKind)]
QuestionTypeWord = Annotated[QuestionType, one_of(*QuestionType)]
KindWord = Annotated[Kind, one_of(*Kind)]
NatureWord = Annotated[Nature, one_of(*Nature)]
PartyWord = Annotated[Party, one_of(*Party)]
OwnerWord = Annotated[Owner, one_of(*Owner)]
TradeWord = Annotated[Trade, one_of(*Trade)]
ProfileWord = Annotated[Profile, one_of(*Profile)]
MomentWord = Annotated[Moment, one_of(*Moment)]
WithoutYearWord = Annotated[WithoutYear, one_of(*WithoutYear)]
Whom = Annotated[
    str,
    one_of(
        *("direction", "baie", "salle", "lot", "equipe", "commune", "syndicat"),
        *("prestataire", "bureau", "fichier"),
    ),
]
Seconds = Annotated[int, whole(0, 3600)]
ProvenanceWord = Annotated[Provenance, one_of(*Provenance)]
SectionWord = Annotated[BudgetSection, one_of(*BudgetSection)]
MilestoneWord = Annotated[Milestone, one_of(*Milestone)]
FinanceTopicWord = Annotated[FinanceTopic, one_of(*FinanceTopic)]
AidStateWord = Annotated[AidState, one_of(*AidState)]
MeasureKey = Annotated[str, one_of(*MEASURES)]
ScopeWord = Annotated[MeasureScope, one_of(*MeasureScope)]
AggregateWord = Annotated[MeasureAggregate, one_of(*MeasureAggregate)]

Misfit = tuple[str, str, str | tuple[str, ...]]
"""A key, what is wrong with it, what to do: a sentence, or the keys in their order."""


class YamlForm(BaseModel):
    """Named keys, some of them required: a question, a criterion."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    noun: ClassVar[str] = ""
    """How a message names what is read: « question », « critère »."""

    written: ClassVar[str] = ""
    """How it is written, where its required keys alone would not say it."""

    gone: ClassVar[Mapping[str, str]] = {}
    """Keys of older checklists, and what to do instead."""

    def __init_subclass__(cls, *, noun: str = "", written: str = "") -> None:
        super().__init_subclass__()
        cls.noun, cls.written = noun, written

    @model_validator(mode="before")
    @classmethod
    def _open(cls, node: object) -> object:
        if isinstance(node, Entries):
            return node.nodes
        names = key_names(cls)
        is_short = len(names) <= _SHORT_FORM and len(required_keys(cls)) == len(names)
        whole = cls.written or (example_of(cls) if is_short else "")
        raise _fault("group", written=f"« {whole} »" if whole else either(names))

    def misfits(self) -> Iterator[Misfit]:
        """Yield what is right apart and wrong together, the gravest first."""
        yield from ()


class ItemForm(YamlForm):
    """A form with an id, that becomes a noun of the model."""

    builds: ClassVar[type[Noun]]

    def __init_subclass__(cls, *, builds: type[Noun], **words: str) -> None:
        super().__init_subclass__(**words)
        cls.builds = builds

    def build(self, home: str) -> Noun:
        """Return the noun; `home` is the domain of its file."""
        return self.builds.model_validate(self.values(home))

    def values(self, home: str) -> dict[str, Any]:
        """Return the fields of the noun."""
        home_domain = {"domain": home} if "domain" in type(self).model_fields else {}
        return home_domain | self.model_dump(exclude_unset=True)


def key(description: str, example: str = "", *, alias: str | None = None) -> Any:
    """Return a key of a form; a key with no example is optional.

    Both are for the author: what the key holds, and how it would be written. `alias`
    is how it is written where Python keeps the word for itself.
    """
    default = ... if example else None
    return Field(default, description=description, examples=[example], alias=alias)


def key_names(form: type[YamlForm]) -> tuple[str, ...]:
    """Return the keys of a form, as they are written."""
    return tuple(_fields(form))


def find_field(form: type[YamlForm], name: str) -> FieldInfo | None:
    """Return the field of a key, as it is written."""
    return _fields(form).get(name)


def _fields(form: type[YamlForm]) -> dict[str, FieldInfo]:
    return {known.alias or name: known for name, known in form.model_fields.items()}


def required_keys(form: type[YamlForm]) -> tuple[str, ...]:
    """Return the keys that must be there."""
    return tuple(name for name, known in _fields(form).items() if known.is_required())


def example_of(form: type[YamlForm]) -> str:
    """Return the required keys of a form as they would be written."""
    keys = (f"{name}: {find_example(form, name)}" for name in required_keys(form))
    return f"{{{', '.join(keys)}}}"


def was_cut(node: Node) -> bool:
    """Whether a node looks like the end of a text that a comma cut in braces."""
    return isinstance(node, Scalar) and node.braced and node.plain and not node.text


def find_example(form: type[YamlForm], name: str) -> str:
    """Return a key as it would be written, or an empty text."""
    return str((_fields(form)[name].examples or [""])[0])


def _fault(error: str, **context: object) -> PydanticCustomError:
    return PydanticCustomError(error, error, context)
