"""Erasures that are asked for: what is masked meanwhile, and what may be carried out.

Nobody erases what a colleague wrote, alone and in silence: one person asks, the value
is masked, its author is shown the ask and may stop it, and another person confirms it
once the delay is over.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from diag.journal import subjects
from diag.journal.file import JournalFile
from diag.journal.revision import dumps, loads, shown_value
from diag.model.errors import shown
from diag.words.sentences import counted
from diag.words.vocabulary import MASKED

DELAY: Final = 7 * 24 * 3600 * 1000
"""Milliseconds between an ask and what it asks for."""

SHORT_DELAY: Final = 24 * 3600 * 1000
"""The same when two administrators ask."""

_DAY = 24 * 3600 * 1000

YEARS: Final = 3
"""Years for which a campaign is kept after its school year, unless decided (métier).

An audit serves until the next one is compared with it, and while the commune carries
its recommendations out: three budgets. To be confirmed by the office's DPO.
"""

TAKES_TWO: Final = "un effacement se demande, et une autre personne le confirme"
"""Why one person alone does not erase."""

_SCHOOL_YEAR = re.compile(r"(20\d\d)-(20\d\d)")

_ASKS = """
with known(n) as (select n from audit where id = ?)
select subject, rev, value, author, at, lam from head join known on audit = n
where value is not null and subject >= ? and subject < ?
union all
select subject, id, json_extract(body, '$.value'), json_extract(body, '$.author'),
  json_extract(body, '$.at'), lam from rev join known on audit = n
where erased = 0 and subject >= ? and subject < ?
  and json_type(body, '$.value') = 'object'
order by lam, rev
"""
"""Two searches: one for both would go through the whole audit. All that stops, what was
written over included: an objection is nobody else's to take away."""

_ASKING = """
select a.id from audit a where exists(
  select 1 from head h where h.audit = a.n and h.subject >= ? and h.subject < ?)
order by a.n
"""

_ERASED = "select id from erased where audit = (select n from audit where id = ?)"

_CONFIRMED = """
select e.id, a.id, json_extract(t.body, '$.author'), json_extract(k.body, '$.author'),
  json_extract(e.body, '$.author'),
  coalesce(json_extract(k.body, '$.value.reason'),
    json_extract(e.body, '$.value.reason'))
from audit a
cross join rev e on e.audit = a.n and e.subject >= 'erase/' and e.subject < 'erase0'
join erased x on x.audit = e.audit and x.by_rev = e.id
left join rev k on k.audit = e.audit and k.subject = 'erase-ask/' || lower(hex(x.id))
  and lower(hex(k.id)) = json_extract(e.body, '$.value.ask')
join rev t on t.audit = e.audit and t.id = x.id
"""

_AUTHORS = "select distinct json_extract(body, '$.author') from rev"

_FREE = frozenset({
    "by",
    "caption",
    "comment",
    "name",
    "reason",
    "text",
    "title",
    "why",
})
"""Fields of a value that somebody typed."""

_PEOPLE = frozenset({"met", "present", "to"})
"""Fields that list people."""


def term_of(campaign: str) -> date | None:
    """Return the last day for which a campaign is kept, as proposed to all.

    None for one whose name is no school year.
    """
    named = _SCHOOL_YEAR.fullmatch(campaign)
    return date(int(named[2]) + YEARS, 8, 31) if named else None


class ErasureAsk(NamedTuple):
    """An erasure that somebody asks for."""

    id: str
    """Of the ask itself."""
    target: str
    """Id of the revision that would lose its value."""
    author: str
    at: int
    reason: str
    stopped_by: str = ""
    """Label of who stopped it; empty while it stands."""
    stop_reason: str = ""


def asks_of(journal: JournalFile, audit: str) -> tuple[ErasureAsk, ...]:
    """Return the asks of an audit that were not carried out, stopped ones included."""
    bounds = (*subjects.inside(subjects.ASKS), *subjects.inside(subjects.STOPS))
    rows = journal.select(_ASKS, [audit, *bounds])
    if not rows:
        return ()
    gone = {key.hex() for (key,) in journal.select(_ERASED, [audit])}
    stops: dict[str, tuple[str, str]] = {}
    asks = []
    for subject, key, text, author, at, _ in rows:
        kind, _, target = subject.partition("/")
        value: Any = shown_value(loads(text))
        fields = value if isinstance(value, dict) else {}
        reason = str(fields.get("reason") or "")
        if kind == subjects.ASKS:
            asks.append(ErasureAsk(key.hex(), target, author, at, reason))
        else:
            stops[str(fields.get("ask"))] = (author, reason)
    return tuple(
        ask._replace(stopped_by=stops[ask.id][0], stop_reason=stops[ask.id][1])
        if ask.id in stops
        else ask
        for ask in asks
        if ask.target not in gone
    )


