-- Lines that their author did not give, and who did, numbered as they commit; audits where
-- the hub sealed what it held before there were seals.

create table unproven(
  n bigint primary key, audit bigint not null references audit(n),
  id bytea not null, sender text not null
);

create table old_sealed(audit bigint primary key references audit(n));
