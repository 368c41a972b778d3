package import Models

/// The kind of a record, as activity names it.
///
/// Each service adds its own.
package struct RecordKind: RawRepresentable, Hashable, Sendable {
    /// The word in the database and on the wire: a letter, then at most 39 letters and underscores.
    package let rawValue: String

    /// Takes a word.
    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// A workspace.
    package static let workspace = RecordKind(rawValue: "workspace")
    /// A user of a workspace.
    package static let user = RecordKind(rawValue: "user")
    /// A team.
    package static let team = RecordKind(rawValue: "team")
}

/// What was done to a record.
///
/// Each service adds its own.
package struct ActivityVerb: RawRepresentable, Hashable, Sendable {
    /// The word in the database and on the wire: a letter, then at most 39 letters and underscores.
    package let rawValue: String

    /// Takes a word.
    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The record was made.
    package static let created = ActivityVerb(rawValue: "created")
    /// Some of its fields were changed.
    package static let updated = ActivityVerb(rawValue: "updated")
    /// It was deleted.
    package static let deleted = ActivityVerb(rawValue: "deleted")
}

/// Who did it.
package enum ActivityActor: Hashable, Sendable {
    /// A person of the workspace, or a key of theirs.
    case user(ID<User>)
    /// A customer in the portal.
    case customer(ID<AnyRecord>)
    /// A rule of the workspace.
    case rule(ID<AnyRecord>)
    /// A process of the suite, by its name.
    case service(String)

    /// The actor that a token speaks for; `nil` when a person's token names no id.
    package init?(_ principal: Principal) {
        switch principal.kind {
        case .service:
            self = .service(principal.subject)
        case .staff:
            guard let id = ID<User>(principal.subject) else { return nil }
            self = .user(id)
        case .customer:
            guard let id = ID<AnyRecord>(principal.subject) else { return nil }
            self = .customer(id)
        }
    }

    /// The word in the column `actor_kind`.
    var kind: String {
        switch self {
        case .user: "user"
        case .customer: "customer"
        case .rule: "rule"
        case .service: "service"
        }
    }

    /// The id in the column `actor_id`; a service has none.
    var id: ID<AnyRecord>? {
        switch self {
        case .user(let id): id.erased
        case .customer(let id), .rule(let id): id
        case .service: nil
        }
    }

    /// The name in the column `actor_service`; only a service has one.
    var service: String? {
        if case .service(let name) = self { name } else { nil }
    }
}

extension ActivityItem.Actor {
    /// Whoever acts, as a record's history shows them.
    package init(_ actor: ActivityActor) {
        self.init(kind: actor.kind, id: actor.id?.of(User.self), service: actor.service)
    }
}

/// The channel of hints that activity was written: `database.hint(ActivityHint.channel)` after a commit wakes
/// consumers.
package enum ActivityHint {
    /// The channel's name.
    package static let channel = "casebook_activity"
}
