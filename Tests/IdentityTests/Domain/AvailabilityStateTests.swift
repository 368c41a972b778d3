import Models
import Testing

@testable import Identity

@Suite("Availability by its rules")
struct AvailabilityStateTests {
    private static let now = Timestamp(microseconds: 1_767_225_600_000_000)
    private static func day(_ number: Int64) -> Timestamp { now.adding(.seconds(number * 86_400)) }
    private static let people = (0..<20).map { ID<User>.make(at: day($0)) }

    /// A holiday of days from now; `until` is `nil` for one without an end.
    private static func holiday(_ from: Int64, _ until: Int64?, _ substitute: Int?) -> Holiday {
        Holiday(from: day(from), until: until.map(day), substituteID: substitute.map { people[$0] })
    }

    /// What following the substitutes of person 0 comes to.
    private static func walk(_ own: Holiday, _ others: [Int: Holiday]) throws(HolidayFault) -> Int {
        var walk = SubstituteWalk(of: people[0], on: own)
        var steps = 0
        while let next = walk.next {
            steps += 1
            try walk.follow(people.firstIndex(of: next).flatMap { others[$0] })
        }
        return steps
    }

    @Test("of two people who stand in for each other at the same time one is refused, whoever has no end too (3.5)")
    func circleOfTwo() {
        for other in [Self.holiday(2, 9, 0), Self.holiday(2, nil, 0), Self.holiday(-3, 6, 0)] {
            #expect(throws: HolidayFault.circle) { try Self.walk(Self.holiday(5, 7, 1), [1: other]) }
            #expect(throws: HolidayFault.circle) { try Self.walk(Self.holiday(5, nil, 1), [1: other]) }
        }
    }

    @Test("two people may stand in for each other one after the other: an end is not part of a holiday (3.5)")
    func turns() throws {
        #expect(try Self.walk(Self.holiday(5, 7, 1), [1: Self.holiday(7, 9, 0)]) == 1)
        #expect(try Self.walk(Self.holiday(5, 7, 1), [1: Self.holiday(2, 5, 0)]) == 1)
        #expect(throws: HolidayFault.circle) {
            try Self.walk(Self.holiday(5, 7, 1), [1: Self.holiday(6, 9, 0)])
        }
    }

    @Test("a longer circle is one only if there is an instant at which all of it are on holiday (3.5)")
    func longerCircles() throws {
        let closed = [1: Self.holiday(0, 6, 2), 2: Self.holiday(5, 9, 0)]
        #expect(throws: HolidayFault.circle) { try Self.walk(Self.holiday(4, 9, 1), closed) }
        let open = [1: Self.holiday(0, 5, 2), 2: Self.holiday(5, 9, 0)]
        #expect(try Self.walk(Self.holiday(4, 9, 1), open) == 2)
    }

    @Test("sixteen people in a row are followed, and one more is refused (3.5)")
    func longChains() throws {
        let chain = Dictionary(uniqueKeysWithValues: (1...17).map { ($0, Self.holiday(0, nil, $0 + 1)) })
        #expect(throws: HolidayFault.longChain) { try Self.walk(Self.holiday(0, nil, 1), chain) }
        #expect(try Self.walk(Self.holiday(0, nil, 1), chain.filter { $0.key < 16 }) == 16)
    }

    @Test("a holiday ends after its beginning and in the future, and its substitute is somebody else, all said at once")
    func faults() {
        let person = Self.people[0]
        #expect(
            Self.holiday(3, 2, 0).faults(of: person, at: Self.now) == [.endsBeforeItBegins, .ownSubstitute])
        #expect(Self.holiday(-5, 0, 1).faults(of: person, at: Self.now) == [.isOver])
        #expect(Self.holiday(3, 3, 1).faults(of: person, at: Self.now) == [.endsBeforeItBegins])
        for good in [Self.holiday(-1, 1, 1), Self.holiday(3, nil, nil), Self.holiday(-5, nil, 1)] {
            #expect(good.faults(of: person, at: Self.now).isEmpty)
        }
    }
}

@Suite("Skills by their rules")
struct SkillGrantTests {
    @Test("one's own level is raised by those who administer users alone; lowering it is anybody's (3.5)")
    func ownLevel() throws {
        for (before, after) in [(nil, 1), (2, 3)] as [(Int?, Int)] {
            let grant = SkillGrant(before: before, after: after, isArchived: false)
            #expect(throws: SkillGrant.Violation.raisesOwn) {
                try grant.check(isOwn: true, permissions: Role.manager.permissions, others: 0)
            }
            try grant.check(isOwn: true, permissions: Role.administrator.permissions, others: 0)
            try grant.check(isOwn: false, permissions: Role.manager.permissions, others: 0)
        }
        try SkillGrant(before: 3, after: 2, isArchived: false).check(isOwn: true, permissions: [], others: 0)
    }

    @Test("a person has at most fifty skills, of which each may still change; an archived skill is given to nobody")
    func bounds() throws {
        let new = SkillGrant(before: nil, after: 1, isArchived: false)
        #expect(throws: SkillGrant.Violation.tooMany) { try new.check(isOwn: false, permissions: [], others: 50) }
        try new.check(isOwn: false, permissions: [], others: 49)
        try SkillGrant(before: 1, after: 2, isArchived: false).check(isOwn: false, permissions: [], others: 50)
        #expect(throws: SkillGrant.Violation.archived) {
            try SkillGrant(before: 1, after: 2, isArchived: true).check(isOwn: false, permissions: [], others: 0)
        }
        try SkillGrant(before: 2, after: 2, isArchived: true).check(isOwn: false, permissions: [], others: 0)
    }
}
