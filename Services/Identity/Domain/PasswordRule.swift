/// Which new passwords are refused, beyond their length (OWASP ASVS 5.0, 6.2; RELIABILITY.md, S-12).
enum PasswordRule {
    /// A name shorter than this is no name to guess by, and forbidding it would forbid half of all passwords.
    static let shortestName = 3

    /// Why a password is refused.
    enum Violation: Error, Equatable {
        case holdsMailName
        case holdsWorkspaceName
    }

    /// Refuses a password that holds the name before the `@` of the user's mail address, or the workspace's name or
    /// slug, in any case of letters.
    static func check(
        _ password: String, mail: String, workspaceName: String, workspaceSlug: String
    ) throws(Violation) {
        let password = password.lowercased()
        if let mailName = mail.split(separator: "@").first, holds(password, String(mailName)) {
            throw .holdsMailName
        }
        if holds(password, workspaceName) || holds(password, workspaceSlug) {
            throw .holdsWorkspaceName
        }
    }

    private static func holds(_ password: String, _ name: String) -> Bool {
        let name = name.lowercased()
        return name.unicodeScalars.count >= shortestName && password.contains(name)
    }
}
