"""Times as pages and chats write them: the patterns, and the moment that a date means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

_WEEKDAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}\.?,? )?"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_FIGURES = r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
_DATE = (
    rf"{_WEEKDAY}(?:{_FIGURES}|\d{{1,2}}(?:\.|st|nd|rd|th)? [A-Z][a-z]{{2,8}}\.?,? \d{{4}}"
    rf"|[A-Z][a-z]{{2,8}}\.? \d{{1,2}},? \d{{4}}|\d{{1,2}} {_MONTH} ['’]?\d{{2}}"
    rf"|{_MONTH} (?:\d{{4}}|['’]\d{{2}}))"
)
_CLOCK = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[AaPp]\.?[Mm]\.?)?"
_TIME = rf"{_CLOCK}(?: ?(?:UTC|GMT|Z)\b)?"
_UNIT = r"(?:minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|mos?|years?|yrs?|[smhdwy])\.?"
AGO = rf"(?:(?:about|over|almost) )?\d+ ?{_UNIT} ago"
SHORT = r"\d+ ?(?:[smhdwy]|min|hrs?|mo|yrs?)"  # as apps have it below a comment: "3d"
_DAY = rf"(?:{_DATE}|[Tt]oday|[Yy]esterday)"
WHEN = rf"(?:(?:on |at )?{_DAY}(?:(?:,? (?:at )?|T){_TIME})?|(?:at )?{_TIME}|{AGO}|[Jj]ust now)"
TO_THE_MINUTE = rf"{_DATE}(?:,? (?:at )?|T){_TIME}"

_HAS_DAY = re.compile(rf"\[?{_DAY}")
_MOMENT = re.compile(
    rf"(?P<day>{_FIGURES})\D{{1,5}}(?P<time>\d{{1,2}}[:.]\d{{2}})\S*(?P<half> ?[AaPp])?"
)


def has_day(when: str) -> bool:
    """Whether a time tells the day as well."""
    return _HAS_DAY.match(when) is not None


def moments(whens: Sequence[str]) -> list[datetime | None]:
    """The moments of a chat's times, None for what is no date in figures with a time.

    Whether the day or the month comes first is not told: it is as more of them are dates, and as
    they lie nearer together.
    """
    found = [_MOMENT.search(when) for when in whens]
    ways = [[one and _moment(one, first) for one in found] for first in (False, True)]
    return min(ways, key=lambda way: (way.count(None), _span(way)))


def _span(way: Sequence[datetime | None]) -> float:
    """Seconds from each to the next, together."""
    known = [one for one in way if one]
    return sum(abs((two - one).total_seconds()) for one, two in pairwise(known))


def _moment(found: re.Match[str], month_first: bool) -> datetime | None:
    first, second, third = (int(part) for part in re.split("[-/.]", found["day"]))
    year, month, day = (third, second, first) if first < 1000 else (first, second, third)
    if month_first and first < 1000:
        month, day = day, month
    hour, minute = (int(part) for part in re.split("[:.]", found["time"]))
    if found["half"]:
        hour = hour % 12 + 12 * (found["half"].strip() in "Pp")
    try:
        return datetime(year if year > 99 else 2000 + year, month, day, hour, minute)
    except ValueError:
        return None
