-- Who wrote in which audit: names go to who may read it. A code names its invitation, so
-- that wrong tries close no other; those given before live a quarter of an hour.

drop table invitation;
create table invitation(
  public text primary key, hash bytea not null, person text not null,
  territories text not null, "right" text not null, expires_at bigint not null,
  tries integer not null default 0
);

create table author(
  audit bigint not null references audit(n), label text not null,
  primary key(audit, label)
);
create index author_by_label on author(label);
