"""Where every audit stands, read in two queries and without the nouns of audits."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from diag.journal import subjects
from diag.journal.canonical import Json, loads
from diag.journal.journal import Journal
from diag.model.campaign import id_in_campaign, is_campaign
from diag.model.enums import AuditStatus, PlaceKind

_BEGUN = """
exists(select 1 from head b where b.audit = a.n and b.value is not null
  and b.subject not in ('audit/edition', 'audit/subject')
  and coalesce(json_extract(b.value, '$.provenance'), '') <> 'imported')
"""
"""Opening an audit, and what official lists tell of a school, is saying nothing."""
_SAID = f"""
select a.id, {_BEGUN}, h.subject, h.value
from audit a cross join head h on h.audit = a.n and h.subject in (?, ?)
where h.value is not null order by a.n, h.subject, h.lam, h.rev
"""  # noqa: S608 -- our own text
"""The cross join has SQLite look two heads up in each audit, not read all of them."""
_KNOWN = """
select a.id, s.completeness
from judged j join tally t on t.audit = j.audit and t.digest = j.digest
join audit a on a.n = j.audit join score s on s.audit = j.audit
where j.engine = ? and s.dim = 'ensemble'
"""
_KINDS = frozenset(map(str, PlaceKind))


class Stage(NamedTuple):
    """One audit, and where it stands."""

    audit: str
    campaign: str
    kind: str
    code: str
    status: AuditStatus
    begun: bool
    """Whether somebody said something in it, that still stands."""


def stages(journal: Journal) -> list[Stage]:
    """Return the audits whose subject and campaign are known, in order of arrival.

    An audit's id is made of its subject: a revision that says otherwise is ignored.
    """
    rows = journal.select(_SAID, [subjects.SUBJECT, subjects.STATUS])
    found = []
    for (audit, begun), group in groupby(rows, lambda row: row[:2]):
        said = [(subject, loads(text)) for *_, subject, text in group]
        named = [
            _named(audit, value) for what, value in said if what == subjects.SUBJECT
        ]
        about = [each for each in named if each]
        if about:
            told = (value for what, value in said if what == subjects.STATUS)
            status = settled(statuses(told))
            found.append(Stage(audit, *about[-1], status, begun=bool(begun)))
    return found


def is_begun(journal: Journal, audit: str) -> bool:
    """Say whether somebody said something in an audit, that still stands."""
    sql = f"select {_BEGUN} from audit a where a.id = ?"  # noqa: S608 -- our own text
    return any(begun for (begun,) in journal.select(sql, [audit]))


def statuses(values: Iterable[Json]) -> Iterator[AuditStatus]:
    """Give the statuses that are said; what is none is left out."""
    for value in values:
        try:
            yield AuditStatus(value["status"])  # type: ignore[index,call-overload,arg-type] # else refused below
        except (KeyError, TypeError, ValueError):
            continue


def settled(said: Iterable[AuditStatus]) -> AuditStatus:
    """Return where an audit stands; closed only when nobody says otherwise."""
    all_said = list(said)
    still_open = [status for status in all_said if status is not AuditStatus.CLOS]
    return (still_open or all_said or [AuditStatus.EN_COURS])[-1]


def completeness(journal: Journal, *, engine: str) -> dict[str, Fraction]:
    """Return the share that is known of what applies, by audit judged since."""
    rows = journal.select(_KNOWN, [engine])
    return {audit: Fraction(text) for audit, text in rows}


def _named(audit: str, value: Json) -> tuple[str, str, str] | None:
    if not isinstance(value, dict):
        return None
    campaign, kind, code = (value.get(each) for each in ("campaign", "kind", "code"))
    if (
        kind not in _KINDS
        or not isinstance(code, str)
        or not is_campaign(str(campaign))
    ):
        return None
    if id_in_campaign(str(campaign), f"{kind}:{code}") != audit:
        return None
    return str(campaign), str(kind), code
