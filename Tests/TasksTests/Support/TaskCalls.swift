import Models
import ServiceKit
import TestSupport

@testable import Tasks

extension OperationCall {
    /// Calls of every operation of tasks, which the walls of the service make: each room has a list of its own.
    ///
    /// They may name `${ticket}` beside what ``RecordNames`` knows of a company, and what an earlier call keeps. Texts
    /// say `canary`, so that they are found where they do not belong.
    static let ofTasks: [OperationCall] =
        making + having + kinds + projects + parts + relations + talk + time + plans + series + jobs + ending

    private static let making = [
        OperationCall(
            "tasks.create", "/v1/tasks",
            #"{"title": "canary", "subject": {"kind": "ticket", "id": "${ticket}"}, "is_required": true}"#,
            keeping: "task"),
        OperationCall(
            "tasks.create", "/v1/tasks",
            #"""
            {"title": "canary two", "description": "canary in full", "kind": "report", "priority": "high",
             "assignee_id": "${manager}", "team_id": "${team}", "due_on": "2099-01-01", "estimate_seconds": 3600}
            """#, keeping: "other_task"),
        OperationCall(
            "tasks.create", "/v1/tasks",
            #"""
            {"title": "canary", "due_at": "2026-01-01T00:00:00Z",
             "subject": {"kind": "individual", "id": "${individual}"}}
            """#),
        OperationCall(
            "tasks.create", "/v1/tasks",
            #"{"title": "canary", "subject": {"kind": "organization", "id": "${organization}"}}"#),
        OperationCall("tasks.show", "/v1/tasks/{task}"),
        OperationCall(
            "tasks.update", "/v1/tasks/{task}",
            #"""
            {"title": "canary three", "description": "canary in more",
             "subject": {"kind": "ticket", "id": "${ticket}"}}
            """#),
        OperationCall("tasks.update", "/v1/tasks/{task}", #"{"due_on": "2099-01-01", "progress_percent": 10}"#),
        OperationCall("tasks.update", "/v1/tasks/{task}", #"{"due_at": null, "priority": "urgent"}"#),
        OperationCall("tasks.update", "/v1/tasks/{task}", "{}"),
    ]

    private static let having = [
        OperationCall("tasks.claim", "/v1/tasks/{task}/claim"),
        OperationCall("tasks.claim", "/v1/tasks/{task}/claim"),
        OperationCall(
            "tasks.delegate", "/v1/tasks/{task}/delegate", #"{"assignee_id": "${colleague}", "note": "canary"}"#),
        OperationCall("tasks.recall", "/v1/tasks/{task}/recall"),
        OperationCall(
            "tasks.assign", "/v1/tasks/{task}/assign", #"{"assignee_id": "${agent}", "team_id": "${team}"}"#),
        OperationCall("tasks.assign", "/v1/tasks/{task}/assign", #"{"team_id": null}"#),
        OperationCall("tasks.unassign", "/v1/tasks/{task}/unassign"),
        OperationCall("tasks.assignments", "/v1/tasks/{task}/assignments"),
        OperationCall("tasks.assignments", "/v1/tasks/{task}/assignments?limit=1"),
        OperationCall("tasks.activity", "/v1/tasks/{task}/activity"),
        OperationCall("tasks.day", "/v1/tasks/day"),
        OperationCall("tasks.day", "/v1/tasks/day?limit=1"),
    ]

    private static let kinds = [
        OperationCall(
            "task_kinds.create", "/v1/tasks/kinds", #"{"word": "canary", "name": "C"}"#, keeping: "kind", of: "word"),
        OperationCall("task_kinds.update", "/v1/tasks/kinds/{kind}", #"{"name": "canary"}"#),
        OperationCall("task_kinds.update", "/v1/tasks/kinds/{kind}", #"{"name": "canary"}"#),
        OperationCall("task_kinds.list", "/v1/tasks/kinds"),
        OperationCall("tasks.create", "/v1/tasks", #"{"title": "canary", "kind": "canary"}"#),
    ]

    private static let projects = [
        OperationCall(
            "projects.create", "/v1/projects",
            #"{"name": "canary", "description": "canary", "due_on": "2099-01-01"}"#, keeping: "project"),
        OperationCall("projects.update", "/v1/projects/{project}", #"{"name": "canary two", "status": "completed"}"#),
        OperationCall("projects.update", "/v1/projects/{project}", #"{"status": "active"}"#),
        OperationCall(
            "milestones.create", "/v1/projects/{project}/milestones", #"{"name": "canary"}"#, keeping: "goal"),
        OperationCall(
            "milestones.create", "/v1/projects/{project}/milestones", #"{"name": "canary"}"#, keeping: "spare"),
        OperationCall(
            "milestones.update", "/v1/projects/{project}/milestones/{goal}", #"{"is_reached": true, "due_on": null}"#),
        OperationCall("milestones.delete", "/v1/projects/{project}/milestones/{spare}"),
        OperationCall(
            "tasks.place", "/v1/tasks/{other_task}/place",
            #"{"project_id": "${project}", "milestone_id": "${goal}"}"#),
        OperationCall(
            "tasks.place", "/v1/tasks/{task}/place", #"{"project_id": "${project}", "after": "${other_task}"}"#),
        OperationCall("tasks.place", "/v1/tasks/{task}/place", #"{"after": null, "status": "in_progress"}"#),
        OperationCall("projects.show", "/v1/projects/{project}"),
        OperationCall("projects.list", "/v1/projects"),
        OperationCall("projects.list", "/v1/projects?status=active"),
        OperationCall("projects.activity", "/v1/projects/{project}/activity"),
        OperationCall("projects.board", "/v1/projects/{project}/board"),
        OperationCall("projects.board", "/v1/projects/{project}/board?status=in_progress"),
        OperationCall("milestones.list", "/v1/projects/{project}/milestones"),
        OperationCall("tasks.list", "/v1/tasks?project={project}"),
        OperationCall("tasks.place", "/v1/tasks/{task}/place", #"{"project_id": null}"#),
    ]

    private static let parts = [
        OperationCall(
            "task_checklist.create", "/v1/tasks/{other_task}/checklist", #"{"text": "canary"}"#, keeping: "step"),
        OperationCall(
            "task_checklist.create", "/v1/tasks/{other_task}/checklist",
            #"{"text": "canary two", "is_done": true, "after": "${step}"}"#, keeping: "second_step"),
        OperationCall("task_checklist.update", "/v1/tasks/{other_task}/checklist/{step}", #"{"is_done": true}"#),
        OperationCall(
            "task_checklist.move", "/v1/tasks/{other_task}/checklist/{second_step}/move", #"{"after": null}"#),
        OperationCall(
            "task_checklist.move", "/v1/tasks/{other_task}/checklist/{second_step}/move", #"{"after": "${step}"}"#),
        OperationCall("task_checklist.list", "/v1/tasks/{other_task}/checklist"),
        OperationCall("task_checklist.delete", "/v1/tasks/{other_task}/checklist/{second_step}"),
    ]

    private static let relations = [
        OperationCall("tasks.create", "/v1/tasks", #"{"title": "canary"}"#, keeping: "part"),
        OperationCall("tasks.set_parent", "/v1/tasks/{part}/parent", #"{"parent_id": "${other_task}"}"#),
        OperationCall("tasks.list", "/v1/tasks?parent={other_task}"),
        OperationCall(
            "tasks.create", "/v1/tasks", #"{"title": "canary", "parent_id": "${other_task}"}"#, keeping: "inner"),
        OperationCall("tasks.set_parent", "/v1/tasks/{inner}/parent", #"{"parent_id": null}"#),
        OperationCall("tasks.set_parent", "/v1/tasks/{part}/parent", #"{"parent_id": null}"#),
        OperationCall("tasks.add_blocker", "/v1/tasks/{other_task}/blockers/{part}"),
        OperationCall("tasks.blockers", "/v1/tasks/{other_task}/blockers"),
        OperationCall("tasks.blocking", "/v1/tasks/{part}/blocking"),
        OperationCall("tasks.remove_blocker", "/v1/tasks/{other_task}/blockers/{part}"),
    ]

    private static let talk = [
        OperationCall(
            "task_comments.create", "/v1/tasks/{other_task}/comments",
            #"{"text": "canary", "mentions": {"user_ids": ["${manager}"], "team_ids": ["${team}"]}}"#, as: .agent),
        OperationCall("task_comments.create", "/v1/tasks/{other_task}/comments", #"{"text": "canary"}"#),
        OperationCall("task_comments.list", "/v1/tasks/{other_task}/comments"),
        OperationCall("task_comments.mentions", "/v1/tasks/mentions?unread=true"),
        OperationCall("task_comments.mentions", "/v1/tasks/mentions", keeping: "mention", of: "items/0/id"),
        OperationCall("task_comments.read_mention", "/v1/tasks/mentions/{mention}/read"),
        OperationCall("task_watchers.watch", "/v1/tasks/{part}/watch", as: .viewer),
        OperationCall("task_watchers.add", "/v1/tasks/{part}/watchers/{colleague}"),
        OperationCall("task_watchers.list", "/v1/tasks/{part}/watchers"),
        OperationCall("tasks.list", "/v1/tasks?watcher=me"),
        OperationCall("task_watchers.remove", "/v1/tasks/{part}/watchers/{colleague}"),
        OperationCall("task_watchers.unwatch", "/v1/tasks/{part}/unwatch", as: .viewer),
        OperationCall("task_watchers.watch", "/v1/tasks/{part}/watch"),
        OperationCall("task_watchers.unwatch", "/v1/tasks/{part}/unwatch"),
    ]

    private static let time = [
        OperationCall(
            "task_time.create", "/v1/tasks/{part}/time", #"{"seconds": 60, "note": "canary"}"#, keeping: "entry"),
        OperationCall("task_time.list", "/v1/tasks/{part}/time"),
        OperationCall("task_time.delete", "/v1/tasks/{part}/time/{entry}"),
        OperationCall("task_time.start", "/v1/tasks/{part}/timer/start"),
        OperationCall("task_time.timer", "/v1/tasks/timer"),
        OperationCall("task_time.stop", "/v1/tasks/{part}/timer/stop"),
    ]

    private static let plans = [
        OperationCall(
            "reminders.create", "/v1/tasks/{part}/reminders", #"{"remind_at": "2099-01-01T00:00:00Z"}"#,
            keeping: "reminder"),
        OperationCall("reminders.create", "/v1/tasks/{part}/reminders", #"{"before_due_seconds": 60}"#),
        OperationCall("reminders.list", "/v1/tasks/reminders"),
        OperationCall("reminders.list", "/v1/tasks/reminders?state=pending"),
        OperationCall("reminders.dismiss", "/v1/tasks/reminders/{reminder}/dismiss"),
        OperationCall(
            "task_templates.create", "/v1/tasks/templates",
            #"""
            {"name": "canary", "items": [
                {"title": "canary", "assignee_id": "${colleague}", "team_id": "${team}", "due_in_days": 3}]}
            """#, keeping: "template"),
        OperationCall(
            "task_templates.update", "/v1/tasks/templates/{template}",
            #"""
            {"name": "canary two", "items": [
                {"title": "canary", "assignee_id": "${agent}", "team_id": "${team}"}]}
            """#),
        OperationCall("task_templates.show", "/v1/tasks/templates/{template}"),
        OperationCall("task_templates.list", "/v1/tasks/templates"),
        OperationCall(
            "task_templates.open", "/v1/tasks/templates/{template}/open", #"{"ticket_id": "${ticket}"}"#),
    ]

    private static let series = [
        OperationCall(
            "series.create", "/v1/tasks/series",
            #"""
            {"rule": "FREQ=DAILY", "start": "2098-01-01T09:00:00", "title": "canary", "assignee_id": "${colleague}",
             "team_id": "${team}", "subject": {"kind": "ticket", "id": "${ticket}"}}
            """#, keeping: "series"),
        OperationCall(
            "series.update", "/v1/tasks/series/{series}",
            #"""
            {"description": "canary", "assignee_id": "${agent}", "team_id": "${team}",
             "subject": {"kind": "ticket", "id": "${ticket}"}}
            """#),
        OperationCall("series.update", "/v1/tasks/series/{series}", #"{"title": "canary two"}"#),
        OperationCall("series.skip", "/v1/tasks/series/{series}/skip", #"{"occurrence": "2098-01-02T09:00:00"}"#),
        OperationCall("series.show", "/v1/tasks/series/{series}"),
        OperationCall("series.list", "/v1/tasks/series"),
        OperationCall("series.occurrences", "/v1/tasks/series/{series}/occurrences"),
        OperationCall("series.activity", "/v1/tasks/series/{series}/activity"),
        OperationCall("series.end", "/v1/tasks/series/{series}/end"),
        OperationCall("calendars.create", "/v1/tasks/calendar"),
        OperationCall("calendars.show", "/v1/tasks/calendar"),
        OperationCall("calendars.revoke", "/v1/tasks/calendar"),
        OperationCall("calendars.create", "/v1/tasks/calendar", keeping: "feed", of: "address"),
        OperationCall("calendars.read", "/v1/tasks/feeds/{feed}"),
        OperationCall("calendars.read", "/v1/tasks/feeds/{feed}?shape=todos"),
    ]

    private static let jobs = [
        OperationCall(
            "task_jobs.create", "/v1/tasks/jobs",
            #"{"filter": {"status": "open", "kind": "milestone"}, "change": {"update": {"priority": "low"}}}"#,
            keeping: "job"),
        OperationCall("task_jobs.list", "/v1/tasks/jobs"),
        OperationCall("task_jobs.show", "/v1/tasks/jobs/{job}"),
        OperationCall("task_jobs.items", "/v1/tasks/jobs/{job}/items"),
        OperationCall("task_jobs.cancel", "/v1/tasks/jobs/{job}/cancel"),
        OperationCall("task_jobs.undo", "/v1/tasks/jobs/{job}/undo"),
        OperationCall("worklist.list", "/v1/worklist"),
        OperationCall("worklist.list", "/v1/worklist?kind=task&assignee=none&due=week&count=true"),
        OperationCall(
            "worklist.list", "/v1/worklist?kind=ticket&assignee={agent}&team={team}&status=open&priority=low"),
    ]

    private static let ending =
        [
            OperationCall("tasks.move", "/v1/tasks/{task}/status", #"{"status": "in_progress"}"#),
            OperationCall("tasks.move", "/v1/tasks/{task}/status", #"{"status": "completed"}"#),
            OperationCall("tasks.move", "/v1/tasks/{task}/status", #"{"status": "open", "reason": "canary"}"#),
            OperationCall(
                "tasks.batch", "/v1/tasks/batch",
                #"""
                {"operations": [
                    {"method": "PATCH", "path": "/v1/tasks/${other_task}", "body": {"priority": "low"}}]}
                """#),
        ] + lists.map { OperationCall("tasks.list", "/v1/tasks?\($0)") }

    private static let lists =
        [
            "count=true", "status=open", "status=open,completed", "status=cancelled", "status=cancelled,open",
            "priority=high,low", "kind=canary", "assignee=me", "assignee=none", "assignee={agent}", "team=none",
            "delegated_by=me", "delegated_by={agent}", "delegated_by=none", "team={team}", "subject={ticket}",
            "parent={task}", "project=none", "due=overdue", "due=today", "due=week", "due=none",
            "status=open&priority=high&kind=report&assignee=me&team=none&due=week&count=true",
        ]
        + TaskSort.allCases.flatMap { sort in
            ["", "&assignee=none", "&status=cancelled,open", "&team={team}"].map {
                "sort=\(sort.rawValue)&limit=1\($0)"
            }
        }
}

extension ServiceDesk<TasksDefinition> {
    /// What calls of tasks may name from the start.
    func names() throws -> RecordNames { RecordNames(of: company, ["ticket": "\(try ticket("canary"))"]) }
}