def audits_asking(journal: JournalFile) -> list[str]:
    """Return the audits where an erasure was asked for, now or before."""
    rows = journal.select(_ASKING, [*subjects.inside(subjects.ASKS)])
    return [audit for (audit,) in rows]


def masked_in(journal: JournalFile, audit: str) -> frozenset[bytes]:
    """Return the revisions of an audit whose value is masked: an ask stands."""
    return frozenset(
        bytes.fromhex(ask.target)
        for ask in asks_of(journal, audit)
        if not ask.stopped_by
    )


def masked_text(subject: str, text: str) -> str | None:
    """Return what is shown of a value, canonical JSON; None for a photo: nothing.

    An answer stays, since it is judged: its words are masked where it is read.
    """
    topic = subjects.parse(subject)
    if isinstance(topic, subjects.AnswerTopic):
        return text
    if isinstance(topic, subjects.PhotoTopic):
        return None
    value = loads(text)
    if isinstance(value, str):
        return dumps(MASKED)
    shown = dict(value) if isinstance(value, dict) else {}
    for name, field in shown.items():
        if name in _FREE and isinstance(field, str) and field:
            shown[name] = MASKED
        elif name in _PEOPLE and isinstance(field, Sequence) and field:
            shown[name] = [MASKED]
    return dumps(shown if isinstance(value, dict) else value)


def standing_asks(
    asks: Collection[ErasureAsk], target: str, admins: Collection[str]
) -> tuple[ErasureAsk, ...]:
    """Return the asks to erase a line that count.

    None that was stopped; once one was, an administrator's alone, where there is one.
    """
    about = [one for one in asks if one.target == target]
    is_halted = bool(admins) and any(one.stopped_by for one in about)
    return tuple(
        one
        for one in about
        if not one.stopped_by and not (is_halted and one.author not in admins)
    )


class Asker(NamedTuple):
    """Who asked for an erasure, and when, by the clock of who judges it."""

    author: str
    at: int


class Confirmation(NamedTuple):
    """Who carries an erasure out, of which line, naming which ask."""

    author: str
    target: str
    ask: str


def find_flaw(
    confirmed: Confirmation,
    asks: Mapping[str, Asker],
    stops: Collection[tuple[str, str]],
    admins: Collection[str],
    now: int,
) -> str:
    """Return why an erasure that names an ask is not carried out; empty when it is.

    `asks`: those of the same line, by their ids; `stops`: (line, ask).
    """
    author, target, named = confirmed
    if named not in asks:
        return "l'effacement nomme une demande qui n'est pas arrivée"
    asker, at = asks[named]
    delay = _delay_of((one.author for one in asks.values()), admins)
    problems = {
        "qui demande un effacement ne le confirme pas : une autre personne": (
            asker == author
        ),
        "l'auteur s'est opposé à cet effacement": (target, named) in stops,
        "l'auteur s'est opposé à l'effacement : un administrateur décide": (
            any(stopped == target for stopped, _ in stops) and asker not in admins
        ),
        f"demandé il y a moins de {counted(delay // _DAY, 'jour')} : trop tôt": (
            now - at < delay
        ),
    }
    return next((problem for problem, holds in problems.items() if holds), "")


class ConfirmedErasure(NamedTuple):
    """An erasure that somebody carried out, maybe asked for by another person."""

    id: str
    audit: str
    author: str
    """Label of who wrote what is gone."""
    asker: str
    """Empty where nobody asked, as in older versions."""
    by: str
    reason: str


def confirmed_erasures(journal: JournalFile) -> list[ConfirmedErasure]:
    """Return the erasures of each line that is gone, in every audit."""
    return [
        ConfirmedErasure(
            key.hex(), audit, author, asker or "", by, shown(str(reason or ""))
        )
        for key, audit, author, asker, by, reason in journal.select(_CONFIRMED)
    ]


def is_sole_author(journal: JournalFile, author: str) -> bool:
    """Say whether nobody else wrote in this workspace: nobody else can confirm."""
    return {label for (label,) in journal.select(_AUTHORS)} <= {author, "hub"}


def due_at(asks: Collection[ErasureAsk], seen: int, admins: Collection[str]) -> int:
    """Return from when an erasure may be carried out, by the clock that saw it asked.

    `seen`: when the first ask was; `admins`: labels of administrators.
    """
    return seen + _delay_of((ask.author for ask in asks), admins)


def _delay_of(authors: Iterable[str], admins: Collection[str]) -> int:
    """Return how long an erasure that these ask for waits."""
    return SHORT_DELAY if len(set(authors).intersection(admins)) > 1 else DELAY
