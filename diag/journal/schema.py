"""The tables, the readable views and the migrations; a released text never changes."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from hashlib import blake2b

from diag.journal.revision import unread

LOG = """
create table audit(n integer primary key, id text not null unique) strict;

create table rev(
  audit integer not null references audit(n),
  subject text not null,
  id blob not null check(length(id) = 32),
  lam integer not null,
  body text not null,
  erased integer not null default 0 check(erased in (0, 1)),
  primary key(audit, subject, id)
) strict, without rowid;

create table erased(
  audit integer not null, id blob not null, by_rev blob not null,
  primary key(audit, id, by_rev)
) strict, without rowid;

create table quarantine(
  id blob primary key, body text not null, problem text not null, awaits blob
) strict, without rowid;
"""
"""What may not be lost. `rev.body` holds the hashed bytes, or a skeleton."""

PROJECTIONS = """
create table parent(
  audit integer not null, subject text not null, id blob not null,
  primary key(audit, subject, id)
) strict, without rowid;

create table head(
  audit integer not null, subject text not null, rev blob not null,
  op text not null, value text, lam integer not null,
  at integer not null, author text not null, device text not null,
  primary key(audit, subject, rev)
) strict, without rowid;

create table tally(
  audit integer primary key, revisions integer not null,
  lam integer not null, digest blob not null check(length(digest) = 32)
) strict;
"""
"""What `rebuild` finds again from the log. `parent`: ids that some revision of the
same subject supersedes; `tally.digest`: exclusive or of the ids of an audit."""

SYNC = """
create table sync_state(
  hub text not null, audit integer not null, after integer not null,
  primary key(hub, audit)
) strict, without rowid;
"""
"""Hints only: losing this table loses nothing."""

WORKSPACE = """
create table setting(key text primary key, value text not null)
  strict, without rowid;
create table edition(digest text primary key, body text not null) strict;
"""

JUDGED = """
create table judged(
  audit integer primary key, digest blob not null, edition text not null,
  engine text not null, conflicts integer not null, alerts integer not null,
  socle text not null
) strict;

create table score(
  audit integer not null, dim text not null, title text not null,
  position integer not null, standing text not null,
  low text, high text, completeness text not null,
  primary key(audit, dim)
) strict, without rowid;

create table finding(
  audit integer not null, position integer not null, criterion text not null,
  ref text not null, domain text not null, title text not null,
  kind text not null, standing text not null, low integer not null,
  high integer not null, compliance text,
  primary key(audit, position)
) strict, without rowid;

create table advice(
  audit integer not null, position integer not null,
  recommendation text not null, title text not null, domain text not null,
  owner text not null, trigger text not null, gate text not null,
  quantity_low text not null, quantity_high text,
  cents_low integer not null, cents_typical integer, cents_high integer,
  yearly_cents_typical integer, gain text not null,
  primary key(audit, position)
) strict, without rowid;
"""
"""A cache of results, fresh while `judged.digest` is the audit's."""

TERRITORY = """
create table school(
  uai text primary key, name text not null, insee text not null,
  commune text not null, department text not null default '',
  sector text not null default '', nursery integer, elementary integer,
  address text not null default '', postcode text not null default '',
  phone text not null default '', email text not null default '',
  siret text not null default '', latitude text not null default '',
  longitude text not null default '', circonscription text not null default '',
  priority_education text not null default '', rpi text not null default '',
  state text not null default '', updated text not null default '',
  classes integer, pupils integer, headcount_year text not null default '',
  ips text, ips_year text not null default '', vanished text not null default '',
  search text not null default ''
) strict, without rowid;
create index school_by_commune on school(insee);
create index school_by_department on school(department);

create table commune(
  insee text primary key, name text not null, department text not null default '',
  population integer, siren text not null default '',
  epci_siren text not null default '', epci_name text not null default '',
  postcodes text not null default '', search text not null default ''
) strict, without rowid;

create table town_hall(
  insee text primary key, name text not null, email text not null default '',
  problem text not null default '', source_date text not null default ''
) strict, without rowid;

create table import_log(
  id integer primary key, kind text not null, file text not null,
  sha256 text not null, at integer not null, added integer not null,
  changed integer not null, unchanged integer not null,
  vanished integer not null, ignored_columns text not null
) strict;
"""
"""Columns named as the fields of the nouns of `diag.model.audit`."""

