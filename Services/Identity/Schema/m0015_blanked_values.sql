-- The second form of the digests (ADR-0017): they cover what is fixed in a line or entry, and a digest of its values
-- under a salt of its own. The values can then be blanked: the salt goes with them, their digest stays in its place,
-- and the chain is as whole as before. Without the salt nobody can try out which values had that digest.
--
-- Lines and entries without salt and without digest are in the first form, whose digests cover the values themselves:
-- those from before this step, and those that a version from before it still writes.
ALTER TABLE identity.audit
    ADD COLUMN salt bytea,
    ADD COLUMN values_digest bytea,
    -- The line that says who had the values blanked.
    ADD COLUMN blanked_by uuid,
    ADD CONSTRAINT ck_audit_values CHECK (
        CASE
            WHEN blanked_by IS NULL THEN values_digest IS NULL AND (salt IS NULL OR length(salt) = 32)
            ELSE values_digest IS NOT NULL AND length(values_digest) = 32 AND salt IS NULL AND detail = '{}'
        END) NOT VALID;

-- A line as it is written: nobody but the owner's function may write one that is blanked.
REVOKE INSERT ON identity.audit FROM identity;
GRANT INSERT (
    workspace_id, id, event, actor_kind, actor_id, actor_service, user_id, credential_id, detail, request_id,
    created_at, seq, digest, salt
) ON identity.audit TO identity;

-- What is kept beside each sealed entry of the activity: the salt of its values, or their digest once they are blanked.
CREATE TABLE identity.sealed_entry (
    workspace_id uuid NOT NULL,
    activity_id uuid NOT NULL,
    salt bytea,
    values_digest bytea,
    -- The line of the audit that says who had the values blanked.
    blanked_by uuid,
    CONSTRAINT pk_sealed_entry PRIMARY KEY (workspace_id, activity_id),
    CONSTRAINT fk_sealed_entry_workspace FOREIGN KEY (workspace_id) REFERENCES identity.workspace (workspace_id),
    CONSTRAINT ck_sealed_entry_values CHECK (
        CASE
            WHEN blanked_by IS NULL THEN values_digest IS NULL AND salt IS NOT NULL AND length(salt) = 32
            ELSE values_digest IS NOT NULL AND length(values_digest) = 32 AND salt IS NULL
        END)
);

ALTER TABLE identity.sealed_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.sealed_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identity.sealed_entry
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT (workspace_id, activity_id, salt) ON identity.sealed_entry TO identity;

-- 32 bytes that nobody can guess: of each uuid 122 bits are from the server's strong source.
CREATE FUNCTION identity.make_salt() RETURNS bytea
    LANGUAGE sql VOLATILE
    RETURN uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());

-- The digest of values under their salt.
CREATE FUNCTION identity.values_digest(salt bytea, content jsonb) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN sha256(salt || convert_to(content::text, 'UTF8'));

-- The digest of a line of the audit after the one before it, in the form that the line is in.
CREATE FUNCTION identity.audit_digest(
    before bytea, id uuid, event text, actor_kind text, actor_id uuid, actor_service text, user_id uuid,
    credential_id uuid, detail jsonb, request_id text, created_at timestamptz, salt bytea, values_digest bytea
) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN sha256(before || convert_to(
        CASE WHEN salt IS NULL AND values_digest IS NULL
        THEN jsonb_build_array(
            'audit 1', id, event, actor_kind, actor_id, actor_service, user_id, credential_id, detail, request_id,
            core.json_time(created_at))
        ELSE jsonb_build_array(
            'audit 2', id, event, actor_kind, actor_id, actor_service, user_id, credential_id,
            encode(COALESCE(values_digest, identity.values_digest(salt, detail)), 'hex'), request_id,
            core.json_time(created_at))
        END::text, 'UTF8'));

