import Models
import Postgres

/// The changes of one turn as the document that its one statement reads.
struct JobChanges: Sendable {
    private let told: [String]
    private var changed: [JSONValue] = []
    private var refused: [JSONValue] = []

    /// Takes the members of the records' values that the activity tells of.
    init(told: [String]) {
        self.told = told
    }

    /// How many records change.
    var count: Int { changed.count }
    /// Whether nothing is to be written.
    var isEmpty: Bool { changed.isEmpty && refused.isEmpty }
    /// What becomes of each record that changes.
    var document: JSONText { JSONText(utf8: JSONWriter.bytes(of: .array(changed))) }
    /// What was forbidden.
    var refusals: JSONText { JSONText(utf8: JSONWriter.bytes(of: .array(refused))) }

    /// Adds a record that changes.
    mutating func add(_ subject: ID<AnyRecord>, before: JSONValue, _ change: JobChange, at now: Timestamp) {
        changed.append([
            "id": .string(subject.description),
            "activity_id": .string(ID<ActivityEntry>.make(at: now).description),
            "verb": .string(change.verb.rawValue),
            "before": Self.kept(of: before, change.after),
            "after": change.after,
            "changes": .object(difference(before, change.after) + change.extra),
            "extra": .object(change.extra),
        ])
    }

    /// Adds a record that a rule forbids to change.
    mutating func refuse(_ subject: ID<AnyRecord>, _ code: String) {
        refused.append(["id": .string(subject.description), "code": .string(code)])
    }

    /// The members of the values before that differ from those after.
    ///
    /// An undo sets these alone. So a process of an earlier version, which does not know one of them, fails at an undo
    /// and leaves it to others, instead of saying that it restored what it did not.
    private static func kept(of before: JSONValue, _ after: JSONValue) -> JSONValue {
        guard case .object(let members) = before else { return before }
        return .object(members.filter { $0.value != after[$0.name] ?? .null })
    }

    /// `{"from": …, "to": …}` by each told field that differs.
    private func difference(_ before: JSONValue, _ after: JSONValue) -> [JSONValue.Member] {
        told.compactMap { name in
            let (from, to) = (before[name] ?? .null, after[name] ?? .null)
            return from == to ? nil : JSONValue.Member(name, ["from": from, "to": to])
        }
    }
}

extension WriteContext {
    /// `activity AS (INSERT …)`: one row of activity for each row of `changed`, with the values that stand beside its
    /// id in `decided`: the columns `activity_id`, `verb` and `changes`.
    func activity(_ kind: RecordKind, from changed: SQL, ofEach decided: SQL) -> SQL {
        let insertion = insertion(
            of: kind, in: changed, from: "\(changed) JOIN \(decided) ON \(decided).id = \(changed).id",
            ActivityText(
                id: "\(decided).activity_id", verb: "\(decided).verb", changes: "\(decided).changes"))
        return "activity AS (\(insertion))"
    }
}
