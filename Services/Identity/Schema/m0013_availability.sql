-- Whether a person takes work: what they chose, the holiday they planned, and the most open tickets they take. Who
-- never said anything has no row, is online and takes tickets without a limit; that counts as version 1.
CREATE TABLE identity.availability (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    status text NOT NULL,
    holiday_from timestamptz,
    holiday_until timestamptz,
    substitute_id uuid,
    ticket_limit bigint,
    version bigint NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_availability PRIMARY KEY (workspace_id, user_id),
    CONSTRAINT fk_availability_user FOREIGN KEY (workspace_id, user_id) REFERENCES identity.user (workspace_id, id),
    CONSTRAINT fk_availability_substitute FOREIGN KEY (workspace_id, substitute_id)
        REFERENCES identity.user (workspace_id, id),
    CONSTRAINT ck_availability_status CHECK (status IN ('online', 'away', 'away_and_reassign', 'offline')),
    CONSTRAINT ck_availability_holiday CHECK (
        (holiday_from IS NOT NULL OR (holiday_until IS NULL AND substitute_id IS NULL))
        AND holiday_until > holiday_from),
    CONSTRAINT ck_availability_substitute CHECK (substitute_id <> user_id),
    CONSTRAINT ck_availability_ticket_limit CHECK (ticket_limit BETWEEN 0 AND 1000),
    CONSTRAINT ck_availability_version CHECK (version >= 2),
    CONSTRAINT ck_availability_times CHECK (
        core.is_instant(holiday_from) AND core.is_instant(holiday_until) AND core.is_instant(updated_at))
);

ALTER TABLE identity.availability ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.availability FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identity.availability
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON identity.availability TO identity;
GRANT UPDATE (status, holiday_from, holiday_until, substitute_id, ticket_limit, version, updated_at)
    ON identity.availability TO identity;

-- What follows from it at an instant: that of `casebook.at` where the reader set it, else that of the transaction. So a
-- holiday begins and ends by itself. Whoever is on holiday is followed to their substitute, and on to that one's, at
-- most 16 times, as long as each is on holiday too; who was deactivated stands in for nobody. The subquery names the
-- session's workspace, not the row's: so a plan for any values touches one workspace (SC-5).
CREATE VIEW identity.agent_availability AS
    SELECT u.workspace_id, u.id AS user_id, u.name, u.is_active,
        COALESCE(a.status, 'online') AS status,
        CASE
            WHEN NOT u.is_active THEN 'offline'
            WHEN a.holiday_from <= clock.at AND (a.holiday_until IS NULL OR a.holiday_until > clock.at) THEN 'holiday'
            ELSE COALESCE(a.status, 'online')
        END AS effective_status,
        a.holiday_from, a.holiday_until, a.substitute_id,
        CASE
            WHEN u.is_active AND a.substitute_id IS NOT NULL AND a.holiday_from <= clock.at
                AND (a.holiday_until IS NULL OR a.holiday_until > clock.at)
            THEN (
                WITH RECURSIVE chain AS (
                    SELECT a.substitute_id AS user_id, 1 AS hops
                    UNION ALL
                    SELECT n.substitute_id, c.hops + 1
                    FROM chain AS c
                    JOIN identity.user AS p
                        ON p.workspace_id = current_setting('casebook.workspace_id')::uuid
                        AND p.id = c.user_id AND p.is_active
                    JOIN identity.availability AS n
                        ON n.workspace_id = current_setting('casebook.workspace_id')::uuid AND n.user_id = c.user_id
                    WHERE c.hops < 16 AND n.holiday_from <= clock.at
                        AND (n.holiday_until IS NULL OR n.holiday_until > clock.at)
                )
                SELECT p.id
                FROM chain AS c
                JOIN identity.user AS p
                    ON p.workspace_id = current_setting('casebook.workspace_id')::uuid
                    AND p.id = c.user_id AND p.is_active
                WHERE NOT EXISTS (
                    SELECT FROM identity.availability AS n
                    WHERE n.workspace_id = current_setting('casebook.workspace_id')::uuid AND n.user_id = c.user_id
                        AND n.holiday_from <= clock.at AND (n.holiday_until IS NULL OR n.holiday_until > clock.at))
                LIMIT 1
            )
        END AS effective_substitute_id,
        a.ticket_limit, COALESCE(a.version, 1) AS version, COALESCE(a.updated_at, u.created_at) AS updated_at
    FROM identity.user AS u
    LEFT JOIN identity.availability AS a ON a.workspace_id = u.workspace_id AND a.user_id = u.id
    CROSS JOIN LATERAL (
        SELECT COALESCE(NULLIF(current_setting('casebook.at', true), '')::timestamptz, now()) AS at
    ) AS clock;

COMMENT ON VIEW identity.agent_availability IS
    'Published: whether each person takes work now, who stands in for them, and the most open tickets they take.';

GRANT SELECT ON identity.agent_availability TO identity, casebook_service;
