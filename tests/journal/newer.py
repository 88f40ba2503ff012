"""A build that writes what this one cannot: an envelope of two, an act of its own."""

from diag.journal.revision import Json, Revision, dumps, loads


def newer(revision: Revision, **fields: Json) -> bytes:
    """Return the line that a newer version would have written in its place."""
    body = loads(revision.line.decode("utf-8"))
    assert isinstance(body, dict)
    return dumps({**body, "v": 2, "why": ["un champ de plus"], **fields}).encode(
        "utf-8"
    )


def other_act(revision: Revision) -> bytes:
    """Return a line of this envelope, whose act is none of those known here."""
    return newer(revision, v=1, op="seal")


def skeleton(line: bytes, key: bytes) -> bytes:
    """Return what an erasure leaves of it where it is read."""
    body = loads(line.decode("utf-8"))
    assert isinstance(body, dict)
    kept = {name: body[name] for name in ("audit", "subject", "v", "op", "lam", "why")}
    return dumps({**kept, "erased": True, "id": key.hex()}).encode("utf-8")
