-- Who writes to the company: people and companies, how they are reached, and who belongs to whom.
GRANT USAGE ON SCHEMA customers TO customers, casebook_service;

-- A person. `name_key` is the name as lists sort it: folded, by bytes. A deleted person keeps the row with the name,
-- since tickets go on naming their owner; how the person was reached goes at once.
CREATE TABLE customers.individual (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    language text,
    note text,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT pk_individual PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_individual_name CHECK (length(name) BETWEEN 1 AND 140 AND length(name_key) <= 2000),
    CONSTRAINT ck_individual_language CHECK (length(language) BETWEEN 2 AND 35),
    CONSTRAINT ck_individual_note CHECK (length(note) BETWEEN 1 AND 4000),
    CONSTRAINT ck_individual_version CHECK (version >= 1),
    CONSTRAINT ck_individual_times CHECK (
        core.is_instant(created_at) AND core.is_instant(updated_at) AND core.is_instant(deleted_at))
);

-- Serve the lists by name and newest first.
CREATE INDEX ix_individual_name ON customers.individual (workspace_id, name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_individual_created ON customers.individual (workspace_id, created_at, id) WHERE deleted_at IS NULL;

ALTER TABLE customers.individual ENABLE ROW LEVEL SECURITY;
ALTER TABLE customers.individual FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON customers.individual
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON customers.individual TO customers;
GRANT UPDATE (name, name_key, language, note, version, updated_at, deleted_at) ON customers.individual TO customers;

-- A company. Its domains are shown and searched, never filtered by.
CREATE TABLE customers.organization (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    domains text[] NOT NULL DEFAULT '{}',
    note text,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT pk_organization PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_organization_name CHECK (length(name) BETWEEN 1 AND 140 AND length(name_key) <= 2000),
    CONSTRAINT ck_organization_domains CHECK (cardinality(domains) <= 20),
    CONSTRAINT ck_organization_note CHECK (length(note) BETWEEN 1 AND 4000),
    CONSTRAINT ck_organization_version CHECK (version >= 1),
    CONSTRAINT ck_organization_times CHECK (
        core.is_instant(created_at) AND core.is_instant(updated_at) AND core.is_instant(deleted_at))
);

CREATE INDEX ix_organization_name ON customers.organization (workspace_id, name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_organization_created ON customers.organization (workspace_id, created_at, id) WHERE deleted_at IS NULL;

ALTER TABLE customers.organization ENABLE ROW LEVEL SECURITY;
ALTER TABLE customers.organization FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON customers.organization
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT ON customers.organization TO customers;
GRANT UPDATE (name, name_key, domains, note, version, updated_at, deleted_at) ON customers.organization TO customers;

-- A mail address, a telephone number or a handle of one person or one company: as it was typed, and as it is compared.
CREATE TABLE customers.contact (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    individual_id uuid,
    organization_id uuid,
    kind text COLLATE "C" NOT NULL,
    value text NOT NULL,
    value_key text COLLATE "C" NOT NULL,
    label text,
    is_verified bool NOT NULL,
    is_primary bool NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_contact PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_contact_individual FOREIGN KEY (workspace_id, individual_id)
        REFERENCES customers.individual (workspace_id, id),
    CONSTRAINT fk_contact_organization FOREIGN KEY (workspace_id, organization_id)
        REFERENCES customers.organization (workspace_id, id),
    CONSTRAINT ck_contact_owner CHECK (num_nonnulls(individual_id, organization_id) = 1),
    CONSTRAINT ck_contact_kind CHECK (kind IN ('email', 'phone', 'handle')),
    CONSTRAINT ck_contact_value CHECK (length(value) BETWEEN 1 AND 254 AND length(value_key) BETWEEN 1 AND 1000),
    CONSTRAINT ck_contact_phone CHECK (kind <> 'phone' OR value_key ~ '^\+[0-9]{3,16}$'),
    CONSTRAINT ck_contact_label CHECK (length(label) BETWEEN 1 AND 40),
    CONSTRAINT ck_contact_times CHECK (core.is_instant(created_at) AND core.is_instant(updated_at))
);

-- An owner has a contact once, and one primary contact of a kind. Both also serve the contacts of an owner.
CREATE UNIQUE INDEX uq_contact_individual ON customers.contact (workspace_id, individual_id, kind, value_key)
    WHERE individual_id IS NOT NULL;
CREATE UNIQUE INDEX uq_contact_organization ON customers.contact (workspace_id, organization_id, kind, value_key)
    WHERE organization_id IS NOT NULL;
CREATE UNIQUE INDEX uq_contact_primary_individual ON customers.contact (workspace_id, individual_id, kind)
    WHERE is_primary AND individual_id IS NOT NULL;
CREATE UNIQUE INDEX uq_contact_primary_organization ON customers.contact (workspace_id, organization_id, kind)
    WHERE is_primary AND organization_id IS NOT NULL;
-- What was verified belongs to one person or company of the workspace.
CREATE UNIQUE INDEX uq_contact_verified ON customers.contact (workspace_id, kind, value_key) WHERE is_verified;
-- Serves the question whose a mail address or a number is.
CREATE INDEX ix_contact_value ON customers.contact (workspace_id, kind, value_key);

ALTER TABLE customers.contact ENABLE ROW LEVEL SECURITY;
ALTER TABLE customers.contact FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON customers.contact
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT, DELETE ON customers.contact TO customers;
GRANT UPDATE (value, value_key, label, is_verified, is_primary, updated_at) ON customers.contact TO customers;

-- Who belongs to which company, and as what. The primary key serves a company's people in order of their ids.
CREATE TABLE customers.membership (
    workspace_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    individual_id uuid NOT NULL,
    role text,
    joined_at timestamptz NOT NULL,
    CONSTRAINT pk_membership PRIMARY KEY (workspace_id, organization_id, individual_id),
    CONSTRAINT fk_membership_organization FOREIGN KEY (workspace_id, organization_id)
        REFERENCES customers.organization (workspace_id, id),
    CONSTRAINT fk_membership_individual FOREIGN KEY (workspace_id, individual_id)
        REFERENCES customers.individual (workspace_id, id),
    CONSTRAINT ck_membership_role CHECK (length(role) BETWEEN 1 AND 140),
    CONSTRAINT ck_membership_joined_at CHECK (core.is_instant(joined_at))
);

-- Serves the companies of one person.
CREATE INDEX ix_membership_individual ON customers.membership (workspace_id, individual_id, organization_id);

ALTER TABLE customers.membership ENABLE ROW LEVEL SECURITY;
ALTER TABLE customers.membership FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON customers.membership
    USING (workspace_id = current_setting('casebook.workspace_id')::uuid);

GRANT SELECT, INSERT, DELETE, UPDATE (role) ON customers.membership TO customers;
