import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("the clock on the wall, by the database", .scratchDatabase(.tasks))
struct WallClockTests {
    /// Answers a query of one value as the service's role.
    private func answer(_ query: SQL) async throws -> String? {
        try await ScratchDatabase.current.withService(.tasks) { database in
            try await database.query(.scan, in: .none, query).text("value")
        }
    }

    @Test("a time left out is read with the offset before the change, one that comes twice is its first coming")
    func oddTimes() async throws {
        for (local, zone, instant) in [
            ("2026-03-29 02:30", "Europe/Berlin", "2026-03-29 01:30:00+00"),
            ("2026-10-25 02:30", "Europe/Berlin", "2026-10-25 00:30:00+00"),
            ("2026-10-25 02:00", "Europe/Berlin", "2026-10-25 00:00:00+00"),
            ("2026-10-25 03:00", "Europe/Berlin", "2026-10-25 02:00:00+00"),
            ("2026-10-25 01:59:59", "Europe/Berlin", "2026-10-24 23:59:59+00"),
            // Half an hour.
            ("2026-04-05 01:45", "Australia/Lord_Howe", "2026-04-04 14:45:00+00"),
            ("2026-10-04 02:15", "Australia/Lord_Howe", "2026-10-03 15:45:00+00"),
            // Two hours.
            ("2026-10-25 01:30", "Antarctica/Troll", "2026-10-24 23:30:00+00"),
            ("2026-03-29 01:30", "Antarctica/Troll", "2026-03-29 01:30:00+00"),
            // Summer time below the standard time, by a negative saving.
            ("2026-10-25 01:30", "Europe/Dublin", "2026-10-25 00:30:00+00"),
            // The offset for good, without daylight saving.
            ("2014-10-26 01:30", "Europe/Moscow", "2014-10-25 21:30:00+00"),
            // A whole day that there was not.
            ("2011-12-30 12:00", "Pacific/Apia", "2011-12-30 22:00:00+00"),
            ("2026-06-01 12:00", "UTC", "2026-06-01 12:00:00+00"),
        ] {
            let found = try await answer("SELECT tasks.instant(\(local)::text::timestamp, \(zone))::text AS value")
            #expect(found == instant, "\(local) in \(zone)")
        }
    }

    @Test("what a clock shows is the reading whose instant it is")
    func localTime() async throws {
        for (zone, instant, local) in [
            ("Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25 02:30:00"),
            ("Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25 02:30:00"),
            ("America/New_York", "2026-10-25T00:30:00Z", "2026-10-24 20:30:00"),
        ] {
            let found = try await answer(
                "SELECT tasks.local_time(\(instant)::text::timestamptz, \(zone))::text AS value")
            #expect(found == local)
        }
    }

