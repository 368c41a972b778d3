import Models
import Testing

@testable import Tasks

@Suite("Progress of a checklist")
struct ChecklistProgressTests {
    @Test(
        "the percent is the part that is done, rounded down",
        arguments: [(0, 3, 0), (1, 3, 33), (2, 3, 66), (3, 3, 100), (199, 200, 99), (1, 200, 0)])
    func percent(done: Int, total: Int, percent: Int) {
        let progress = TaskProgress(percent: 0, done: 0, total: 0).counting(done: done, total: total)
        #expect(progress == TaskProgress(percent: percent, done: done, total: total))
    }

    @Test("the first entry takes the place of a percent that was set, and the last one leaves it where it was")
    func ends() {
        let first = TaskProgress(percent: 40, done: 0, total: 0).counting(done: 0, total: 1)
        #expect(first.percent == 0)
        let done = first.counting(done: 1, total: 0)
        #expect(done.percent == 100)
        #expect(done.counting(done: -1, total: -1) == TaskProgress(percent: 100, done: 0, total: 0))
    }
}
