"""Moments and durations as people read them: Brussels wall clock, short Dutch units."""

from datetime import datetime, timedelta

from babel.dates import format_datetime

from bot.texts import Words
from domain.clock import BRUSSELS, local

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_MINUTES_UNTIL = 2 * _HOUR
_HOURS_UNTIL = 2 * _DAY


def hhmm(moment: datetime) -> str:
    """`21:06`."""
    return f"{local(moment):%H:%M}"


def long_date(moment: datetime, words: Words) -> str:
    """`maandag 20 juli, 21:10`."""
    return format_datetime(moment, "EEEE d MMMM, HH:mm", tzinfo=BRUSSELS, locale=words.language)


def when(moment: datetime, now: datetime, words: Words) -> str:
    """`21:06` for today, `ma 20 jul 21:06` for another day, with the year when it is another one."""
    there, here = local(moment), local(now)
    if there.date() == here.date():
        return hhmm(moment)
    shape = "EEE d MMM HH:mm" if there.year == here.year else "d MMM yyyy HH:mm"
    return format_datetime(moment, shape, tzinfo=BRUSSELS, locale=words.language)


def day_and_time(moment: datetime, now: datetime, words: Words) -> str:
    """`za 18 jul 23:00`, with the year when it is another one than now; the day also for today."""
    shape = "EEE d MMM HH:mm" if local(moment).year == local(now).year else "EEE d MMM yyyy HH:mm"
    return format_datetime(moment, shape, tzinfo=BRUSSELS, locale=words.language)


def period(start: datetime, end: datetime, now: datetime, words: Words) -> str:
    """`za 18 jul 18:00 – 23:30` within one day, `do 15 jul 18:00 – ma 26 jul 12:00` over several."""
    same_day = local(start).date() == local(end).date()
    return f"{day_and_time(start, now, words)} – {hhmm(end) if same_day else day_and_time(end, now, words)}"


def span(length: timedelta | float, words: Words) -> str:
    """A duration in its largest fitting unit: `45 s`, `38 min`, `4 u`, `3 d`."""
    seconds = max(0, int(length.total_seconds() if isinstance(length, timedelta) else length))
    if seconds < _MINUTE:
        return words("{n} s", n=seconds)
    if seconds < _MINUTES_UNTIL:
        return words("{n} min", n=seconds // _MINUTE)
    if seconds < _HOURS_UNTIL:
        return words("{n} h", n=seconds // _HOUR)
    return words("{n} d", n=seconds // _DAY)


def ago(moment: datetime, now: datetime, words: Words) -> str:
    """`3 min geleden`."""
    return words("{span} ago", span=span(now - moment, words))


def target(seconds: int, words: Words) -> str:
    """A target in the unit people agreed on: `15 min`, `60 min`, `4 u`, `16 u`."""
    if seconds <= _HOUR:
        return words("{n} min", n=seconds // _MINUTE)
    return words("{n} h", n=seconds // _HOUR)


def minutes_seconds(seconds: float) -> str:
    """`0:42`."""
    whole = max(0, int(seconds))
    return f"{whole // _MINUTE}:{whole % _MINUTE:02d}"