-- The digest of one entry of the activity, in the form that it was sealed in.
CREATE FUNCTION identity.activity_digest(
    id uuid, subject_kind text, subject_id uuid, version bigint, verb text, actor_kind text, actor_id uuid,
    actor_service text, changes jsonb, request_id text, occurred_at timestamptz, salt bytea, values_digest bytea
) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN sha256(convert_to(
        CASE WHEN salt IS NULL AND values_digest IS NULL
        THEN jsonb_build_array(
            'activity 1', id, subject_kind, subject_id, version, verb, actor_kind, actor_id, actor_service, changes,
            request_id, core.json_time(occurred_at))
        ELSE jsonb_build_array(
            'activity 2', id, subject_kind, subject_id, version, verb, actor_kind, actor_id, actor_service,
            encode(COALESCE(values_digest, identity.values_digest(salt, changes)), 'hex'), request_id,
            core.json_time(occurred_at))
        END::text, 'UTF8'));

-- The same as versions from before this step call them: to write, which gives the first form, and to check, for which
-- they look the form up. They go when no such version runs any more.
CREATE OR REPLACE FUNCTION identity.audit_digest(
    before bytea, id uuid, event text, actor_kind text, actor_id uuid, actor_service text, user_id uuid,
    credential_id uuid, detail jsonb, request_id text, created_at timestamptz
) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN identity.audit_digest(
        before, id, event, actor_kind, actor_id, actor_service, user_id, credential_id, detail, request_id, created_at,
        (SELECT a.salt FROM identity.audit AS a
         WHERE a.workspace_id = current_setting('casebook.workspace_id')::uuid AND a.id = audit_digest.id),
        (SELECT a.values_digest FROM identity.audit AS a
         WHERE a.workspace_id = current_setting('casebook.workspace_id')::uuid AND a.id = audit_digest.id));

CREATE OR REPLACE FUNCTION identity.activity_digest(
    id uuid, subject_kind text, subject_id uuid, version bigint, verb text, actor_kind text, actor_id uuid,
    actor_service text, changes jsonb, request_id text, occurred_at timestamptz
) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN identity.activity_digest(
        id, subject_kind, subject_id, version, verb, actor_kind, actor_id, actor_service, changes, request_id,
        occurred_at,
        (SELECT s.salt FROM identity.sealed_entry AS s
         WHERE s.workspace_id = current_setting('casebook.workspace_id')::uuid AND s.activity_id = activity_digest.id),
        (SELECT s.values_digest FROM identity.sealed_entry AS s
         WHERE s.workspace_id = current_setting('casebook.workspace_id')::uuid AND s.activity_id = activity_digest.id));

