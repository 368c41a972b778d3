-- Where a row of activity stands in the stream: after every earlier version of its subject (ADR-0021).
--
-- A transaction's id alone does not say that. Whoever waits for a lock may have taken an id before: with the lock of
-- another record, or while it follows the updates of the row it waits for; then the later version has the earlier id.
-- It takes the place of the version before it then, with an id above that one's. A place is never below the writer's
-- own transaction, so consumers that read below the oldest running one still pass over nothing.
--
-- Volatile: its query has a snapshot of its own, and sees what was committed while the statement waited for the lock.
CREATE FUNCTION core.activity_place(
    of_workspace uuid, of_kind text, of_subject uuid, new_version bigint, new_id uuid
) RETURNS TABLE (xid xid8, id uuid)
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE ROWS 1
    AS $$
DECLARE
    earlier record;
BEGIN
    xid := pg_current_xact_id();
    id := new_id;
    IF new_version > 1 THEN
        SELECT a.xid, a.id INTO earlier
        FROM core.activity AS a
        WHERE a.workspace_id = of_workspace AND a.subject_kind = of_kind AND a.subject_id = of_subject
          AND a.version = new_version - 1;
        IF (earlier.xid, earlier.id) >= (xid, id) THEN
            xid := earlier.xid;
            IF earlier.id >= id THEN
                -- A millisecond after the earlier one's, with the random bits of its own: a UUIDv7 still (RFC 9562).
                id := lpad(to_hex(('x' || left(replace(earlier.id::text, '-', ''), 12))::bit(48)::bigint + 1), 12, '0')
                    || right(replace(new_id::text, '-', ''), 20);
            END IF;
        END IF;
    END IF;
    RETURN NEXT;
END
$$;

REVOKE ALL ON FUNCTION core.activity_place(uuid, text, uuid, bigint, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION core.activity_place(uuid, text, uuid, bigint, uuid) TO casebook_service;

-- The place is still the server's to say: it is the writer's own transaction, or what the function answers.
GRANT INSERT (xid) ON core.activity TO casebook_service;
CREATE POLICY place ON core.activity AS RESTRICTIVE FOR INSERT TO casebook_service
    WITH CHECK (
        xid = pg_current_xact_id()
        OR xid = (
            SELECT p.xid FROM core.activity_place(workspace_id, subject_kind, subject_id, version, id) AS p)
    );
