-- Lines of a newer version than the hub's: kept and relayed, numbered apart, so that the
-- sums of `audit` stay what every version counts.

create table opaque(
  audit bigint not null references audit(n), seq bigint not null,
  id bytea not null check(octet_length(id) = 32), body bytea not null,
  erased boolean not null default false,
  received_at bigint not null, received_from bigint not null,
  primary key(audit, seq), unique(audit, id)
);
