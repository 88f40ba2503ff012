"""What a bundle brings and does not enter: unproven, or for a second person to confirm.

Nothing of it is lost: it waits in the quarantine, is shown, and enters once a seal, a
card, or the end of a delay has come, with the next bundle or sync.
"""

from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

from diag.journal import ingest, seals, subjects
from diag.journal.asks import (
    SHORT_DELAY,
    TAKES_TWO,
    Asker,
    Confirmation,
    find_flaw,
    term_of,
)
from diag.journal.bundles import SET_ASIDE, BundleIntake, set_aside
from diag.journal.facts import audits
from diag.journal.ingest import mark_of
from diag.journal.journal import Journal
from diag.journal.revision import Revision, read
from diag.journal.seals import UNPROVEN
from diag.words.dates import day_of

_HOLD = "insert or replace into withheld values (?, ?, ?)"

_WAITING = """
select w.bundle, q.body, q.problem,
  coalesce(json_extract(b.detail, '$.sender'), w.bundle)
from withheld w join quarantine q on q.id = w.id left join bundle b on b.name = w.bundle
order by w.audit, w.bundle, w.id
"""

_CLEAN = "delete from withheld where id not in (select id from quarantine)"

_LINES = """
select audit, subject, id, body from rev
where audit = (select n from audit where id = ?)
"""

_RECEIVED = """
select r.body, r.erased, (
  select max(coalesce(b.at, ?3)) from brought x left join bundle b on b.name = x.bundle
  where x.audit = r.audit and x.subject = r.subject and x.id = r.id)
from rev r where r.audit = (select n from audit where id = ?1) and r.id = ?2
"""

_IS_BEGUN = """
select 1 from rev where audit = (select n from audit where id = ?) and erased = 0
  and not (subject >= ? and subject < ?)
"""

_IS_RETIRED = """
select 1 from erased where audit = (select n from audit where id = ?) and id = ?
"""

_IS_LEFT = "select 1 from quarantine where awaits = ?"
_IS_UNREAD = "select 1 from opaque where id = ?"
_AWAITS = "select awaits from quarantine where id = ?"
_RELAYED = "select id from relayed"


class Rules(NamedTuple):
    """What a laptop asks of what bundles bring."""

    at: int
    """This laptop's clock."""
    seen: Mapping[str, int] = {}
    """Ask of an erasure → when it was first seen here; now, when it was not yet."""
    hubs: Collection[str] = ()
    """The keys by which the hubs that know this laptop sign; empty for one that has
    never given any."""
    required: bool = False
    """One of them requires seals: nothing enters that it would refuse."""

    @property
    def is_lax(self) -> bool:
        """Say whether a hub judges, and has older laptops erase alone for now."""
        return bool(self.hubs) and not self.required


class Withheld(NamedTuple):
    """A line that waits."""

    revision: Revision
    bundle: str
    """The name of what brought it."""
    problem: str
    """Why, in French."""
    sender: str
    """Who gave that bundle; its name, where a repair left that alone."""


def withheld(journal: Journal) -> list[Withheld]:
    """Return the lines that wait, by audit."""
    return [
        Withheld(read(body), bundle, problem, sender)
        for bundle, body, problem, sender in journal.select(_WAITING)
    ]


def hold_unproven(
    intake: BundleIntake, fresh: Mapping[str, Collection[bytes]], rules: Rules
) -> None:
    """Take out again, of the lines that came in just now, those that no seal covers.

    `fresh`: audit → those that their author did not give.
    """
    held = []
    for audit, keys in fresh.items():
        proven = _find_proven(intake.journal, audit, (), rules)
        rows = [
            row
            for row in intake.journal.select(_LINES, [audit])
            if row[2] in keys and row[2] not in proven
        ]
        held += [read(body) for *_, body in rows]
        set_aside(intake.journal, rows, lambda _key: UNPROVEN)
    intake.leave(held)
    _have_wait(intake, held)


def take_erasures(
    intake: BundleIntake, erasures: Collection[Revision], rules: Rules
) -> None:
    """Take in the erasures that two persons agree on; the others wait.

    After all else of the bundle: what they name, and who asked for them, is here.
    """
    held = []
    relayed = {ident for (ident,) in intake.journal.select(_RELAYED)}
    # That of a whole audit goes before those of its lines, which it allows.
    ordered = sorted(
        erasures, key=lambda one: (one.audit, one.erases != mark_of(one.audit))
    )
    for audit, group in groupby(ordered, key=lambda one: one.audit):
        same = [*group]
        # Once an audit: a whole one that is erased brings an erasure a line.
        proven = _find_proven(intake.journal, audit, same, rules)
        doubtful = relayed - proven
        for one in same:
            if problem := _find_problem(intake.journal, one, doubtful, rules):
                row = (one.key, one.line.decode("utf-8"), problem)
                intake.connection.execute(SET_ASIDE, row)
                held.append(one)
            else:
                intake.take([one.line])
    _have_wait(intake, held)


def find_refused(intake: BundleIntake) -> list[str]:
    """Return why lines of a bundle are refused, less what waits for an erasure."""
    waited = {one.revision.erases for one in withheld(intake.journal)}
    refused = []
    for one in intake.rejected:
        for (awaits,) in intake.journal.select(_AWAITS, [bytes.fromhex(one.id)]):
            if awaits is None or awaits.hex() not in waited:
                refused.append(one.problem)
    return refused


