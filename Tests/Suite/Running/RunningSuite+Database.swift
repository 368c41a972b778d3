import Foundation
import Glibc

extension RunningSuite {
    /// Asks the embedded cluster as its superuser, whom no policy keeps from a row.
    ///
    /// - Returns: A line for each row, its columns by `|`.
    func sql(_ text: String) async throws -> [String] {
        let arguments = [
            "--no-psqlrc", "--tuples-only", "--no-align", "--quiet", "--set", "ON_ERROR_STOP=1", "--host",
            "\(folder)/run/postgresql", "--port", String(try port(of: "postgres")), "--username", "casebook_admin",
            "--dbname", "casebook", "--command", text,
        ]
        let asked = try await Command.run(
            "/usr/bin/psql", arguments, environment: ["PGPASSWORD": try password(of: "casebook_admin")])
        guard asked.status == 0 else { throw RefusedSQL(output: asked.output) }
        return asked.output.split(separator: "\n").map(String.init)
    }

    /// The password of a database role.
    func password(of role: String) throws -> String {
        struct Passwords: Decodable {
            let databasePasswords: [String: String]
        }
        let data = try Data(contentsOf: URL(filePath: "\(folder)/credentials.json"))
        return try JSONDecoder().decode(Passwords.self, from: data).databasePasswords[role] ?? ""
    }

    /// A random session of a role on PostgreSQL's server.
    func session(of role: String) throws -> Int32? {
        guard let server = try pid(of: "postgres") else { return nil }
        let path = "/proc/\(server)/task/\(server)/children"
        let children = try String(contentsOfFile: path, encoding: .utf8).split(separator: " ").compactMap { Int32($0) }
        return children.filter { child in
            let title = try? String(contentsOfFile: "/proc/\(child)/cmdline", encoding: .utf8)
            return title?.hasPrefix("postgres: \(role) ") == true
        }.randomElement()
    }
}

/// SQL that the server refused.
struct RefusedSQL: Error {
    let output: String
}
