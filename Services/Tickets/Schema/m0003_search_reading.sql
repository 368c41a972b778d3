-- Searches at a million tickets: a word that many tickets have is found by reading on from the newest, one that few
-- have by the index of trigrams, so that the newest are always found and neither way reads much for nothing.
DROP FUNCTION tickets.search_newest(uuid, text[], uuid, integer);
DROP FUNCTION tickets.search_all(uuid, text[], text[], uuid, integer);

-- By reading: among the newest `span` tickets before `before`, those that hold all terms.
CREATE FUNCTION tickets.search_newest(workspace uuid, patterns text[], before uuid, wanted integer, span integer)
    RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
    SET search_path = pg_catalog, pg_temp
    AS $$
    BEGIN
        RETURN QUERY
        SELECT newest.ticket_id
        FROM (
            SELECT s.ticket_id, s.body
            FROM tickets.search_text AS s
            WHERE s.workspace_id = workspace AND s.ticket_id < before
              AND workspace = current_setting('casebook.workspace_id')::uuid
            ORDER BY s.ticket_id DESC
            LIMIT span
        ) AS newest
        WHERE newest.body LIKE ALL (patterns)
        ORDER BY newest.ticket_id DESC
        LIMIT wanted;
    END
    $$;

-- By the index of trigrams: at most 4,000 candidates. `keys` are one to three terms of three characters or more; each
-- is looked up once. No other plan is allowed: each is slow for some term.
CREATE FUNCTION tickets.search_indexed(workspace uuid, keys text[], patterns text[], before uuid, wanted integer)
    RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
    SET search_path = pg_catalog, extensions, pg_temp
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
    SET enable_indexscan = off
    SET enable_indexonlyscan = off
    AS $$
    BEGIN
        IF cardinality(keys) = 1 THEN
            RETURN QUERY
            SELECT found.ticket_id
            FROM (
                SELECT s.ticket_id
                FROM tickets.search_text AS s
                WHERE s.workspace_id = workspace AND s.body LIKE keys[1]
                  AND s.body LIKE ALL (patterns) AND s.ticket_id < before
                  AND workspace = current_setting('casebook.workspace_id')::uuid
                LIMIT 4000
            ) AS found
            ORDER BY found.ticket_id DESC
            LIMIT wanted;
        ELSE
            RETURN QUERY
            SELECT found.ticket_id
            FROM (
                SELECT s.ticket_id
                FROM tickets.search_text AS s
                WHERE s.workspace_id = workspace AND s.body LIKE keys[1] AND s.body LIKE keys[2]
                  AND s.body LIKE keys[cardinality(keys)]
                  AND s.body LIKE ALL (patterns) AND s.ticket_id < before
                  AND workspace = current_setting('casebook.workspace_id')::uuid
                LIMIT 4000
            ) AS found
            ORDER BY found.ticket_id DESC
            LIMIT wanted;
        END IF;
    END
    $$;

-- Tickets that hold all terms, newest first: ids only, at most 1,000. The newest 2,000 tickets say how common the terms
-- are. Where eight or more of them match, so many more are read that the page fills, at most 16,000; else the index is
-- asked. What nothing holds is searched once more with the words that are most like the terms.
CREATE OR REPLACE FUNCTION tickets.search(workspace uuid, terms text[], before uuid, wanted integer)
    RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
    SET search_path = pg_catalog, pg_temp
    AS $$
    DECLARE
        folded text[] := ARRAY(SELECT core.fold(t) FROM unnest(terms[1:6]) AS t);
        latest CONSTANT uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
        start uuid := COALESCE(before, latest);
        most integer := least(wanted, 1000);
        patterns text[];
        keys text[];
        found uuid[];
        hits integer;
        nearest text[];
    BEGIN
        FOR attempt IN 1..2 LOOP
            patterns := ARRAY(
                SELECT '%' || replace(replace(replace(t, '\', '\\'), '%', '\%'), '_', '\_') || '%'
                FROM unnest(folded) AS t);
            keys := ARRAY(SELECT p FROM unnest(patterns) AS p WHERE length(p) >= 5 ORDER BY length(p) DESC LIMIT 3);
            found := ARRAY(SELECT tickets.search_newest(workspace, patterns, start, most, 2000));
            hits := cardinality(found);
            IF hits BETWEEN 8 AND most - 1 THEN
                found := ARRAY(
                    SELECT tickets.search_newest(workspace, patterns, start, most, least(16000, 3000 * most / hits)));
            END IF;
            IF cardinality(found) < most AND cardinality(keys) > 0 THEN
                found := ARRAY(
                    SELECT id FROM unnest(found) AS id
                    UNION
                    SELECT tickets.search_indexed(workspace, keys, patterns, start, most)
                    ORDER BY id DESC
                    LIMIT most);
            END IF;
            EXIT WHEN cardinality(found) > 0 OR attempt = 2;
            -- A later page without anything is the end, unless the first page was of other words too.
            EXIT WHEN before IS NOT NULL AND (
                EXISTS (SELECT FROM tickets.search_newest(workspace, patterns, latest, 1, 2000))
                OR cardinality(keys) > 0
                    AND EXISTS (SELECT FROM tickets.search_indexed(workspace, keys, patterns, latest, 1)));
            nearest := ARRAY(
                SELECT CASE WHEN length(t) >= 4 THEN COALESCE(tickets.nearest_word(workspace, t), t) ELSE t END
                FROM unnest(folded) AS t);
            EXIT WHEN nearest = folded;
            folded := nearest;
        END LOOP;
        RETURN QUERY SELECT unnest(found);
    END
    $$;

REVOKE ALL ON FUNCTION
    tickets.search_newest(uuid, text[], uuid, integer, integer),
    tickets.search_indexed(uuid, text[], text[], uuid, integer)
    FROM PUBLIC;
