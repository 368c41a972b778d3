import ArgumentParser
import Models
import ServiceClient

extension AdminCommand {
    /// Makes a workspace; the first one where no `casebook up` has made it.
    struct CreateWorkspace: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a workspace with its first administrator and prints a generated password, this once.")

        @Argument(help: "The short name that people sign in with.")
        var slug: String
        @Option(help: "The mail address of the first administrator.")
        var mail: String
        @Option(help: "The name that people read; the short name by default.")
        var name: String?
        @Option(help: "The IANA time zone whose days the workspace counts by.")
        var timeZone = "UTC"

        func run() async throws {
            let password = Casebook.Secret.readable()
            let administrator = CreateAdministrator(
                email: try InvalidArgument.require(mail, "--mail"),
                name: try InvalidArgument.require("Administrator", "the name"),
                password: try InvalidArgument.require(password, "the password"))
            let body = Models.CreateWorkspace(
                slug: try InvalidArgument.require(slug, "the short name"),
                name: try InvalidArgument.require(name ?? slug, "--name"),
                timeZone: try InvalidArgument.require(timeZone, "--time-zone"), administrator: administrator)
            let made = try await OperatorClient.current().call(Workspaces.create.request(body: body))
            Console.standard.say(
                """
                Made the workspace \(made.workspace.slug), id \(made.workspace.id).
                Mail:     \(made.administrator.email)
                Password: \(password)    (shown only now)
                """)
        }
    }
}
