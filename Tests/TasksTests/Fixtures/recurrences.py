#!/usr/bin/env python3
"""Computes recurrences.tsv: recurrence rules over the days on which clocks change, by python-dateutil.

    python3 -m venv /tmp/dateutil && /tmp/dateutil/bin/pip install python-dateutil==2.9.0.post0
    /tmp/dateutil/bin/python recurrences.py >recurrences.tsv

A line has a name, a zone, the start by the clock on the wall, the rule, exceptions (by that clock, with commas), and the
first occurrences as instants, with commas. dateutil expands the rule by the clock on the wall. What instant a reading of
the clock is, RFC 5545, 3.3.5, says: one that is left out is read with the offset before the change, which is dateutil's
resolve_imaginary; one that comes twice is its first coming. An UNTIL in UTC ends what dateutil expands without it: it
would compare readings that are left out with the other offset. All is within the years 2015 to 2026, of which every time
zone database of today knows the same. dateutil 4.0.0 prints the same as 2.9.0.
"""

import datetime
import itertools
import sys
import zoneinfo

from dateutil import rrule, tz

UTC = datetime.timezone.utc
MOST = 12
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
# Where clocks change by an hour, by half of one and by two, at night and at midnight, in spring, in autumn and around
# Ramadan: a time that is left out, and one that comes twice.
ZONES = {
    "Europe/Berlin": ("2026-03-29T02:30:00", "2026-10-25T02:30:00"),
    "America/New_York": ("2026-03-08T02:30:00", "2026-11-01T01:30:00"),
    "America/St_Johns": ("2026-03-08T02:00:00", "2026-11-01T01:00:00"),
    "America/Santiago": ("2026-09-06T00:30:00", "2026-04-04T23:30:00"),
    "Australia/Lord_Howe": ("2026-10-04T02:15:00", "2026-04-05T01:45:00"),
    "Africa/Casablanca": ("2026-03-22T02:30:00", "2026-02-15T02:30:00"),
    "Antarctica/Troll": ("2026-03-29T02:30:00", "2026-10-25T02:30:00"),
    "Asia/Beirut": ("2026-03-29T00:00:00", "2026-10-24T23:59:59"),
    "Asia/Tehran": ("2022-03-22T00:30:00", "2022-09-21T23:30:00"),
}


def instant(reading, zone):
    """The instant of a reading of a zone's clock."""
    there = reading.replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=0)
    return tz.resolve_imaginary(there).astimezone(UTC)


def cases(moment, zone):
    """Names, starts, rules and exceptions around a moment at which a zone's clock is odd."""
    day = DAYS[moment.weekday()]
    after = DAYS[(moment.weekday() + 3) % 7]
    place = (moment.day - 1) // 7 + 1
    exact = instant(moment, zone)

    def ago(**span):
        return moment - datetime.timedelta(**span)

    def utc(time):
        return time.strftime("%Y%m%dT%H%M%SZ")

    local = moment.strftime("%Y%m%dT%H%M%S")
    years = moment.replace(year=moment.year - 6)
    yield "each day", ago(days=3), "FREQ=DAILY;COUNT=8", []
    yield "each third day", ago(days=9), "FREQ=DAILY;INTERVAL=3", []
    yield "without two days", ago(days=2), "FREQ=DAILY;COUNT=9", [moment, moment + datetime.timedelta(days=2)]
    yield "until then, in UTC", ago(days=5), f"FREQ=DAILY;UNTIL={utc(exact)}", []
    second = datetime.timedelta(seconds=1)
    yield "until just before, in UTC", ago(days=5), f"FREQ=DAILY;UNTIL={utc(exact - second)}", []
    yield "until then, by the clock", ago(days=5), f"FREQ=DAILY;UNTIL={local}", []
    yield "each week twice", ago(days=14), f"FREQ=WEEKLY;BYDAY={day},{after};COUNT=10", []
    yield "each other week from Sunday", ago(days=28), f"FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY={after},{day}", []
    yield "by place in the month", ago(days=150), f"FREQ=MONTHLY;BYDAY={place}{day}", []
    yield "last weekday of the month", ago(days=200), f"FREQ=MONTHLY;BYDAY=-1{day}", []
    yield "day of the month and its last", ago(days=100), f"FREQ=MONTHLY;BYMONTHDAY={moment.day},-1", []
    yield "last working day", ago(days=170), "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", []
    yield "same weekday each year", years, f"FREQ=YEARLY;BYMONTH={moment.month};BYDAY={place}{day}", []
    yield "last weekday of its month each year", years, f"FREQ=YEARLY;BYMONTH={moment.month};BYDAY=-1{day}", []
    yield "same date each year", years, "FREQ=YEARLY", [moment.replace(year=moment.year - 2)]
    week = moment.isocalendar().week
    yield "week of the year", years, f"FREQ=YEARLY;BYWEEKNO={week};BYDAY={day}", []
    yield "day of the year", years, f"FREQ=YEARLY;BYYEARDAY={moment.timetuple().tm_yday},-1", []


def occurrences(start, rule, exceptions, zone):
    """The first occurrences as instants."""
    rule, _, until = rule.partition(";UNTIL=") if rule.endswith("Z") else (rule, "", "")
    last = datetime.datetime.strptime(until or "20261231T235959Z", "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    expanded = rrule.rruleset()
    expanded.rrule(rrule.rrulestr(rule, dtstart=start))
    for exception in exceptions:
        expanded.exdate(exception)
    times = (instant(reading, zone) for reading in itertools.islice(expanded, MOST))
    return list(itertools.takewhile(lambda time: time <= last, times))


def main():
    print("# Computed by recurrences.py; do not edit.")
    for zone, moments in ZONES.items():
        for kind, text in zip(["left out", "twice"], moments):
            moment = datetime.datetime.fromisoformat(text)
            # Python's zones have two offsets for what is left out as well.
            there = moment.replace(tzinfo=zoneinfo.ZoneInfo(zone))
            if tz.datetime_exists(there) != (kind == "twice") or not tz.datetime_ambiguous(there):
                sys.exit(f"{text} in {zone} is not {kind}")
            for name, start, rule, exceptions in cases(moment, zone):
                times = [time.strftime("%Y-%m-%dT%H:%M:%SZ") for time in occurrences(start, rule, exceptions, zone)]
                left_out = ",".join(exception.isoformat() for exception in exceptions)
                print(f"{name} ({kind})", zone, start.isoformat(), rule, left_out, ",".join(times), sep="\t")


main()
