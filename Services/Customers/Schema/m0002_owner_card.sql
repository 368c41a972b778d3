-- What other services may read. The owner's own policies are forced, so a view shows the caller's workspace alone.
CREATE VIEW customers.owner_card AS
    SELECT workspace_id, 'individual'::text AS kind, id, name AS label, deleted_at IS NOT NULL AS is_deleted
    FROM customers.individual
    UNION ALL
    SELECT workspace_id, 'organization'::text, id, name, deleted_at IS NOT NULL
    FROM customers.organization;

COMMENT ON VIEW customers.owner_card IS
    'Published: who can own a ticket, people and companies, with the name to show; the deleted ones too.';

GRANT SELECT ON customers.owner_card TO casebook_service;
