-- With which step a claim goes on because a person decided so; none any more once they are all taken.
create table begun_again (
    claim_id uuid primary key references claim,
    step     text
);
