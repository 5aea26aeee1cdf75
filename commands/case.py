"""What all commands do with a case: take it, say who was first, let it go, and tell what came of it.

A command takes a case with one conditional update; whoever loses it reads who won. Everything here works inside the
transaction of a workflow step and commits nothing itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from commands import message
from commands.alarm import settle
from commands.house import House, wall
from domain.categories import Urgency
from domain.errors import AlreadyHandled, Busy, ClaimedByOther, Expected, NabijError, NotAllowed, NotPossible, StaleText
from domain.model import Answer
from domain.orders import CLOCK, CaseOrder, Order, from_data
from domain.roles import Role, may
from domain.states import ALLOWED, GONE, Marker, State, Visibility
from storage.database import count
from storage.register_entry import Entry, Event
from storage.tables import CaseRow, CommentRow, DeadlineRow, FlagRow, GivenOrderRow

CLAIM = "neem_ik"
GRACE = "bedenktijd"
AGAIN = "opnieuw"
SENDING = "verzending"
_CHANGED = "changed"
_TAKES_BACK = ("laten_staan", "fout_gemarkeerd", "heropenen", "terug_zichtbaar", "annuleren")
"""Decisions after which a message that waits must not go out any more."""

_cases = CaseRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_deadlines = DeadlineRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Matter:
    """An order with everything it is about, loaded in one transaction. presser: the order of who pressed last, which
    is another one when somebody tries again, or did by hand, what this order asked for.
    """

    given: GivenOrderRow
    order: CaseOrder
    case: CaseRow
    comment: CommentRow
    presser: GivenOrderRow

    @property
    def id(self) -> int:
        """Of the order."""
        return self.given.id or 0


def lock(session: Session) -> None:
    """Whoever changes a case begins here. On PostgreSQL the next one waits until we commit and then reads what we
    wrote, and nobody waits crosswise, because this comes before every other lock; SQLite has one writer anyway.
    """
    count(session, _CHANGED)


def change(session: Session, order_id: int, presser: int = 0) -> Matter:
    """Load an order to change its case."""
    lock(session)
    return load(session, order_id, presser)


def load(session: Session, order_id: int, presser: int = 0) -> Matter:
    """The order, its case and its comment. presser: id of the order that was pressed last, when it is another one."""
    given = session.get_one(GivenOrderRow, order_id)
    case = session.get_one(CaseRow, given.case_id)
    comment = session.get_one(CommentRow, case.comment_id)
    order = cast("CaseOrder", from_data(given.data))  # an order with a case is one about a case
    return Matter(given, order, case, comment, session.get_one(GivenOrderRow, presser or order_id))


# ---------------------------------------------------------------- may it be done?


def allow(house: House, matter: Matter) -> None:
    """Raises the reason why this order may not be carried out now (Expected); returns when it may."""
    order, case = matter.order, matter.case
    allow_person(house, order)
    if order.word == "toon_tekst":
        return
    if case.doing_order not in (None, matter.given.id):
        raise Busy(
            "{who} has been busy with this card since {at}.", who=house.name(case.doing_by), at=wall(case.doing_at)
        )
    if State(case.state) not in ALLOWED[order.word]:
        raise too_late(house, case)
    if order.seen_version != matter.comment.version and order.word not in ("neem_ik", "laat_los"):
        raise StaleText("The text changed since you saw this. Nothing was done; look at it again.")
    _allow_claim(house, order, case)


def allow_person(house: House, order: Order) -> None:
    """Raises NotAllowed unless whoever gave this order may give it."""
    if order.by == CLOCK:
        return
    person = house.settings.person(order.by)
    if person is None:
        raise NotAllowed("You have no account here any more.")
    if not may(Role(person.role), order.word):
        raise NotAllowed("Your role ({role}) may not do this.", role=person.role)


def _allow_claim(house: House, order: CaseOrder, case: CaseRow) -> None:
    """A claim keeps colleagues off, except that *kritiek* may always be hidden."""
    holder = case.claimed_by
    if holder in (None, order.by) or order.by == CLOCK or getattr(order, "take_over", True):
        return
    if order.word == "verbergen" and case.urgency == Urgency.KRITIEK:
        return
    raise ClaimedByOther(
        "{who} has been working on this since {at}. Take over?", who=house.name(holder or ""), at=wall(case.claimed_at)
    )


def still_there(house: House, matter: Matter) -> None:
    """Raises when nothing is left on the platform that this order could be about."""
    if matter.comment.visibility in GONE:
        raise too_late(house, matter.case)


def too_late(house: House, case: CaseRow) -> Expected:
    """Who was first, with what and when, in the words that fit what was done."""
    if case.state == State.MISLUKT:
        return NotPossible("The last act failed; try it again or say that it was done by hand.")
    if case.state == State.WACHT_4OGEN:
        return NotPossible("This waits for a second person: approve it, decline it, or cancel the message.")
    if case.state not in (State.GEPLAND, State.AFGEHANDELD):
        return NotPossible("This card is open again; that command has nothing to undo.")
    if case.done_word == Marker.AUTEUR_VERWIJDERD:
        return NotPossible("The author removed the comment; there is nothing left to act on.")
    return _was_first(
        "gepland" if case.state == State.GEPLAND else case.done_word, house.name(case.done_by), wall(case.done_at)
    )


def _was_first(done: str, who: str, at: str) -> Expected:
    match done:
        case "gepland":
            return AlreadyHandled("{who} was first: deletion planned at {at}.", who=who, at=at)
        case "verbergen":
            return AlreadyHandled("{who} was first: hidden at {at}.", who=who, at=at)
        case "laten_staan" | "fout_gemarkeerd":
            return AlreadyHandled("{who} was first: left standing at {at}.", who=who, at=at)
        case "verwijderen":
            return AlreadyHandled("{who} was first: deleted at {at}.", who=who, at=at)
        case "waarschuwen":
            return AlreadyHandled("{who} was first: warned at {at}.", who=who, at=at)
        case _:
            return AlreadyHandled("{who} was first: handled at {at}.", who=who, at=at)


# ---------------------------------------------------------------- take it, let it go


def take(session: Session, house: House, matter: Matter, *checks: Callable[[House, Matter], None]) -> None:
    """Take the case for this order, or raise why not (Expected): nothing has changed then. checks: what else must be
    true for this command, asked after role, state, text and claim.
    """
    allow(house, matter)
    for check in checks:
        check(house, matter)
    if not hold(session, house, matter, ALLOWED[matter.order.word]):
        allow(house, matter)
        raise too_late(house, matter.case)
    _note_take_over(session, house, matter)


def hold(session: Session, house: House, matter: Matter, states: tuple[State, ...]) -> bool:
    """Hold the case while this order is carried out; False when another does. One conditional update decides."""
    doing = {"doing_order": matter.id, "doing_word": matter.order.word, "doing_by": matter.presser.by}
    won = session.execute(
        sa.update(_cases)
        .where(
            _cases.c.id == matter.case.id,
            sa.or_(_cases.c.doing_order.is_(None), _cases.c.doing_order == matter.id),
            _cases.c.state.in_([state.value for state in states]),
        )
        .values(**doing, doing_at=house.clock.now())
        .returning(_cases.c.id)
    ).all()
    session.refresh(matter.case)
    if won:
        touch(session, matter.case)
    return bool(won)


def _note_take_over(session: Session, house: House, matter: Matter) -> None:
    holder = matter.case.claimed_by
    if holder not in (None, matter.order.by) and getattr(matter.order, "take_over", False):
        house.register.append(session, entry(house, matter, Event.OVERGENOMEN, second=holder or ""))


def touch(session: Session, case: CaseRow) -> None:
    """The card must be drawn again, everywhere."""
    case.revision += 1
    case.changed = count(session, _CHANGED)


def let_go(case: CaseRow) -> None:
    """No order is being carried out any more."""
    case.doing_order, case.doing_word, case.doing_by, case.doing_at = None, "", "", None


def decide(session: Session, house: House, matter: Matter, state: State) -> None:
    """The order was carried out: the case is in this state, by whom and when; claim, deadlines and trouble end."""
    if matter.order.word in _TAKES_BACK:
        drop_message(session, house, matter.case, partial(entry, house, matter, reason="beslissing"))
    _close(session, house, matter.case, state)
    matter.case.done_word, matter.case.done_by = matter.order.word, matter.presser.by
    mark(matter.case, off=(Marker.AANGEPAST, Marker.MANUEEL))
    settle(session, house, matter.case)


def author_removed(session: Session, house: House, case: CaseRow, comment: CommentRow) -> None:
    """The author took the comment away: that ends the case."""
    comment.visibility = Visibility.DOOR_AUTEUR_VERWIJDERD.value
    before = case.state
    void_message(session, house, case, Marker.AUTEUR_VERWIJDERD.value)
    _close(session, house, case, State.AFGEHANDELD)
    case.done_word, case.done_by = Marker.AUTEUR_VERWIJDERD.value, CLOCK
    mark(case, Marker.AUTEUR_VERWIJDERD)
    said = entry_of(
        house, case, comment, Event.AUTEUR_VERWIJDERD, automated=True, from_state=before, to_state=case.state
    )
    house.register.append(session, said)
    settle(session, house, case)
    touch(session, case)


def _close(session: Session, house: House, case: CaseRow, state: State) -> None:
    now = house.clock.now()
    let_go(case)
    close_deadlines(session, house, case, keep=SENDING)
    case.state = state.value
    case.done_at = now
    case.decided_at = case.decided_at or now
    case.claimed_by, case.claimed_at, case.trouble = None, None, None


def open_again(session: Session, house: House, case: CaseRow) -> None:
    """What was planned, failed or decided no longer stands by itself: a person looks again. A claim goes on."""
    void_message(session, house, case, "heropend")
    close_deadlines(session, house, case, GRACE, AGAIN)
    case.state, case.trouble = State.HEROPEND.value, None


def drop_message(session: Session, house: House, case: CaseRow, said: Callable[..., Entry]) -> bool:
    """A message that waits does not go out any more, because what it was about changed; True when there was one. said:
    makes the line about it.
    """
    dropped = message.cancel(session, case.id, house.clock.now())
    close_deadlines(session, house, case, SENDING)
    for letter in dropped:
        label = house.templates[letter.template].label
        house.register.append(session, said(Event.GEANNULEERD, template=label))
    return bool(dropped)


def void_message(session: Session, house: House, case: CaseRow, reason: str) -> bool:
    """As `drop_message`, decided by nobody: the author, the platform or the clock made it void."""
    comment = session.get_one(CommentRow, case.comment_id)
    about: dict[str, Any] = {"action": "waarschuwen", "actor": CLOCK, "automated": True, "reason": reason}
    return drop_message(session, house, case, partial(entry_of, house, case, comment, **about))


def see(comment: CommentRow, visibility: Visibility) -> None:
    """What is true of the comment on its platform now. What is gone stays gone."""
    if comment.visibility not in GONE:
        comment.visibility = visibility.value


def mark(case: CaseRow, *on: Marker, off: tuple[Marker, ...] = ()) -> None:
    """Put markers on a case, and take others away."""
    case.markers = sorted({*case.markers, *(marker.value for marker in on)} - {marker.value for marker in off})


def answer(matter: Matter, house: House, told: Answer) -> None:
    """What the person who pressed is told. The first answer stands."""
    answer_to(matter.presser, house, told)


def refuse(matter: Matter, house: House, why: NabijError) -> None:
    """Tell the presser why nothing was done."""
    refuse_to(matter.presser, house, why)


def answer_to(given: GivenOrderRow, house: House, told: Answer) -> None:
    """What whoever gave this order is told. The first answer stands."""
    if given.answer is None:
        given.answer = {"ok": told.ok, "msgid": told.msgid, "params": plain(told.params), "offer": told.offer}
        given.answered_at = house.clock.now()


def refuse_to(given: GivenOrderRow, house: House, why: NabijError) -> None:
    """Tell whoever gave this order why nothing was done."""
    offer = "neem_over" if isinstance(why, ClaimedByOther) else ""
    answer_to(given, house, Answer(False, why.msgid, plain(why.params), offer))


def plain(params: Mapping[str, Any]) -> dict[str, str | int]:
    """Params as they are stored."""
    return {key: value if isinstance(value, int) else str(value) for key, value in params.items()}


# ---------------------------------------------------------------- deadlines


def set_deadline(session: Session, house: House, matter: Matter, kind: str, seconds: float) -> DeadlineRow:
    """A moment at which something must happen; an open one of the same kind on this case is replaced."""
    close_deadlines(session, house, matter.case, kind)
    now = house.clock.now()
    row = DeadlineRow(
        kind=kind,
        case_id=matter.order.case_id,
        order_id=matter.id,
        by=matter.presser.by,
        set_at=now,
        due_at=now + timedelta(seconds=seconds),
        seconds=int(seconds),
    )
    session.add(row)
    return row


def close_deadlines(session: Session, house: House, case: CaseRow, *kinds: str, keep: str = "") -> None:
    """These moments need not come any more (all kinds but `keep` when none is named)."""
    wanted = (_deadlines.c.kind.in_(kinds) if kinds else _deadlines.c.kind != keep,)
    session.execute(
        sa.update(_deadlines)
        .where(_deadlines.c.case_id == case.id, _deadlines.c.closed_at.is_(None), *wanted)
        .values(closed_at=house.clock.now())
    )


# ---------------------------------------------------------------- register


def entry(house: House, matter: Matter, event: Event, **more: Any) -> Entry:  # noqa: ANN401 - fields of Entry
    """A register entry about this order, with everything filled in that does not depend on the event."""
    order, presser = matter.order, matter.presser
    about = {
        "action": order.word,
        "actor": presser.by,
        "second": order.by if order.by != presser.by else "",
        "surface": presser.surface,
        "order": matter.given.key,
        "automated": presser.by == CLOCK,
    }
    return entry_of(house, matter.case, matter.comment, event, **{**about, **more})


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


def motive(matter: Matter) -> dict[str, str]:
    """The digest of a typed reason, salted with the key of its order: what a person types never stands in the register
    itself.
    """
    reason = getattr(matter.order, "reason", "")
    return {"toelichting": message.seal(matter.given.key, reason)} if reason else {}


def live_flags(session: Session, comment: CommentRow, version: int = 0) -> list[FlagRow]:
    """The flags that count of one text; the newest when no version is named."""
    return list(
        session.scalars(
            sa.select(FlagRow)
            .where(
                col(FlagRow.comment_id) == comment.id,
                col(FlagRow.version) == (version or comment.version),
                col(FlagRow.state) == "live",
            )
            .order_by(col(FlagRow.id))
        )
    )
