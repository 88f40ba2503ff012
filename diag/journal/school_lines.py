"""What the list of schools reads: schools, audits, who answered, what conflicts.

It is shown first, so nothing here loads pydantic and its nouns.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple, Protocol

from diag.journal import subjects
from diag.journal.errors import damaged
from diag.journal.journal import Journal
from diag.journal.proof import sound_scores
from diag.journal.revision import Json, dumps, loads
from diag.model.enums import AuditStatus, PlaceKind
from diag.model.text import (
    PROGRAMMES,
    SearchIndex,
    Text,
    accented,
    fold,
    id_in_campaign,
    is_campaign,
    readings,
)


class SchoolLine(NamedTuple):
    """What a list of schools shows: a name alone never identifies one."""

    uai: str
    name: str
    insee: str
    commune: str
    department: str
    sector: str
    nursery: int | None
    elementary: int | None
    classes: int | None
    pupils: int | None
    priority_education: str
    state: str
    vanished: str

    @property
    def closing(self) -> str:
        """What the directory holds of its end; empty for a school that goes on."""
        if self.vanished:
            return "fermée ?"
        return "va fermer" if self.state == "A FERMER" else ""


def query_of(
    words: str, commune: str | None = None, limit: int | None = None
) -> tuple[str, tuple[str | int, ...]]:
    """Return the query of the schools that match every word typed, and its values.

    A word matches the start of a word of the commune, the name, the UAI or the
    postcode; accents, apostrophes and « St » for « Saint » do not count.
    """
    conditions, values = _matching(words, "search")
    if commune is not None:
        conditions.append("insee = ?")
        values.append(commune)
    where = f"where {' and '.join(conditions)}" if conditions else ""
    names = ", ".join(SchoolLine._fields)
    values.append(-1 if limit is None else limit)
    return (
        f"select {names} from school {where} order by search limit ?",  # noqa: S608 -- our own names
        tuple(values),
    )


def mended(journal: Journal, words: str) -> str:
    """Return words as schools and communes spell them: by ear, or a letter off.

    For who finds nothing by what was typed: a word that begins one is kept as it is.
    """
    rows = journal.select("select search from school union select search from commune")
    known = frozenset(word for (text,) in rows for word in text.split())
    spelled = []
    for word in fold(words).split():
        is_begun = any(one.startswith(word) for one in known)
        near = [] if is_begun else _spellings(known).search(word)
        spelled.append(near[0].item if near else word)
    return " ".join(spelled)


@lru_cache(1)
def _spellings(known: frozenset[str]) -> SearchIndex[str]:
    return SearchIndex((one, [Text(one, 1.0)]) for one in sorted(known))


def communes_query(words: str, limit: int) -> tuple[str, tuple[str | int, ...]]:
    """Return the query of the official communes that match every word typed.

    It gives a code and a name; the code may be typed too.
    """
    conditions, values = _matching(words, "search || ' ' || insee")
    where = f"where {' and '.join(conditions)}" if conditions else ""
    return (
        f"select insee, name from commune {where} order by search limit ?",  # noqa: S608 -- our own names
        (*values, limit),
    )


def _matching(words: str, text: str) -> tuple[list[str], list[str | int]]:
    conditions: list[str] = []
    values: list[str | int] = []
    for either in readings(words):
        found = " or ".join(f"instr(' ' || {text}, ' ' || ?)" for _ in either)
        conditions.append(f"({found})")
        values.extend(either)
    return conditions, values


def school_lines(
    journal: Journal, words: str, limit: int | None = None
) -> list[SchoolLine]:
    """Return the schools that match every word typed, by commune and name."""
    return list(map(SchoolLine._make, journal.select(*query_of(words, limit=limit))))


class NamedSchool(Protocol):
    """A school, or its line in a list."""

    @property
    def uai(self) -> str:
        """What identifies it."""

    @property
    def name(self) -> str:
        """Its official name."""

    @property
    def insee(self) -> str:
        """Code of its commune."""


def names_shown(schools: Iterable[NamedSchool]) -> Mapping[str, str]:
    """Return UAI → name; those that share one in a commune bear their UAI.

    The commune stands next to a name: it parts the schools of several communes.
    """
    listed = tuple(schools)
    shared = Counter((one.insee, one.name) for one in listed)
    return {
        one.uai: f"{accented(one.name)} ({one.uai})"
        if shared[one.insee, one.name] > 1
        else accented(one.name)
        for one in listed
    }


_CAMPAIGNS = """
select distinct json_extract(h.value, '$.campaign') from audit a
join head h on h.audit = a.n and h.subject = 'audit/subject'
where json_type(h.value, '$.campaign') = 'text'
"""


def campaigns_of(journal: Journal) -> tuple[str, ...]:
    """Return the campaigns in which something is recorded, in order."""
    named = (one for (one,) in journal.select(_CAMPAIGNS) if is_campaign(one))
    return tuple(sorted(one for one in named if not one.startswith(PROGRAMMES)))


_BEGUN = """
exists(select 1 from head b where b.audit = a.n and b.value is not null
  and b.subject not in ('audit/claim', 'audit/edition', 'audit/subject')
  and not b.subject glob 'seal/*'
  and coalesce(json_extract(b.value, '$.provenance'), '') <> 'imported')
