"""The tables of a hub in SQLite. `erased`, `blob_ref` and `rev` are of one audit."""

VERSION = 1
"""Kept in the file as `user_version`."""


TABLES = """
create table hub(id text primary key) strict, without rowid;

create table audit(
  n integer primary key, id text not null unique,
  kind text not null, code text not null,
  department text not null, insee text not null,
  last_seq integer not null default 0, lam integer not null default 0,
  digest blob not null default (zeroblob(32)) check(length(digest) = 32)
) strict;
create index audit_by_subject on audit(kind, code);

create table rev(
  audit integer not null references audit(n), seq integer not null,
  id blob not null check(length(id) = 32), body text not null,
  erased integer not null default 0 check(erased in (0, 1)),
  received_at integer not null, received_from integer not null,
  primary key(audit, seq), unique(audit, id)
) strict, without rowid;

create table erased(
  audit integer not null, id blob not null, by_rev blob not null,
  primary key(audit, id, by_rev)
) strict, without rowid;

create table blob_ref(
  audit integer not null, rev blob not null, sha blob not null,
  primary key(audit, rev, sha)
) strict, without rowid;
create index blob_ref_by_sha on blob_ref(sha);

create table directory(
  kind text not null, code text not null,
  department text not null, insee text not null,
  primary key(kind, code)
) strict, without rowid;

create table device(
  id integer primary key autoincrement, name text not null, person text not null,
  territories text not null, "right" text not null, sign_key text not null,
  enrolled_at integer not null, seen_at integer not null,
  revoked_at integer not null, author text not null
) strict;

create table token(
  hash blob primary key, device integer not null references device(id),
  expires_at integer not null, replaces blob not null
) strict, without rowid;

create table invitation(
  hash blob primary key, person text not null, territories text not null,
  "right" text not null, expires_at integer not null, tries integer not null default 0
) strict, without rowid;

create table access_log(
  at integer not null, device integer not null, verb text not null,
  audit text not null, n integer not null
) strict;
"""
"""`audit.last_seq` is also how many revisions there are: no gap."""