OUTBOX = """
create table outbox(
  number integer primary key autoincrement,
  ident text not null unique,
  audit text not null,
  dispatch text not null,
  sender text not null,
  title text not null,
  body blob,
  state text not null check(state in ('waiting', 'sending', 'sent', 'failed')),
  attempts integer not null, queued_at integer not null, next_at integer not null,
  tried_at integer not null, problem text not null
) strict;
"""
"""Messages to send, of this laptop alone. `dispatch` is the JSON of what is recorded in
the audit when one leaves; `body` goes once it has left. Numbers are not used again."""

SYNC_MARK = """
alter table sync_state add column lam integer not null default 0;
"""
"""Greatest order number when both sides were last equal: a hint, as the rest."""

BUNDLES = """
create table bundle(
  name text primary key, sha blob not null unique check(length(sha) = 32),
  at integer not null, undone_at integer, detail text not null
) strict, without rowid;

create table brought(
  bundle text not null, audit integer not null, subject text not null,
  id blob not null, primary key(bundle, audit, subject, id)
) strict, without rowid;
"""
"""Which bundles were read in, and the revisions that each was first to bring."""


# Names are French, for readers; nothing of diag reads through them.
SUBJECTS = """
create view v_audits as
select a.n as n, a.id as audit,
  json_extract(h.value, '$.campaign') as campagne,
  json_extract(h.value, '$.kind') as type,
  json_extract(h.value, '$.code') as code,
  (select s.name from school s where s.uai = json_extract(h.value, '$.code')) as nom,
  coalesce((
    select coalesce(json_extract(x.value, '$.status'), 'en_cours') from head x
    where x.audit = a.n and x.subject = 'audit/status'
    order by x.lam desc, x.rev desc limit 1), 'en_cours') as statut
from audit a
left join head h on h.audit = a.n and h.subject = 'audit/subject' and h.rev = (
  select x.rev from head x where x.audit = a.n and x.subject = 'audit/subject'
  order by x.lam desc, x.rev desc limit 1);
"""

ANSWERS = """
create view v_reponses as
with answer as (
  select h.*, substr(h.subject, 7, 36) as place, substr(h.subject, 46) as question
  from head h
  where h.subject like 'place/%/q/%' and h.subject not like '%/note' and h.op = 'set'
), standing as (
  select answer.*, (
    select p.value from head p
    where p.audit = answer.audit and p.subject = 'place/' || answer.place
      and p.value is not null
    order by p.lam desc, p.rev desc limit 1) as place_value
  from answer
)
select v.code as code, v.campagne as campagne, v.nom as école,
  coalesce(json_extract(s.place_value, '$.name'), v.nom, v.code) as lieu,
  coalesce(json_extract(s.place_value, '$.kind'), v.type) as "type de lieu",
  s.question as question,
  case json_extract(s.value, '$.state')
    when 'known' then 'connu' when 'unknown' then 'inconnu'
    when 'not_applicable' then 'sans objet' when 'refused' then 'refusé'
    else 'effacé' end as état,
  case json_type(s.value, '$.value')
    when 'true' then 'oui' when 'false' then 'non'
    else cast(json_extract(s.value, '$.value') as text) end as valeur,
  case json_extract(s.value, '$.provenance')
    when 'measured' then 'mesuré' when 'observed' then 'observé'
    when 'declared' then 'déclaré' when 'imported' then 'importé'
    when 'carried' then 'repris' end as provenance,
  json_extract(s.value, '$.reason') as motif,
  (select group_concat(json_extract(n.value, '$'), ' / ') from head n
   where n.audit = s.audit and n.subject = s.subject || '/note'
     and n.value is not null) as note,
  s.author as auteur,
  strftime('%Y-%m-%d %H:%M:%S', s.at / 1000, 'unixepoch') as "date (UTC)",
  lower(hex(s.rev)) as modification
from standing s join v_audits v on v.n = s.audit;
"""

