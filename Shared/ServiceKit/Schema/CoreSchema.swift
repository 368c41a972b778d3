package import Postgres

/// The schema `core`, which belongs to no service and is shared by all: activity, cursors, timers, idempotency keys,
/// jobs.
package enum CoreSchema {
    /// The schema's name.
    package static let name = "core"
    /// The role that owns it; it logs in nowhere.
    package static let owner = "core_owner"

    /// Its steps in order.
    ///
    /// `casebook migrate` runs them as the owner before those of any service.
    package static var migrations: [Migration] {
        [
            step("m0001_core", PackageResources.m0001_core_sql),
            step("m0002_consumer", PackageResources.m0002_consumer_sql),
            step("m0003_timer", PackageResources.m0003_timer_sql),
            step("m0004_idempotency_key", PackageResources.m0004_idempotency_key_sql),
            step("m0005_fold", PackageResources.m0005_fold_sql),
            step("m0006_job", PackageResources.m0006_job_sql),
            step("m0007_blank_activity", PackageResources.m0007_blank_activity_sql),
            step("m0008_activity_place", PackageResources.m0008_activity_place_sql),
            step("m0009_full_zone_name", PackageResources.m0009_full_zone_name_sql),
        ]
    }

    private static func step(_ name: String, _ file: [UInt8]) -> Migration {
        Migration(name: name, sql: String(decoding: file, as: UTF8.self))
    }
}
