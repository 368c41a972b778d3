/// The operations on series, which make tasks again and again.
package enum RecurringTasks {
    package static let list = Endpoint<NoPath, PageQuery, NoBody, Page<TaskSeries>>(
        .get, "/v1/tasks/series", "series.list", .needs(.tasksRead), "Series of tasks, newest first.",
        problems: [.invalidCursor])
    package static let show = Endpoint<IDPath<TaskSeries>, NoQuery, NoBody, TaskSeries>(
        .get, "/v1/tasks/series/{id}", "series.show", .needs(.tasksRead), "One series of tasks.")
    package static let create = Endpoint<NoPath, NoQuery, CreateTaskSeries, TaskSeries>(
        .post, "/v1/tasks/series", "series.create", .needs(.tasksAdminister),
        "Makes a series: from now on it makes a task for each occurrence of its rule.", success: 201)
    package static let update = Endpoint<IDPath<TaskSeries>, NoQuery, UpdateTaskSeries, TaskSeries>(
        .patch, "/v1/tasks/series/{id}", "series.update", .needs(.tasksAdminister),
        "Changes a series, pauses it or lets it go on; the tasks that it has made stay.",
        problems: [.conflict, .versionMismatch])
    package static let end = Endpoint<IDPath<TaskSeries>, NoQuery, NoBody, TaskSeries>(
        .post, "/v1/tasks/series/{id}/end", "series.end", .needs(.tasksAdminister),
        "Ends a series for good; the tasks that it has made stay.", problems: [.versionMismatch])
    package static let skip = Endpoint<IDPath<TaskSeries>, NoQuery, SkipOccurrence, TaskSeries>(
        .post, "/v1/tasks/series/{id}/skip", "series.skip", .needs(.tasksAdminister),
        "Leaves one occurrence to come out; at most 500 of them.", problems: [.conflict, .versionMismatch])
    package static let occurrences = Endpoint<
        IDPath<TaskSeries>, SeriesOccurrencesQuery, NoBody, SeriesOccurrences
    >(
        .get, "/v1/tasks/series/{id}/occurrences", "series.occurrences", .needs(.tasksRead),
        "When the next tasks of a series are due.")
    package static let activity = Endpoint<IDPath<TaskSeries>, PageQuery, NoBody, Page<ActivityItem>>(
        .get, "/v1/tasks/series/{id}/activity", "series.activity", .needs(.tasksRead),
        "Everything that was done to a series, and each task that it made, newest first.", problems: [.invalidCursor])

    /// The operations as the service lists them.
    static let contracts: [Contract] = [
        list.contract, show.contract, create.contract, update.contract, end.contract, skip.contract,
        occurrences.contract, activity.contract,
    ]
}