LOG_VIEWS = """
create view v_journal as
select v.code as code, v.campagne as campagne, r.lam as ordre, r.subject as sujet,
  case r.erased when 1 then 'effacé' else
    case json_extract(r.body, '$.op')
      when 'set' then 'écrit' when 'del' then 'retire' else 'efface' end
  end as action,
  json_extract(r.body, '$.value') as valeur,
  json_extract(r.body, '$.author') as auteur,
  json_extract(r.body, '$.device') as appareil,
  strftime('%Y-%m-%d %H:%M:%S', json_extract(r.body, '$.at') / 1000, 'unixepoch')
    as "date (UTC)",
  lower(hex(r.id)) as modification
from rev r join v_audits v on v.n = r.audit;
"""

FINDINGS = """
create view v_constats as
select v.code as code, v.campagne as campagne, v.nom as école,
  f.domain as domaine, f.ref as référence, f.criterion as critère, f.title as titre,
  case f.kind when 'compliance' then 'conformité' when 'blocking' then 'socle'
    else 'amélioration' end as nature,
  case f.standing when 'in' then 'concerné' when 'maybe' then 'peut-être concerné'
    else 'sans objet' end as portée,
  case f.standing when 'out' then null else f.low end as "niveau au moins",
  case f.standing when 'out' then null else f.high end as "niveau au plus",
  replace(replace(f.compliance, 'a_verifier', 'à vérifier'), '_', ' ') as conformité,
  j.digest = t.digest as "à jour"
from finding f join judged j on j.audit = f.audit
join tally t on t.audit = f.audit join v_audits v on v.n = f.audit;
"""

ADVICE = """
create view v_preconisations as
select v.code as code, v.campagne as campagne, v.nom as école,
  a.position as rang, a.domain as domaine, a.recommendation as préconisation,
  a.title as titre, a.owner as "qui agit",
  case a.trigger when 'fires' then 'à faire' else 'à confirmer' end as certitude,
  case a.gate when 'open' then null when 'waits' then 'conditionnelle'
    else 'à vérifier d''abord' end as préalable,
  a.quantity_low as "quantité au moins", a.quantity_high as "quantité au plus",
  a.cents_low / 100.0 as "coût minimum TTC (€)",
  a.cents_typical / 100.0 as "coût typique TTC (€)",
  a.cents_high / 100.0 as "coût maximum TTC (€)",
  a.yearly_cents_typical / 100.0 as "coût annuel typique TTC (€)",
  j.digest = t.digest as "à jour"
from advice a join judged j on j.audit = a.audit
join tally t on t.audit = a.audit join v_audits v on v.n = a.audit;
"""

ALL = (SUBJECTS, ANSWERS, LOG_VIEWS, FINDINGS, ADVICE)
"""In the order in which the first migration creates them."""

DISPATCHES = """
create view v_envois as
select v.code as code, v.campagne as campagne, v.nom as école,
  json_extract(h.value, '$.audience') as document,
  (select group_concat(each.value, ', ') from json_each(h.value, '$.to') each)
    as destinataires,
  json_extract(h.value, '$.on') as jour,
  case json_extract(h.value, '$.way') when 'smtp' then 'envoyé'
    else 'brouillon remis à la messagerie' end as voie,
  coalesce(json_extract(h.value, '$.provisional'), 0) as provisoire,
  substr(json_extract(h.value, '$.digest'), 1, 12) as empreinte,
  h.author as auteur, lower(hex(h.rev)) as modification
from head h join v_audits v on v.n = h.audit
where h.subject like 'dispatch/%' and h.value is not null;
"""
"""Added by the second."""

