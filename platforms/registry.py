"""Every platform, one line each, so that the wiring names none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.clock import Clock
from domain.ports import Receiver
from domain.settings import Account
from platforms.facebook import Facebook, FacebookReceiver
from platforms.hooks import Connected, Hooks


class MakeReceiver(Protocol):
    """Makes the receiver of all accounts of one platform."""

    def __call__(self, accounts: Sequence[Account]) -> Receiver:
        """accounts: those of this platform, at least one."""
        ...


class MakePlatform(Protocol):
    """Makes one account of one platform."""

    def __call__(self, account: Account, *, clock: Clock, hooks: Hooks, media_max_bytes: int) -> Connected:
        """media_max_bytes: larger pictures are left with a slip."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """How a platform is made."""

    receiver: MakeReceiver
    platform: MakePlatform


def _facebook_receiver(accounts: Sequence[Account]) -> Receiver:
    return FacebookReceiver(
        {account.app_secret for account in accounts},
        {account.verify_token for account in accounts},
        {account.id for account in accounts},
    )


PLATFORMS: dict[str, Entry] = {
    "facebook": Entry(_facebook_receiver, Facebook),
}
"""Platform key → how it is made; the key is also the last part of its webhook address."""
