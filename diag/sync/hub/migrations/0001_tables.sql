-- Texts that order anything sort as bytes, as in Python, whatever the database's locale.
-- Lines are bytes: what they hash to does not depend on the database's encoding.

create table hub(id text primary key);

create table audit(
  n bigint generated always as identity primary key,
  id text collate "C" not null unique,
  kind text not null, code text not null,
  department text not null, insee text not null,
  last_seq bigint not null default 0,  -- also how many revisions there are: no gap
  lam bigint not null default 0,
  digest bytea not null default decode(repeat('00', 32), 'hex')
    check(octet_length(digest) = 32)
);
create index audit_by_subject on audit(kind, code);

create table rev(
  audit bigint not null references audit(n), seq bigint not null,
  id bytea not null check(octet_length(id) = 32), body bytea not null,
  erased boolean not null default false,
  received_at bigint not null, received_from bigint not null,
  primary key(audit, seq), unique(audit, id)
);

create table erased(
  audit bigint not null, id bytea not null, by_rev bytea not null,
  primary key(audit, id, by_rev)
);

create table blob_ref(
  audit bigint not null, rev bytea not null, sha bytea not null,
  primary key(audit, rev, sha)
);
create index blob_ref_by_sha on blob_ref(sha);

create table directory(
  kind text not null, code text not null,
  department text not null, insee text not null,
  primary key(kind, code)
);

create table device(
  id bigint generated always as identity primary key,
  name text not null, person text not null, territories text not null,
  "right" text not null, sign_key text not null, enrolled_at bigint not null,
  seen_at bigint not null, revoked_at bigint not null, author text not null
);

create table token(
  hash bytea primary key, device bigint not null references device(id),
  expires_at bigint not null, replaces bytea not null
);

create table invitation(
  hash bytea primary key, person text not null, territories text not null,
  "right" text not null, expires_at bigint not null, tries integer not null default 0
);

create table access_log(
  at bigint not null, device bigint not null, verb text not null,
  audit text not null, n bigint not null
);
