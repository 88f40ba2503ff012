"""S1: what shows as sealed was signed by a key of its author, whatever was tried."""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from diag.journal import changes, seals, subjects
from diag.journal.facts import claimed
from diag.journal.journal import Journal
from diag.journal.people import PersonName, mentions
from diag.journal.revision import (
    MAX_LINE,
    Json,
    Origin,
    Revision,
    compose,
    dumps,
    fields_of,
    loads,
    parse,
)
from diag.journal.school_lines import authors_by_audit, is_begun
from diag.journal.seals import MOST, Card, Proof, Seal, Signer, seal_value
from diag.journal.signatures import is_exclusive_or, signable, signature_of
from diag.model.enums import AuditStatus
from tests.journal.builders import AUDIT, CAMPAIGN, ROOT, known, person

ANNE, BRUNO = person("anne"), person("bruno")


def signer(seed: int) -> Signer:
    private = Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32))
    public = private.public_key().public_bytes_raw().hex()
    return Signer(public, lambda content: private.sign(content).hex())


ANNES, BRUNOS, HUBS = signer(1), signer(2), signer(3)


def card(key: Signer, label: str) -> Card:
    made = Card(key.key, label, "write", ("999",), 1, 0)
    return made._replace(sig=HUBS.sign(made.content()))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path) as opened:
        opened.write(changes.opened(AUDIT.id, CAMPAIGN, AUDIT.subject), ANNE)
        seals.keep_cards(opened, HUBS.key, [card(ANNES, "anne"), card(BRUNOS, "bruno")])
        yield opened


def say(journal: Journal, value: int, origin: Origin, question: str = "q") -> Revision:
    draft = changes.answered(AUDIT.id, ROOT, question, known(value))
    return journal.write(draft, origin)


def proof(journal: Journal, revision: Revision) -> Proof:
    return seals.proofs_of(journal, AUDIT.id)[revision.key].proof


def test_one_seal_then_none_and_only_what_its_author_wrote(journal: Journal) -> None:
    mine, theirs = say(journal, 1, ANNE), say(journal, 2, BRUNO)

    assert seals.audits_to_seal(journal) == [AUDIT.id]
    assert seals.seal(journal, AUDIT.id, ANNES, ANNE) == 1
    assert seals.seal(journal, AUDIT.id, ANNES, ANNE) == 0
    assert seals.audits_to_seal(journal) == []
    assert (proof(journal, mine), proof(journal, theirs)) == (
        Proof.SEALED,
        Proof.DEVICE,
    )
    later = say(journal, 3, ANNE)
    assert proof(journal, later) is Proof.DEVICE
    assert seals.seal(journal, AUDIT.id, ANNES, ANNE) == 1
    first, second = seals.seals_of(journal, AUDIT.id)
    assert second.parents
    assert first.parents == ()
    assert proof(journal, later) is Proof.SEALED


def test_an_audit_that_is_not_begun_gets_none_and_a_seal_begins_none(
    journal: Journal,
) -> None:
    assert seals.seal(journal, AUDIT.id, ANNES, ANNE) == 0
    value = seal_value(ANNES, AUDIT.id, (), [bytes(32)])
    draft = changes.answered(AUDIT.id, ROOT, "q", known(1))
    subject = seals.subject_of(ANNES.key)
    journal.write(replace(draft, subject=subject, value=value), ANNE)

    assert not is_begun(journal, AUDIT.id)
    assert authors_by_audit(journal) == {}


def test_a_seal_of_the_most_lines_holds_on_a_line_and_on_a_signature() -> None:
    ids = [sha256(at.to_bytes(4)).digest() for at in range(MOST)]
    value = seal_value(ANNES, AUDIT.id, ("ab" * 32,) * 16, ids)

    assert len(dumps(value)) < MAX_LINE / 2


def test_pages_and_searches_are_blind_to_seals(journal: Journal) -> None:
    say(journal, 1, ANNE)
    before = seals.digest_of_content(journal, AUDIT.id)
    seals.seal(journal, AUDIT.id, ANNES, ANNE)

    assert seals.digest_of_content(journal, AUDIT.id) == before
    assert journal.digest(AUDIT.id) != before
    (head,) = journal.heads_inside(AUDIT.id, subjects.SEALS)
    assert isinstance(head.value, dict)
    assert mentions(journal, PersonName(str(head.value["key"]))) == ()


def test_what_a_page_prints_is_blind_to_who_says_to_be_there(journal: Journal) -> None:
    """A colleague's visit, declared, moved the mark of an audit that was closed."""
    say(journal, 1, ANNE)
    before = seals.digest_of_content(journal, AUDIT.id)

    journal.write(claimed(journal, AUDIT.id, "bruno", 5), BRUNO)

    assert seals.digest_of_content(journal, AUDIT.id) == before
    say(journal, 2, ANNE)
    assert seals.digest_of_content(journal, AUDIT.id) != before


