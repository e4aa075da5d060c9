"""Event logs in XES (IEEE 1849): one row per event, or per case with its first and last event.

Headers are short: `case`, `activity`, `time`, `resource`; other attributes keep their key. A case
table has `case`, `start`, `end`, `first activity`, `last activity`, `events`; read for demands it also
has, for each activity, `first <activity>` (when it first happened) and `during <activity>` (from each
of its events to the case's next one).
"""

import io
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from core.exchange.tables import MAX_ROWS, Row, Table, unreadable

_SHORT = {"concept:name": "activity", "time:timestamp": "time", "org:resource": "resource"}
Event = dict[str, str]


def read_xes(content: bytes, kind: str) -> Table:
    """The log as a table: a row per event for stage changes, else a row per case.

    Raises:
        Invalid: it is no XES log, or has more rows than allowed.
    """
    rows: list[Event] = []
    try:
        for case, attributes, events in _traces(content):
            if kind == "stage_changes":
                rows.extend({"case": case} | event for event in events)
            elif events and kind == "demands":
                rows.append({"case": case} | _ends(events) | _moments(events) | attributes)
            elif events:
                rows.append({"case": case} | _ends(events) | attributes)
            if len(rows) > MAX_ROWS:
                raise unreadable("too_many_rows", limit=MAX_ROWS)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise unreadable("not_a_log") from error
    if not rows:
        raise unreadable("no_rows")
    headers = tuple(dict.fromkeys(name for row in rows for name in row))
    return Table(headers, tuple(Row(n, tuple(map(row.get, headers))) for n, row in enumerate(rows, 1)), "XES")


def _traces(content: bytes) -> Iterator[tuple[str, Event, list[Event]]]:
    path: list[Element] = []
    for happened, element in iterparse(io.BytesIO(content), events=("start", "end")):
        if happened == "start":
            path.append(element)
            continue
        path.pop()
        if _tag(element) == "trace":
            attributes = _attributes(element)
            case = attributes.pop("concept:name", "")
            yield case, attributes, [_event(e) for e in element if _tag(e) == "event"]
            path[-1].clear()  # what is read is let go: a log is larger than its rows


def _event(element: Element) -> Event:
    return {_SHORT.get(k, k): v for k, v in _attributes(element).items()}


def _attributes(element: Element) -> Event:
    return {c.get("key", ""): c.get("value", "") for c in element if _tag(c) != "event" and c.get("key")}


def _ends(events: list[Event]) -> Event:
    first, last = events[0], events[-1]
    return {
        "start": first.get("time", ""),
        "end": last.get("time", ""),
        "first activity": first.get("activity", ""),
        "last activity": last.get("activity", ""),
        "events": str(len(events)),
    }


def _moments(events: list[Event]) -> Event:
    """When each activity first happened, and how long each of its events stood until the next one."""
    found: Event = {}
    for event, after in zip(events, [*events[1:], None], strict=True):
        name, at = event.get("activity", ""), event.get("time", "")
        found.setdefault(f"first {name}", at)
        span = f"{at}/{after.get('time', '') if after else ''}"
        found[f"during {name}"] = "; ".join(filter(None, (found.get(f"during {name}", ""), span)))
    return found


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
