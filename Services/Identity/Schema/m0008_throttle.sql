-- How often something was tried lately, by account, address, device and so on, for all replicas (RELIABILITY.md, S-13).
-- `bucket` is a keyed digest cut to 20 bits: a row names nobody, and there are never more than 2^20 rows of a kind.
-- `restored_at` is when all tries will be back. What is tried before a workspace is known belongs to none, so every row
-- has the workspace of nobody, whose id is all zeros.
CREATE TABLE identity.throttle (
    workspace_id uuid NOT NULL,
    kind text NOT NULL,
    bucket bigint NOT NULL,
    restored_at timestamptz NOT NULL,
    CONSTRAINT pk_throttle PRIMARY KEY (workspace_id, kind, bucket),
    CONSTRAINT ck_throttle_workspace CHECK (workspace_id = '00000000-0000-0000-0000-000000000000'),
    CONSTRAINT ck_throttle_kind CHECK (kind ~ '^[a-z_]{1,40}$'),
    CONSTRAINT ck_throttle_bucket CHECK (bucket BETWEEN 0 AND 1048575),
    CONSTRAINT ck_throttle_restored_at CHECK (core.is_instant(restored_at))
);

ALTER TABLE identity.throttle ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.throttle FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON identity.throttle
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT, DELETE ON identity.throttle TO identity;
GRANT UPDATE (restored_at) ON identity.throttle TO identity;
