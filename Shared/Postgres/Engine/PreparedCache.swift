/// The named statements of one connection.
///
/// A name counts only after its own Parse was answered.
struct PreparedCache {
    /// What the connection knows of a statement.
    enum Standing: Equatable {
        /// No name; one may be given.
        case unknown
        /// A Parse is under way.
        case pending
        /// Prepared under this name.
        case ready(String)
    }

    private struct Entry {
        let name: String
        var isReady: Bool
        var lastUse: UInt64
    }

    private var entries: [UInt64: Entry] = [:]
    private var useCount: UInt64 = 0
    private var nameCount: UInt64 = 0
    private let limit: Int
    /// Names that are to be deallocated as soon as the connection is outside of a transaction.
    private(set) var evicted: [String] = []

    init(limit: Int) {
        self.limit = max(limit, 8)
    }

    var count: Int { entries.count }

    mutating func standing(of statement: UInt64) -> Standing {
        guard let index = entries.index(forKey: statement) else { return .unknown }
        guard entries.values[index].isReady else { return .pending }
        useCount += 1
        entries.values[index].lastUse = useCount
        return .ready(entries.values[index].name)
    }

    /// A new name for a statement, pending until it is confirmed.
    ///
    /// Names never repeat on a connection.
    mutating func begin(_ statement: UInt64) -> String {
        nameCount += 1
        useCount += 1
        let name = "s\(nameCount)"
        entries[statement] = Entry(name: name, isReady: false, lastUse: useCount)
        return name
    }

    /// The Parse was answered.
    ///
    /// Beyond the limit the least recently used name goes.
    mutating func confirm(_ statement: UInt64) {
        entries[statement]?.isReady = true
        guard entries.count > limit else { return }
        let oldest = entries.filter { $0.value.isReady && $0.key != statement }.min {
            $0.value.lastUse < $1.value.lastUse
        }
        if let oldest { evict(oldest.key) }
    }

    /// The Parse failed or was skipped.
    mutating func abandon(_ statement: UInt64) {
        if let entry = entries[statement], !entry.isReady { entries[statement] = nil }
    }

    /// The statement must be prepared anew; its old name goes.
    mutating func evict(_ statement: UInt64) {
        if let entry = entries.removeValue(forKey: statement), entry.isReady { evicted.append(entry.name) }
    }

    /// The server knows none of the names any more.
    mutating func forgetAll() {
        entries = entries.filter { !$0.value.isReady }
        evicted = []
    }

    mutating func takeEvicted() -> [String] {
        defer { evicted = [] }
        return evicted
    }
}
