import Foundation
import Models
import Testing

@testable import Gateway

@Suite("Which kinds of record the live stream shows")
struct VisibleKindsTests {
    @Test("S-1: every kind that a service writes activity of is listed with what reading it needs, and no other")
    func complete() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        var written: Set<String> = ["individual", "organization"]
        for folder in ["Services", "Shared"] {
            let files = FileManager.default.enumerator(
                at: root.appending(path: folder), includingPropertiesForKeys: nil)
            for case let file as URL in files?.allObjects ?? [] where file.pathExtension == "swift" {
                let text = try String(contentsOf: file, encoding: .utf8)
                for match in text.matches(of: /RecordKind\(rawValue: "([a-z_]+)"\)/) { written.insert(String(match.1)) }
            }
        }
        #expect(written == Set(VisibleKinds.all.keys))
    }

    @Test("S-1: a role sees the kinds that it may read, and nobody sees a kind that is not listed")
    func byPermission() {
        #expect(VisibleKinds(Role.agent.permissions) == [.workspace, .customers, .tickets, .tasks])
        #expect(VisibleKinds([.ticketsRead]).sees("ticket"))
        #expect(VisibleKinds([.tasksRead]).sees("task") && !VisibleKinds([.ticketsRead]).sees("task"))
        #expect(!VisibleKinds([.ticketsRead]).sees("individual"))
        #expect(!VisibleKinds([.workspaceRead]).sees("ticket"))
        #expect(!VisibleKinds([.workspace, .customers, .tickets, .tasks]).sees("password"))
    }

    @Test("S-2: nobody is told of reminders, which are their owners' alone")
    func ownersAlone() {
        for kinds in [[.tasks], [], [.workspace, .customers, .tickets, .tasks]] as [VisibleKinds] {
            #expect(!kinds.sees("reminder"))
        }
    }
}
