"""Delivery: one letter is drawn and handed to every address of whoever it is for, and what came of it is noted.

Who is called must hear it: a step that died is done again, a refusal is tried again a few times, and a letter too many
is better than none. A digest goes out once: its step commits that it begins before it hands over, so whoever finds that
commit knows that nobody knows, and sends nothing.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from commands.alarm import touch
from commands.case import lock
from commands.digests import digest_of
from commands.house import House
from commands.incident_views import incident_views
from commands.notices import ALARM, DIGEST, FAILED, NO_ADDRESS, REPORT, SENT, TRIES, UNKNOWN, WAITS
from commands.views import views
from domain.ports import Letter
from domain.roles import Role, may
from storage import watch
from storage.call_tables import IncidentLinkRow, IncidentRow, NoticeRow
from storage.durable import Run
from storage.paper_tables import DigestRow
from storage.tables import CaseRow

LINK_LIVES = timedelta(hours=12)
_TOKEN_BYTES = 32

_links = IncidentLinkRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_notices = NoticeRow.__table__  # type: ignore[attr-defined]


def send(house: House, run: Run, notice_id: int) -> None:
    """The workflow of one notice."""
    ways = run.transaction("neem bericht", lambda session: _take(session, house, notice_id))
    try:
        told = [_send(house, run, notice_id, place) for place in range(ways)]
    except Exception:  # what nobody foresaw counts as a refusal: it is tried again, and then everybody reads it
        run.transaction("bericht mislukt", lambda session: _note(session, house, notice_id, [FAILED]))
        raise
    if told:
        run.transaction("bericht verstuurd", lambda session: _note(session, house, notice_id, told))


def _send(house: House, run: Run, notice_id: int, place: int) -> str:
    return run.step(f"verstuur {place + 1}", lambda: _hand_over(house, notice_id, place))


def _take(session: Session, house: House, notice_id: int) -> int:
    """To how many addresses it goes now; 0 when it went already, or when nobody knows where to."""
    lock(session)
    notice = session.get_one(NoticeRow, notice_id)
    if notice.state != WAITS:
        return 0
    ways = len(house.settings.addresses.get(notice.who, ()))
    if not ways:
        _settle(session, house, notice, NO_ADDRESS)
    return ways


# ---------------------------------------------------------------- hand over


def _hand_over(house: House, notice_id: int, place: int) -> str:
    """Hand it to one address; `verzonden`, `mislukt` or `onbekend`."""
    with house.read() as session:
        notice = session.get_one(NoticeRow, notice_id)
    addresses = house.settings.addresses.get(notice.who, ())[place : place + 1]
    letter = _LETTERS[notice.kind](house, notice)
    if notice.kind == DIGEST and not _begin(house, notice_id, place):
        return UNKNOWN
    return SENT if any(house.herald.send(address, letter) for address in addresses) else FAILED


def _begin(house: House, notice_id: int, place: int) -> bool:
    """Commit that the letter to this address is about to go; False when that was committed before."""
    begun = (
        sa.update(_notices)
        .where(_notices.c.id == notice_id, _notices.c.tries == place)
        .values(tries=place + 1, tried_at=house.clock.now())
        .returning(_notices.c.id)
    )
    return bool(house.store(lambda connection: connection.execute(begun).all()))


def _alarm(house: House, notice: NoticeRow) -> Letter:
    with house.read() as session:
        incident = session.get_one(IncidentRow, notice.incident_id)
        view = incident_views(session, house, [incident])[0]
    return house.scribe.alert(view, link=_link(house, notice))


def _report(house: House, notice: NoticeRow) -> Letter:
    with house.read() as session:
        view = views(session, house, [session.get_one(CaseRow, notice.case_id)])[0]
    return house.scribe.report(view, link=f"{_address(house)}/kaart/{view.id}")


def _digest(house: House, notice: NoticeRow) -> Letter:
    with house.read() as session:
        return house.scribe.digest(digest_of(session.get_one(DigestRow, notice.digest_id)))


_LETTERS: Mapping[str, Callable[[House, NoticeRow], Letter]] = {ALARM: _alarm, REPORT: _report, DIGEST: _digest}


def _link(house: House, notice: NoticeRow) -> str:
    """A single-use way to the phone page; empty for who could press nothing there. Its token is kept by hash only, and
    never noted by the durable engine.
    """
    person = house.settings.person(notice.who)
    if person is None or not may(Role(person.role), "kennis_genomen"):
        return ""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    row = {
        "hash": hash_of(token),
        "incident_id": notice.incident_id,
        "person": notice.who,
        "expires_at": house.clock.now() + LINK_LIVES,
    }
    house.store(lambda connection: connection.execute(sa.insert(_links).values(**row)).rowcount)
    return f"{_address(house)}/a/{token}"


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _address(house: House) -> str:
    browser = house.settings.browser
    return f"https://{browser.publiek_adres}" if browser.publiek_adres else f"http://{browser.host}:{browser.port}"


# ---------------------------------------------------------------- what came of it


def _note(session: Session, house: House, notice_id: int, told: Sequence[str]) -> None:
    lock(session)
    notice = session.get_one(NoticeRow, notice_id)
    if notice.kind == DIGEST:
        _settle(session, house, notice, next((each for each in (UNKNOWN, FAILED) if each in told), SENT))
        return
    notice.tries, notice.tried_at = notice.tries + 1, house.clock.now()
    if SENT in told:
        _settle(session, house, notice, SENT)
    elif notice.tries >= TRIES:
        _settle(session, house, notice, FAILED)


def _settle(session: Session, house: House, notice: NoticeRow, state: str) -> None:
    notice.state, notice.settled_at = state, house.clock.now()
    _tell_the_house(session, notice, house)
    if notice.incident_id is not None:
        touch(session, session.get_one(IncidentRow, notice.incident_id))


def _tell_the_house(session: Session, notice: NoticeRow, house: House) -> None:
    """A way to somebody that does not work is an alarm, until a letter gets through."""
    name, now = f"bericht:{notice.who}", house.clock.now()
    if notice.state == SENT:
        watch.end(session, name, now)
    elif notice.state in (FAILED, UNKNOWN):
        alarm = watch.Alarm("A letter to {who} was not accepted: check the address.", who=notice.who)
        watch.sound(session, name, alarm, now)
