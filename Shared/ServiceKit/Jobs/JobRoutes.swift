import Models
import Postgres

/// The operations on a service's jobs.
struct JobRoutes<Work: JobWork>: Sendable {
    let work: Work
    let jobs: Jobs<Work.Order>
    let store: JobStore

    /// The routes, for the service's table.
    var routes: [Route] {
        [
            .on(jobs.create, use: create), .on(jobs.list, use: list), .on(jobs.show, use: show),
            .on(jobs.items, use: items), .on(jobs.cancel, use: cancel), .on(jobs.undo, use: undo),
        ]
    }

    /// Begins a job.
    func create(_ call: Call<NoPath, NoQuery, Work.Order>) async throws -> Answer<Job> {
        let principal = try JobPrincipal(call)
        let context = try call.write
        let asker = JobAsker(
            workspace: context.workspace, person: principal.person, permissions: try call.principal.permissions,
            now: call.now)
        let kind = try await work.kind(of: call.body, by: asker)
        // Ids begin with the time of making: no record is younger than the job.
        let through = ID<AnyRecord>.make(at: call.now, random: (.max, .max))
        let conditions: [SQL] = ["t.workspace_id = \(asker.workspace)", "t.id <= \(through)"]
        let total = try await store.count(
            conditions + work.conditions(of: call.body, by: asker), of: work.table, in: asker.workspace)
        guard total <= JobLimits.records else {
            throw Problem(
                .tooManyRecords, "One job changes at most \(JobLimits.records) records: narrow the filter.",
                errors: [FieldError("/filter", .outOfRange, "means more than \(JobLimits.records) records")])
        }
        let ordered = try Self.document(of: call.body)
        let job = Job(
            id: .make(at: call.now), kind: kind, filter: ordered["filter"] ?? .null,
            change: ordered["change"] ?? .null, total: total, createdBy: principal.person, createdAt: call.now)
        let row = JobRow(job, ordered: ordered, through: through, principal: principal)
        let answer = try StoredAnswer(status: 202, job, location: "\(jobs.path)/\(job.id)", version: job.version)
        try await store.add(row, answer: answer, context)
        store.database.hint(TimerHint.channel)
        return .stored(answer)
    }

    /// One page of jobs.
    func list(_ call: Call<NoPath, JobListQuery, NoBody>) async throws -> Answer<Page<Job>> {
        let principal = try call.principal
        let limit = call.query.limit ?? .standard
        let person = call.query.mine == true ? try call.userID : nil
        let binding = "\(jobs.path) \(person?.description ?? "*")"
        let rows = try await store.page(
            in: principal.workspace, of: person, before: try PageReading.id(call.query.cursor, binding: binding),
            limit: limit.value)
        return try .page(rows, limit: limit, binding: binding, keys: ["id"])
    }

    /// One job.
    func show(_ call: Call<IDPath<Job>, NoQuery, NoBody>) async throws -> Answer<Job> {
        try .row(try await store.show(call.path.id, in: try call.principal.workspace), "job")
    }

    /// One page of what a job was forbidden to change.
    func items(_ call: Call<IDPath<Job>, PageQuery, NoBody>) async throws -> Answer<Page<JobItem>> {
        let (job, workspace) = (call.path.id, try call.principal.workspace)
        let limit = call.query.limit ?? .standard
        let binding = "\(jobs.path) \(job) items"
        let after: ID<JobItem>? = try PageReading.id(call.query.cursor, binding: binding)
        guard try await store.show(job, in: workspace).count > 0 else { throw Problem.notFound("job") }
        let rows = try await store.refused(by: job, in: workspace, after: after, limit: limit.value)
        return try .page(rows, limit: limit, binding: binding, keys: ["id"])
    }

    /// Stops a job.
    func cancel(_ call: Call<IDPath<Job>, NoQuery, NoBody>) async throws -> Answer<Job> {
        .stored(try await store.cancel(call.path.id, expecting: call.ifMatch, try overseer(call)))
    }

    /// Has a job undone.
    func undo(_ call: Call<IDPath<Job>, NoQuery, NoBody>) async throws -> Answer<Job> {
        let answer = try await store.undo(
            call.path.id, by: try JobPrincipal(call), expecting: call.ifMatch, try overseer(call))
        store.database.hint(TimerHint.channel)
        return .stored(answer)
    }

    private func overseer(_ call: Call<IDPath<Job>, NoQuery, NoBody>) throws -> JobOverseer {
        JobOverseer(
            context: try call.write, permissions: try call.principal.permissions, oversight: work.oversight)
    }

    /// What was ordered, without the members that say nothing.
    private static func document(of order: Work.Order) throws -> JSONValue {
        guard case .object(let members) = try JSONParser.parse(try WireJSON.encode(order)) else { return .object([]) }
        return .object(
            members.map { member in
                guard case .object(let parts) = member.value else { return member }
                return JSONValue.Member(member.name, .object(parts.filter { $0.value != .null }))
            })
    }
}
