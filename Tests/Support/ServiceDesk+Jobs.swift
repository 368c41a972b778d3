package import Models
import ServiceKit
package import Testing

/// Bulk jobs of a service under test, whose workers run until the job has ended.
extension ServiceDesk {
    /// The path of the service's jobs.
    private var jobs: String { "/v1/\(Definition.name.rawValue)/jobs" }

    /// Begins a job of the agent, or of somebody else; its address.
    package func order(
        _ body: String, as person: Staff? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let answer = try await post(jobs, body, as: person)
        #expect(answer.status == 202, "\(answer.text)", sourceLocation: sourceLocation)
        return try #require(answer.header("Location"), sourceLocation: sourceLocation)
    }

    /// The job as it is.
    package func job(_ path: String) async throws -> Job {
        try WireJSON.decode(Job.self, from: try await get(path).json)
    }

    /// The job when it has ended.
    package func ended(_ path: String) async throws -> Job {
        try await running(service.assembly.workers) {
            try await eventually("\(path) has ended") {
                ![.queued, .running, .undoing].contains(try await job(path).status)
            }
        }
        return try await job(path)
    }

    /// A job from its order to its end.
    package func finish(
        _ body: String, as person: Staff? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Job {
        let job = try await ended(try await order(body, as: person, sourceLocation: sourceLocation))
        #expect(job.status == .completed, "\(job.failure ?? "")", sourceLocation: sourceLocation)
        return job
    }

    /// A job that is undone to the end.
    package func undo(_ job: Job, as person: Staff? = nil) async throws -> Job {
        let answer = try await post("\(jobs)/\(job.id)/undo", as: person)
        #expect(answer.status == 202, "\(answer.text)")
        return try await ended("\(jobs)/\(job.id)")
    }
}
