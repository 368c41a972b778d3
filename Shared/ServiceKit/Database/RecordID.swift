package import Models

/// A record of any kind, where the kind stands beside it as a value: in activity and in timers.
package enum AnyRecord {}

extension ID {
    /// The same id without its kind.
    package var erased: ID<AnyRecord> { ID<AnyRecord>(rawValue: rawValue) }
}

extension ID where Entity == AnyRecord {
    /// The same id as one of a kind that the caller knows from elsewhere.
    package func of<Known>(_ kind: Known.Type) -> ID<Known> { ID<Known>(rawValue: rawValue) }
}
