import Foundation
import Glibc
import Testing

@testable import Casebook

@Suite("data folder")
struct DataFolderTests {
    private func choice(
        home: String? = nil, executable: String = "/srv/clone/.build/debug/casebook",
        reachable: (@Sendable (String) -> Bool)? = nil
    ) -> DataFolderChoice {
        DataFolderChoice(
            home: home, executable: executable, currentFolder: "/tmp/here",
            fileExists: { $0 == "/srv/clone/Package.swift" }, isReachable: reachable)
    }

    @Test("lies in the clone that the executable was built in, wherever it is called from")
    func clone() throws {
        #expect(try choice().folder().folder.path == "/srv/clone/.casebook")
    }

    @Test("lies in the current folder for an executable that was installed elsewhere")
    func installed() throws {
        #expect(try choice(executable: "/usr/bin/casebook").folder().folder.path == "/tmp/here/.casebook")
    }

    @Test("is CASEBOOK_HOME when that is set, also relative")
    func home() throws {
        #expect(try choice(home: "/data/a/../b").folder().folder.path == "/data/b")
        #expect(try choice(home: "data").folder().folder.path == "/tmp/here/data")
        #expect(try choice(home: "").folder().folder.path == "/srv/clone/.casebook")
    }

    @Test("moves to where PostgreSQL's user reaches it, under another name for every clone")
    func moved() throws {
        let (folder, isMoved) = try choice(reachable: { _ in false }).folder()
        #expect(isMoved)
        #expect(folder.path.hasPrefix("/var/lib/casebook/clone-"))
        #expect(DataFolderChoice.name(of: "/a/clone") != DataFolderChoice.name(of: "/b/clone"))
        #expect(try choice(reachable: { _ in true }).folder().moved == false)
    }

    @Test("is refused when CASEBOOK_HOME is out of reach for PostgreSQL's user")
    func unreachable() {
        #expect(throws: UnreachableFolder.self) { try choice(home: "/root/data", reachable: { _ in false }).folder() }
    }

    @Test("is for its owner alone")
    func modes() throws {
        let folder = try TemporaryFolder()
        let data = DataFolder(path: "\(folder.path)/deep/data")
        try data.create(for: nil)
        for path in [data.path, data.run, data.logs, data.socket] {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o700, "\(path)")
        }
    }

    @Test("a log that has grown is moved aside once, a small one stays")
    func rotation() throws {
        let folder = try TemporaryFolder()
        try folder.data.create(for: nil)
        let log = folder.data.log(of: "identity")
        try "0123456789".write(toFile: log, atomically: true, encoding: .utf8)
        folder.data.rotateLog(of: "identity", limit: 10)
        #expect(FileManager.default.fileExists(atPath: log))
        folder.data.rotateLog(of: "identity", limit: 9)
        #expect(!FileManager.default.fileExists(atPath: log))
        #expect(FileManager.default.fileExists(atPath: "\(log).1"))
    }

    @Test("one supervisor holds it at a time")
    func lock() throws {
        let folder = try TemporaryFolder()
        try folder.data.create(for: nil)
        #expect(!FolderLock.isHeld(in: folder.data))
        let first = try FolderLock(folder.data)
        #expect(FolderLock.isHeld(in: folder.data))
        let refusal = #expect(throws: AlreadyRunning.self) { _ = try FolderLock(folder.data) }
        #expect(refusal?.description.contains("\(getpid())") == true)
        first.release()
        #expect(!FolderLock.isHeld(in: folder.data))
        try FolderLock(folder.data).release()
    }
}

@Suite("credentials")
struct CredentialsTests {
    @Test("are made once, kept, and readable by their owner alone (S-22)")
    func kept() throws {
        let folder = try TemporaryFolder()
        let first = try Credentials.load(from: folder.data)
        #expect(try Credentials.load(from: folder.data) == first)
        let mode = try FileManager.default.attributesOfItem(atPath: folder.data.credentials)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(Set(Credentials.roles).isSubset(of: first.databasePasswords.keys))
        #expect(Set(Credentials.clients).isSubset(of: first.clientSecrets.keys))
        #expect(Data(base64Encoded: first.encryptionKey)?.count == 32)
    }

    @Test("that an older version lacked are added, the others stay")
    func added() throws {
        let folder = try TemporaryFolder()
        var old = try Credentials.load(from: folder.data)
        old.databasePasswords["identity"] = nil
        old.firstAdministrator = nil
        try old.save(to: folder.data)
        let new = try Credentials.load(from: folder.data)
        #expect(new.databasePasswords["identity"] != nil)
        #expect(new.databasePasswords["casebook_stream"] == old.databasePasswords["casebook_stream"])
        #expect(new.firstAdministrator == nil)
    }

    @Test(
        "an installation from before customers, tickets and tasks gains their passwords and secrets at its next start")
    func upgraded() throws {
        let folder = try TemporaryFolder()
        var old = try Credentials.load(from: folder.data)
        for service in ["customers", "tickets", "tasks"] {
            old.databasePasswords[service] = nil
            old.clientSecrets[service] = nil
        }
        try old.save(to: folder.data)
        let new = try Credentials.load(from: folder.data)
        for service in ["customers", "tickets", "tasks"] {
            #expect(new.databasePasswords[service]?.count == 64 && new.clientSecrets[service]?.count == 64)
        }
        #expect(new.databasePasswords["identity"] == old.databasePasswords["identity"])
        #expect(new.encryptionKey == old.encryptionKey)
        #expect(try Credentials.load(from: folder.data) == new)
    }

    @Test("a password that the environment names for a service takes the place of the generated one")
    func given() throws {
        let folder = try TemporaryFolder()
        let settings = OperatorSettings(environment: [
            "CASEBOOK_TICKETS_DATABASE_URL": "postgresql://tickets:from%20outside@db/casebook",
            "CASEBOOK_GATEWAY_DATABASE_URL": "host=db user=casebook_stream password='of the stream'",
            "CASEBOOK_IDENTITY_DATABASE_URL": "postgresql://identity@db/casebook",
        ])
        let credentials = try Credentials.load(from: folder.data, settings)
        #expect(credentials.databasePasswords["tickets"] == "from outside")
        #expect(credentials.databasePasswords["casebook_stream"] == "of the stream")
        #expect(credentials.databasePasswords["identity"]?.count == 64)
    }

    @Test("that cannot be read are an error and not made anew")
    func unreadable() throws {
        let folder = try TemporaryFolder()
        try "{".write(toFile: folder.data.credentials, atomically: true, encoding: .utf8)
        #expect(throws: UnreadableFile.self) { _ = try Credentials.load(from: folder.data) }
    }

    @Test("are long and different every time")
    func random() {
        #expect(Set((0..<100).map { _ in Secret.hexadecimal() }).count == 100)
        #expect(Secret.hexadecimal().count == 64)
        #expect(Secret.readable().wholeMatch(of: /(?:[a-z2-9]{5}-){3}[a-z2-9]{5}/) != nil)
        #expect(Secret.digest(of: "abc").hasPrefix("ba7816bf8f01cfea"))
    }
}