NAMED_SUBJECTS = """
drop view v_audits;

create view v_audits as
with about as (
  select a.n, a.id,
    json_extract(h.value, '$.campaign') as campaign,
    json_extract(h.value, '$.kind') as kind,
    json_extract(h.value, '$.code') as code
  from audit a
  left join head h on h.audit = a.n and h.subject = 'audit/subject' and h.rev = (
    select x.rev from head x where x.audit = a.n and x.subject = 'audit/subject'
    order by x.lam desc, x.rev desc limit 1)
)
select n, id as audit, campaign as campagne, kind as type, code,
  case kind
    when 'ecole' then (select s.name from school s where s.uai = code)
    when 'commune' then coalesce(
      (select c.name from commune c where c.insee = code),
      (select min(s.commune) from school s where s.insee = code)) || ' (commune)'
    when 'syndicat' then coalesce(
      (select json_extract(w.value, '$.syndicat') from setting w
       where w.key = 'workspace' and json_extract(w.value, '$.siren') = code),
      (select min(c.epci_name) from commune c where c.epci_siren = code))
  end as nom,
  coalesce((
    select coalesce(json_extract(x.value, '$.status'), 'en_cours') from head x
    where x.audit = about.n and x.subject = 'audit/status'
    order by x.lam desc, x.rev desc limit 1), 'en_cours') as statut
from about;
"""
"""Names communes and syndicats too; the views that read `v_audits` follow."""

PLACES_JUDGE = """
alter table finding add column points_low integer;
alter table finding add column points_high integer;
alter table finding add column many integer not null default 0;
alter table advice add column cents_typical_high integer;
alter table advice add column yearly_cents_typical_high integer;

drop view v_constats;

create view v_constats as
select v.code as code, v.campagne as campagne, v.nom as école,
  f.domain as domaine, f.ref as référence, f.criterion as critère, f.title as titre,
  case f.kind when 'compliance' then 'loi' when 'blocking' then 'socle'
    else 'amélioration' end as nature,
  case f.standing when 'in' then 'concerné' when 'maybe' then 'peut-être concerné'
    else 'sans objet' end as portée,
  case when f.standing = 'out' or f.many then null else f.low end
    as "niveau au moins",
  case when f.standing = 'out' or f.many then null else f.high end
    as "niveau au plus",
  case f.standing when 'out' then null else f.points_low end as "sur 100 au moins",
  case f.standing when 'out' then null else f.points_high end as "sur 100 au plus",
  case f.compliance when 'conforme' then 'respecté'
    when 'non_conforme' then 'non respecté' when 'a_verifier' then 'à vérifier'
    when 'sans_objet' then 'sans objet' end as "ce que la loi demande",
  j.digest = t.digest as "à jour"
from finding f join judged j on j.audit = f.audit and j.engine <> '1'
join tally t on t.audit = f.audit join v_audits v on v.n = f.audit;

drop view v_preconisations;

create view v_preconisations as
select v.code as code, v.campagne as campagne, v.nom as école,
  a.position as rang, a.domain as domaine, a.recommendation as préconisation,
  a.title as titre, a.owner as "qui agit",
  case a.trigger when 'fires' then 'à faire' else 'à confirmer' end as certitude,
  case a.gate when 'open' then null when 'waits' then 'conditionnelle'
    else 'à vérifier d''abord' end as préalable,
  a.quantity_low as "quantité au moins", a.quantity_high as "quantité au plus",
  a.cents_low / 100.0 as "coût minimum TTC (€)",
  a.cents_typical / 100.0 as "coût typique TTC (€)",
  a.cents_typical_high / 100.0 as "coût typique au plus TTC (€)",
  a.cents_high / 100.0 as "coût maximum TTC (€)",
  a.yearly_cents_typical / 100.0 as "coût annuel typique TTC (€)",
  a.yearly_cents_typical_high / 100.0 as "coût annuel typique au plus TTC (€)",
  j.digest = t.digest as "à jour"
from advice a join judged j on j.audit = a.audit and j.engine <> '1'
join tally t on t.audit = a.audit join v_audits v on v.n = a.audit;
"""
"""What a criterion over many places is worth on 100, for it has no level of its own;
typical costs from the low quantity to the high one. `finding.low` and `high` are then
those of its worst place. What the first judging kept is in no view: two methods never
share a table."""

SUMS = """
alter table tally add column heads blob;
alter table judged add column sum blob;
alter table judged add column rest blob;

create table skeleton(
  audit integer not null, id blob not null, sum blob not null,
  primary key(audit, id)
) strict, without rowid;

create table proof(name text primary key, sum blob not null) strict, without rowid;
"""
"""What shows that a disk changed a row, where no id is a hash of it. `tally.heads`:
exclusive or of the heads' hashes, null until an older file is read. `judged.sum`: of
its row and its scores; `rest`: of findings and advice. `skeleton`: of an erased line.
`proof`: of all the rows of a small table."""

