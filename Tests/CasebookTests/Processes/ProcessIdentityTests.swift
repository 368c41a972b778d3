import Glibc
import Testing

@testable import Casebook

@Suite("process identity")
struct ProcessIdentityTests {
    @Test("a command's name may hold spaces and parentheses")
    func stat() {
        let fields = (4...21).map(String.init).joined(separator: " ")
        let entry = StatEntry("42 (a) b (c)) S \(fields) 98765 23 24")
        #expect(entry?.state == "S")
        #expect(entry?.startTicks == 98_765)
        #expect(entry?.isDead == false)
        #expect(StatEntry("42 (a) Z \(fields) 98765 23")?.isDead == true)
    }

    @Test("what is no line of /proc/PID/stat is refused", arguments: ["", "42", "42 (a) S 1 2", "42 (a) S"])
    func malformed(_ text: String) {
        #expect(StatEntry(text) == nil)
    }

    @Test("this process is itself and nobody else")
    func own() throws {
        let own = try #require(ProcessIdentity.own)
        #expect(own.pid == getpid())
        #expect(own.isRunning)
        #expect(!ProcessIdentity(pid: own.pid, startTicks: own.startTicks + 1, boot: own.boot).isRunning)
        #expect(!ProcessIdentity(pid: own.pid, startTicks: own.startTicks, boot: "another").isRunning)
    }

    @Test("there is no process 0 and none with a negative number", arguments: [0, -1] as [Int32])
    func none(_ pid: Int32) {
        #expect(ProcessIdentity.current(of: pid) == nil)
    }
}
