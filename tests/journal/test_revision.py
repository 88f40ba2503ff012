from hashlib import sha256

import pytest
from hypothesis import given

from diag.journal.errors import RefusedError
from diag.journal.revision import (
    MAX_LINE,
    MAX_NESTED,
    MAX_PARENTS,
    Json,
    compose,
    dumps,
    loads,
    parse,
    read,
    skeleton_of,
)
from tests.journal.worlds import AUDITS, histories

FIELDS: dict[str, Json] = {
    "at": 1_790_000_000_000,
    "audit": AUDITS[0],
    "author": "u01",
    "device": "laptop",
    "lam": 1,
    "op": "set",
    "parents": [],
    "subject": "place/x/q/y",
    "value": {"state": "known", "value": "été"},
}
HASH = "ab" * 32


def body(**changes: Json) -> bytes:
    return dumps({**FIELDS, "nonce": "AAAAAAAAAAA", "v": 1, **changes}).encode()


@given(histories())
def test_an_id_is_the_hash_of_the_bytes_and_a_line_is_read_back(
    lines: list[bytes],
) -> None:
    for line in lines:
        revision = parse(line)
        assert revision.key == sha256(line).digest()
        assert read(line.decode()) == revision


def test_a_revision_composed_is_the_one_its_line_says() -> None:
    revision = compose(FIELDS, bytes(8))
    assert revision == parse(revision.line)
    assert revision.line == body()


def test_a_nonce_makes_two_revisions_of_one_value() -> None:
    assert compose(FIELDS, b"1" * 8).id != compose(FIELDS, b"2" * 8).id


@pytest.mark.parametrize("nested", ['{"a":', "["])
def test_a_line_that_nests_too_deep_to_be_read_again_is_refused(nested: str) -> None:
    """Read at ease when it came, it made its audit unreadable where more was open."""

    def line(depth: int) -> bytes:
        value = nested * depth + "1" + {"[": "]"}.get(nested, "}") * depth
        return body(value="@").replace(b'"@"', value.encode())

    assert parse(line(MAX_NESTED - 1)).line == line(MAX_NESTED - 1)
    for depth in (MAX_NESTED, 970, 100_000 // len(nested) // 2):
        with pytest.raises(RefusedError):
            parse(line(depth))


def test_a_value_from_elsewhere_commands_no_terminal_and_its_line_is_kept() -> None:
    text = "a\x1b]0;pwn\x07b\x9b31mc\u202ed\u2069e\ufffe\n\tété"
    line = body(value={"name": text, "list": [text, 1, True, None]})
    clean = "a]0;pwnb31mcde\n\tété"
    for revision in (parse(line), read(line.decode())):
        assert revision.value == {"name": clean, "list": [clean, 1, True, None]}
        assert revision.line == line


@pytest.mark.parametrize("name", ["author", "device", "subject"])
def test_a_label_that_commands_a_terminal_is_refused(name: str) -> None:
    with pytest.raises(RefusedError, match=name):
        parse(body(**{name: "place/x\x1b[31m"}))


def test_unknown_fields_are_kept_and_hashed() -> None:
    line = body(mood="gai")
    assert parse(line).line == line
    assert parse(line).id != parse(body()).id


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"[]", "objet JSON"),
        (body(v=2), "« v »"),
        (body(v=True), "« v »"),
        (body(audit="C71E31DF-957C-56EB-968F-F10EB66A4479"), "« audit »"),
        (body(audit="école"), "« audit »"),
        (body(subject=""), "« subject »"),
        (body(subject="x" * 401), "« subject »"),
        (body(op="merge"), "« op »"),
        (body(op=["set"]), "« op »"),
        (body(parents=None), "« parents »"),
        (body(parents=[HASH, HASH]), "« parents »"),
        (body(parents=["ff" * 32, HASH]), "« parents »"),
        (body(parents=["AB" * 32]), "« parents »"),
        (body(parents=sorted(f"{n:064x}" for n in range(17))), "« parents »"),
        (body(seen="tout"), "« seen »"),
        (body(undoes="la dernière"), "« undoes »"),
        (body(lam=0), "« lam »"),
        (body(lam=True), "« lam »"),
        (body(lam=2**53), "« lam »"),
        (body(at=-1), "« at »"),
        (body(author=""), "« author »"),
        (body(device=7), "« device »"),
        (body(nonce=""), "« nonce »"),
        (body(op="erase"), "nommer"),
        (body(subject=f"erase/{HASH}"), "nommer"),
        (body(value="x" * MAX_LINE), f"{MAX_LINE} admis"),
        (dumps({**FIELDS, "nonce": "A", "v": 1, "erased": True}).encode(), "squelette"),
    ],
)
def test_a_line_that_may_not_enter_says_why(line: bytes, problem: str) -> None:
    with pytest.raises(RefusedError, match=problem):
        parse(line)


def test_a_set_needs_a_value_and_null_is_one() -> None:
    without = {name: said for name, said in FIELDS.items() if name != "value"}
    with pytest.raises(RefusedError, match="value"):
        compose(without, bytes(8))
    assert parse(body(value=None)).value is None


def test_sixteen_parents_are_allowed() -> None:
    parents = tuple(f"{number:064x}" for number in range(MAX_PARENTS))
    assert parse(body(parents=parents)).parents == parents


def skeleton(**changes: Json) -> bytes:
    whole = loads(skeleton_of(parse(body(parents=[HASH]))).decode())
    assert isinstance(whole, dict)
    return dumps({**whole, **changes}).encode()


def test_a_skeleton_keeps_its_place_and_loses_its_value() -> None:
    whole = parse(body(parents=[HASH], mood="gai"))
    bare = parse(skeleton_of(whole))
    assert bare == whole._replace(line=bare.line, given=None, erased=True)
    assert not any(name in bare.line for name in (b"value", b"nonce", b"mood"))
    assert skeleton_of(bare) == bare.line


@pytest.mark.parametrize(
    "line",
    [
        skeleton(value="encore là"),
        skeleton(nonce="AAAA"),
        skeleton(id="court"),
        skeleton(erased=False),
        skeleton(op="erase", subject=f"erase/{HASH}"),
    ],
)
def test_a_skeleton_that_carries_more_or_less_is_refused(line: bytes) -> None:
    with pytest.raises(RefusedError):
        parse(line)


def test_a_revision_says_what_it_erases() -> None:
    line = body(op="erase", subject=f"erase/{HASH}")
    assert parse(line).erases == HASH
    assert parse(body()).erases is None
