import Models
import NIOHTTP1
import TestSupport
import Testing

/// A session of an estate's person, as a browser keeps it.
struct WallSession: Sendable {
    /// The session's id.
    let id: String
    /// The cookie's pair.
    let cookie: String
    /// The token against forged requests.
    let token: String

    /// The credential in the cookie.
    var credential: String { String(cookie.drop { $0 != "=" }.dropFirst()) }

    /// Signs the person in.
    ///
    /// - Parameters:
    ///   - mark: The mark of the person's estate.
    ///   - slug: The workspace.
    ///   - door: Where people reach the suite.
    /// - Returns: The session.
    /// - Throws: An unmet requirement when the person is refused.
    static func start(for mark: String, of slug: String, at door: String) async throws -> WallSession {
        let answer = try await WallClient.send(
            WallRequest(method: "POST", url: "\(door)/v1/sessions").with(
                json: [
                    "workspace": .string(slug), "email": .string("\(mark)@example.com"),
                    "password": .string(Estate.password),
                ]))
        let cookie = answer.headers["Set-Cookie"].first { $0.contains("casebook") && $0.contains("cbs_") }
        return WallSession(
            id: try #require(answer.json["id"]?.text, "\(answer.text)"),
            cookie: String(try #require(cookie).prefix { $0 != ";" }),
            token: try #require(answer.json["csrf_token"]?.text, "\(answer.text)"))
    }
}
