extension Problem.Code {
    /// A workspace has as many jobs under way as it may have.
    package static let tooManyJobs = Problem.Code("too_many_jobs", 409, "Too many jobs are under way")
    /// The filter means more records than one job may change.
    package static let tooManyRecords = Problem.Code("too_many_records", 422, "The filter means too many records")
    /// The job has ended already.
    package static let jobEnded = Problem.Code("job_ended", 409, "The job has ended")
    /// The job is not in a state, or not in the time, in which it can be undone.
    package static let notUndoable = Problem.Code("not_undoable", 409, "The job cannot be undone")
}

/// The operations on jobs under a plural: work on a whole filter, with progress and undo (A10, C6, K5).
///
/// `Order` is what a service takes: an object with the members `filter`, the filters of its list, and `change`, one of
/// its changes.
package struct Jobs<Order: Codable & Sendable>: Sendable {
    /// The path that jobs lie under, such as `/v1/tickets/jobs`.
    package let path: String
    /// Begins a job.
    package let create: Endpoint<NoPath, NoQuery, Order, Job>
    /// Jobs, newest first.
    package let list: Endpoint<NoPath, JobListQuery, NoBody, Page<Job>>
    /// One job.
    package let show: Endpoint<IDPath<Job>, NoQuery, NoBody, Job>
    /// The records that it was forbidden to change.
    package let items: Endpoint<IDPath<Job>, PageQuery, NoBody, Page<JobItem>>
    /// Stops a job.
    package let cancel: Endpoint<IDPath<Job>, NoQuery, NoBody, Job>
    /// Takes a job back.
    package let undo: Endpoint<IDPath<Job>, NoQuery, NoBody, Job>

    /// Declares the operations.
    ///
    /// - Parameters:
    ///   - collection: The path of the records, such as `/v1/tickets`.
    ///   - noun: What one record is called, such as `ticket`; operations are named `<noun>_jobs.<verb>`.
    ///   - reading: What a caller must have to see jobs.
    ///   - writing: What a caller must have to begin, cancel and undo them, and still has while they run.
    package init(under collection: String, _ noun: String, reading: Permission, writing: Permission) {
        let path = "\(collection)/jobs"
        let name = "\(noun)_jobs"
        self.path = path
        create = Endpoint(
            .post, path, "\(name).create", .needs(writing),
            "Changes every \(noun) that a filter means, as a job with progress and undo.", success: 202,
            problems: [.tooManyJobs, .tooManyRecords])
        list = Endpoint(
            .get, path, "\(name).list", .needs(reading), "Jobs of the last 30 days, newest first.",
            problems: [.invalidCursor])
        show = Endpoint(.get, "\(path)/{id}", "\(name).show", .needs(reading), "A job and how far it is.")
        items = Endpoint(
            .get, "\(path)/{id}/items", "\(name).items", .needs(reading),
            "What a job was forbidden to change, each with the reason, in the order of ids.",
            problems: [.invalidCursor])
        cancel = Endpoint(
            .post, "\(path)/{id}/cancel", "\(name).cancel", .needs(writing),
            "Stops a job; what it has changed stays changed until it is undone.",
            problems: [.jobEnded, .versionMismatch])
        undo = Endpoint(
            .post, "\(path)/{id}/undo", "\(name).undo", .needs(writing),
            "Takes a job back, within 7 days of its end: what nobody has changed since becomes what it was.",
            success: 202, problems: [.notUndoable, .tooManyJobs, .versionMismatch])
    }

    /// The operations without their types.
    package var contracts: [Contract] {
        [create.contract, list.contract, show.contract, items.contract, cancel.contract, undo.contract]
    }
}