"""
"""Opening an audit, and what official lists give of a school, is no answer; nor is a
seal, nor who says to be there."""

_STAGES = f"""
select a.id, {_BEGUN}, h.subject, h.value
from audit a cross join head h on h.audit = a.n and h.subject in (?, ?)
where h.value is not null order by a.n, h.subject, h.lam, h.rev
"""  # noqa: S608 -- our own text
"""The cross join has SQLite look two heads up in each audit, not read all of them."""


class Stage(NamedTuple):
    """One audit, and where it stands."""

    audit: str
    campaign: str
    kind: str
    code: str
    status: AuditStatus
    begun: bool
    """Whether somebody recorded something in it that still stands."""


def stages(journal: Journal, *, checked: bool = True) -> list[Stage]:
    """Return the audits whose subject and campaign are known, in order of arrival.

    A programme is none. Not `checked`: a first screenful, that is read again.

    An audit's id is made of its subject: a revision that contradicts it is ignored.
    """
    if checked:
        journal.check_all()
    rows = journal.select(_STAGES, [subjects.SUBJECT, subjects.STATUS])
    found = []
    for (audit, begun), group in groupby(rows, lambda row: row[:2]):
        values: dict[str, list[Json]] = {subjects.SUBJECT: [], subjects.STATUS: []}
        for *_, subject, text in group:
            values[subject].append(loads(text))
        named = [_read_subject(audit, value) for value in values[subjects.SUBJECT]]
        about = [each for each in named if each]
        if about:
            status = settled(statuses(values[subjects.STATUS]))
            found.append(Stage(audit, *about[-1], status, begun=bool(begun)))
    return found


_KINDS = frozenset(map(str, PlaceKind))


def _read_subject(audit: str, value: Json) -> tuple[str, str, str] | None:
    """Return a campaign, a kind and a code that give this id; as `read_audit`."""
    if not isinstance(value, dict):
        return None
    campaign, kind, code = (value.get(each) for each in ("campaign", "kind", "code"))
    if kind not in _KINDS or not isinstance(code, str):
        return None
    if not is_campaign(str(campaign)) or str(campaign).startswith(PROGRAMMES):
        return None
    if id_in_campaign(str(campaign), f"{kind}:{code}") != audit:
        return None
    return str(campaign), str(kind), code


def is_begun(journal: Journal, audit: str) -> bool:
    """Say whether somebody recorded something in an audit that still stands."""
    sql = f"select {_BEGUN} from audit a where a.id = ?"  # noqa: S608 -- our own text
    return any(begun for (begun,) in journal.select(sql, [audit]))


def statuses(values: Iterable[Json]) -> Iterator[AuditStatus]:
    """Give the statuses; what is none is left out."""
    for value in values:
        try:
            yield AuditStatus(value["status"])  # type: ignore[index,call-overload,arg-type] # else refused below
        except (KeyError, TypeError, ValueError):
            continue


def settled(statuses: Iterable[AuditStatus]) -> AuditStatus:
    """Return where an audit stands; closed only when nobody disagrees."""
    found = list(statuses)
    still_open = [status for status in found if status is not AuditStatus.CLOS]
    return (still_open or found or [AuditStatus.EN_COURS])[-1]


_KNOWN = """
select a.id, s.completeness
from judged j join tally t on t.audit = j.audit and t.digest = j.digest
join audit a on a.n = j.audit join score s on s.audit = j.audit
where j.engine = ? and s.dim = 'ensemble'
"""


_EDITIONS = "select digest, body from edition"

_PINNED = """
select a.id, json_extract(h.value, '$.digest'), max(h.lam)
from audit a cross join head h on h.audit = a.n and h.subject = ?
where h.value is not null group by a.n
"""


def older_audits(journal: Journal, *, engine: str) -> frozenset[str]:
    """Return the ids of the audits whose edition is of another method: no score.

    The number of its engine stands in the bytes of an edition, which have no space.

    Raises:
        DamagedError: when an edition is no longer what was kept.
    """
    mark = f'"engine":{engine},'
    older = set()
    for digest, body in journal.select(_EDITIONS):
        if sha256(body.encode("utf-8")).hexdigest() != digest:
            raise damaged(f"L'édition de grilles {digest[:12]} est abîmée.")
        if mark not in body:
            older.add(digest)
    rows = journal.select(_PINNED, [subjects.EDITION])
    return frozenset(audit for audit, digest, _ in rows if digest in older)


def completeness(journal: Journal, *, engine: str) -> dict[str, Fraction]:
    """Return the share that is known of what applies, by audit judged since."""
    return _completeness(journal, engine, journal.written)


@lru_cache(maxsize=1)  # the list is read again at each key
def _completeness(
    journal: Journal, engine: str, written: tuple[int, int]
) -> dict[str, Fraction]:
    version, _ = written
    kept = sound_scores(journal.connection, engine, _proven(journal, engine, version))
    rows = journal.select(_KNOWN, [engine])
    return {audit: Fraction(text) for audit, text in rows if audit in kept}


@lru_cache(maxsize=1)  # until another program writes
def _proven(
    _journal: Journal, _engine: str, _version: int
) -> dict[str, tuple[bytes, bytes | None]]:
    return {}


_HANDS = """
select a.id, h.author, count(*), max(h.at) from audit a
cross join head h on h.audit = a.n and h.subject >= 'b'
  and not h.subject glob 'seal/*'
