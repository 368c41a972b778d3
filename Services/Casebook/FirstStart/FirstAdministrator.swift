import Models
import ServiceClient

/// The person who is created at the first start.
struct FirstAdministrator: Codable, Sendable, Equatable {
    var workspace: String
    var mail: String
    var password: String

    /// A workspace `main` and an administrator with a generated password of 99 bits.
    static func generate() -> FirstAdministrator {
        FirstAdministrator(workspace: "main", mail: "admin@example.com", password: Secret.readable())
    }

    /// Makes the workspace with the administrator; does nothing when an earlier start, which was killed before it
    /// could say so, has made it.
    ///
    /// - Throws: ``RefusedRequest``.
    func create(with client: OperatorClient) async throws {
        guard let slug = Text<Slug>(workspace), let name = Text<Label>("Main"), let mail = Text<MailAddress>(mail),
            let person = Text<Label>("Administrator"), let password = Text<NewPassword>(password)
        else { throw InvalidArgument(sentence: "The first administrator in credentials.json is not valid") }
        let administrator = CreateAdministrator(email: mail, name: person, password: password)
        do {
            _ = try await client.call(
                Workspaces.create.request(
                    body: CreateWorkspace(slug: slug, name: name, timeZone: nil, administrator: administrator)))
        } catch let refused as RefusedRequest where refused.status == 409 {
            return
        }
    }
}
