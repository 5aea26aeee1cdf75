"""What the house wants to hear from a platform, and what it can tell one about a stop; the same for every platform."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from domain.errors import AccountStopped
from domain.ports import Platform


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the house wants to hear.

    stopped: nobody can act until a person mends it; alarm, and keep its `code` · note: a sentence for the log, without
    foreign text. Both are called in the thread of the call that met it, and must not raise.
    """

    stopped: Callable[[AccountStopped], None] = lambda _error: None
    note: Callable[[str], None] = lambda _sentence: None


class Connected(Platform, Protocol):
    """A platform as the wiring holds it: with its stop, and to be closed."""

    @property
    def stopped(self) -> AccountStopped | None:
        """Why nothing more is sent; None while the account works."""
        ...

    def stop(self, code: str) -> None:
        """Take up a stop that the house remembers, or that another process met. code: `AccountStopped.code`."""
        ...

    def resume(self) -> None:
        """A person mended it: calls go out again."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...