group by a.n, h.author order by a.n, count(*) desc, h.author
"""
"""Subjects after `audit/…`: opening an audit, or judging it, is not answering."""


class Hand(NamedTuple):
    """One person's part in one audit."""

    author: str
    answers: int
    """How much of what stands is theirs."""
    last: int
    """When they last spoke, by their clock, UTC milliseconds."""


def authors_by_audit(journal: Journal) -> dict[str, list[Hand]]:
    """Return the authors of each audit, the most active first."""
    found: dict[str, list[Hand]] = {}
    for audit, *hand in journal.select(_HANDS):
        found.setdefault(audit, []).append(Hand(*hand))
    return found


_IN_CONFLICT = """
select a.id from json_each(?) asked join audit a on a.id = asked.value where exists(
  select 1 from head h where h.audit = a.n group by h.subject having count(*) > 1
) or exists(
  select 1 from head p where p.audit = a.n and p.subject like 'place/%'
  and p.subject not like 'place/%/%' and p.value is null
) or exists(
  select 1 from head s where s.audit = a.n and s.subject like 'place/%/same_as'
  and s.value is not null
)
"""
"""Several heads on one subject; a place removed, where another may have written; two
places read as one, which may differ."""


def audits_in_conflict(journal: Journal, among: Collection[str]) -> frozenset[str]:
    """Return the ids, among some, of audits to be looked into: no other differs."""
    rows = journal.select(_IN_CONFLICT, [dumps([*among])])
    return frozenset(audit for (audit,) in rows)