def admit(journal: Journal, rules: Rules) -> int:
    """Take in what waited and need not any more; return how many lines."""
    waiting = withheld(journal)
    if not waiting:
        return 0
    entered = 0
    with journal.transaction() as connection:
        for bundle, group in groupby(waiting, key=lambda one: one.bundle):
            lines = [one.revision for one in group]
            intake = BundleIntake(journal, connection, name=bundle)
            for audit in {one.audit for one in lines}:
                same = [one for one in lines if one.audit == audit]
                proven = _find_proven(journal, audit, same, rules)
                intake.take(
                    one.line for one in same if one.key in proven and not one.erases
                )
            take_erasures(intake, [one for one in lines if one.erases], rules)
            entered += sum(intake.new.values())
        connection.execute(_CLEAN)
    return entered


def _have_wait(intake: BundleIntake, held: Iterable[Revision]) -> None:
    """Have lines that are in quarantine wait for what they lack."""
    rows = [(ingest.name_of(one.line), one.audit, intake.name) for one in held]
    intake.connection.executemany(_HOLD, rows)


def _find_proven(
    journal: Journal, audit: str, waiting: Iterable[Revision], rules: Rules
) -> frozenset[bytes]:
    """Return the lines of an audit that a seal covers, `waiting` among them.

    Once seals are required, by a key that a hub carded. What only a revoked key covers
    comes from its hub alone.
    """
    authors: dict[str, set[bytes]] = {}
    for ident, author, _ in seals.authored_in(journal, audit):
        authors.setdefault(author, set()).add(ident)
    for one in waiting:
        authors.setdefault(one.author, set()).add(one.key)
    found, keys = seals.seals_of(journal, audit), seals.hub_keys(journal)
    everything = [ident for ids in authors.values() for ident in ids]
    old = seals.covered_by_hubs(found, keys, everything)
    owners = seals.owners(journal, carded=rules.required)
    return frozenset(old | seals.sealed_by(found, owners, authors))


def _find_problem(
    journal: Journal, erasure: Revision, doubtful: Collection[bytes], rules: Rules
) -> str:
    """Return why an erasure does not enter yet; empty when it may.

    `doubtful`: the lines that another than their author gave, and no seal covers.
    """
    named = _read_ask(erasure)
    if rules.is_lax:
        return _find_flaw(journal, erasure, named, rules) if named else ""
    is_shown = erasure.key not in doubtful
    loses = _loses_something(journal, erasure)
    if not is_shown and (loses or rules.required):
        return "rien ne prouve qui l'a décidé : son sceau n'est pas arrivé"
    if not loses or _is_for_one(journal, erasure, rules):
        return ""
    if not named:
        return TAKES_TWO
    asked = bytes.fromhex(named)
    problems = {
        "rien ne prouve qui l'a demandé : son sceau n'est pas arrivé": (
            asked in doubtful
        ),
        "confirmer un effacement demande le droit « review »": (
            rules.required and erasure.author not in seals.reviewers(journal)
        ),
    }
    flaw = _find_flaw(journal, erasure, named, rules)
    return flaw or next((why for why, holds in problems.items() if holds), "")


def _read_ask(erasure: Revision) -> str:
    value = erasure.value
    return str(value.get("ask") or "") if isinstance(value, dict) else ""


def _loses_something(journal: Journal, erasure: Revision) -> bool:
    """Say whether what an erasure names is whole here, or came without what is left."""
    audit, target = erasure.audit, erasure.erases or ""
    mark, key = mark_of(audit), bytes.fromhex(target)
    if journal.select(_IS_RETIRED, [audit, bytes.fromhex(mark)]):
        return False
    if target == mark:
        return bool(
            journal.select(_IS_BEGUN, [audit, *subjects.inside(subjects.SEALS)])
        )
    if rows := journal.select(_RECEIVED, [audit, key, 0]):
        return not rows[0][1]
    return bool(journal.select(_IS_UNREAD, [key])) or not journal.select(
        _IS_LEFT, [key]
    )


def _is_for_one(journal: Journal, erasure: Revision, rules: Rules) -> bool:
    """Say whether one person may erase: what they have just given, or past its term."""
    if erasure.erases == mark_of(erasure.audit):
        return _may_purge(journal, erasure, rules)
    key = bytes.fromhex(erasure.erases or "")
    return any(
        read(body).author == erasure.author
        and received is not None
        and rules.at - received < SHORT_DELAY
        for body, _, received in journal.select(
            _RECEIVED, [erasure.audit, key, rules.at]
        )
    )


def _may_purge(journal: Journal, erasure: Revision, rules: Rules) -> bool:
    """Say whether an audit is past its term, and its author may erase it whole."""
    if rules.hubs and erasure.author not in seals.administrators(journal):
        return False
    found = (one for one in audits(journal) if one.id == erasure.audit)
    terms = (term_of(one.campaign) for one in found)
    return any(term is not None and day_of(rules.at) > term for term in terms)


def _find_flaw(journal: Journal, erasure: Revision, named: str, rules: Rules) -> str:
    """Return what lacks for a second person to confirm an erasure; empty if nothing."""
    audit, target = erasure.audit, erasure.erases or ""
    asks = {
        one.id: Asker(one.author, rules.seen.get(one.id, rules.at))
        for one in journal.history(audit, subjects.ask(target))
    }
    confirmed = Confirmation(erasure.author, target, named)
    # All that were ever said: nobody writes over what the author is opposed to.
    stops = {
        (target, str(one.value.get("ask")))
        for one in journal.history(audit, subjects.stop(target))
        if isinstance(one.value, dict)
    }
    admins = seals.administrators(journal)
    if not admins:  # nobody decides: another ask counts, as where it was confirmed
        stops &= {(target, named)}
    return find_flaw(confirmed, asks, stops, admins, rules.at)
