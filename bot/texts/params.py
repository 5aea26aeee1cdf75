"""Params of messages as people read them.

Errors, answers and alarms carry data: person keys, command words, moments. By the name of the param it is known what it
is: `by`, `who` → a colleague's name; `command`, `category`, `state`, `role` → its label; `at`, `since`, `until` → a
moment (datetime or ISO 8601). Everything else is shown as it is.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.texts import Words
from bot.texts.labels import CATEGORIES, COMMANDS, ROLES, STATES, VISIBILITIES
from bot.texts.times import when
from domain.errors import Param

_PEOPLE = ("by", "who")
_MOMENTS = ("at", "since", "until")
_TABLES: Mapping[str, Mapping[str, str]] = {
    "command": COMMANDS,
    "category": CATEGORIES,
    "state": dict(STATES.items()),
    "visibility": dict(VISIBILITIES.items()),
    "role": dict(ROLES.items()),
}


def tell(msgid: str, params: Mapping[str, Param], names: Callable[[str], str], now: datetime, words: Words) -> str:
    """The message for a person."""
    return words(msgid, **{name: _shown(name, value, names, now, words) for name, value in params.items()})


def _shown(name: str, value: Param, names: Callable[[str], str], now: datetime, words: Words) -> Param:
    if isinstance(value, datetime):
        return when(value, now, words)
    if not isinstance(value, str):
        return value
    if name in _PEOPLE:
        return names(value)
    if name in _MOMENTS:
        return _moment(value, now, words)
    return words(_TABLES.get(name, {}).get(value, value)) if name in _TABLES else value


def _moment(value: str, now: datetime, words: Words) -> str:
    try:
        return when(datetime.fromisoformat(value), now, words)
    except ValueError:
        return value
