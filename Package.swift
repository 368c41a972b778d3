// swift-tools-version: 6.2
import PackageDescription

// MARK: Dependencies

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let httpCompression = Target.Dependency.product(name: "NIOHTTPCompression", package: "swift-nio-extras")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let serviceContext = Target.Dependency.product(name: "ServiceContextModule", package: "swift-service-context")

/// The steps of a schema, their bytes embedded in the binary: nothing has to lie beside it.
func migrations(_ names: String...) -> [Resource] {
    names.map { .embedInCode("Schema/\($0).sql") }
}

let package = Package(
    name: "casebook",
    products: [
        .executable(name: "gateway", targets: ["Gateway"]),
        .executable(name: "identity", targets: ["Identity"]),
        .executable(name: "customers", targets: ["Customers"]),
        .executable(name: "tickets", targets: ["Tickets"]),
        .executable(name: "tasks", targets: ["Tasks"]),
        .executable(name: "casebook", targets: ["Casebook"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-service-context", from: "1.5.1"),
    ],
    targets: [
        .systemLibrary(
            name: "CLibpq", path: "Shared/CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(
            name: "Postgres", dependencies: ["CLibpq"], path: "Shared/Postgres",
            // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0458-strict-memory-safety.md
            swiftSettings: [.strictMemorySafety()]),
        .target(name: "Models", path: "Shared/Models"),
        .target(name: "HTML", path: "Shared/HTML"),
        .target(
            name: "ServiceKit",
            dependencies: [
                "Models", "Postgres", hummingbird, hummingbirdCore, httpTypes, nioCore, nioPosix,
                nioHTTP1, nioHTTPTypes, nioHTTPTypesHTTP1, nioSSL, logging, metrics, coreMetrics, configuration,
                lifecycle, unixSignals, crypto, jwtKit,
            ],
            path: "Shared/ServiceKit",
            resources: migrations(
                "m0001_core", "m0002_consumer", "m0003_timer", "m0004_idempotency_key", "m0005_fold",
                "m0006_job", "m0007_blank_activity", "m0008_activity_place", "m0009_full_zone_name")
                + [.embedInCode("OpenAPI/field-texts.tsv")]),
        .target(
            name: "ServiceClient",
            dependencies: ["Models", asyncHTTPClient, httpTypes, nioCore, nioHTTP1, logging, metrics],
            path: "Shared/ServiceClient"),
        .executableTarget(
            name: "Gateway",
            dependencies: [
                "Models", "HTML", "Postgres", "ServiceKit", "ServiceClient", hummingbird, httpTypes, nioCore, nioHTTP1,
                nioPosix, nioSSL, asyncHTTPClient, configuration, crypto, lifecycle, logging, coreMetrics,
                httpCompression, nioEmbedded,
            ],
            path: "Services/Gateway", exclude: ["README.md"],
            resources: ["reference.css", "reference.js", "theme.js", "icon.svg"].map {
                .embedInCode("Reference/Assets/\($0)")
            }),
        .executableTarget(
            name: "Identity",
            dependencies: [
                "Models", "Postgres", "ServiceKit", hummingbird, httpTypes, configuration, crypto, cryptoExtras,
                jwtKit, lifecycle, logging,
            ],
            path: "Services/Identity", exclude: ["README.md"],
            resources: migrations(
                "m0001_workspace", "m0002_user", "m0003_team", "m0004_credential", "m0005_audit",
                "m0006_published_view", "m0007_published_team", "m0008_throttle", "m0009_second_factor",
                "m0010_link", "m0011_audit_chain", "m0012_skill", "m0013_availability",
                "m0014_installation_audit", "m0015_blanked_values", "m0016_audit_values_check",
                "m0017_published_member", "m0018_calendar_link_audit", "m0019_workspace_zone")),
        .executableTarget(
            name: "Customers",
            dependencies: ["Models", "Postgres", "ServiceKit", configuration, lifecycle, logging],
            path: "Services/Customers", exclude: ["README.md"],
            resources: migrations("m0001_customer", "m0002_owner_card", "m0003_search")),
        .executableTarget(
            name: "Tickets",
            dependencies: ["Models", "Postgres", "ServiceKit", configuration, lifecycle, logging],
            path: "Services/Tickets", exclude: ["README.md"],
            resources: migrations(
                "m0001_ticket", "m0002_search", "m0003_search_reading", "m0004_published_ticket", "m0005_work_item",
                "m0006_work_index")),
        .executableTarget(
            name: "Tasks",
            dependencies: [
                "Models", "Postgres", "ServiceKit", configuration, crypto, hummingbird, httpTypes, nioCore, lifecycle,
                logging,
            ],
            path: "Services/Tasks", exclude: ["README.md"],
            resources: migrations(
                "m0001_task", "m0002_wall_clock", "m0003_parts", "m0004_project", "m0005_work_item",
                "m0006_work_index", "m0007_delegated_index", "m0008_reminder", "m0009_template", "m0010_series",
                "m0011_calendar_feed", "m0012_series_names", "m0013_zone_name")),
        .executableTarget(
            name: "Casebook",
            dependencies: [
                "Models", "Postgres", "ServiceKit", "ServiceClient", argumentParser, asyncHTTPClient, crypto, nioCore,
                nioHTTP1, unixSignals,
            ],
            path: "Services/Casebook"),
        .target(
            name: "TestSupport",
            dependencies: [
                "Models", "Postgres", "ServiceKit", hummingbird, hummingbirdTesting, httpTypes, nioCore, crypto, jwtKit,
                logging, configuration, lifecycle,
            ],
            path: "Tests/Support"),
        .testTarget(
            name: "ModelsTests", dependencies: ["Models"], path: "Tests/ModelsTests", exclude: ["Fixtures"]),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres", "TestSupport"], path: "Tests/PostgresTests"),
        .testTarget(
            name: "ServiceKitTests",
            dependencies: [
                "ServiceKit", "Models", "Postgres", "TestSupport", hummingbird, hummingbirdCore,
                hummingbirdTesting, httpTypes, nioCore, nioPosix, crypto, jwtKit, logging, lifecycle, configuration,
            ],
            path: "Tests/ServiceKitTests", exclude: ["Fixtures"]),
        .testTarget(
            name: "ServiceClientTests",
            dependencies: ["ServiceClient", "Models", "TestSupport", hummingbird, httpTypes, nioCore, asyncHTTPClient],
            path: "Tests/ServiceClientTests"),
        .testTarget(
            name: "IdentityTests",
            dependencies: [
                "Identity", "ServiceKit", "Models", "Postgres", "TestSupport", hummingbird, hummingbirdTesting,
                httpTypes, nioCore, configuration, crypto, jwtKit, logging,
            ],
            path: "Tests/IdentityTests", exclude: ["Fixtures"]),
        .testTarget(
            name: "CustomersTests",
            dependencies: [
                "Customers", "Identity", "ServiceKit", "Models", "Postgres", "TestSupport", hummingbird,
                hummingbirdTesting, httpTypes, nioCore, configuration, logging,
            ],
            path: "Tests/CustomersTests", exclude: ["Fixtures"]),
        .testTarget(
            name: "TicketsTests",
            dependencies: [
                "Tickets", "Tasks", "Customers", "Identity", "ServiceKit", "Models", "Postgres", "TestSupport",
                hummingbird, hummingbirdTesting, httpTypes, nioCore, configuration, logging, lifecycle,
            ],
            path: "Tests/TicketsTests", exclude: ["Fixtures"]),
        .testTarget(
            name: "TasksTests",
            dependencies: [
                "Tasks", "Tickets", "Customers", "Identity", "ServiceKit", "Models", "Postgres", "TestSupport",
                hummingbird, hummingbirdTesting, httpTypes, nioCore, configuration, logging, lifecycle,
            ],
            path: "Tests/TasksTests", exclude: ["Fixtures"]),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Gateway", "HTML", "ServiceClient", "ServiceKit", "Models", "Postgres", "TestSupport", hummingbird,
                hummingbirdTesting, httpTypes, nioCore, nioHTTP1, nioPosix, asyncHTTPClient, logging, configuration,
                lifecycle, nioEmbedded,
            ],
            path: "Tests/GatewayTests"),
        .testTarget(
            name: "CasebookTests", dependencies: ["Casebook", "Models", "Postgres", "TestSupport"],
            path: "Tests/CasebookTests"),
        .testTarget(
            name: "RepositoryTests", dependencies: [crypto], path: "Tests/RepositoryTests", exclude: ["Fixtures"]),
        .testTarget(
            name: "Suite", dependencies: ["Models", "TestSupport", asyncHTTPClient, nioCore, nioHTTP1],
            path: "Tests/Suite"),
    ]
)

/// One list of settings for every target.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    .enableUpcomingFeature("InternalImportsByDefault"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0443-warning-control-flags.md
    .treatAllWarnings(as: .error),
]
for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + house
}

// What every request goes through is optimized in debug builds too: the tests, which run them, take much less time.
for target in package.targets where ["Postgres", "Models", "ServiceKit"].contains(target.name) {
    target.swiftSettings?.append(.unsafeFlags(["-O"], .when(configuration: .debug)))
}
