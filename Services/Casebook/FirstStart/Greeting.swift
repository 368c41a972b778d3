import Models

/// What is printed when everything runs: the address, the first administrator, and commands to try.
struct Greeting: Sendable {
    var address: String
    /// Shown at the first start only.
    var administrator: FirstAdministrator?
    /// Where the printed commands keep the session's cookie.
    var cookies: String

    init(address: String, administrator: FirstAdministrator?, cookies: String) {
        self.address = address
        self.administrator = administrator
        self.cookies = cookies
    }

    /// The lines.
    var text: String {
        guard let administrator else {
            return """
                Address: \(address)
                Ctrl-C stops everything.
                """
        }
        return """

            Address:   \(address)
            Workspace: \(administrator.workspace)
            Mail:      \(administrator.mail)
            Password:  \(administrator.password)    (shown only now; `casebook admin reset-password` sets another)

            Three commands to try: sign in, read who you are, read what the API offers.
            \(commands(for: administrator).map { "  " + $0 }.joined(separator: "\n"))

            Ctrl-C stops everything.
            """
    }

    /// The three commands, for any shell of POSIX.
    func commands(for administrator: FirstAdministrator) -> [String] {
        let body =
            #"{"workspace":"\#(administrator.workspace)","email":"\#(administrator.mail)","#
            + #""password":"\#(administrator.password)"}"#
        let jar = Self.quoted(cookies)
        return [
            "curl -sS -c \(jar) -H 'Content-Type: application/json' -d \(Self.quoted(body)) \(address)/v1/sessions",
            "curl -sS -b \(jar) \(address)/v1/users/me",
            "curl -sS \(address)/openapi.json",
        ]
    }

    private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: #"'\''"#) + "'" }
}