-- Blanks the values of at most 500 sealed entries of the activity and lines of the audit, and writes a line
-- `values_blanked` that says who asked. Answers what became of each: `blanked`, `blanked_before`, or `refused`, where
-- the workspace has no such entry or line, it is not sealed, is in the first form, or says itself who had something
-- blanked. When one is refused nothing is blanked; when nothing is left to blank no line is written.
CREATE FUNCTION identity.blank_values(
    workspace uuid, entry_ids uuid[], line_id uuid, asker_kind text, asker_id uuid, asker_service text, request text,
    instant timestamptz
) RETURNS TABLE (entry_id uuid, outcome text)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
    DECLARE
        blanked_entries uuid[];
        blanked_lines uuid[];
        counts jsonb;
        new_salt bytea := identity.make_salt();
        place bigint;
        link bytea;
    BEGIN
        IF COALESCE(cardinality(entry_ids), 0) NOT BETWEEN 1 AND 500 THEN
            RAISE invalid_parameter_value USING MESSAGE = 'from 1 to 500 entries are blanked at once';
        END IF;
        -- In order, so that two who ask for the same ones do not wait for each other in a circle.
        PERFORM 1 FROM identity.sealed_entry AS s
        WHERE s.workspace_id = workspace AND s.activity_id = ANY (entry_ids)
        ORDER BY s.activity_id FOR NO KEY UPDATE;
        PERFORM 1 FROM identity.audit AS a
        WHERE a.workspace_id = workspace AND a.id = ANY (entry_ids)
        ORDER BY a.id FOR NO KEY UPDATE;

        RETURN QUERY
        SELECT DISTINCT w.id, 'refused'
        FROM unnest(entry_ids) AS w (id)
        WHERE NOT EXISTS (
                SELECT FROM identity.sealed_entry AS s WHERE s.workspace_id = workspace AND s.activity_id = w.id)
            AND NOT EXISTS (
                SELECT FROM identity.audit AS a
                WHERE a.workspace_id = workspace AND a.id = w.id AND a.event <> 'values_blanked'
                    AND (a.salt IS NOT NULL OR a.values_digest IS NOT NULL));
        IF FOUND THEN
            RETURN;
        END IF;

        WITH kept AS (
            UPDATE identity.sealed_entry AS s
            SET values_digest = identity.values_digest(s.salt, b.changes), salt = NULL, blanked_by = line_id
            FROM core.blank_activity(workspace, ARRAY(
                SELECT e.activity_id FROM identity.sealed_entry AS e
                WHERE e.workspace_id = workspace AND e.activity_id = ANY (entry_ids) AND e.blanked_by IS NULL)) AS b
            WHERE s.workspace_id = workspace AND s.activity_id = b.id
            RETURNING s.activity_id)
        SELECT array_agg(kept.activity_id) INTO blanked_entries FROM kept;
        WITH kept AS (
            UPDATE identity.audit AS a
            SET values_digest = identity.values_digest(a.salt, a.detail), salt = NULL, detail = '{}',
                blanked_by = line_id
            WHERE a.workspace_id = workspace AND a.id = ANY (entry_ids) AND a.blanked_by IS NULL
            RETURNING a.id)
        SELECT array_agg(kept.id) INTO blanked_lines FROM kept;

        IF blanked_entries IS NOT NULL OR blanked_lines IS NOT NULL THEN
            counts := jsonb_build_object(
                'activity', COALESCE(cardinality(blanked_entries), 0)::text,
                'audit', COALESCE(cardinality(blanked_lines), 0)::text);
            -- The chain's end is locked last, as by every writer.
            INSERT INTO identity.chain AS c (workspace_id, kind, seq, digest)
            VALUES (workspace, 'audit', 1, identity.audit_digest(
                decode(repeat('00', 32), 'hex'), line_id, 'values_blanked', asker_kind, asker_id, asker_service, NULL,
                NULL, counts, request, instant, new_salt, NULL))
            ON CONFLICT (workspace_id, kind) DO UPDATE
            SET seq = c.seq + 1, digest = identity.audit_digest(
                c.digest, line_id, 'values_blanked', asker_kind, asker_id, asker_service, NULL, NULL, counts, request,
                instant, new_salt, NULL)
            RETURNING c.seq, c.digest INTO place, link;
            INSERT INTO identity.audit (
                workspace_id, id, event, actor_kind, actor_id, actor_service, detail, request_id, created_at, seq,
                digest, salt)
            VALUES (
                workspace, line_id, 'values_blanked', asker_kind, asker_id, asker_service, counts, request, instant,
                place, link, new_salt);
        END IF;

        RETURN QUERY
        SELECT s.activity_id, CASE WHEN s.blanked_by = line_id THEN 'blanked' ELSE 'blanked_before' END
        FROM identity.sealed_entry AS s
        WHERE s.workspace_id = workspace AND s.activity_id = ANY (entry_ids) AND s.blanked_by IS NOT NULL
        UNION ALL
        SELECT a.id, CASE WHEN a.blanked_by = line_id THEN 'blanked' ELSE 'blanked_before' END
        FROM identity.audit AS a
        WHERE a.workspace_id = workspace AND a.id = ANY (entry_ids) AND a.blanked_by IS NOT NULL;
    END
    $$;

REVOKE ALL ON FUNCTION
    identity.blank_values(uuid, uuid[], uuid, text, uuid, text, text, timestamptz)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    identity.blank_values(uuid, uuid[], uuid, text, uuid, text, text, timestamptz)
    TO identity;
