#!/usr/bin/env python3
"""Reads an iCalendar text from standard input with icalendar and prints what it found as JSON, for the tests.

Needs icalendar (Python's package index). A value is printed as Python says it: dates and times in ISO 8601 with their
offset, rules and durations as icalendar writes them again.
"""

import json
import sys

import icalendar


def told(value):
    """A property's value as JSON can hold it."""
    if isinstance(value, icalendar.vDDDLists):
        return [item.dt.isoformat() for item in value.dts]
    if hasattr(value, "dt"):
        return value.dt.isoformat() if hasattr(value.dt, "isoformat") else str(value.dt)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return str(value)
    return value.to_ical().decode()


def properties(component):
    """A component's properties by name; dates that are left out, from all lines."""
    found = {"component": component.name, "errors": [str(error) for error in component.errors]}
    for name, value in component.property_items(recursive=False, sorted=False):
        if name == "EXDATE":
            found[name] = found.get(name, []) + told(value)
        elif name not in ("BEGIN", "END"):
            found[name] = told(value)
    return found


calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
components = [properties(part) for part in calendar.walk() if part.name not in ("STANDARD", "DAYLIGHT")]
json.dump({"components": components}, sys.stdout)
