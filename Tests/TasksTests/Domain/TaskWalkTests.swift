import Models
import Testing

@testable import Tasks

@Suite("The way between tasks that end one after the other")
struct TaskWalkTests {
    private let tasks = (0..<6).map { _ in ID<TaskItem>.make(at: .now) }

    private func walk(_ ties: [(Int, Int)]) -> TaskWalk {
        TaskWalk(ties: ties.map { TaskOrder(earlier: tasks[$0.0], later: tasks[$0.1]) })
    }

    @Test("there is no way where no tie leads")
    func none() {
        #expect(walk([]).path(from: tasks[0], to: tasks[1]) == nil)
        #expect(walk([(0, 1), (1, 2), (3, 4)]).path(from: tasks[0], to: tasks[4]) == nil)
        #expect(walk([(1, 0)]).path(from: tasks[0], to: tasks[1]) == nil)
    }

    @Test("the shortest way is found, with both ends; a task is its own way")
    func shortest() {
        #expect(walk([]).path(from: tasks[0], to: tasks[0]) == [tasks[0]])
        let ties = [(0, 1), (1, 2), (2, 3), (0, 4), (4, 3)]
        #expect(walk(ties).path(from: tasks[0], to: tasks[3]) == [tasks[0], tasks[4], tasks[3]])
    }

    @Test("a circle among the ties does not keep the search from its end")
    func circle() {
        let ties = [(0, 1), (1, 2), (2, 0), (2, 1)]
        #expect(walk(ties).path(from: tasks[0], to: tasks[5]) == nil)
        #expect(walk(ties).path(from: tasks[0], to: tasks[2]) == [tasks[0], tasks[1], tasks[2]])
    }
}
