import Models
import ServiceKit

/// What callers are told when a rule of series refuses something: the one place that translates.
enum SeriesProblems {
    /// Runs what rules decide, and translates their refusals.
    static func translating<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        try await RuleProblems.translating {
            do {
                return try await work()
            } catch let violation as SeriesViolation {
                throw problem(violation)
            }
        }
    }

    private static func problem(_ violation: SeriesViolation) -> Problem {
        switch violation {
        case .rule(let fault):
            Problem.invalidBody([FieldError("/rule", .invalidFormat, "is no rule of tasks: \(fault.message)")])
        case .unknownZone: Problem.invalidBody([FieldError("/zone", .notFound, "is no time zone")])
        case .zoneNeeded:
            Problem.invalidBody([
                FieldError("/zone", .required, "is required: series cannot go by the clock of the workspace's own zone")
            ])
        case .neverComes: Problem.invalidBody([FieldError("/rule", .notAllowed, "has no occurrence from now on")])
        case .noOccurrence:
            Problem.invalidBody([FieldError("/occurrence", .notFound, "is no occurrence that is still to come")])
        case .ended: Problem(.conflict, "The series has ended: make another one.")
        case .tooManyExceptions:
            Problem(.conflict, "At most \(SeriesPlan.exceptionLimit) occurrences to come can be left out.")
        }
    }
}
