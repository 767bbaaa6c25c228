-- The daily proof of the books: since when it has been made, when it held last, and what was left
-- unexplained in each currency by the newest one.
create table books (
    books_id          uuid primary key,
    version           bigint not null default 0,
    begun_on          date,
    proven_on         date,
    currencies        text[] not null default '{}',
    unexplained_minor bigint[] not null default '{}',
    check (cardinality(currencies) = cardinality(unexplained_minor))
);

-- The first proof is made at once; each sets the next.
insert into timer (aggregate_kind, aggregate_id, name, generation, due_at, correlation_id)
values ('books', '00000000-0000-0000-0000-000000000000', 'prove', 1, '2000-01-01T00:00:00Z',
        'b00c5000-0000-4000-8000-000000000000');
