-- What other services may read. The owner's own policies are forced, so a view shows the caller's workspace alone.
CREATE VIEW identity.person AS
    SELECT workspace_id, id, name, email, role, is_active, assignment_mail
    FROM identity.user;

COMMENT ON VIEW identity.person IS 'Published: the staff of a workspace, the deactivated too.';

-- Public halves of the signing keys that are valid now, the same for all workspaces: what tokens are checked with.
CREATE VIEW identity.verification_key AS
    SELECT kid,
        translate(rtrim(encode(public_key, 'base64'), '='), '+/', '-_') AS public_key,
        expires_at
    FROM identity.signing_key
    WHERE expires_at IS NULL OR expires_at > now();

COMMENT ON VIEW identity.verification_key IS
    'Published: Ed25519 public keys, base64url without padding; expires_at is null while no end is set.';

GRANT SELECT ON identity.person, identity.verification_key TO casebook_service;
