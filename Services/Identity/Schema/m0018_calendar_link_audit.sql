-- The links of calendars, which tasks keeps, let somebody read without signing in: that one is made or made void is an
-- event of the audit (S-21).

-- Writes the line of one event of a calendar link of somebody of the session's workspace, chained as every line is. The
-- person did it, and it is about them. The chain's end is locked until the transaction ends: nothing else may be locked
-- after it.
CREATE FUNCTION identity.record_calendar_link(
    workspace uuid, line_id uuid, what text, person_id uuid, link_id uuid, request text, instant timestamptz
) RETURNS bool
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
    DECLARE
        new_salt bytea := identity.make_salt();
        place bigint;
        link bytea;
    BEGIN
        IF what IS NULL OR what NOT IN ('calendar_link_created', 'calendar_link_revoked') OR link_id IS NULL
            OR workspace IS DISTINCT FROM current_setting('casebook.workspace_id')::uuid
            OR NOT EXISTS (SELECT FROM identity.user AS u WHERE u.workspace_id = workspace AND u.id = person_id)
        THEN
            RAISE invalid_parameter_value USING
                MESSAGE = 'only the links of calendars of people of the open workspace are noted here';
        END IF;
        INSERT INTO identity.chain AS c (workspace_id, kind, seq, digest)
        VALUES (workspace, 'audit', 1, identity.audit_digest(
            decode(repeat('00', 32), 'hex'), line_id, what, 'user', person_id, NULL, person_id, link_id, '{}'::jsonb,
            request, instant, new_salt, NULL))
        ON CONFLICT (workspace_id, kind) DO UPDATE
        SET seq = c.seq + 1, digest = identity.audit_digest(
            c.digest, line_id, what, 'user', person_id, NULL, person_id, link_id, '{}'::jsonb, request, instant,
            new_salt, NULL)
        RETURNING c.seq, c.digest INTO place, link;
        INSERT INTO identity.audit (
            workspace_id, id, event, actor_kind, actor_id, user_id, credential_id, detail, request_id, created_at, seq,
            digest, salt)
        VALUES (
            workspace, line_id, what, 'user', person_id, person_id, link_id, '{}', request, instant, place, link,
            new_salt);
        RETURN true;
    END
    $$;

REVOKE ALL ON FUNCTION
    identity.record_calendar_link(uuid, uuid, text, uuid, uuid, text, timestamptz)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    identity.record_calendar_link(uuid, uuid, text, uuid, uuid, text, timestamptz)
    TO tasks;
