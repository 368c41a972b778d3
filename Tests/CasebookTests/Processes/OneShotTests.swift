import Testing

@testable import Casebook

@Suite("a value that is set once")
struct OneShotTests {
    @Test("whoever waits gets the first value, whenever they began")
    func first() async {
        let shot = OneShot<Int>()
        await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<20 { group.addTask { await shot.value() } }
            for _ in 0..<20 { group.addTask { await shot.value(atMost: .seconds(60)) } }
            shot.set(1)
            shot.set(2)
            for await value in group { #expect(value == 1) }
        }
        #expect(await shot.value() == 1)
        #expect(shot.current == 1)
    }

    @Test("a bounded wait ends without a value, also one of no time at all", arguments: [0, 20])
    func bounded(_ milliseconds: Int) async {
        #expect(await OneShot<Int>().value(atMost: .milliseconds(milliseconds)) == nil)
    }

    @Test("cancellation ends the open wait, but not the bounded one")
    func cancellation() async {
        let shot = OneShot<Int>()
        await withTaskGroup(of: Int?.self) { group in
            group.addTask { await shot.value() }
            group.cancelAll()
            #expect(await group.next() == .some(nil))
        }
        await withTaskGroup(of: Int?.self) { group in
            group.addTask { await shot.value(atMost: .seconds(60)) }
            group.cancelAll()
            shot.set(7)
            #expect(await group.next() == .some(7))
        }
    }

    @Test("setting the value interrupts what runs beside it; otherwise its error comes through")
    func interrupting() async {
        let shot = OneShot<Void>()
        await #expect(throws: LaunchFailure.self) {
            try await shot.interrupting { throw LaunchFailure(path: "x", errno: 1) }
        }
        shot.set(())
        await #expect(throws: CancellationError.self) {
            try await shot.interrupting {
                _ = await OneShot<Int>().value() ?? 0
                try Task.checkCancellation()
            }
        }
    }
}
