/// The server's settings for one small machine, given on its command line at every start so that they are always those
/// of this version (PostgreSQL 15, chapter 20).
enum ClusterSettings {
    /// The longest path of a Unix socket that every system takes (sun_path, unix(7)): 107 bytes.
    static let longestSocketPath = 107

    /// Arguments for `postgres`.
    static func arguments(cluster: String, socketFolder: String?, port: Int) -> [String] {
        let settings =
            [
                "listen_addresses": "127.0.0.1", "port": "\(port)",
                "unix_socket_directories": socketFolder ?? "", "unix_socket_permissions": "0700",
            ].merging(tuned) { _, new in new }
        return ["-D", cluster] + settings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
    }

    private static let tuned = [
        // Ten connections a process of the suite, twelve processes, and room for tools.
        "max_connections": "200",
        "password_encryption": "scram-sha-256",
        // Nothing acknowledged is lost: these are the defaults, spelled out because the suite relies on them.
        "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
        // An eighth of 2 GB; the system's cache holds the rest.
        "shared_buffers": "256MB", "effective_cache_size": "1GB",
        "work_mem": "8MB", "maintenance_work_mem": "64MB",
        // Fewer checkpoints, each spread out; recovery after a kill stays within seconds.
        "checkpoint_timeout": "10min", "max_wal_size": "2GB", "min_wal_size": "128MB", "wal_compression": "on",
        // Solid-state disks.
        "random_page_cost": "1.1", "effective_io_concurrency": "100",
        // Short statements by the thousand: compiling one costs more than it saves.
        "jit": "off",
        // Queues such as core.timer turn over quickly; vacuum them before they grow.
        "autovacuum_vacuum_scale_factor": "0.05", "autovacuum_naptime": "20s",
        "timezone": "UTC", "log_timezone": "UTC", "datestyle": "iso, ymd",
        "log_line_prefix": "%m [%p] %q%u@%d ", "log_min_duration_statement": "1s", "log_lock_waits": "on",
        "log_temp_files": "16MB", "track_io_timing": "on",
        // The horizon of activity must move (DESIGN.md section 5).
        "idle_in_transaction_session_timeout": "5s",
    ]
}
