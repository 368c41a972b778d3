-- What is searched as somebody types: the words of a customer, folded, one row a record, written only when one of them
-- changes. A trigram index serves no statement under row-level security, so the policy is not forced on the owner,
-- whose functions alone read and write the table; the service has no right to it.
CREATE TABLE customers.search_text (
    workspace_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    -- A blank before each word: " ada lovelace ada@example.com 49301234567".
    body text NOT NULL,
    CONSTRAINT pk_search_text PRIMARY KEY (workspace_id, kind, id),
    CONSTRAINT ck_search_text_kind CHECK (kind IN ('individual', 'organization')),
    CONSTRAINT ck_search_text_body CHECK (length(body) BETWEEN 1 AND 100000)
);

CREATE INDEX ix_search_text_body ON customers.search_text
    USING gin (workspace_id, kind, body extensions.gin_trgm_ops)
    -- What was written last is searched row by row until it is as long as this, in kB.
    WITH (gin_pending_list_limit = 512);

ALTER TABLE customers.search_text ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON customers.search_text
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

-- The pattern of LIKE that finds a folded word: anywhere in the text if a trigram of it can be looked up anywhere, else
-- where a word begins.
CREATE FUNCTION customers.search_pattern(word text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE WHEN word ~ '[[:alnum:]]{3}' THEN '%' ELSE '% ' END
        || replace(replace(replace(word, '\', '\\'), '%', '\%'), '_', '\_') || '%';

-- What somebody typed, as words: a telephone number becomes its digits without the zeros that stand for a country or
-- an area, whatever stands between them; of any other text the first eight words count.
CREATE FUNCTION customers.search_words(term text) RETURNS text[]
    LANGUAGE sql STABLE STRICT
    RETURN CASE
        WHEN term ~ '^[0-9+()/. -]+$' AND length(regexp_replace(term, '[^0-9]', '', 'g')) >= 4
            THEN ARRAY[ltrim(regexp_replace(replace(term, '(0)', ''), '[^0-9]', '', 'g'), '0')]
        ELSE (regexp_split_to_array(btrim(core.fold(term)), '\s+'))[1:8]
    END;

-- How well a text answers: its beginning is what was typed, a word of it begins so, it stands somewhere in it.
CREATE FUNCTION customers.search_rank(body text, words text[]) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE
        WHEN starts_with(body, ' ' || array_to_string(words, ' ') || ' ') THEN 5
        WHEN starts_with(body, ' ' || array_to_string(words, ' ')) THEN 4
        WHEN position(' ' || array_to_string(words, ' ') || ' ' IN body || ' ') > 0 THEN 3.5
        WHEN position(' ' || array_to_string(words, ' ') IN body) > 0 THEN 3
        ELSE 2
    END;

-- The records whose text holds all patterns, found by the index through the first two: at most 1,000 candidates.
-- Nothing but the index may be used, whatever the planner thinks of the words.
CREATE FUNCTION customers.search_indexed(workspace uuid, record_kind text, patterns text[])
    RETURNS TABLE (id uuid, body text)
    LANGUAGE plpgsql STABLE ROWS 50
    SET search_path = pg_catalog, extensions, pg_temp
    SET enable_seqscan = off
    SET enable_indexscan = off
    SET plan_cache_mode = force_generic_plan
    AS $$
    #variable_conflict use_column
    BEGIN
        RETURN QUERY SELECT s.id, s.body
        FROM customers.search_text AS s
        WHERE s.workspace_id = workspace AND s.kind = record_kind
          AND s.body LIKE patterns[1] AND s.body LIKE COALESCE(patterns[2], patterns[1])
          AND s.body LIKE ALL (patterns)
        LIMIT 1000;
    END
    $$;

-- The records whose words resemble what was typed, by the threshold in force: at most 1,000 candidates of the index.
CREATE FUNCTION customers.search_similar(workspace uuid, record_kind text, typed text)
    RETURNS TABLE (id uuid, body text)
    LANGUAGE plpgsql STABLE ROWS 50
    SET search_path = pg_catalog, extensions, pg_temp
    SET enable_seqscan = off
    SET enable_indexscan = off
    SET plan_cache_mode = force_generic_plan
    AS $$
    #variable_conflict use_column
    BEGIN
        RETURN QUERY SELECT s.id, s.body
        FROM customers.search_text AS s
        WHERE s.workspace_id = workspace AND s.kind = record_kind AND s.body OPERATOR(extensions.%>) typed
        LIMIT 1000;
    END
    $$;

-- The patterns of a word with each two neighbours exchanged, the slip of the hand that shares the fewest trigrams
-- with what was meant.
CREATE FUNCTION customers.search_slips(word text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY(
        SELECT customers.search_pattern(
            left(word, n - 1) || substr(word, n + 1, 1) || substr(word, n, 1) || substr(word, n + 2))
        FROM generate_series(1, least(length(word) - 1, 12)) AS n
        WHERE substr(word, n, 1) <> substr(word, n + 1, 1));

-- The records that answer what somebody typed, with their rank, at most `rows_at_most`. In bounded steps, since no one
-- plan is safe for frequent and for rare words: the newest 2,000 records; when they do not fill the page, 1,000 of the
-- index; when fewer than five are found, those that are a slip away; then those that resemble it, first closely.
-- It runs as the owner: the workspace stands in every predicate, and must be the one that the session has open.
CREATE FUNCTION customers.search(workspace uuid, record_kind text, term text, rows_at_most integer)
    RETURNS TABLE (id uuid, rank double precision)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
    SET search_path = pg_catalog, extensions, pg_temp
    SET plan_cache_mode = force_generic_plan
    SET jit = off
    AS $$
    #variable_conflict use_column
    DECLARE
        words text[] := customers.search_words(term);
        typed text := array_to_string(words, ' ');
        patterns text[];
        found uuid[];
        ranks double precision[];
        step text;
        threshold text;
        slips text[];
        has_trigram boolean;
    BEGIN
        IF workspace IS DISTINCT FROM current_setting('casebook.workspace_id')::uuid THEN
            RAISE insufficient_privilege USING MESSAGE = 'the session has another workspace open';
        END IF;
        patterns := ARRAY(
            SELECT customers.search_pattern(w.word) FROM unnest(words) AS w (word)
            WHERE w.word <> ''
            ORDER BY w.word ~ '[[:alnum:]]{3}' DESC, w.word ~ '^[[:alnum:]]' DESC, length(w.word) DESC);
        IF cardinality(patterns) = 0 THEN
            RETURN;
        END IF;
        -- Signs alone have no trigram: the index would have to be read whole.
        has_trigram := patterns[1] ~ '[[:alnum:]]{3}|^% [[:alnum:]]';
        SELECT array_agg(best.id), array_agg(best.rank) INTO found, ranks FROM (
            SELECT newest.id, customers.search_rank(newest.body, words) AS rank FROM (
                SELECT s.id, s.body FROM customers.search_text AS s
                WHERE s.workspace_id = workspace AND s.kind = record_kind
                ORDER BY s.id DESC LIMIT 2000
            ) AS newest
            WHERE newest.body LIKE ALL (patterns)
            ORDER BY 2 DESC, 1 DESC LIMIT rows_at_most
        ) AS best;
        IF has_trigram AND COALESCE(cardinality(found), 0) < rows_at_most THEN
            SELECT array_agg(best.id), array_agg(best.rank) INTO found, ranks FROM (
                SELECT either.id, max(either.rank) AS rank FROM (
                    SELECT i.id, customers.search_rank(i.body, words) AS rank
                    FROM customers.search_indexed(workspace, record_kind, patterns) AS i
                    UNION ALL
                    SELECT * FROM unnest(found, ranks)
                ) AS either (id, rank)
                GROUP BY either.id ORDER BY 2 DESC, 1 DESC LIMIT rows_at_most
            ) AS best;
        END IF;
        slips := customers.search_slips(typed);
        FOREACH step IN ARRAY slips || ARRAY['0.45', '0.3'] LOOP
            EXIT WHEN COALESCE(cardinality(found), 0) >= least(5, rows_at_most) OR typed !~ '[[:alpha:]]{3}';
            IF step LIKE '\%%' THEN
                SELECT found || array_agg(s.id), ranks || array_agg(1.5::double precision) INTO found, ranks FROM (
                    SELECT i.id FROM customers.search_indexed(workspace, record_kind, ARRAY[step]) AS i
                    WHERE i.id <> ALL (COALESCE(found, '{}')) LIMIT rows_at_most
                ) AS s;
            ELSE
                PERFORM set_config('pg_trgm.word_similarity_threshold', step, true);
                SELECT found || array_agg(s.id), ranks || array_agg(s.rank) INTO found, ranks FROM (
                    SELECT i.id, extensions.strict_word_similarity(typed, i.body)::double precision AS rank
                    FROM customers.search_similar(workspace, record_kind, typed) AS i
                    WHERE i.id <> ALL (COALESCE(found, '{}'))
                    ORDER BY 2 DESC, 1 DESC LIMIT rows_at_most
                ) AS s;
            END IF;
        END LOOP;
        RETURN QUERY SELECT f.id, f.rank FROM unnest(found, ranks) AS f (id, rank)
            ORDER BY f.rank DESC, f.id DESC LIMIT rows_at_most;
    END
    $$;

-- Writes the words of a record, folded, and nothing when they are as they were. Runs as the owner, in the workspace
-- that the session has open.
CREATE FUNCTION customers.write_search_text(workspace uuid, record_kind text, record uuid, words text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
    BEGIN
        IF workspace IS DISTINCT FROM current_setting('casebook.workspace_id')::uuid THEN
            RAISE insufficient_privilege USING MESSAGE = 'the session has another workspace open';
        END IF;
        INSERT INTO customers.search_text AS s (workspace_id, kind, id, body)
        VALUES (workspace, record_kind, record, ' ' || core.fold(words))
        ON CONFLICT (workspace_id, kind, id) DO UPDATE SET body = excluded.body WHERE s.body <> excluded.body;
        RETURN true;
    END
    $$;

-- Forgets the words of a record. Runs as the owner, in the workspace that the session has open.
CREATE FUNCTION customers.remove_search_text(workspace uuid, record_kind text, record uuid) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
    BEGIN
        DELETE FROM customers.search_text AS s
        WHERE s.workspace_id = workspace AND s.kind = record_kind AND s.id = record
          AND workspace = current_setting('casebook.workspace_id')::uuid;
        RETURN true;
    END
    $$;

REVOKE ALL ON FUNCTION
    customers.search(uuid, text, text, integer), customers.search_indexed(uuid, text, text[]),
    customers.search_similar(uuid, text, text), customers.write_search_text(uuid, text, uuid, text),
    customers.remove_search_text(uuid, text, uuid)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    customers.search(uuid, text, text, integer), customers.write_search_text(uuid, text, uuid, text),
    customers.remove_search_text(uuid, text, uuid)
    TO customers;
