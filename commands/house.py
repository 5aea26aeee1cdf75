"""What every command may use, handed in by the wiring: settings, clock, rules, platforms, register, durable work."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.clock import Clock, local
from domain.orders import CLOCK
from domain.ports import Flagger, Herald, Platform, Scribe
from domain.settings import Account, Settings
from rules.templates import Templates
from storage.register import Register

Store = Callable[[Callable[[sa.Connection], Any]], Any]
"""Commits what a job writes through the writer and gives its result; for what a step fetched."""


@dataclass(frozen=True, slots=True)
class House:
    """The parts of the house as commands see them."""

    settings: Settings
    clock: Clock
    flagger: Flagger
    platforms: Mapping[tuple[str, str], Platform]
    register: Register
    read: Callable[[], AbstractContextManager[Session]]
    store: Store
    templates: Templates
    scribe: Scribe
    herald: Herald

    def platform(self, key: str, account: str) -> Platform | None:
        """The platform of an account; None when the account was taken out of the settings."""
        return self.platforms.get((key, account))

    def account(self, key: str, account: str) -> Account | None:
        """The settings of an account."""
        return next((each for each in self.settings.accounts if (each.platform, each.id) == (key, account)), None)

    def name(self, person: str) -> str:
        """Name of a colleague as shown to colleagues."""
        return name_of(self.settings, person)


def name_of(settings: Settings, person: str) -> str:
    """Name of a colleague as shown to colleagues; the clock is Nabij itself."""
    if person == CLOCK:
        return "Nabij"
    found = settings.person(person)
    return found.name if found else person


def wall(moment: datetime | None) -> str:
    """A moment as HH:MM on a Brussels clock, for answers; empty when unknown."""
    return local(moment).strftime("%H:%M") if moment else ""
