-- What is searched: one row a ticket, apart from the ticket, so that a change of status does not pay for the index.
-- Row-level security is enabled and not forced: nobody but the owner's functions below reads or writes it, each with
-- the workspace as a predicate, since under a forced policy no index serves LIKE.
CREATE TABLE tickets.search_text (
    workspace_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    -- Folded: description, owner, equipment, then notes.
    body text NOT NULL,
    CONSTRAINT pk_search_text PRIMARY KEY (workspace_id, ticket_id),
    CONSTRAINT fk_search_text_ticket FOREIGN KEY (workspace_id, ticket_id)
        REFERENCES tickets.ticket (workspace_id, id),
    CONSTRAINT ck_search_text_body CHECK (length(body) <= 24000)
);
CREATE INDEX ix_search_text_body ON tickets.search_text USING gin (workspace_id, body extensions.gin_trgm_ops);

ALTER TABLE tickets.search_text ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tickets.search_text
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

-- The words of a workspace's texts, for those who mistype. A consumer learns them after the write.
CREATE TABLE tickets.search_word (
    workspace_id uuid NOT NULL,
    word text COLLATE "C" NOT NULL,
    CONSTRAINT pk_search_word PRIMARY KEY (workspace_id, word),
    CONSTRAINT ck_search_word_word CHECK (length(word) BETWEEN 4 AND 40)
);
CREATE INDEX ix_search_word_similar ON tickets.search_word USING gin (workspace_id, word extensions.gin_trgm_ops);

ALTER TABLE tickets.search_word ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tickets.search_word
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

-- The functions are of plpgsql, which plans a statement once a session; those of plain SQL are planned at every call.

-- What is searched of tickets, from their rows as the statement that asks has left them, and from their newest 50
-- notes, the newest first: what is too long is cut at the end.
CREATE FUNCTION tickets.searched_text(workspace uuid, ticket_ids uuid[]) RETURNS TABLE (ticket_id uuid, body text)
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
    AS $$
    #variable_conflict use_column
    BEGIN
        RETURN QUERY
        SELECT t.id, left(core.fold(
            concat_ws(
                E'\n', t.owner_label, t.brand, t.serial_number, left(t.description, 12000),
                (
                    SELECT string_agg(left(n.text, 2000), E'\n' ORDER BY n.id DESC)
                    FROM (
                        SELECT note.id, note.text
                        FROM tickets.note
                        WHERE note.workspace_id = workspace AND note.ticket_id = t.id
                        ORDER BY note.id DESC
                        LIMIT 50
                    ) AS n
                ))), 24000)
        FROM tickets.ticket AS t
        WHERE t.workspace_id = workspace AND t.id = ANY (ticket_ids)
          AND workspace = current_setting('casebook.workspace_id')::uuid;
    END
    $$;

-- Writes what is searched of a ticket. New entries of the index gather in a list, which every search reads too, before
-- they are sorted in: a short one, so that searches stay quick.
CREATE FUNCTION tickets.index_ticket(workspace uuid, ticket uuid) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET gin_pending_list_limit = '512kB'
    AS $$
    BEGIN
        INSERT INTO tickets.search_text AS s (workspace_id, ticket_id, body)
        SELECT workspace, t.ticket_id, t.body FROM tickets.searched_text(workspace, ARRAY[ticket]) AS t
        ON CONFLICT (workspace_id, ticket_id) DO UPDATE SET body = EXCLUDED.body WHERE s.body <> EXCLUDED.body;
        RETURN true;
    END
    $$;

-- The same for many new tickets at once, which gather in a long list and are sorted in before it returns: a list that
-- stayed would be read by every search.
CREATE FUNCTION tickets.index_new_tickets(workspace uuid, ticket_ids uuid[]) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET gin_pending_list_limit = '64MB'
    SET work_mem = '64MB'
    AS $$
    DECLARE
        indexed bigint;
    BEGIN
        INSERT INTO tickets.search_text (workspace_id, ticket_id, body)
        SELECT workspace, t.ticket_id, t.body FROM tickets.searched_text(workspace, ticket_ids) AS t;
        GET DIAGNOSTICS indexed = ROW_COUNT;
        PERFORM gin_clean_pending_list('tickets.ix_search_text_body');
        RETURN indexed;
    END
    $$;

-- Learns the words of at most 5,000 tickets: those of letters, 4 to 40 of them. In order, so that two never wait for
-- each other in a circle.
CREATE FUNCTION tickets.learn_words(workspace uuid, ticket_ids uuid[]) RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
        WITH learned AS (
            INSERT INTO tickets.search_word (workspace_id, word)
            SELECT DISTINCT workspace, w.word
            FROM tickets.search_text AS s,
                regexp_split_to_table(left(s.body, 4000), '[^[:alpha:]]+') AS w (word)
            WHERE s.workspace_id = workspace AND s.ticket_id = ANY (ticket_ids[1:5000])
              AND workspace = current_setting('casebook.workspace_id')::uuid
              AND length(w.word) BETWEEN 4 AND 40
            ORDER BY w.word
            ON CONFLICT (workspace_id, word) DO NOTHING
            RETURNING 1)
        SELECT count(*) FROM learned
    $$;