    @Test("names of no zone are refused, those that PostgreSQL would take for rules of POSIX too")
    func unknownZones() async throws {
        for zone in [
            "Mars/Olympus", "Europe/Berlin5", "FOO+5", "Etc/FOO+5", "EST5EDT", "PST", "", "posix/Europe/Berlin",
        ] {
            let known = try await answer("SELECT tasks.is_zone(\(zone))::text AS value")
            #expect(known == "false", "\(zone)")
            for query: SQL in [
                "SELECT tasks.instant('2026-01-01T00:00:00', \(zone))::text AS value",
                "SELECT tasks.local_time('2026-01-01T00:00:00Z', \(zone))::text AS value",
                "SELECT count(*)::text AS value FROM tasks.clock_changes(\(zone), '2026-01-01Z', '2027-01-01Z')",
            ] {
                let error = await #expect(throws: PostgresError.self) { _ = try await answer(query) }
                #expect(error?.sqlState == "22023", "\(zone)")
            }
        }
        for zone in ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "America/Port-au-Prince"] {
            let known = try await answer("SELECT tasks.is_zone(\(zone))::text AS value")
            #expect(known == "true", "\(zone)")
        }
    }

    @Test("zones whose names have one part are zones, and those that the server takes for abbreviations are not")
    func onePart() async throws {
        for zone in ["GMT", "Singapore", "Japan", "GB", "GB-Eire", "NZ-CHAT", "W-SU", "PRC", "EST", "Zulu"] {
            let known = try await answer("SELECT tasks.is_zone(\(zone))::text AS value")
            #expect(known == "true", "\(zone)")
        }
        for zone in ["CET", "MET", "EET", "WET", "IST", "CEST", "singapore", "GMT0", "GMT+5", "Singapore5", "GMT\nUTC"]
        {
            let known = try await answer("SELECT tasks.is_zone(\(zone))::text AS value")
            #expect(known == "false", "\(zone)")
        }
    }

    @Test(
        "the full name of every zone that the server lists is a zone, and its clock shows the same, summer and winter")
    func fullNames() throws {
        let wrong = try Rows.of(
            """
            SELECT z.name || ' ' || z.july || ' ' || z.january
            FROM (
                SELECT n.name, core.full_zone_name(n.name) AS full_name, set_config('TimeZone', n.name, false) AS its,
                       extract(timezone FROM n.july) AS july, extract(timezone FROM n.january) AS january
                FROM (
                    SELECT name, timestamptz '2026-07-01T12:00:00Z' AS july,
                           timestamptz '2026-01-01T12:00:00Z' AS january
                    FROM pg_timezone_names
                    WHERE name NOT IN ('localtime', 'posixrules', 'Factory', 'posix/Factory')
                    OFFSET 0) AS n
                OFFSET 0) AS z
            WHERE NOT tasks.is_zone(z.full_name)
               OR extract(epoch FROM timezone(z.full_name, timestamptz '2026-07-01T12:00:00Z')
                    - timestamp '2026-07-01T12:00:00') <> z.july
               OR extract(epoch FROM timezone(z.full_name, timestamptz '2026-01-01T12:00:00Z')
                    - timestamp '2026-01-01T12:00:00') <> z.january
            """)
        #expect(wrong == [])
    }

    @Test("times that no instant on the wire has are refused")
    func range() async throws {
        for time in ["infinity", "-infinity", "0001-01-01", "10000-01-01", "0044-03-15 BC"] {
            let error = await #expect(throws: PostgresError.self) {
                _ = try await answer("SELECT tasks.instant(\(time)::text::timestamp, 'UTC')::text AS value")
            }
            #expect(error?.sqlState == "22008", "\(time)")
        }
    }

    @Test("the changes of a clock are found to the second, with the offsets around them")
    func changes() async throws {
        for (zone, expected) in [
            ("Europe/Berlin", "2026-03-29T01:00:00Z 3600 7200, 2026-10-25T01:00:00Z 7200 3600"),
            ("Australia/Lord_Howe", "2026-04-04T15:00:00Z 39600 37800, 2026-10-03T15:30:00Z 37800 39600"),
            ("America/St_Johns", "2026-03-08T05:30:00Z -12600 -9000, 2026-11-01T04:30:00Z -9000 -12600"),
            ("Asia/Tokyo", ""),
        ] {
            let found = try await answer(
                """
                SELECT COALESCE(string_agg(
                    core.json_time(c.changed_at) || ' ' || c.seconds_before || ' ' || c.seconds_after, ', '
                    ORDER BY c.changed_at), '') AS value
                FROM tasks.clock_changes(\(zone), '2026-01-01Z', '2027-01-01Z') AS c
                """)
            #expect(found == expected, "\(zone)")
        }
    }

    @Test("the span of changes is at most 40 years, whatever is asked for")
    func boundedChanges() async throws {
        let found = try await answer(
            """
            SELECT (max(c.changed_at) < '2041-01-01Z')::text AS value
            FROM tasks.clock_changes('Europe/Berlin', '2000-01-01Z', '9000-01-01Z') AS c
            """)
        #expect(found == "true")
    }

    @Test("nobody but the service runs the functions, and nobody but services the one that all of them share")
    func grants() throws {
        let open = try Rows.of(
            """
            SELECT p.oid::regprocedure
            FROM pg_proc AS p, aclexplode(COALESCE(p.proacl, acldefault('f', p.proowner))) AS a
            WHERE p.pronamespace = 'tasks'::regnamespace
              AND p.proname IN ('instant', 'local_time', 'is_zone', 'is_zone_name', 'clock_changes')
              AND a.grantee NOT IN ('tasks'::regrole::oid, p.proowner)
            UNION ALL
            SELECT p.oid::regprocedure
            FROM pg_proc AS p, aclexplode(COALESCE(p.proacl, acldefault('f', p.proowner))) AS a
            WHERE p.oid = 'core.full_zone_name(text)'::regprocedure
              AND a.grantee NOT IN ('casebook_service'::regrole::oid, p.proowner)
            """)
        #expect(open == [])
    }
}
