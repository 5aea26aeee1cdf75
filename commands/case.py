"""What all commands do with a case: take it, say who was first, let it go, and tell what came of it.

A command takes a case with one conditional update; whoever loses it reads who won. Everything here works inside the
transaction of a workflow step and commits nothing itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from commands.house import House, wall
from domain.categories import Urgency
from domain.errors import AlreadyHandled, Busy, ClaimedByOther, Expected, NabijError, NotAllowed, NotPossible, StaleText
from domain.model import Answer
from domain.orders import CLOCK, Order, from_data
from domain.roles import Role, may
from domain.states import ALLOWED, State
from storage.database import count
from storage.register_entry import Entry, Event
from storage.tables import CaseRow, CommentRow, DeadlineRow, FlagRow, GivenOrderRow

CLAIM = "neem_ik"
GRACE = "bedenktijd"
AGAIN = "opnieuw"

_cases = CaseRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_deadlines = DeadlineRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Matter:
    """An order with everything it is about, loaded in one transaction."""

    given: GivenOrderRow
    order: Order
    case: CaseRow
    comment: CommentRow


def load(session: Session, order_id: int) -> Matter:
    """The order, its case and its comment."""
    given = session.get_one(GivenOrderRow, order_id)
    case = session.get_one(CaseRow, given.case_id)
    comment = session.get_one(CommentRow, case.comment_id)
    return Matter(given, from_data(given.data), case, comment)


# ---------------------------------------------------------------- may it be done?


def allow(house: House, matter: Matter) -> None:
    """Raises the reason why this order may not be carried out now (Expected); returns when it may."""
    order, case = matter.order, matter.case
    _allow_person(house, order)
    if order.word == "toon_tekst":
        return
    if case.doing_order not in (None, matter.given.id):
        raise Busy("{who} is busy with this card right now.", who=house.name(case.doing_by))
    if State(case.state) not in ALLOWED[order.word]:
        raise too_late(house, case)
    if order.seen_version != matter.comment.version and order.word not in ("neem_ik", "laat_los"):
        raise StaleText("The text changed since you saw this. Nothing was done; look at it again.")
    _allow_claim(house, order, case)


def _allow_person(house: House, order: Order) -> None:
    if order.by == CLOCK:
        return
    person = house.settings.person(order.by)
    if person is None:
        raise NotAllowed("You have no account here any more.")
    if not may(Role(person.role), order.word):
        raise NotAllowed("Your role ({role}) may not do this.", role=person.role)


def _allow_claim(house: House, order: Order, case: CaseRow) -> None:
    """A claim keeps colleagues off, except that *kritiek* may always be hidden."""
    holder = case.claimed_by
    if holder in (None, order.by) or order.by == CLOCK or getattr(order, "take_over", True):
        return
    if order.word == "verbergen" and case.urgency == Urgency.KRITIEK:
        return
    raise ClaimedByOther(
        "{who} has been working on this since {at}. Take over?", who=house.name(holder or ""), at=wall(case.claimed_at)
    )


def too_late(house: House, case: CaseRow) -> Expected:
    """Who was first, with what and when, in the words that fit what was done."""
    who, at = house.name(case.done_by), wall(case.done_at)
    if case.state == State.GEPLAND:
        return AlreadyHandled("{who} was first: deletion planned at {at}.", who=who, at=at)
    if case.state == State.AFGEHANDELD:
        match case.done_word:
            case "verbergen":
                return AlreadyHandled("{who} was first: hidden at {at}.", who=who, at=at)
            case "laten_staan" | "fout_gemarkeerd":
                return AlreadyHandled("{who} was first: left standing at {at}.", who=who, at=at)
            case "verwijderen":
                return AlreadyHandled("{who} was first: deleted at {at}.", who=who, at=at)
            case _:
                return AlreadyHandled("{who} was first: handled at {at}.", who=who, at=at)
    if case.state == State.MISLUKT:
        return NotPossible("The last act failed; try it again or say that it was done by hand.")
    return NotPossible("This card is open again; that command has nothing to undo.")


# ---------------------------------------------------------------- take it, let it go


def take(session: Session, house: House, matter: Matter) -> None:
    """Take the case for this order, or raise who holds it. One conditional update decides between two presses."""
    allow(house, matter)
    now = house.clock.now()
    won = session.execute(
        sa.update(_cases)
        .where(
            _cases.c.id == matter.case.id,
            sa.or_(_cases.c.doing_order.is_(None), _cases.c.doing_order == matter.given.id),
            _cases.c.state.in_([state.value for state in ALLOWED[matter.order.word]]),
        )
        .values(doing_order=matter.given.id, doing_word=matter.order.word, doing_by=matter.order.by, doing_at=now)
    )
    session.refresh(matter.case)
    if won.rowcount != 1:  # type: ignore[attr-defined]  # an update has a rowcount
        raise too_late(house, matter.case)
    touch(session, matter.case)


def touch(session: Session, case: CaseRow) -> None:
    """The card must be drawn again, everywhere."""
    case.revision += 1
    case.changed = count(session, "changed")


def let_go(case: CaseRow) -> None:
    """No order is being carried out any more."""
    case.doing_order, case.doing_word, case.doing_by, case.doing_at = None, "", "", None


def decide(house: House, case: CaseRow, order: Order, state: State) -> None:
    """The order was carried out: the case is in this state, by whom and when; the claim ends."""
    now = house.clock.now()
    let_go(case)
    case.state = state.value
    case.done_word, case.done_by, case.done_at = order.word, order.by, now
    case.decided_at = case.decided_at or now
    case.claimed_by, case.claimed_at, case.trouble = None, None, None


def answer(matter: Matter, house: House, told: Answer) -> None:
    """What the person who pressed is told. The first answer stands."""
    if matter.given.answer is None:
        matter.given.answer = {"ok": told.ok, "msgid": told.msgid, "params": dict(told.params), "offer": told.offer}
        matter.given.answered_at = house.clock.now()


def refuse(matter: Matter, house: House, why: NabijError) -> None:
    """Tell the presser why nothing was done."""
    offer = "neem_over" if isinstance(why, ClaimedByOther) else ""
    answer(matter, house, Answer(False, why.msgid, plain(why.params), offer))


def plain(params: Mapping[str, Any]) -> dict[str, str | int]:
    """Params as they are stored."""
    return {key: value if isinstance(value, int) else str(value) for key, value in params.items()}


# ---------------------------------------------------------------- deadlines


def set_deadline(session: Session, house: House, case: CaseRow, kind: str, seconds: float, **more: Any) -> DeadlineRow:  # noqa: ANN401
    """A moment at which something must happen; an open one of the same kind on this case is replaced."""
    close_deadlines(session, house, case, kind)
    now = house.clock.now()
    row = DeadlineRow(
        kind=kind,
        case_id=case.id or 0,
        set_at=now,
        due_at=now + timedelta(seconds=seconds),
        seconds=int(seconds),
        **more,
    )
    session.add(row)
    return row


def close_deadlines(session: Session, house: House, case: CaseRow, *kinds: str) -> None:
    """These moments need not come any more (all kinds when none is named)."""
    wanted = (_deadlines.c.kind.in_(kinds),) if kinds else ()
    session.execute(
        sa.update(_deadlines)
        .where(_deadlines.c.case_id == case.id, _deadlines.c.closed_at.is_(None), *wanted)
        .values(closed_at=house.clock.now())
    )


# ---------------------------------------------------------------- register


def entry(house: House, matter: Matter, event: Event, **more: Any) -> Entry:  # noqa: ANN401 - fields of Entry
    """A register entry about this order, with everything filled in that does not depend on the event."""
    order = matter.order
    about = {"actor": order.by, "surface": order.surface, "order": matter.given.key, "automated": order.by == CLOCK}
    return entry_of(house, matter.case, matter.comment, event, **{"action": order.word, **about, **more})


def entry_of(house: House, case: CaseRow, comment: CommentRow, event: Event, **more: Any) -> Entry:  # noqa: ANN401
    """A register entry about a case, whoever or whatever stands behind it."""
    fields: dict[str, Any] = {
        "case": case.number,
        "platform": comment.platform,
        "account": comment.account,
        "comment_id": comment.comment,
        "author_id": comment.author_id,
        "category": case.category,
        "house_rules": house.settings.zone.huisregels_versie,
        "text_version": comment.version,
    }
    return Entry(event=event, **{**fields, **more})


def live_flags(session: Session, comment: CommentRow) -> list[FlagRow]:
    """The flags of the newest text that count."""
    return list(
        session.scalars(
            sa.select(FlagRow).where(
                FlagRow.comment_id == comment.id,
                FlagRow.version == comment.version,
                FlagRow.state == "live",  # type: ignore[arg-type]
            )
        )
    )
