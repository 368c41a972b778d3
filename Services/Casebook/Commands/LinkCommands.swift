import ArgumentParser
import Models
import ServiceClient

extension AdminCommand {
    /// Adds a person who chooses their own password.
    struct Invite: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds a person without a password and prints a link of 72 hours with which they choose one.")

        @OptionGroup var place: Place
        @OptionGroup var person: NewPerson

        func run() async throws {
            let (email, name, role) = try person.checked()
            let body = InviteUser(email: email, name: name, role: role)
            let client = try OperatorClient.current()
            let invitation = try await client.call(Links.invite.request(body: body), in: try place.slug())
            Console.standard.say(
                "Added \(person.mail) to \(place.workspace) as \(role.rawValue), id \(invitation.user.id).")
            Console.standard.say(AdminCommand.text(of: invitation.link))
        }
    }

    /// Makes a link for a person who has forgotten their password.
    struct ResetLink: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints a link with which a person chooses another password; earlier links of theirs are void.")

        @OptionGroup var place: Place
        @Argument(help: "The mail address of the person.")
        var mail: String

        func run() async throws {
            let client = try OperatorClient.current()
            let slug = try place.slug()
            let user = try await client.user(mail, in: slug)
            let link = try await client.call(Links.issue.request(path: IDPath(id: user.id)), in: slug)
            Console.standard.say(AdminCommand.text(of: link))
        }
    }

    /// Makes the next key that signs tokens.
    struct RotateKeys: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes the next key that signs tokens; everybody stays signed in.")

        func run() async throws {
            let key = try await OperatorClient.current().call(Tokens.rotateKeys.request())
            Console.standard.say(
                "The key \(key.kid) signs from \(key.signsFrom) on; the former ones end at \(key.formerUntil).")
        }
    }

    private static func text(of link: IssuedLink) -> String {
        """
        Link: \(link.address)    (shown only now; works once, until \(link.expiresAt))
        Reading it shows what it is for; a POST of {"new_password": "..."} to it chooses the password.
        """
    }
}
