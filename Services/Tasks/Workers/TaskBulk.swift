import Models
import ServiceKit

/// The one change that a job makes of each task.
enum TaskBulk: Sendable {
    case status(MoveTask)
    case assign(AssignTask)
    case update(ClassifyTask)

    /// Reads which of the three was asked for.
    ///
    /// - Throws: ``Problem`` 422 when it is none or several, or one that says nothing.
    init(_ change: TaskBulkChange) throws(Problem) {
        switch (change.status, change.assign, change.update) {
        case (let request?, nil, nil): self = .status(request)
        case (nil, let request?, nil):
            guard request.assigneeID.isPresent || request.teamID.isPresent else {
                throw Self.says("nothing: name assignee_id, team_id or both", at: "/change/assign")
            }
            self = .assign(request)
        case (nil, nil, let request?):
            guard request.kind != nil || request.priority != nil else {
                throw Self.says("nothing: name kind, priority or both", at: "/change/update")
            }
            self = .update(request)
        default:
            throw Problem.invalidBody([
                FieldError("/change", .notAllowed, "must name exactly one of status, assign, update")
            ])
        }
    }

    private static func says(_ text: String, at place: String) -> Problem {
        Problem.invalidBody([FieldError(place, .required, "says \(text)")])
    }

    /// Whether tasks move although something stands against it.
    var isForced: Bool { if case .status(let request) = self { request.force == true } else { false } }
    /// Why they move.
    var reason: String? { if case .status(let request) = self { request.reason?.value } else { nil } }

    /// The name of its member.
    var word: String {
        switch self {
        case .status: "status"
        case .assign: "assign"
        case .update: "update"
        }
    }

    /// What must be there for it.
    var wanted: WantedNames {
        switch self {
        case .status: WantedNames()
        case .assign(let request): WantedNames(assignee: request.assigneeID.value, team: request.teamID.value)
        case .update(let request): WantedNames(kind: request.kind?.value)
        }
    }
}

/// What becomes of each task in one turn of a job, by the rules of single requests.
struct TaskBulkRules: Sendable {
    let change: TaskBulk
    let names: ResolvedNames
    let asker: JobAsker

    /// The task after the change with what was done; `nil` when it is as it was to become.
    ///
    /// - Throws: ``TaskRuleViolation`` when a rule forbids it.
    func applied(to task: TaskItem) throws(TaskRuleViolation) -> (TaskItem, ActivityVerb)? {
        switch change {
        case .status(let request):
            let move = TaskMove(request: request)
            return try move.applied(to: task, at: asker.now).map { ($0, move.isReopening(task) ? .reopened : .moved) }
        case .assign(let request):
            let queueing = TaskQueueing(
                caller: asker.person, mayTakeFromOthers: asker.permissions.contains(.tasksAssign))
            let after = try queueing.given(
                task, to: request.assigneeID.named(names.assignee), request.teamID.named(names.team), at: asker.now)
            return after.map { ($0.given(since: task), .giving(task, $0)) }
        case .update(let request):
            let edit = TaskEdit(patch: UpdateTask(request), names: ResolvedNames())
            do throws(TaskRefusals) {
                return try edit.applied(to: task, at: asker.now).map { ($0, .updated) }
            } catch {
                guard let violation = error.violations.first else { return nil }
                throw violation
            }
        }
    }
}
