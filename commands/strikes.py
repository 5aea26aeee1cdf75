"""Strikes: warnings that count, per author of one platform and never across (product §12).

A strike is booked when its warning was delivered. It counts until it expires or somebody withdraws it; several within
24 hours under one post are one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from commands import message
from commands.case import Matter, allow, answer, change, entry, motive, refuse, touch
from commands.house import House
from domain.categories import CATEGORIES
from domain.errors import BadInput, Expected, NotPossible
from domain.messages import SENT, Ledger, MessageState
from domain.model import Answer
from domain.states import OPEN
from storage.durable import Run
from storage.paper_tables import MessageRow, StrikeRow
from storage.register_entry import Event
from storage.tables import CaseRow, CommentRow

SAME_POST = timedelta(hours=24)
_NEVER = ("onbedoeld", "misleidend", "kritiek_mening")


def counts(category: str) -> bool:
    """True when a warning about this category is one: no intent, an error or an opinion never makes a strike."""
    return CATEGORIES[category].breach and category not in _NEVER


# ---------------------------------------------------------------- read


def ledgers(session: Session, house: House, comments: Sequence[CommentRow]) -> Mapping[int, Ledger]:
    """Comment row id → the strikes of its author. Who has no id on the platform has none."""
    now = house.clock.now()
    live = _live(session, {row.author_id for row in comments if row.author_id}, now)
    maximum = house.settings.numbers.strike_max
    return {
        row.id or 0: _ledger(row, live.get((row.platform, row.author_id or ""), []), now, maximum) for row in comments
    }


_Live = list[tuple[StrikeRow, int]]
"""Strikes that count, oldest first, with the row id of the comment each is about."""


def _live(session: Session, authors: set[str], now: datetime) -> Mapping[tuple[str, str], _Live]:
    found: dict[tuple[str, str], _Live] = defaultdict(list)
    if authors:
        chosen = (
            sa.select(StrikeRow, col(CaseRow.comment_id))
            .join(CaseRow, col(CaseRow.id) == col(StrikeRow.case_id))
            .where(col(StrikeRow.author_id).in_(authors), col(StrikeRow.withdrawn_at).is_(None))
            .where(col(StrikeRow.expires_at) > now)
            .order_by(col(StrikeRow.booked_at), col(StrikeRow.id))
        )
        for strike, comment_id in session.execute(chosen):
            found[strike.platform, strike.author_id].append((strike, comment_id))
    return found


def _ledger(comment: CommentRow, live: _Live, now: datetime, maximum: int) -> Ledger:
    newest = live[-1][0] if live else None
    return Ledger(
        live=len(live),
        maximum=maximum,
        here=next((strike.id for strike, comment_id in live if comment_id == comment.id), None),
        same_post=newest is not None and newest.post == comment.post and now - newest.booked_at <= SAME_POST,
    )


def ledger_of(session: Session, house: House, comment: CommentRow) -> Ledger:
    """The strikes of the author of one comment."""
    return ledgers(session, house, [comment])[comment.id or 0]


def on_its_way(session: Session, comment: CommentRow) -> int:
    """Warnings to the author of a comment that are being sent just now, about comments under other posts: each makes a
    strike that no ledger has yet.
    """
    if comment.author_id is None:
        return 0
    going = (
        sa.select(sa.func.count())
        .select_from(MessageRow)
        .join(CaseRow, col(CaseRow.id) == col(MessageRow.case_id))
        .join(CommentRow, col(CommentRow.id) == col(CaseRow.comment_id))
        .where(col(MessageRow.state) == MessageState.BEZIG.value, col(MessageRow.number) > 0)
        .where(col(CommentRow.platform) == comment.platform, col(CommentRow.author_id) == comment.author_id)
        .where(col(CommentRow.post) != comment.post)
    )
    return session.scalar(going) or 0


# ---------------------------------------------------------------- book


def deliver(session: Session, house: House, matter: Matter, state: MessageState, sent_id: str = "") -> None:
    """The citizen has the message of this order: by us, or by hand. Its strike is booked with it, once."""
    letter = message.of_order(session, matter.id)
    if letter.state in SENT:
        return
    letter.state, letter.settled_at, letter.sent_id = state.value, house.clock.now(), sent_id
    if letter.number:
        book(session, house, matter, letter.id or 0)


def book(session: Session, house: House, matter: Matter, message_id: int) -> None:
    """A warning was delivered: it counts, unless its author cannot be told from others, or one counts already for this
    post today.
    """
    comment, now = matter.comment, house.clock.now()
    ledger = ledger_of(session, house, comment)
    if comment.author_id is None or ledger.same_post:
        return
    strike = StrikeRow(
        platform=comment.platform,
        author_id=comment.author_id,
        post=comment.post,
        case_id=matter.case.id or 0,
        message_id=message_id,
        booked_at=now,
        expires_at=now + timedelta(days=house.settings.numbers.strike_days),
    )
    session.add(strike)
    house.register.append(session, entry(house, matter, Event.STRIKE_GEBOEKT, count=ledger.live + 1))
    _redraw(session, comment)


def _redraw(session: Session, comment: CommentRow) -> None:
    """Every open card of this author shows how many count."""
    chosen = (
        sa.select(CaseRow)
        .join(CommentRow, col(CommentRow.id) == col(CaseRow.comment_id))
        .where(col(CommentRow.platform) == comment.platform, col(CommentRow.author_id) == comment.author_id)
        .where(col(CaseRow.state).in_([state.value for state in OPEN]))
    )
    for case in session.scalars(chosen):
        touch(session, case)


# ---------------------------------------------------------------- withdraw


def withdraw(house: House, run: Run, order_id: int) -> None:
    """Carry out a `WithdrawStrike` order: the warning of this case does not count any more."""
    run.transaction("trek in", lambda session: _withdraw(session, house, order_id))


def _withdraw(session: Session, house: House, order_id: int) -> None:
    matter = change(session, order_id)
    try:
        allow(house, matter)
        strike = _here(session, house, matter)
    except Expected as why:
        refuse(matter, house, why)
        return
    strike.withdrawn_at, strike.withdrawn_by = house.clock.now(), matter.order.by
    session.flush()
    left = ledger_of(session, house, matter.comment).live
    said = entry(house, matter, Event.STRIKE_INGETROKKEN, reason="door_persoon", count=left, digests=motive(matter))
    house.register.append(session, said)
    touch(session, matter.case)
    _redraw(session, matter.comment)
    answer(matter, house, Answer(True, "Withdrawn: this warning does not count any more."))


def _here(session: Session, house: House, matter: Matter) -> StrikeRow:
    if not getattr(matter.order, "reason", "").strip():
        raise BadInput("Say why the warning is withdrawn.")
    here = ledger_of(session, house, matter.comment).here
    if here is None:
        raise NotPossible("No warning counts on this card.")
    return session.get_one(StrikeRow, here)
