"""The tables, as the first migration creates them; a released text is never edited."""

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
"""A cache of what judging said, fresh while `judged.digest` is the audit's."""

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
"""Columns named as the fields of the nouns of `diag.model.territory`."""

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
"""Messages to send, of this laptop alone. `dispatch` is the JSON of what is said in
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
