-- The mirror needs SELECT, INSERT, UPDATE and DELETE on both tables.
create table if not exists etcd_entry (
  key bytea primary key,
  value bytea not null
);
create table if not exists etcd_mirror_link (
  link text primary key,
  -- How often the link has written, and who wrote last: the fence.
  moves bigint not null,
  writer uuid not null,
  checkpoint text
);
