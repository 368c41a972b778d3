-- One ticket is one case. Names of its owner, assignee and team are copied in, since lists and searches show them, and
-- a consumer keeps them fresh; `label_revision` counts those refreshes, which are no changes of the record.
GRANT USAGE ON SCHEMA tickets TO tickets, casebook_service;

CREATE TABLE tickets.ticket (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    case_number text COLLATE "C" NOT NULL,
    -- Found by its last digits: by a range over this.
    case_number_reversed text COLLATE "C" NOT NULL GENERATED ALWAYS AS (reverse(case_number)) STORED,
    title text NOT NULL,
    description text NOT NULL,
    category text COLLATE "C" NOT NULL,
    priority text COLLATE "C" NOT NULL,
    -- What a list by urgency sorts by.
    priority_rank bigint NOT NULL GENERATED ALWAYS AS (
        CASE priority WHEN 'urgent' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END) STORED,
    status text COLLATE "C" NOT NULL,
    wait_reason text,
    wait_until timestamptz,
    owner_kind text NOT NULL,
    individual_id uuid,
    organization_id uuid,
    external_reference text,
    memo text,
    owner_label text NOT NULL,
    assignee_id uuid,
    assignee_name text,
    team_id uuid,
    team_name text,
    brand text,
    serial_number text,
    reopen_count bigint NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 1,
    label_revision bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    status_changed_at timestamptz NOT NULL,
    started_at timestamptz,
    completed_at timestamptz,
    closed_at timestamptz,
    CONSTRAINT pk_ticket PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_ticket_case_number UNIQUE (workspace_id, case_number),
    CONSTRAINT ck_ticket_case_number CHECK (case_number ~ '^[0-9]{9,15}$'),
    CONSTRAINT ck_ticket_title CHECK (length(title) BETWEEN 1 AND 140),
    CONSTRAINT ck_ticket_description CHECK (length(description) BETWEEN 1 AND 20000),
    CONSTRAINT ck_ticket_category CHECK (category ~ '^[a-z][a-z0-9_]{0,39}$'),
    CONSTRAINT ck_ticket_priority CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
    CONSTRAINT ck_ticket_status CHECK (status IN ('open', 'in_progress', 'completed', 'closed')),
    CONSTRAINT ck_ticket_wait CHECK (
        (wait_reason IS NULL OR (
            status = 'in_progress' AND wait_reason IN ('customer', 'third_party', 'parts', 'scheduled')))
        AND (wait_until IS NULL OR wait_reason IS NOT NULL)),
    -- The Owner Card: exactly one of four.
    CONSTRAINT ck_ticket_owner CHECK (
        num_nonnulls(individual_id, organization_id, external_reference, memo) = 1
        AND CASE owner_kind
            WHEN 'individual' THEN individual_id IS NOT NULL
            WHEN 'organization' THEN organization_id IS NOT NULL
            WHEN 'external' THEN external_reference IS NOT NULL
            WHEN 'memo' THEN memo IS NOT NULL
            ELSE false
        END),
    CONSTRAINT ck_ticket_owner_texts CHECK (
        length(owner_label) BETWEEN 1 AND 500 AND length(external_reference) BETWEEN 1 AND 140
        AND length(memo) BETWEEN 1 AND 500),
    CONSTRAINT ck_ticket_assignee CHECK (num_nulls(assignee_id, assignee_name) IN (0, 2)),
    CONSTRAINT ck_ticket_team CHECK (num_nulls(team_id, team_name) IN (0, 2)),
    CONSTRAINT ck_ticket_names CHECK (length(assignee_name) <= 140 AND length(team_name) <= 140),
    CONSTRAINT ck_ticket_equipment CHECK (
        length(brand) BETWEEN 1 AND 140 AND length(serial_number) BETWEEN 1 AND 140),
    CONSTRAINT ck_ticket_versions CHECK (version >= 1 AND label_revision >= 0 AND reopen_count >= 0),
    CONSTRAINT ck_ticket_ends CHECK (
        (status = 'closed') = (closed_at IS NOT NULL) AND (status <> 'completed' OR completed_at IS NOT NULL)),
    CONSTRAINT ck_ticket_times CHECK (
        core.is_instant(created_at) AND core.is_instant(updated_at) AND core.is_instant(status_changed_at)
        AND core.is_instant(started_at) AND core.is_instant(completed_at) AND core.is_instant(closed_at)
        AND core.is_instant(wait_until))
);