def test_what_somebody_else_gave_in_ones_name_is_not_sealed(journal: Journal) -> None:
    mine, forged = say(journal, 1, ANNE), say(journal, 2, ANNE, "r")
    seals.keep_relayed(journal, [(forged.key, "bruno")])

    seals.seal(journal, AUDIT.id, ANNES, ANNE)

    shown = seals.proofs_of(journal, AUDIT.id)
    assert shown[mine.key].proof is Proof.SEALED
    assert shown[forged.key] == (Proof.RELAYED, "bruno")


def test_what_was_written_before_is_sealed_with_the_first_seal_of_a_key(
    journal: Journal,
) -> None:
    """Of any device: a lost one, or a time before seals; then of this one alone."""
    old = say(journal, 1, person("anne", device="lost"))
    seals.seal(journal, AUDIT.id, ANNES, ANNE)
    other = say(journal, 2, person("anne", device="lost", at=1), "r")
    seals.seal(journal, AUDIT.id, ANNES, ANNE)

    assert proof(journal, old) is Proof.SEALED
    assert proof(journal, other) is Proof.DEVICE


def test_a_card_that_the_hub_did_not_sign_is_left(journal: Journal) -> None:
    forged = card(BRUNOS, "anne")._replace(author="dupre")

    assert seals.keep_cards(journal, HUBS.key, [forged]) == []
    assert seals.keep_cards(journal, BRUNOS.key, [card(ANNES, "dupre")]) == []
    assert not seals.keep_colleague(journal, Card(BRUNOS.key, "anne", "", (), 1, 0))
    assert dict(seals.cards_of(journal)) == {ANNES.key: "anne", BRUNOS.key: "bruno"}


def test_what_a_hub_held_before_is_old_and_no_more(journal: Journal) -> None:
    old = say(journal, 1, BRUNO)
    value = seal_value(HUBS, AUDIT.id, (), [old.key])
    draft = changes.answered(AUDIT.id, ROOT, "q", known(1))
    hub = person("hub")
    journal.write(replace(draft, subject=subjects.HUB_SEAL, value=value), hub)
    new = say(journal, 2, BRUNO)

    assert (proof(journal, old), proof(journal, new)) == (Proof.OLD, Proof.DEVICE)


TAMPERED = st.sampled_from([
    "drop",
    "forge",
    "backdate",
    "grind",
    "borrow",
    "other key",
    "other audit",
])


@given(
    values=st.lists(st.integers(0, 3), min_size=1, max_size=6),
    tampers=st.lists(TAMPERED, max_size=4),
    data=st.data(),
)
def test_s1_sealed_means_that_its_author_s_key_signed_it(
    values: list[int], tampers: list[str], data: st.DataObject
) -> None:
    """Whatever an intruder with write access adds, moves or takes away."""
    nonces = count(1)
    anne = Origin("anne", "pc", lambda: 1, lambda: next(nonces).to_bytes(8))
    said = [_line(anne, value, f"q{at}") for at, value in enumerate(values)]
    signed = {one.key for one in said}
    value = seal_value(ANNES, AUDIT.id, (), signed)
    ids = {one.key: "anne" for one in said}

    for tamper in tampers:
        ids |= _added(tamper, anne, signed, data)
        if tamper == "drop" and ids:
            ids.pop(data.draw(st.sampled_from(sorted(ids))))
        elif tamper == "other key":
            value = {**value, "key": BRUNOS.key}
        elif tamper == "other audit":
            value = seal_value(ANNES, "0" * 8 + AUDIT.id[8:], (), signed)

    seal = _read_seal(value)
    covered = frozenset[bytes]()
    if seal and seal.is_signed and seal.key == ANNES.key:
        covered = seal.covers(key for key, author in ids.items() if author == "anne")

    assert covered in (frozenset(), frozenset(signed))
    if not {"drop", "other key", "other audit"} & {*tampers}:
        assert covered == signed or tampers.count("grind") > 1


def _added(
    tamper: str, anne: Origin, signed: set[bytes], data: st.DataObject
) -> dict[bytes, str]:
    """Return lines that an intruder adds, and whose they look."""
    if tamper == "forge":
        return {_line(anne, 9, "x").key: "anne"}
    if tamper == "backdate":
        return {_line(replace(anne, clock=lambda: 0), 9, "x").key: "anne"}
    if tamper == "grind":  # begins as one that is covered
        near = data.draw(st.sampled_from(sorted(signed)))
        return {near[:4] + data.draw(st.binary(min_size=28, max_size=28)): "anne"}
    if tamper == "borrow":  # another's line, under the seal
        return {_line(replace(anne, author="bruno"), 9, "x").key: "bruno"}
    return {}


