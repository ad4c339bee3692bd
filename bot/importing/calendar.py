"""The times an export writes -> UTC.

A number of seconds is UTC. A local time needs the zone of the computer that exported: older
JSON says nothing of it, HTML says the offset of its standard time, also for times in summer
(Telegram Desktop asks the zone for its standard offset). So where the zone we are told has that
offset, its rules hold; else the offset itself, all the year round.
"""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from bot.importing.words import Fields, UnusableError

OLDEST = 1_376_438_400_000  # 14 August 2013: Telegram's first day
AHEAD = 60 * 60 * 1000  # how far a clock may be behind the one that wrote the export
DAY = 24 * 60 * 60 * 1000
_LOCAL = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)")
_SECONDS = re.compile(r"-?\d{1,19}")


class Calendar:
    """Reads the times of one export; counts how local ones were read."""

    def __init__(self, zone: str, now: int) -> None:
        self.read_as: Counter[str] = Counter()  # a zone or an offset -> local times
        self.odd_edits = 0  # times of edits that cannot be and were left out
        self._zone = ZoneInfo(zone)
        self._newest = now + AHEAD
        here = datetime.fromtimestamp(now / 1000, self._zone)
        self._standard = (here.utcoffset() or timedelta()) - (here.dst() or timedelta())
        self._has_rules = zone not in ("UTC", "Etc/UTC")

    def posted(self, fields: Fields) -> int:
        """When a message was posted. Raises UnusableError."""
        return self._checked(self._written(fields, "date"))

    def edited(self, fields: Fields, posted_at: int) -> int | None:
        """When it was last edited. Exports of 2018 write 1970 for "never"."""
        if not (fields.get("edited_unixtime") or fields.get("edited")):
            return None
        try:
            at = self._written(fields, "edited")
            edited_at = None if abs(at) <= DAY else self._checked(at)
        except UnusableError:
            self.odd_edits += 1
            return None
        return None if edited_at is None or edited_at < posted_at else edited_at

    def forwarded(self, fields: Fields) -> int | None:
        """When the origin of a forward was posted; only HTML says it."""
        try:
            return self._checked(self._written(fields, "forwarded_date"))
        except UnusableError:
            return None

    def _written(self, fields: Fields, name: str) -> int:
        seconds = fields.get(f"{name}_unixtime")
        if isinstance(seconds, str) and _SECONDS.fullmatch(seconds):
            return int(seconds) * 1000
        if isinstance(seconds, int) and not isinstance(seconds, bool):
            return seconds * 1000
        local = fields.get(name)
        if local is None and seconds is None:
            raise UnusableError("it has no date")
        found = _LOCAL.match(local) if isinstance(local, str) else None
        if found is None:
            raise UnusableError("its date cannot be read")
        return self._local([int(part) for part in found.groups()], fields.get(f"{name}_offset"))

    def _local(self, parts: list[int], offset: object) -> int:
        try:
            zone = self._zone_of(offset)
            year, month, day, hour, minute, second = parts
            moment = datetime(year, month, day, hour, minute, second, tzinfo=zone)
            at = (moment - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)
        except (ValueError, OverflowError):
            raise UnusableError("its date is none of the calendar") from None
        self.read_as[str(zone)] += 1
        return at

    def _zone_of(self, offset: object) -> tzinfo:
        if not isinstance(offset, int):
            return self._zone
        standard = timedelta(minutes=offset)
        return self._zone if self._has_rules and standard == self._standard else timezone(standard)

    def _checked(self, at: int) -> int:
        if at < OLDEST:
            raise UnusableError("its date is before Telegram existed (August 2013)")
        if at > self._newest:
            raise UnusableError("its date is in the future")
        return at
