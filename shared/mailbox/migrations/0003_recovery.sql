-- The database that this schema lay in when the service looked last. Another one was restored from a
-- backup, or took over from the one before: it may have forgotten the last of what was done. Then
-- the service recovers until a person says that it has everything again.
create table home (
    is_only          boolean primary key default true check (is_only),
    identity         text not null,
    recovering_since timestamptz
);
