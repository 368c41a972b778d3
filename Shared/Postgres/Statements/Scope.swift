/// Settings that are in force for one statement or one transaction only, sent in the same round trip.
///
/// The driver sends `SELECT set_config(name, value, true)` before the statement, in the same transaction, so that the
/// setting cannot reach the connection's next user.
package struct Scope: Sendable, Hashable {
    /// One setting, as for `SET LOCAL name = value`.
    package struct Setting: Sendable, Hashable {
        /// The setting's name, such as `casebook.workspace_id`.
        package let name: String
        /// Its value.
        package let value: String
    }

    /// The settings, in the order in which they are put in force; at most 16 are accepted.
    package let settings: [Setting]

    /// No settings: the statement travels alone.
    package static let none = Scope(settings: [])

    /// One setting.
    package static func setting(_ name: String, _ value: String) -> Scope {
        Scope(settings: [Setting(name: name, value: value)])
    }

    /// These settings and one more.
    package func adding(_ name: String, _ value: String) -> Scope {
        Scope(settings: settings + [Setting(name: name, value: value)])
    }
}
