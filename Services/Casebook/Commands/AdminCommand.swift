import ArgumentParser
import Models
import ServiceClient

/// What an operator may do in any workspace, through identity and recorded like any other change.
struct AdminCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin", abstract: "Makes workspaces, people, links and keys, and resets passwords.",
        subcommands: [
            CreateWorkspace.self, CreateUser.self, Invite.self, CreateKey.self, ResetPassword.self, ResetLink.self,
            RotateKeys.self,
        ])

    /// Where to act.
    struct Place: ParsableArguments {
        @Option(help: "The workspace's short name.")
        var workspace = "main"

        /// The short name.
        ///
        /// - Throws: ``InvalidArgument``.
        func slug() throws(InvalidArgument) -> Text<Slug> { try InvalidArgument.require(workspace, "--workspace") }
    }

    /// Whom to add.
    struct NewPerson: ParsableArguments {
        @Argument(help: "The mail address to sign in with.")
        var mail: String
        @Option(help: "The name that people read; the mail address by default.")
        var name: String?
        @Option(help: "administrator, manager, agent, billing or viewer.")
        var role = "agent"

        /// What identity is told.
        ///
        /// - Throws: ``InvalidArgument``.
        func checked() throws(InvalidArgument) -> (email: Text<MailAddress>, name: Text<Label>, role: Role) {
            (
                try InvalidArgument.require(mail, "the mail address"),
                try InvalidArgument.require(name ?? mail, "--name"), try InvalidArgument.word(role, "--role")
            )
        }
    }

    /// Adds a person.
    struct CreateUser: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds a person to a workspace and prints a generated password, this once.")

        @OptionGroup var place: Place
        @OptionGroup var person: NewPerson

        func run() async throws {
            let (email, name, role) = try person.checked()
            let password = Casebook.Secret.readable()
            let body = Models.CreateUser(
                email: email, name: name, role: role,
                password: try InvalidArgument.require(password, "the password"))
            let client = try OperatorClient.current()
            let user = try await client.call(Users.create.request(body: body), in: try place.slug())
            Console.standard.say(
                """
                Added \(person.mail) to \(place.workspace) as \(role.rawValue), id \(user.id).
                Password: \(password)    (shown only now)
                """)
        }
    }

    /// Sets a person's password.
    struct ResetPassword: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets a generated password for a person, prints it, this once, and ends all their sessions.")

        @OptionGroup var place: Place
        @Argument(help: "The mail address of the person.")
        var mail: String

        func run() async throws {
            let client = try OperatorClient.current()
            let slug = try place.slug()
            let user = try await client.user(mail, in: slug)
            let password = Casebook.Secret.readable()
            let body = Models.ResetPassword(newPassword: try InvalidArgument.require(password, "the password"))
            _ = try await client.call(
                Users.resetPassword.request(path: IDPath(id: user.id), body: body), in: slug)
            Console.standard.say("Password of \(mail): \(password)    (shown only now; all sessions were ended)")
        }
    }

    /// Makes an API key.
    struct CreateKey: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes an API key of a person and prints it, this once.")

        @OptionGroup var place: Place
        @Argument(help: "The mail address of the person whose key it is.")
        var mail: String
        @Option(help: "What the key is for.")
        var name = "made by the operator"
        @Option(
            name: [.customLong("permission")],
            help: "A permission such as workspace:read; repeat it for more. All of the person's role by default.")
        var permissions: [String] = []

        func run() async throws {
            let unknown = permissions.filter { !Permission.all.contains(Permission(rawValue: $0)) }
            guard unknown.isEmpty else {
                throw InvalidArgument(
                    sentence: "There is no permission \(unknown.joined(separator: ", ")); there are "
                        + Permission.all.map(\.rawValue).joined(separator: ", "))
            }
            let client = try OperatorClient.current()
            let slug = try place.slug()
            let user = try await client.user(mail, in: slug)
            let wanted =
                permissions.isEmpty
                ? Permission.all.filter(user.role.permissions.contains) : permissions.map(Permission.init)
            let body = CreateAPIKey(
                name: try InvalidArgument.require(name, "--name"), permissions: wanted, expiresAt: nil, userID: user.id)
            let created = try await client.call(APIKeys.create.request(body: body), in: slug)
            Console.standard.say("Key: \(created.credential)    (shown only now)")
        }
    }
}

/// An argument that cannot be what it is for.
struct InvalidArgument: Error, CustomStringConvertible {
    let sentence: String

    var description: String { sentence }

    /// A text that follows its rule.
    ///
    /// - Throws: ``InvalidArgument`` with what the rule says.
    static func require<Rule>(_ text: String, _ what: String) throws(InvalidArgument) -> Text<Rule> {
        guard let value = Text<Rule>(text) else { throw InvalidArgument(sentence: "\(what): \(Rule.summary)") }
        return value
    }

    /// A word of a closed list.
    ///
    /// - Throws: ``InvalidArgument`` with the list.
    static func word<Word: WireWord>(_ text: String, _ what: String) throws(InvalidArgument) -> Word {
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw InvalidArgument(sentence: "\(what) is one of \(known)")
        }
        return word
    }

    /// An id.
    ///
    /// - Throws: ``InvalidArgument``.
    static func id<Entity>(_ text: String, _ what: String) throws(InvalidArgument) -> ID<Entity> {
        guard let id = ID<Entity>(text) else { throw InvalidArgument(sentence: "\(what) is not an id") }
        return id
    }
}
