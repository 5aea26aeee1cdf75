"""Incidents: what a commander or the person on call is called for (product §14). One living alert per incident.

                       kennis_genomen
   ┌──────┐ ─────────────────────────▶ ┌────────┐
──▶│ open │                            │ gezien │ ── still undecided after a while ─▶ open (the calls start again)
   └──────┘ ◀── new kritiek, or over ─ └────────┘
      │ demp ─▶ ┌─────────┐  a new kritiek or the end of the mute ─▶ open
      │         │ gedempt │
      │         └─────────┘
      └─ vals_alarm ─▶ vals · incident_sluiten, or nothing left to decide ─▶ gesloten

The order of call is frozen into the incident when it opens: nobody (5 min) → the next, 10 min → all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.categories import Urgency


class IncidentState(StrEnum):
    """State of an incident."""

    OPEN = "open"
    GEZIEN = "gezien"
    GEDEMPT = "gedempt"
    VALS = "vals"
    GESLOTEN = "gesloten"


LIVING = (IncidentState.OPEN, IncidentState.GEZIEN, IncidentState.GEDEMPT)
"""Not over yet."""


class IncidentKind(StrEnum):
    """What it is about: comments under one post, or an account that cannot be seen."""

    REACTIES = "reacties"
    BLIND = "blind"


ALWAYS = ("bedreiging", "noodoproep", "persoonsgegevens")
"""Categories whose *kritiek* cases call somebody day and night; other *kritiek* in an event window or off-hours."""


@dataclass(frozen=True, slots=True)
class Call:
    """One step of the order of call. after_s: seconds since the calls began · who: person keys, or `vangnet`."""

    after_s: int
    who: tuple[str, ...]


def order_of_call(
    first: tuple[str, ...], then: tuple[str, ...], everybody: tuple[str, ...], *, next_s: int, all_s: int
) -> tuple[Call, ...]:
    """Three steps: the first at once, who is next after `next_s`, all after `all_s` (seconds). A step without anybody
    new is left out, and whoever comes first is called at once, so that nobody waits for an empty step.
    """
    calls: list[Call] = []
    called: set[str] = set()
    for after, who in ((0, first), (next_s, then), (all_s, everybody)):
        if new := tuple(dict.fromkeys(each for each in who if each not in called)):
            calls.append(Call(after if calls else 0, new))
            called.update(new)
    return tuple(calls)


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case of an incident. open: a person still has to decide."""

    case_id: int
    number: str
    category: str
    urgency: Urgency
    opened_at: datetime
    open: bool
    excerpt: str = ""
    """A masked sample; empty when the text may not be shown at all."""


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody was called. state: `wacht`, `verzonden`, `mislukt`, `onbereikbaar` (no address)."""

    who: str
    step: int
    at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident as the list, the mail and the phone page show it.

    event, event_day, event_days: name and place in it (`Gentse Feesten`, 4, 10), empty and 0 without · what: platform
    label and post title, or the account that is blind · url: of the post, of its first comment while the post was not
    read yet · cases: newest first · count_10: comments on this post in the last ten minutes · busy: who works on its
    cases · next_at, next_who: when the next are called, None and empty when nobody will be · revision: grows with every
    visible change.
    """

    id: int
    kind: IncidentKind
    state: IncidentState
    urgency: Urgency
    platform: str
    what: str
    url: str | None
    event: str
    event_day: int
    event_days: int
    opened_at: datetime
    changed_at: datetime
    cases: tuple[CaseLine, ...]
    categories: Mapping[str, int]
    count_10: int
    busy: tuple[str, ...]
    called: tuple[Called, ...]
    by: str = ""
    by_at: datetime | None = None
    until: datetime | None = None
    next_at: datetime | None = None
    next_who: tuple[str, ...] = ()
    blind_since: datetime | None = None
    ended_at: datetime | None = None
    revision: int = 0

    @property
    def oldest_open(self) -> CaseLine | None:
        """The case that waits longest for a decision."""
        waiting = [case for case in self.cases if case.open]
        return min(waiting, key=lambda case: (case.opened_at, case.case_id), default=None)


WINDOW = timedelta(minutes=10)
"""Over which comments are counted for an incident."""