OPAQUE = """
create table opaque(
  id blob primary key check(length(id) = 32),
  audit text not null, body text not null
) strict, without rowid;
"""
"""Lines of a newer version, kept to be relayed; no projection reads them."""


SEALS = """
create table card(
  key text primary key, author text not null, since integer not null,
  revoked integer not null, hub_key text not null, body text not null
) strict, without rowid;

create table relayed(
  id blob primary key check(length(id) = 32), sender text not null
) strict, without rowid;

create table sealing(audit integer primary key, digest blob not null) strict;
"""
"""Whose each key is, as a hub signed it (`hub_key`), or as a colleague's bundle gave
it; who gave lines that their author did not; how far audits were looked at for what is
to be sealed, a hint."""


HOLDINGS = """
create table own_sum(
  audit integer primary key, revisions integer not null, ids blob not null,
  digest blob not null
) strict;

create table hub_row(
  hub text not null, audit text not null, revisions integer not null,
  unread integer not null, digest blob not null, primary key(hub, audit)
) strict, without rowid;
"""
"""Hints of syncs. `own_sum`: the digest of an audit's ids, as long as `revisions` and
`ids` are those of its tally; `hub_row`: what each hub held at its last answer."""


ACCESS = """
create table access(
  insee text primary key, name text not null, premises integer, fibre integer,
  counted_on text not null default '', sale_end text not null default '',
  line_end text not null default ''
) strict, without rowid;
"""
"""How each commune is served."""

_AUTHOR = """coalesce((
    select p.value from setting w, json_each(w.value, '$.people') p
    where w.key = 'workspace' and p.key = {}), {}) as auteur"""

NAMED_AUTHORS = "\n".join(
    f"drop view {view};\n{text.replace(f'{author} as auteur', named)}"
    for view, text, author in (
        ("v_reponses", ANSWERS, "s.author"),
        ("v_journal", LOG_VIEWS, "json_extract(r.body, '$.author')"),
        ("v_envois", DISPATCHES, "h.author"),
    )
    for named in (_AUTHOR.format(author, author),)
)
"""Who wrote, by name where the workspace knows it; the label of others stays."""


WITHHELD = """
create table withheld(
  id blob primary key check(length(id) = 32), audit text not null, bundle text not null
) strict, without rowid;
"""
"""Lines of the quarantine that a bundle brought, and that wait: for what proves them,
or for a second person."""


# sqlite_utils (50 ms to import) is loaded only when one is due.
Step = Callable[[sqlite3.Connection], None]
"""A migration: additive, inside a transaction that is already open."""

SET = "diag"
"""Name of the set in `_sqlite_migrations`."""


def m001_journal(connection: sqlite3.Connection) -> None:
    """Create the log, its projections, the workspace, the territory, the views."""
    for script in (
        LOG,
        PROJECTIONS,
        SYNC,
        WORKSPACE,
        JUDGED,
        TERRITORY,
        *ALL,
    ):
        run(connection, script)


def m002_outbox(connection: sqlite3.Connection) -> None:
    """Create the messages to send, and the view of what was sent."""
    for script in (OUTBOX, DISPATCHES):
        run(connection, script)


def m003_sync_mark(connection: sqlite3.Connection) -> None:
    """Add, to how far one went with a hub, where both sides were last equal."""
    run(connection, SYNC_MARK)


def m004_bundles(connection: sqlite3.Connection) -> None:
    """Create what is known of bundles that were read in."""
    run(connection, BUNDLES)


def m005_named_subjects(connection: sqlite3.Connection) -> None:
    """Name communes and syndicats, as schools, in what a person reads."""
    run(connection, NAMED_SUBJECTS)


def m006_places_judge(connection: sqlite3.Connection) -> None:
    """Keep what a criterion over many places is worth, and costs between bounds."""
    run(connection, PLACES_JUDGE)


def m007_sums(connection: sqlite3.Connection) -> None:
    """Keep, next to what no hash names, sums that show a changed row."""
    run(connection, SUMS)


