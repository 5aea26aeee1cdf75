"""Accounts: whether a platform may be called for one, and what happens when it may not any more."""

from sqlalchemy.orm import Session

from commands.house import House
from domain.errors import AccountStopped, Denied
from domain.ports import Platform
from storage.tables import AccountRow, CommentRow
from storage.watch import Alarm, end, sound


def reach(house: House, key: str, account: str) -> Platform:
    """The platform of an account, to be called now. Denied when the account left the settings, AccountStopped when
    the platform stopped it: no call is made until a person mended it.
    """
    platform = house.platform(key, account)
    if platform is None:
        raise Denied("The account of this comment is not in the settings any more.", code="-")
    with house.read() as session:
        row = session.get(AccountRow, (key, account))
    if row is not None and row.stopped_at is not None:
        raise AccountStopped(
            "{platform} stopped this account (code {code}), so nothing is sent until that is mended.",
            code=row.stopped_code,
            platform=platform.label,
        )
    return platform


def reach_comment(house: House, comment: CommentRow) -> Platform:
    """The platform of a comment, as `reach`; Denied for one that a colleague pasted, which no platform told us of."""
    if comment.pasted:
        raise Denied("A colleague pasted this comment: look it up on the platform and do it there.", code="-")
    return reach(house, comment.platform, comment.account)


def stop(session: Session, house: House, key: str, account: str, code: str) -> None:
    """Nobody can act on this account until a person mends it: remember it, and tell everybody."""
    row = session.get(AccountRow, (key, account))
    if row is not None and row.stopped_at is None:
        row.stopped_at, row.stopped_code = house.clock.now(), code
    settings = house.account(key, account)
    name = settings.naam if settings else account
    alarm = Alarm("{account} is stopped (code {code}): renew the token, then restart Nabij.", account=name, code=code)
    sound(session, _alarm(key, account), alarm, house.clock.now())


def works(session: Session, house: House, key: str, account: str) -> None:
    """The platform answered for this account: whatever alarm sounded about it ends."""
    end(session, _alarm(key, account), house.clock.now())


def _alarm(key: str, account: str) -> str:
    return f"account:{key}:{account}"
