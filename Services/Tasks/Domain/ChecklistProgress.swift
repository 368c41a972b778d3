import Models

extension TaskProgress {
    /// The figures after entries of the checklist came, went, were done or undone.
    ///
    /// While there are entries, the percent is the part that is done, rounded down. When the last one goes it stays
    /// where it was, and can be set again.
    func counting(done: Int, total: Int) -> TaskProgress {
        let (done, total) = (self.done + done, self.total + total)
        return TaskProgress(percent: total == 0 ? percent : done * 100 / total, done: done, total: total)
    }
}