def m008_opaque(connection: sqlite3.Connection) -> None:
    """Keep what a newer version wrote, and what was refused of it until now."""
    run(connection, OPAQUE)
    rows = connection.execute("select id, body from quarantine").fetchall()
    for key, body in rows:
        one = unread(body.encode("utf-8"))
        if one and one.key == key and not one.erased:
            connection.execute(
                "insert into opaque values (?, ?, ?)", [key, one.audit, body]
            )
            connection.execute("delete from quarantine where id = ?", [key])


def m009_seals(connection: sqlite3.Connection) -> None:
    """Keep whose each key is, and who gave what its author did not."""
    run(connection, SEALS)


def m010_holdings(connection: sqlite3.Connection) -> None:
    """Keep what was last seen of both sides of a sync, so that one request compares."""
    run(connection, HOLDINGS)


def m011_access(connection: sqlite3.Connection) -> None:
    """Keep how communes are served; name authors in what a person reads."""
    for script in (ACCESS, NAMED_AUTHORS):
        run(connection, script)


def m012_withheld(connection: sqlite3.Connection) -> None:
    """Keep what bundles brought and does not enter yet."""
    run(connection, WITHHELD)


STEPS: tuple[Step, ...] = (
    m001_journal,
    m002_outbox,
    m003_sync_mark,
    m004_bundles,
    m005_named_subjects,
    m006_places_judge,
    m007_sums,
    m008_opaque,
    m009_seals,
    m010_holdings,
    m011_access,
    m012_withheld,
)
"""In order; a released one is never edited, and touches the log by addition only."""

NAMES = tuple(step.__name__ for step in STEPS)
"""Their names, as the file records them."""


def applied(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Return the names of the migrations that made this file; none for a new one."""
    exists = connection.execute(
        "select 1 from sqlite_schema where name = '_sqlite_migrations'"
    ).fetchone()
    if not exists:
        return ()
    rows = connection.execute(
        "select name from _sqlite_migrations where migration_set = ? order by rowid",
        (SET,),
    )
    return tuple(name for (name,) in rows)


def is_foreign(connection: sqlite3.Connection) -> bool:
    """Say whether the file holds tables but was never made by diag."""
    if applied(connection):
        return False
    return bool(connection.execute("select 1 from sqlite_schema limit 1").fetchone())


def upgrade(connection: sqlite3.Connection, *, until: str = "") -> None:
    """Apply what is due, up to a named migration, in one transaction or not at all."""
    from sqlite_utils import Database, Migrations  # noqa: PLC0415 -- 50 ms, only when due

    connection.execute("begin immediate")
    try:
        migrations = Migrations(SET)
        for step in STEPS[: NAMES.index(until or NAMES[-1]) + 1]:
            migrations(name=step.__name__)(
                lambda database, step=step: step(database.conn)
            )
        migrations.apply(
            Database(connection, recursive_triggers=False, execute_plugins=False)
        )
        if applied(connection) == NAMES:
            row = (_SCHEMA, _schema_sum(connection))
            connection.execute("insert or replace into proof values (?, ?)", row)
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise
    connection.execute("commit")


_SCHEMA = "sqlite_schema"
_OBJECTS = "select type, name, tbl_name, sql from sqlite_schema order by name"


def is_as_made(connection: sqlite3.Connection) -> bool:
    """Say whether tables and views are those that the migrations made.

    What somebody else added to the file does not count.
    """
    kept = connection.execute("select sum from proof where name = ?", (_SCHEMA,))
    if kept.fetchall() == [(_schema_sum(connection),)]:
        return True
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        upgrade(fresh)
        wanted = set(fresh.execute(_OBJECTS))
    return wanted <= set(connection.execute(_OBJECTS))


def _schema_sum(connection: sqlite3.Connection) -> bytes:
    text = repr(connection.execute(_OBJECTS).fetchall())
    return blake2b(text.encode("utf-8"), digest_size=16).digest()


def run(connection: sqlite3.Connection, script: str) -> None:
    """Run each statement of a script inside the open transaction.

    `executescript` would commit it first.
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
