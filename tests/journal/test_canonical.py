import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.journal.errors import RefusedError
from diag.journal.revision import Json, clean, dumps, loads, strict_loads

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"])).map(str)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=8,
)


@given(VALUES)
def test_what_is_cleaned_and_written_is_read_back(value: Json) -> None:
    cleaned = clean(value)
    assert strict_loads(dumps(cleaned).encode()) == cleaned
    assert loads(dumps(cleaned)) == cleaned


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b'{"b":1,"a":2}', "canonique"),
        (b'{"a": 1}', "canonique"),
        (b'{"a":1,"a":1}', "canonique"),
        (b'{"a":"\\u00e9"}', "canonique"),
        (b'{"a":-0}', "canonique"),
        (b'{"a":1}\n', "canonique"),
        (b'{"a":1.0}', "flottant"),
        (b'{"a":1e3}', "flottant"),
        (b'{"a":NaN}', "flottant"),
        (b'{"a":-Infinity}', "flottant"),
        (b'{"a":"\\ud800"}', "UTF-8"),
        (b'{"a":"\xe9"}', "UTF-8"),
        (b'{"a":', "JSON lisible"),
        (b"[" * 60_000, "JSON lisible"),
        (b"9" * 60_000, "JSON lisible"),
        ('{"a":"e\u0301"}'.encode(), "NFC"),
        ('{"e\u0301":1}'.encode(), "NFC"),
    ],
)
def test_a_line_that_is_not_canonical_is_refused(line: bytes, problem: str) -> None:
    with pytest.raises(RefusedError, match=problem):
        strict_loads(line)


def test_an_accent_alone_after_a_line_end_is_a_normal_text() -> None:
    value = {"a": "\n\u0303"}
    assert strict_loads(dumps(value).encode()) == value


def test_a_float_is_not_cleaned_but_refused() -> None:
    with pytest.raises(ValueError, match="ni un entier"):
        clean({"surface": 12.5})  # type: ignore[dict-item]


def test_texts_are_normalised_wherever_they_are() -> None:
    assert clean({"e\u0301": ["e\u0301\u202e", {"a": "a\r\nb"}]}) == {
        "é": ["é", {"a": "a\nb"}]
    }
