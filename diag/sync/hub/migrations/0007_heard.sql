-- What a device said of itself at its last call: version, lines that wait, clock.

create table heard(
  device bigint primary key, app text not null,
  pending bigint not null, gap bigint not null
);