-- The lists of TicketList.swift. The primary key serves the list of all by time of opening.
CREATE INDEX ix_ticket_active ON tickets.ticket (workspace_id, id) WHERE status <> 'closed';
CREATE INDEX ix_ticket_active_changed ON tickets.ticket (workspace_id, updated_at, id) WHERE status <> 'closed';
CREATE INDEX ix_ticket_active_urgent ON tickets.ticket (workspace_id, priority_rank DESC, id) WHERE status <> 'closed';
CREATE INDEX ix_ticket_changed ON tickets.ticket (workspace_id, updated_at, id);
CREATE INDEX ix_ticket_status ON tickets.ticket (workspace_id, status, id);
CREATE INDEX ix_ticket_assignee ON tickets.ticket (workspace_id, assignee_id, status, id);
CREATE INDEX ix_ticket_team ON tickets.ticket (workspace_id, team_id, status, id);
CREATE INDEX ix_ticket_individual ON tickets.ticket (workspace_id, individual_id, id)
    WHERE individual_id IS NOT NULL;
CREATE INDEX ix_ticket_organization ON tickets.ticket (workspace_id, organization_id, id)
    WHERE organization_id IS NOT NULL;
CREATE INDEX ix_ticket_case_number_reversed ON tickets.ticket (workspace_id, case_number_reversed);

ALTER TABLE tickets.ticket ENABLE ROW LEVEL SECURITY;
ALTER TABLE tickets.ticket FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tickets.ticket
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON tickets.ticket TO tickets;
GRANT UPDATE (
    title, description, category, priority, status, wait_reason, wait_until, owner_kind, individual_id,
    organization_id, external_reference, memo, owner_label, assignee_id, assignee_name, team_id, team_name, brand,
    serial_number, reopen_count, version, label_revision, updated_at, status_changed_at, started_at, completed_at,
    closed_at
) ON tickets.ticket TO tickets;

-- How many case numbers each day of a workspace has given out. Taken in a transaction of its own, before the ticket's.
CREATE TABLE tickets.case_counter (
    workspace_id uuid NOT NULL,
    day date NOT NULL,
    last bigint NOT NULL,
    CONSTRAINT pk_case_counter PRIMARY KEY (workspace_id, day),
    CONSTRAINT ck_case_counter_last CHECK (last >= 1)
) WITH (fillfactor = 50);

ALTER TABLE tickets.case_counter ENABLE ROW LEVEL SECURITY;
ALTER TABLE tickets.case_counter FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tickets.case_counter
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON tickets.case_counter TO tickets;
GRANT UPDATE (last) ON tickets.case_counter TO tickets;

-- What people noted; a note is not changed afterwards.
CREATE TABLE tickets.note (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    kind text NOT NULL,
    text text NOT NULL,
    author_kind text NOT NULL,
    author_id uuid,
    author_service text,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_note PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_note_ticket FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets.ticket (workspace_id, id),
    CONSTRAINT ck_note_kind CHECK (kind IN ('internal', 'customer', 'resolution', 'invoice')),
    CONSTRAINT ck_note_text CHECK (length(text) BETWEEN 1 AND 20000),
    CONSTRAINT ck_note_author CHECK (
        author_kind IN ('user', 'customer', 'rule', 'service') AND num_nonnulls(author_id, author_service) = 1),
    CONSTRAINT ck_note_created_at CHECK (core.is_instant(created_at))
);

-- Serves the list of a ticket's notes.
CREATE INDEX ix_note_ticket ON tickets.note (workspace_id, ticket_id, id);

ALTER TABLE tickets.note ENABLE ROW LEVEL SECURITY;
ALTER TABLE tickets.note FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tickets.note
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON tickets.note TO tickets;

-- A workspace's own kinds of tickets, beside the five that all have. Tickets carry the word.
CREATE TABLE tickets.category (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    word text COLLATE "C" NOT NULL,
    name text NOT NULL,
    is_active bool NOT NULL DEFAULT true,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT pk_category PRIMARY KEY (workspace_id, id),
    CONSTRAINT uq_category_word UNIQUE (workspace_id, word),
    CONSTRAINT ck_category_word CHECK (
        word ~ '^[a-z][a-z0-9_]{0,39}$'
        AND word NOT IN ('incident', 'request', 'complaint', 'inquiry', 'feedback')),
    CONSTRAINT ck_category_name CHECK (length(name) BETWEEN 1 AND 140),
    CONSTRAINT ck_category_version CHECK (version >= 1)
);

ALTER TABLE tickets.category ENABLE ROW LEVEL SECURITY;
ALTER TABLE tickets.category FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tickets.category
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON tickets.category TO tickets;
GRANT UPDATE (name, is_active, version) ON tickets.category TO tickets;

-- How a workspace works on tickets; without a row the standard holds.
CREATE TABLE tickets.setting (
    workspace_id uuid NOT NULL,
    reopen_window_days bigint NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT pk_setting PRIMARY KEY (workspace_id),
    CONSTRAINT ck_setting_reopen_window_days CHECK (reopen_window_days BETWEEN 0 AND 365),
    CONSTRAINT ck_setting_version CHECK (version >= 1)
);

ALTER TABLE tickets.setting ENABLE ROW LEVEL SECURITY;
ALTER TABLE tickets.setting FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tickets.setting
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON tickets.setting TO tickets;
GRANT UPDATE (reopen_window_days, version) ON tickets.setting TO tickets;
