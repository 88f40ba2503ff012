-- Since when only what is proven enters.

create table cutover(at bigint primary key);
