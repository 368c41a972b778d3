import Foundation
import Models
import TestSupport
import Testing

extension House {
    /// Expects that no secret in use stands in a log or in the arguments of a process of the suite (S-22).
    func searchForSecrets() throws {
        let secrets = try secrets()
        #expect(secrets.count > 25)
        #expect(secrets.filter { $0.text.utf8.count < 10 }.map(\.name) == [])
        let places = try logs().merging(arguments()) { $1 }
        for (place, text) in places {
            for secret in secrets {
                #expect(text.range(of: Data(secret.text.utf8)) == nil, "\(secret.name) stands in \(place)")
            }
        }
        // What is no secret is found in the same way: its name in each service's log, a command in its arguments.
        for service in ServiceName.allCases where service != .casebook {
            let name = Data(#""service":"\#(service.rawValue)""#.utf8)
            #expect(places["\(service.rawValue).log"]?.range(of: name) != nil, "\(service)")
            #expect(
                places.contains { $0.value.range(of: Data("\(service.rawValue)\0serve".utf8)) != nil }, "\(service)")
        }
    }

    /// Whatever lets somebody in, or opens what is encrypted: of both workspaces, and of the installation.
    private func secrets() throws -> [(name: String, text: String)] {
        var found = [("the password of people", Estate.password)]
        for estate in [acme, bolt] {
            found += [
                ("a key", estate.key), ("a narrow key", estate.narrowKey), ("a session", estate.session.credential),
                ("a token against forged requests", estate.session.token),
                ("a link's token", estate.records["/v1/users/links/{token}"] ?? ""),
                ("a calendar's token", (estate.records["/v1/tasks/feeds/{token}"] ?? "").replacing(".ics", with: "")),
            ]
        }
        let file = try Data(contentsOf: URL(filePath: "\(suite.folder)/credentials.json"))
        found += Self.texts(in: try JSONParser.parse(Array(file)), named: "").filter { !$0.0.contains("email") }
        return found.map { (name: $0.0, text: $0.1) }
    }

    private static func texts(in document: JSONValue, named name: String) -> [(String, String)] {
        switch document {
        case .string(let text): [(name, text)]
        case .object(let members): members.flatMap { texts(in: $0.value, named: "\(name)/\($0.name)") }
        default: []
        }
    }

    private func logs() throws -> [String: Data] {
        let folder = "\(suite.folder)/logs"
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        return Dictionary(
            uniqueKeysWithValues: names.compactMap { name in
                FileManager.default.contents(atPath: "\(folder)/\(name)").map { (name, $0) }
            })
    }

    private func arguments() -> [String: Data] {
        Dictionary(
            uniqueKeysWithValues: suite.processes.compactMap { pid in
                FileManager.default.contents(atPath: "/proc/\(pid)/cmdline").map { ("the arguments of \(pid)", $0) }
            })
    }
}
