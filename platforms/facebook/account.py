"""One Facebook page, whole: reading and acting over one client."""

from collections.abc import Mapping
from types import MappingProxyType

import httpx

from domain.clock import Clock
from domain.errors import AccountStopped
from domain.model import Ability, Capabilities, Capability, Way
from domain.settings import Account
from platforms.facebook.actor import FacebookActor
from platforms.facebook.client import TIMEOUT, Client
from platforms.facebook.errors import remembered
from platforms.facebook.reader import FacebookReader
from platforms.facebook.shapes import KEY
from platforms.hooks import Hooks
from platforms.media import Fetcher

MEDIA_HOSTS = ("fbcdn.net", "fbsbx.com", "facebook.com")
MIB = 1024 * 1024
_API = Capability(Way.API)
_BLOCK = Capability(Way.MANUEEL, "Blocking somebody is done on the page itself.")
_CLOSE = Capability(Way.MANUEEL, "Facebook lets no program close comments: set who may comment in the post itself.")
_LIKE = Capability(Way.MANUEEL, "Liking a comment is done on the page itself.")
_REPORT = Capability(Way.MANUEEL, "Facebook takes no reports from programs: report the comment in its own menu.")
CAPABILITIES: Capabilities = MappingProxyType(
    {
        Ability.HIDE: _API,
        Ability.UNHIDE: _API,
        Ability.DELETE: _API,
        Ability.REPLY_PUBLIC: _API,
        Ability.REPLY_PRIVATE: _API,
        Ability.BLOCK: _BLOCK,
        Ability.UNBLOCK: _BLOCK,
        Ability.CLOSE_COMMENTS: _CLOSE,
        Ability.REOPEN_COMMENTS: _CLOSE,
        Ability.LIKE: _LIKE,
        Ability.DETECT_EDIT: _API,
        Ability.REPORT: _REPORT,
    }
)
"""What can be asked of every Facebook page (facts: platforms §1)."""


class Facebook(FacebookReader, FacebookActor):
    """`domain.ports.Platform` for one page.

    media_max_bytes: larger pictures are left with a slip · hooks: what the house wants to hear · transport: the network
    in tests · timeout: limits of one call. Safe to use from several threads.
    """

    def __init__(  # noqa: PLR0913 - each is one dial of the outside
        self,
        account: Account,
        *,
        clock: Clock,
        hooks: Hooks | None = None,
        media_max_bytes: int = 8 * MIB,
        transport: httpx.BaseTransport | None = None,
        timeout: httpx.Timeout = TIMEOUT,
    ) -> None:
        client = Client(account, clock=clock, hooks=hooks or Hooks(), transport=transport, timeout=timeout)
        super().__init__(client, Fetcher(MEDIA_HOSTS, client.origin, media_max_bytes, transport=transport), account.id)

    @property
    def key(self) -> str:
        """`facebook`."""
        return KEY

    @property
    def label(self) -> str:
        """`Facebook`."""
        return "Facebook"

    @property
    def account(self) -> str:
        """Id of the page."""
        return self._page

    def capabilities(self) -> Mapping[Ability, Capability]:
        """What can be asked of this page."""
        return CAPABILITIES

    @property
    def stopped(self) -> AccountStopped | None:
        """Why nothing more is sent; None while the page works."""
        return self.client.stopped

    def stop(self, code: str) -> None:
        """Take up a stop that the house remembers from before a restart, or that another process met."""
        self.client.stop(remembered(code))

    def resume(self) -> None:
        """A person mended it: calls go out again."""
        self.client.resume()

    def close(self) -> None:
        """Close the connections."""
        self.client.close()
        self._fetcher.close()
