-- What the second protocol compares, of all lines of an audit, and the order in which
-- audits changed: two writers at once may have the same number, sums do not depend on it.

alter table audit add column unread bigint not null default 0;
alter table audit add column whole bytea not null
  default decode(repeat('00', 16), 'hex') check(octet_length(whole) = 16);
alter table audit add column tick bigint not null default 0;
create index audit_by_tick on audit(tick);
