-- Claims are found by what payers write: digests of the invoice's number and of the debtor's name,
-- as `matching::digest` makes them of its keys.

alter table person add column debtor_keys bigint[] not null default '{}';
alter table claim add column number_keys bigint[] not null default '{}';

-- What follows is for rows of earlier releases, and for what their processes write while a release
-- goes out. It comes near to `matching`, which goes on and this does not; every save of ours writes
-- the exact keys.

create function near_digest(key text) returns bigint
language sql immutable strict as $$
    select ('x' || left(encode(sha256(convert_to(key, 'UTF8')), 'hex'), 16))::bit(64)::bigint
$$;

-- Runs of capitals and figures, letters without their accents.
create function near_atoms(written text) returns text[]
language sql immutable strict as $$
    select coalesce(array_agg(atom order by place), '{}')
    from regexp_split_to_table(
        upper(regexp_replace(
            replace(replace(replace(replace(translate(
                left(written, 1024),
                'ÀÁÂÃÄÅàáâãäåĀāĂăĄąÇçĆćČčĎďĐđÐðÈÉÊËèéêëĒēĖėĘęĚěĞğÌÍÎÏìíîïĪīİıŁłÑñŃńŇň'
                || 'ÒÓÔÕÖòóôõöØøŐőŘřŚśŠšŞşȘșŢţȚțŤťÙÚÛÜùúûüŪūŮůŰűÝýÿŸŹźŻżŽžÆĲŒ',
                'AAAAAAAAAAAAAAAAAACCCCCCDDDDDDEEEEEEEEEEEEEEEEGGIIIIIIIIIIIILLNNNNNN'
                || 'OOOOOOOOOOOOOORRSSSSSSSSTTTTTTUUUUUUUUUUUUUUYYYYZZZZZZæĳœ'
            ), 'æ', 'AE'), 'ĳ', 'IJ'), 'œ', 'OE'), 'ß', 'SS'),
            '[\u0300-\u036f]', '', 'g'
        ) collate "C"),
        '[^A-Z0-9]+'
    ) with ordinality as split (atom, place)
    where length(atom) between 1 and 40
$$;

create function near_number_keys(number text) returns bigint[]
language sql immutable strict set search_path from current as $$
    with written as (select array_to_string(near_atoms(number), '') as signs),
    whole as (
        select ltrim(regexp_replace(
            signs,
            '^(FACT|FACTNR|FACTUUR|FACTUURNR|FACTUURNUMMER|FACTURE|FAC|FAKTUUR|INV|INVOICE|NOTA'
            || '|NOTE|RECHNUNG|REKENING|AFFAIRE|CASE|DOS|DOSSIER|DOSSIERNR|DOSSIERNUMMER|DOSS|ZAAK'
            || '|ZAAKNR|ZAAKNUMMER|INCASSO)(?![A-Z])',
            ''
        ), '0') as signs
        from written
    ),
    figures as (select ltrim(regexp_replace(signs, '[^0-9]', '', 'g'), '0') as signs from whole)
    select coalesce(array_agg(distinct near_digest(signs)), '{}')
    from (
        select signs from whole where signs <> ''
        union select signs from figures where length(signs) >= 5
    ) as keys
$$;

create function near_debtor_keys(name text) returns bigint[]
language sql immutable strict set search_path from current as $$
    with atom as (
        select atom, place from unnest(near_atoms(name)) with ordinality as split (atom, place)
    ),
    word as (
        select atom, place from atom
        where atom ~ '^[A-Z]+$' and (length(atom) = 1 or atom <> all (array[
            'AAN', 'AAS', 'AFD', 'ASBL', 'BV', 'BVBA', 'CIE', 'CO', 'COMMV', 'CV', 'CVBA', 'DA',
            'DE', 'DEN', 'DER', 'DES', 'DHR', 'DI', 'DIT', 'DR', 'DRS', 'DU', 'EEN', 'EN', 'EO',
            'ERVEN', 'ET', 'FAM', 'FAMILIE', 'FAMILLE', 'GCV', 'GMBH', 'HEER', 'HET', 'HR', 'IN',
            'ING', 'IR', 'JR', 'LA', 'LE', 'LES', 'LTD', 'MADAME', 'ME', 'MEJ', 'MEVR', 'MEVROUW',
            'MLLE', 'MME', 'MONSIEUR', 'MR', 'MRS', 'MW', 'NV', 'OF', 'OP', 'OU', 'PAR', 'PROF',
            'SA', 'SARL', 'SPRL', 'SR', 'SRL', 'STICHTING', 'TE', 'TEN', 'TER', 'VAN', 'VOF',
            'VON', 'VZW'
        ]))
    ),
    -- Two or three letters without a vowel are initials.
    spread as (
        select part, place, within
        from word cross join lateral regexp_split_to_table(
            atom, case when atom ~ '^[^AEIOUY]{2,3}$' then '' else ' ' end
        ) with ordinality as parts (part, within)
        union all
        -- A company may be called by figures or by a filler alone.
        select atom, place, 1 from atom where not exists (select from word)
    ),
    token as (
        select distinct part collate "C" as part
        from (select part from spread order by place, within limit 8) as first
    ),
    pair as (
        select 1 as rank, one.part as one, other.part as other, one.part || ' ' || other.part as key
        from token as one join token as other on one.part < other.part
        where length(one.part) > 2 and length(other.part) > 2
        union all
        select 2, one.part, other.part, one.part || ' ' || left(other.part, 1)
        from token as one join token as other on one.part <> other.part
        where length(one.part) > 2
        union all
        select 3, part, part, part from token
        where length(part) > 2 and (select count(*) from token) = 1
    )
    select coalesce(array_agg(distinct near_digest(key)), '{}')
    from (select key from pair order by rank, one, other limit 16) as first
$$;

create function fill_debtor_keys() returns trigger
language plpgsql set search_path from current as $$
begin
    new.debtor_keys := near_debtor_keys(new.name);
    return new;
end $$;
create trigger person_without_keys before insert on person
    for each row when (new.debtor_keys = '{}') execute function fill_debtor_keys();
create trigger person_renamed before update on person
    for each row when (new.name <> old.name and new.debtor_keys = old.debtor_keys)
    execute function fill_debtor_keys();

create function fill_number_keys() returns trigger
language plpgsql set search_path from current as $$
begin
    new.number_keys := near_number_keys(new.number);
    return new;
end $$;
create trigger claim_without_keys before insert on claim
    for each row when (new.number_keys = '{}') execute function fill_number_keys();
