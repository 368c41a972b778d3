import Models
import Postgres
import ServiceKit

/// A user as the table holds it, for the rules that decide a change.
struct UserRow: PostgresRow {
    static let columns = [
        "id", "email", "name", "role", "is_active", "assignment_mail", "version", "created_at", "updated_at",
    ]

    let id: ID<User>
    let email: String
    let name: String
    let role: Role
    let isActive: Bool
    let assignmentMail: Bool
    let version: Int64
    let createdAt: Timestamp
    let updatedAt: Timestamp

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("id")
        email = try row.decode("email")
        name = try row.decode("name")
        role = try row.decode("role")
        isActive = try row.decode("is_active")
        assignmentMail = try row.decode("assignment_mail")
        version = try row.decode("version")
        createdAt = try row.decode("created_at")
        updatedAt = try row.decode("updated_at")
    }

    /// What rules look at.
    var state: UserState { UserState(role: role, isActive: isActive) }

    /// The record after a patch, with its next version.
    func applying(_ patch: UpdateUser, at now: Timestamp) -> User {
        User(
            id: id, email: patch.email?.value ?? email, name: patch.name?.value ?? name, role: patch.role ?? role,
            isActive: patch.isActive ?? isActive, version: Int(version) + 1, createdAt: createdAt, updatedAt: now)
    }

    /// Whether a patch changed anything that the record shows.
    func isChanged(by user: User) -> Bool {
        user.email != email || user.name != name || user.role != role || user.isActive != isActive
    }

    /// The record as it is.
    var user: User {
        User(
            id: id, email: email, name: name, role: role, isActive: isActive, version: Int(version),
            createdAt: createdAt, updatedAt: updatedAt)
    }
}

/// A mail address in the form by which it is unique and found: lower case.
struct EmailKey: Sendable, Equatable {
    let value: String

    init(_ email: String) {
        value = email.lowercased()
    }
}
