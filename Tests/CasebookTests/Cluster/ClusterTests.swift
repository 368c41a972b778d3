import Testing

@testable import Casebook

@Suite("embedded cluster")
struct ClusterTests {
    @Test("the server is ready when line 8 of postmaster.pid says so")
    func postmasterFile() {
        let lines = ["4711", "/data/postgres", "1700000000", "54320", "/run", "127.0.0.1", "  1 2"]
        let ready = PostmasterFile(text: (lines + ["ready   ", ""]).joined(separator: "\n"))
        #expect(ready?.pid == 4_711)
        #expect(ready?.isReady == true)
        #expect(PostmasterFile(text: (lines + ["starting"]).joined(separator: "\n"))?.isReady == false)
        #expect(PostmasterFile(text: lines.joined(separator: "\n"))?.isReady == false)
        #expect(PostmasterFile(text: "") == nil)
        #expect(PostmasterFile(text: "-4711\n") == nil)
    }

    @Test("a new cluster takes the newest PostgreSQL from 15 on, an old cluster its own version")
    func versions() throws {
        let installed = [13, 15, 17].map { PostgresBinaries(folder: "/\($0)", version: $0) }
        #expect(try PostgresBinaries.choose(from: installed, cluster: nil).version == 17)
        #expect(try PostgresBinaries.choose(from: installed, cluster: 15).version == 15)
        #expect(throws: NoPostgres.otherVersion(16)) { try PostgresBinaries.choose(from: installed, cluster: 16) }
        #expect(throws: NoPostgres.notInstalled) { try PostgresBinaries.choose(from: [installed[0]], cluster: nil) }
    }

    @Test(
        "the version is read from what postgres says",
        arguments: [
            ("postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)", 15), ("postgres (PostgreSQL) 18beta1", 18),
        ])
    func versionText(_ text: String, _ version: Int) {
        #expect(PostgresBinaries.version(inText: text) == version)
    }

    @Test("connection strings escape what has a meaning in them")
    func addresses() {
        let socket = DatabaseAddress.embedded(socketFolder: "/a b/run", port: 54_320)
        #expect(
            socket.url(role: "identity", password: "p@/:") == "postgresql://identity:p%40%2F%3A@/casebook"
                + "?host=%2Fa%20b%2Frun&port=54320")
        let tcp = DatabaseAddress.embedded(socketFolder: nil, port: 54_320)
        #expect(tcp.url(role: "identity", password: "p") == "postgresql://identity:p@127.0.0.1:54320/casebook")
    }

    @Test(
        "a given server keeps its parameters, and nothing of the administrator's credentials reaches a service (S-22)",
        arguments: [
            ("postgresql://root:secret@db/main", "postgresql://identity:p%26@db/main"),
            ("postgresql://root:se%40cret@db:5432,db2/main", "postgresql://identity:p%26@db:5432,db2/main"),
            ("postgres://db/main?sslmode=require", "postgres://identity:p%26@db/main?sslmode=require"),
            (
                "postgresql:///main?user=root&host=%2Frun&password=secret",
                "postgresql://identity:p%26@/main?host=%2Frun"
            ),
            ("postgresql://root@db", "postgresql://identity:p%26@db"),
            (
                #"host=db user = root password='se\'c ret' dbname=main"#,
                "host='db' dbname='main' user='identity' password='p&'"
            ),
            ("", "user='identity' password='p&'"),
        ])
    func given(_ administrator: String, _ expected: String) {
        #expect(DatabaseAddress.given(administrator).url(role: "identity", password: "p&") == expected)
    }

    @Test("a password in keyword form is quoted")
    func quoted() {
        let url = DatabaseAddress.given("host=db").url(role: "identity", password: #"p'\"#)
        #expect(url == #"host='db' user='identity' password='p\'\\'"#)
        #expect(ConnectionString.pairs(of: url).last?.value == #"p'\"#)
    }

    @Test("the server listens on loopback only, keeps what it acknowledged, and has no secret in its arguments")
    func settings() {
        let arguments = ClusterSettings.arguments(cluster: "/data/postgres", socketFolder: "/run", port: 54_320)
        #expect(arguments.prefix(2) == ["-D", "/data/postgres"])
        for setting in [
            "listen_addresses=127.0.0.1", "port=54320", "fsync=on", "synchronous_commit=on", "full_page_writes=on",
            "max_connections=200", "password_encryption=scram-sha-256",
        ] {
            #expect(arguments.contains(setting))
        }
    }
}