-- The first step of a search: among the newest 2,000 tickets before `before`, those that hold all terms.
CREATE FUNCTION tickets.search_newest(workspace uuid, patterns text[], before uuid, wanted integer)
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
            LIMIT 2000
        ) AS newest
        WHERE newest.body LIKE ALL (patterns)
        ORDER BY newest.ticket_id DESC
        LIMIT wanted;
    END
    $$;

-- The second step: by the index of trigrams, at most 1,000 candidates. `keys` are three terms of three characters or
-- more, the same one again where there are fewer. No other plan is allowed: each is slow for some term.
CREATE FUNCTION tickets.search_all(workspace uuid, keys text[], patterns text[], before uuid, wanted integer)
    RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
    SET search_path = pg_catalog, extensions, pg_temp
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
    SET enable_indexscan = off
    SET enable_indexonlyscan = off
    AS $$
    BEGIN
        RETURN QUERY
        SELECT found.ticket_id
        FROM (
            SELECT s.ticket_id
            FROM tickets.search_text AS s
            WHERE s.workspace_id = workspace AND s.body LIKE keys[1] AND s.body LIKE keys[2] AND s.body LIKE keys[3]
              AND s.body LIKE ALL (patterns) AND s.ticket_id < before
              AND workspace = current_setting('casebook.workspace_id')::uuid
            LIMIT 1000
        ) AS found
        ORDER BY found.ticket_id DESC
        LIMIT wanted;
    END
    $$;

-- Loads pg_trgm into this session: only then may an ordinary owner set a parameter of it on a function.
DO $$ BEGIN PERFORM extensions.similarity('load', 'load'); END $$;

-- The word of the workspace that is most like a term; nothing when none is near.
CREATE FUNCTION tickets.nearest_word(workspace uuid, term text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, extensions, pg_temp
    SET pg_trgm.similarity_threshold = 0.35
    AS $$
    BEGIN
        RETURN (
            SELECT w.word
            FROM tickets.search_word AS w
            WHERE w.workspace_id = workspace AND w.word OPERATOR(extensions.%) term
              AND workspace = current_setting('casebook.workspace_id')::uuid
            ORDER BY extensions.similarity(w.word, term) DESC, w.word
            LIMIT 1);
    END
    $$;

-- Tickets that hold all terms, newest first: ids only, at most 1,000. What nothing holds is searched once more with
-- the words that are most like the terms.
CREATE FUNCTION tickets.search(workspace uuid, terms text[], before uuid, wanted integer) RETURNS SETOF uuid
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
        nearest text[];
    BEGIN
        FOR attempt IN 1..2 LOOP
            patterns := ARRAY(
                SELECT '%' || replace(replace(replace(t, '\', '\\'), '%', '\%'), '_', '\_') || '%'
                FROM unnest(folded) AS t);
            found := ARRAY(SELECT tickets.search_newest(workspace, patterns, start, most));
            keys := ARRAY(SELECT p FROM unnest(patterns) AS p WHERE length(p) >= 5 ORDER BY length(p) DESC LIMIT 3);
            IF cardinality(found) < most AND cardinality(keys) > 0 THEN
                keys := keys || array_fill(keys[1], ARRAY[3 - cardinality(keys)]);
                found := ARRAY(SELECT tickets.search_all(workspace, keys, patterns, start, most));
            END IF;
            EXIT WHEN cardinality(found) > 0 OR attempt = 2;
            -- A later page without anything is the end, unless the first page was of other words too.
            EXIT WHEN before IS NOT NULL AND (
                EXISTS (SELECT FROM tickets.search_newest(workspace, patterns, latest, 1))
                OR cardinality(keys) > 0
                    AND EXISTS (SELECT FROM tickets.search_all(workspace, keys, patterns, latest, 1)));
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
    tickets.searched_text(uuid, uuid[]), tickets.index_ticket(uuid, uuid),
    tickets.index_new_tickets(uuid, uuid[]),
    tickets.learn_words(uuid, uuid[]), tickets.search_newest(uuid, text[], uuid, integer),
    tickets.search_all(uuid, text[], text[], uuid, integer), tickets.nearest_word(uuid, text),
    tickets.search(uuid, text[], uuid, integer)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    tickets.index_ticket(uuid, uuid), tickets.index_new_tickets(uuid, uuid[]),
    tickets.learn_words(uuid, uuid[]), tickets.search(uuid, text[], uuid, integer)
    TO tickets;
