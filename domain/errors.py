"""Errors of the domain.

NabijError                      carries a msgid (English, translated at the edge) and its params
├── Expected                    told to the person who asked, logged at info; nothing was executed
│   ├── AlreadyHandled          somebody was first; carries who, what and when
│   ├── Busy                    an order is being carried out on this case right now
│   ├── ClaimedByOther          a colleague works on this case; taking over is one click
│   ├── StaleText               the text changed since the card was drawn
│   ├── NotAllowed              the role may not do this
│   ├── NotPossible             the platform, the state or the case does not allow this; says why
│   ├── EvidenceMissing         no capture, so nothing irreversible
│   └── BadInput                what was typed or sent cannot be read; says what and the mend
├── Refused                     an inbound delivery is not answered with 2xx
│   ├── Unsigned                no signature, a wrong one, or one that cannot be read          (401)
│   ├── TooLarge                body above the cap                                             (413)
│   ├── Unreadable              signed, but not JSON of the documented shape                   (400)
│   └── StorageUnavailable      the database cannot take it now; the sender must come back     (503)
├── Misconfigured               a setting is unknown, missing or impossible; names it and the mend (exit 2)
└── PlatformError               an outside platform refused or failed
    ├── Transient               may pass by itself; retryable for reads and idempotent writes
    ├── RateLimited             retryable, carries retry_after in seconds
    ├── OutcomeUnknown          a write was sent and the answer was lost
    ├── Gone                    the comment no longer exists (or is not visible to us)
    ├── Denied                  this call will never work: permission or bad request
    └── AccountStopped          token dead or policy block: nobody can act until a person mends it
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar

Param = str | int | datetime
Params = Mapping[str, Param]


class NabijError(Exception):
    """Root of the tree. `msgid` is an English sentence with {placeholders}; `params` fill them after translation.

    No params may hold text of a comment: messages of errors end up in logs and in the durable engine.
    """

    retryable: ClassVar[bool] = False
    retry_after: float | None = None

    def __init__(self, msgid: str, **params: Param) -> None:
        super().__init__(msgid)
        self.msgid = msgid
        self.params: Params = MappingProxyType(params)

    def __str__(self) -> str:
        """The English sentence with its params filled in, for logs and the command line."""
        return self.msgid.format(**self.params)

    @property
    def kind(self) -> str:
        """Name of the class, the form in which an error is stored."""
        return type(self).__name__


class Expected(NabijError):
    """Told to the person who asked; nothing was executed."""


class AlreadyHandled(Expected):
    """Somebody was first."""


class Busy(Expected):
    """An order is being carried out on this case right now."""


class ClaimedByOther(Expected):
    """A colleague works on this case."""


class StaleText(Expected):
    """The text changed since the card was drawn."""


class NotAllowed(Expected):
    """The role may not do this."""


class NotPossible(Expected):
    """The platform, the state or the case does not allow this."""


class EvidenceMissing(Expected):
    """No capture, so nothing irreversible."""


class BadInput(Expected):
    """What was typed or sent cannot be read."""


class Refused(NabijError):
    """An inbound delivery is not answered with 2xx."""

    status: ClassVar[int] = 400


class Unsigned(Refused):
    """No signature, a wrong one, or one that cannot be read."""

    status = 401


class TooLarge(Refused):
    """Body above the cap."""

    status = 413


class Unreadable(Refused):
    """Signed, but not JSON of the documented shape."""


class StorageUnavailable(Refused):
    """The database cannot take it now; the sender must come back."""

    status = 503


class Misconfigured(NabijError):
    """A setting is unknown, missing or impossible."""


class PlatformError(NabijError):
    """An outside platform refused or failed. `code` is the platform's own code, shown on the card."""

    def __init__(self, msgid: str, *, code: str, retry_after: float | None = None, **params: Param) -> None:
        super().__init__(msgid, code=code, **params)
        self.code = code
        self.retry_after = retry_after


class Transient(PlatformError):
    """May pass by itself."""

    retryable = True


class RateLimited(PlatformError):
    """Throttled; `retry_after` in seconds when the platform said so."""

    retryable = True


class OutcomeUnknown(PlatformError):
    """A write was sent and the answer was lost."""

    retryable = True


class Gone(PlatformError):
    """The comment no longer exists, or is not visible to us."""


class Denied(PlatformError):
    """This call will never work."""


class AccountStopped(PlatformError):
    """Token dead or policy block: all calls to this account stop until a person mends it."""
