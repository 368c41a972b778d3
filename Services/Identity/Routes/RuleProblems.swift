import Models
import ServiceKit

/// What callers are told when a rule of the domain refuses something: the one place that translates.
enum RuleProblems {
    /// Runs what rules decide, and translates their refusals.
    static func translating<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let violation as UserChange.Violation {
            throw problem(violation)
        } catch let violation as KeyGrant.Violation {
            throw problem(violation)
        } catch let violation as SkillGrant.Violation {
            throw problem(violation)
        } catch let refusals as HolidayRefusals {
            throw Problem.invalidBody(refusals.faults.map(fault))
        } catch is PasswordHasher.Overloaded {
            throw Problem.unavailable("Too many people are signing in at this moment.", retryAfterSeconds: 2)
        }
    }

    /// Checks a new password.
    ///
    /// - Throws: ``Problem`` 422 that names the field.
    static func check(_ password: String, at pointer: String, email: String, workspace: (name: String, slug: String))
        throws
    {
        do throws(PasswordRule.Violation) {
            try PasswordRule.check(
                password, mail: email, workspaceName: workspace.name, workspaceSlug: workspace.slug)
        } catch {
            let detail =
                switch error {
                case .holdsMailName: "must not hold the name in the mail address"
                case .holdsWorkspaceName: "must not hold the workspace's name"
                }
            throw Problem.invalidBody([FieldError(pointer, .notAllowed, detail)])
        }
    }

    private static func problem(_ violation: UserChange.Violation) -> Problem {
        switch violation {
        case .lastAdministrator:
            Problem(.lastAdministrator, "Make another user an administrator first: nobody else could administer this.")
        }
    }

    private static func problem(_ violation: SkillGrant.Violation) -> Problem {
        switch violation {
        case .raisesOwn:
            Problem(.forbidden, "Raising one's own level needs the permission \(Permission.usersAdminister.rawValue).")
        case .tooMany: Problem(.conflict, "A person has at most \(SkillGrant.limit) skills.")
        case .archived: Problem(.conflict, "The skill is archived: bring it back first.")
        }
    }

    private static func fault(_ fault: HolidayFault) -> FieldError {
        let (until, substitute) = ("/holiday/until", "/holiday/substitute_id")
        return switch fault {
        case .endsBeforeItBegins: FieldError(until, .outOfRange, "must lie after the beginning")
        case .isOver: FieldError(until, .outOfRange, "must lie in the future")
        case .ownSubstitute: FieldError(substitute, .notAllowed, "must be somebody else")
        case .unknownSubstitute: FieldError(substitute, .notFound, "is no active user of this workspace")
        case .circle:
            FieldError(substitute, .notAllowed, "is on holiday at that time too, and this person would stand in")
        case .longChain:
            FieldError(
                substitute, .notAllowed, "has a substitute who has one, and so on: at most \(SubstituteWalk.limit)")
        }
    }

    private static func problem(_ violation: KeyGrant.Violation) -> Problem {
        switch violation {
        case .exceeds(let excess):
            let names = excess.map(\.rawValue).sorted().joined(separator: ", ")
            return Problem.invalidBody([
                FieldError("/permissions", .notAllowed, "must not hold what its user may not do: \(names)")
            ])
        case .endsInThePast:
            return Problem.invalidBody([FieldError("/expires_at", .outOfRange, "must lie in the future")])
        }
    }
}
