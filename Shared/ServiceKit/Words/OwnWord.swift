package import Models
package import Postgres

/// A word of a workspace's own beside those that all have: a category of tickets, a kind of tasks.
package struct OwnWord: PostgresRow, Sendable {
    /// The columns of its table.
    package static let columns = ["word", "name", "is_active", "version"]

    /// The word that records carry.
    package let word: String
    /// The name that people read.
    package let name: String
    /// Whether new records may have it.
    package let isActive: Bool
    /// Counts changes.
    package let version: Int

    /// Takes a word.
    package init(word: String, name: String, isActive: Bool = true, version: Int = 1) {
        self.word = word
        self.name = name
        self.isActive = isActive
        self.version = version
    }

    /// Reads a word.
    package init(row: borrowing RowReader) throws(PostgresDecodingError) {
        word = try row.decode("word")
        name = try row.decode("name")
        isActive = try row.decode("is_active")
        version = Int(try row.decode("version", as: Int64.self))
    }

    /// The word after a change; its version is the next one if anything differs.
    package func patched(name newName: String?, isActive newState: Bool?) -> OwnWord {
        let (newName, newState) = (newName ?? name, newState ?? isActive)
        let isChanged = newName != name || newState != isActive
        return OwnWord(word: word, name: newName, isActive: newState, version: version + (isChanged ? 1 : 0))
    }
}

/// What tables of a workspace's own words differ by.
package struct OwnWords: Sendable {
    let table: SQL
    let kind: RecordKind
    let singular: String
    let plural: String

    /// Describes words.
    ///
    /// - Parameters:
    ///   - table: The table, such as `tickets.category`: its columns are `workspace_id`, `id` and those of ``OwnWord``,
    ///     and a unique constraint of its words is named `uq_<table>_word`.
    ///   - kind: The kind of record of its activity.
    ///   - singular: What a word is, for messages.
    ///   - plural: What several are.
    package init(table: SQL, kind: RecordKind, singular: String, plural: String) {
        self.table = table
        self.kind = kind
        self.singular = singular
        self.plural = plural
    }

    /// The most words that a workspace may have of its own.
    package static let limit = 200

    /// 409 for a word that every workspace has.
    package var builtIn: Problem {
        Problem(
            .conflict, "Every workspace has this \(singular).",
            errors: [FieldError("/word", .taken, "belongs to a \(singular) that every workspace has")])
    }

    /// The constraint that lets no word be there twice.
    var uniqueWord: String { "uq_\(table.text.split(separator: ".").last ?? "")_word" }
}
