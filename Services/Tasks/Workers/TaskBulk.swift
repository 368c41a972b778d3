import Models
import ServiceKit

/// The one change that a job makes of each task.
enum TaskBulk: Sendable {
    case status(MoveTask)
    case update(ClassifyTask)

    /// Reads which of the two was asked for.
    ///
    /// - Throws: ``Problem`` 422 when it is none or both, or one that says nothing.
    init(_ change: TaskBulkChange) throws(Problem) {
        switch (change.status, change.update) {
        case (let request?, nil): self = .status(request)
        case (nil, let request?):
            guard request.kind != nil || request.priority != nil else {
                throw Problem.invalidBody([
                    FieldError("/change/update", .required, "says nothing: name kind, priority or both")
                ])
            }
            self = .update(request)
        case (nil, nil), (_?, _?):
            throw Problem.invalidBody([
                FieldError("/change", .notAllowed, "must name exactly one of status, update")
            ])
        }
    }

    /// Whether tasks move although something stands against it.
    var isForced: Bool { if case .status(let request) = self { request.force == true } else { false } }
    /// Why they move.
    var reason: String? { if case .status(let request) = self { request.reason?.value } else { nil } }

    /// The name of its member.
    var word: String {
        switch self {
        case .status: "status"
        case .update: "update"
        }
    }

    /// What must be there for it.
    var wanted: WantedNames {
        switch self {
        case .status: WantedNames()
        case .update(let request): WantedNames(kind: request.kind?.value)
        }
    }

    /// The task after the change with what was done; `nil` when it is as it was to become.
    ///
    /// - Throws: ``TaskRuleViolation`` when a rule forbids it.
    func applied(to task: TaskItem, at now: Timestamp) throws(TaskRuleViolation) -> (TaskItem, ActivityVerb)? {
        switch self {
        case .status(let request):
            let move = TaskMove(request: request)
            return try move.applied(to: task, at: now).map { ($0, move.isReopening(task) ? .reopened : .moved) }
        case .update(let request):
            let edit = TaskEdit(patch: UpdateTask(request), names: ResolvedNames())
            do throws(TaskRefusals) {
                return try edit.applied(to: task, at: now).map { ($0, .updated) }
            } catch {
                guard let violation = error.violations.first else { return nil }
                throw violation
            }
        }
    }
}
