-- What concerns the installation, such as a new key that signs tokens, is audited in the workspace of nobody, whose id is
-- all zeros and which has no row.
ALTER TABLE identity.audit DROP CONSTRAINT fk_audit_workspace;
ALTER TABLE identity.chain DROP CONSTRAINT fk_chain_workspace;