def _line(origin: Origin, value: int, question: str) -> Revision:
    draft = changes.answered(AUDIT.id, ROOT, question, known(value))
    fields: dict[str, Json] = {**fields_of(draft), "lam": 2, "parents": []}
    fields |= {"at": origin.clock(), "author": origin.author, "device": origin.device}
    return compose(fields, origin.nonce())


def _read_seal(value: dict[str, Json]) -> Seal | None:
    body = loads(_line(person("anne"), 1, "q").line.decode())
    assert isinstance(body, dict)
    fields: dict[str, Json] = {**body, "value": value}
    fields["subject"] = seals.subject_of(str(value["key"]))
    return Seal.of(parse(dumps(fields).encode()))


def test_two_ids_that_begin_alike_are_both_sealed(journal: Journal) -> None:
    ids = [b"abcd" + bytes(27) + bytes([at]) for at in range(3)]
    one = _read_seal(seal_value(ANNES, AUDIT.id, (), ids[:2]))

    assert one is not None
    assert one.covers(ids[:2]) == set(ids[:2])
    assert one.covers(ids[:1]) == frozenset()


def test_s3_a_seal_holds_once_what_it_covers_is_erased(journal: Journal) -> None:
    """In both orders: an id stays, and no value comes back."""
    early, late = say(journal, 1, ANNE), say(journal, 2, ANNE, "r")
    journal.write(changes.erased(AUDIT.id, early.id, "x"), ANNE)
    seals.seal(journal, AUDIT.id, ANNES, ANNE)
    before = seals.proofs_of(journal, AUDIT.id)
    journal.write(changes.erased(AUDIT.id, late.id, "x"), BRUNO)

    after = seals.proofs_of(journal, AUDIT.id)
    assert {key: after[key] for key in before} == before
    assert proof(journal, early) is proof(journal, late) is Proof.SEALED
    assert not [line for line in journal.lines(AUDIT.id) if b'"value":2' in line]


@pytest.mark.parametrize("status", ["accepte", "clos"])
def test_s5_a_seal_unseals_no_signature_before_after_or_from_apart(
    journal: Journal, status: str
) -> None:
    """A closing signs all that was written: a seal from apart unsealed it."""
    say(journal, 1, ANNE)
    seals.seal(journal, AUDIT.id, ANNES, ANNE)
    other = say(journal, 2, BRUNO, "r")
    value = seal_value(BRUNOS, AUDIT.id, (), [other.key])
    if status == "clos":
        drawn = changes.moved(AUDIT.id, AuditStatus.CLOS, journal.digest(AUDIT.id))
    else:
        signed = signable(journal, AUDIT.id)
        drawn = changes.accepted(AUDIT.id, signed.digest, signed.lines, "", alone=False)
    journal.write(drawn, person("dupre"))
    apart = changes.answered(AUDIT.id, ROOT, "q", known(1))
    early: dict[str, Json] = {**fields_of(apart), "lam": 2, "at": 1, "parents": []}
    early |= {"author": "bruno", "device": "pc", "value": value}
    early |= {"subject": seals.subject_of(BRUNOS.key)}
    assert journal.ingest([compose(early, bytes(8)).line]).new == 1
    seals.seal(journal, AUDIT.id, BRUNOS, BRUNO)

    found = signature_of(journal, AUDIT.id)
    assert found is not None
    assert found.intact
    say(journal, 3, ANNE)
    later = signature_of(journal, AUDIT.id)
    assert later is not None
    assert not later.intact


@given(st.lists(st.integers(1, 2**32), max_size=8), st.data())
def test_an_exclusive_or_of_some_is_found(
    numbers: list[int], data: st.DataObject
) -> None:
    kept = data.draw(st.lists(st.booleans(), min_size=8, max_size=8))
    total = 0
    for one, is_kept in zip(numbers, kept, strict=False):
        total ^= one * is_kept

    assert is_exclusive_or(total, numbers)
    assert not is_exclusive_or(total ^ 2**40, numbers)


@pytest.mark.parametrize("table", ["card", "relayed"])
def test_what_proves_lines_is_told_once_the_disk_changed_it(
    journal: Journal, table: str
) -> None:
    seals.keep_relayed(journal, [(bytes(32), "anne")])
    told: list[str] = []
    journal.on_change = told.append
    seals.check_known(journal)
    assert told == []

    journal.connection.execute(f"delete from {table}")

    seals.check_known(journal)
    assert len(told) == 1
