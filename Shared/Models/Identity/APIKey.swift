/// A credential for a machine: `cbk_<id>_<secret>`, shown once.
package struct APIKey: Codable, Sendable {
    /// The key's id; not its secret.
    package let id: ID<APIKey>
    /// What it is for.
    package let name: String
    /// What it may do: never more than whoever made it.
    package let permissions: [Permission]
    /// Who made it.
    package let createdBy: ID<User>
    /// When it was made.
    package let createdAt: Timestamp
    /// When it ends; `nil` when it does not.
    package let expiresAt: Timestamp?
    /// When it was used last, to the minute.
    package let lastUsedAt: Timestamp?

    /// Takes a key as it is.
    package init(
        id: ID<APIKey>, name: String, permissions: [Permission], createdBy: ID<User>, createdAt: Timestamp,
        expiresAt: Timestamp?, lastUsedAt: Timestamp?
    ) {
        self.id = id
        self.name = name
        self.permissions = permissions
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
    }
}

/// Makes an API key.
package struct CreateAPIKey: Codable, Sendable {
    /// What it is for.
    package let name: Text<Label>
    /// What it may do.
    package let permissions: [Permission]
    /// When it ends; never, when absent.
    package let expiresAt: Timestamp?
    /// Whose key it is; the caller's own when absent.
    ///
    /// Only the operator names another.
    package let userID: ID<User>?

    /// Describes a key to be made.
    package init(name: Text<Label>, permissions: [Permission], expiresAt: Timestamp?, userID: ID<User>?) {
        self.name = name
        self.permissions = permissions
        self.expiresAt = expiresAt
        self.userID = userID
    }
}

/// A key as it is shown, this once.
package struct CreatedAPIKey: Codable, Sendable {
    /// The key's record.
    package let key: APIKey
    /// The whole credential.
    package let credential: String

    /// Joins a key and its credential.
    package init(key: APIKey, credential: String) {
        self.key = key
        self.credential = credential
    }
}

/// The operations on API keys.
package enum APIKeys {
    package static let list = Endpoint<NoPath, PageQuery, NoBody, Page<APIKey>>(
        .get, "/v1/api-keys", "api_keys.list", .needs(.keysAdminister), "The workspace's API keys, oldest first.",
        problems: [.invalidCursor])
    package static let create = Endpoint<NoPath, NoQuery, CreateAPIKey, CreatedAPIKey>(
        .post, "/v1/api-keys", "api_keys.create", .needs(.keysAdminister),
        "Makes an API key and shows it, this once.", success: 201, answer: .secret)
    package static let revoke = Endpoint<IDPath<APIKey>, NoQuery, NoBody, NoContent>(
        .delete, "/v1/api-keys/{id}", "api_keys.revoke", .needs(.keysAdminister), "Revokes an API key at once.",
        success: 204)
}
