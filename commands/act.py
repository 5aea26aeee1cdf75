"""An act on a platform, from the press of a button to the card that shows what came of it.

    take the case ─▶ capture ─▶ voornemen ─▶ platform ─▶ uitkomst
        │ lost: the presser reads who won      │ answer lost: the platform is asked what is true
        ▼                                      ▼
    nothing done                    gelukt · reeds_weg · mislukt (again later, or by hand)

Hide, unhide and delete differ only in their `Flow`. Every arrow is a step of the workflow: a process that dies is
followed by another that goes on behind the last one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from commands.capture import capture, describe
from commands.case import (
    AGAIN,
    Matter,
    answer,
    close_deadlines,
    decide,
    entry,
    let_go,
    load,
    plain,
    refuse,
    set_deadline,
    take,
    touch,
)
from commands.house import House
from domain.errors import (
    AccountStopped,
    Denied,
    Expected,
    Gone,
    NabijError,
    NotPossible,
    OutcomeUnknown,
    PlatformError,
    StaleText,
)
from domain.model import Ability, Answer, Way
from domain.ports import Platform
from domain.states import Marker, State, Visibility
from storage.durable import Run
from storage.register_entry import Event, Result
from storage.tables import AccountRow, CommentRow, IntentRow
from storage.watch import Alarm, sound

Outcome = Mapping[str, Any]
BACKOFF_S = 30


@dataclass(frozen=True, slots=True)
class Act:
    """One thing asked of a platform. goal: what is true of the comment afterwards."""

    name: str
    ability: Ability
    call: Callable[[Platform, str], None]
    goal: Visibility


HIDE = Act("hide", Ability.HIDE, lambda platform, comment: platform.hide(comment), Visibility.VERBORGEN)
UNHIDE = Act("unhide", Ability.UNHIDE, lambda platform, comment: platform.unhide(comment), Visibility.ZICHTBAAR)
DELETE = Act("delete", Ability.DELETE, lambda platform, comment: platform.delete(comment), Visibility.VERWIJDERD)
ACTS = {act.name: act for act in (HIDE, UNHIDE, DELETE)}


@dataclass(frozen=True, slots=True)
class Flow:
    """How an act is done for a command.

    strict: no capture, no act · done: what success means for the case · also_failed: a failure counts as done with a
    note (hiding before a grace) · again: key under which a retry finds this flow.
    """

    again: str
    act: Act
    done: Callable[[Session, House, Matter, Outcome], Answer]
    strict: bool = False
    also_failed: bool = False


# ---------------------------------------------------------------- the way of an act


def carry_out(house: House, run: Run, order_id: int, flow: Flow) -> None:
    """Capture, voornemen, act, uitkomst, for a case that this order has taken."""
    moment = flow.again
    with house.read() as session:
        comment_id = load(session, order_id).case.comment_id
    seen = run.step(f"leg vast {moment}", lambda: capture(house, run, comment_id, moment))
    if not run.transaction(f"voornemen {moment}", lambda s: _intend(s, house, order_id, flow, seen)):
        return
    outcome = run.step(f"doe {moment}", lambda: _do(house, order_id, flow.act))
    run.transaction(f"uitkomst {moment}", lambda s: _conclude(s, house, order_id, flow, outcome))


def begin(session: Session, house: House, order_id: int, act: Act) -> bool:
    """First step of every act: take the case, or tell why not. True to go on."""
    matter = load(session, order_id)
    try:
        _possible(house, matter, act)
        take(session, house, matter)
    except Expected as why:
        refuse(matter, house, why)
        return False
    close_deadlines(session, house, matter.case, AGAIN)
    return True


def _possible(house: House, matter: Matter, act: Act) -> None:
    comment = matter.comment
    account = house.account(comment.platform, comment.account)
    platform = house.platform(comment.platform, comment.account)
    if account is None or platform is None:
        raise NotPossible("The account of this comment is not in the settings any more.")
    if account.acties == "uit":
        raise NotPossible(
            "Trial: nothing was sent. Otherwise {platform} would have been asked now.", platform=platform.label
        )
    capability = platform.capabilities().get(act.ability)
    if capability is None or capability.way is Way.GEEN:
        raise NotPossible("{platform} cannot do this.", platform=platform.label)


def _intend(session: Session, house: House, order_id: int, flow: Flow, seen: Outcome) -> bool:
    """Register what was captured and what is going to be done. False when it must not be done."""
    matter = load(session, order_id)
    if not seen["ok"]:
        return _without_capture(session, house, matter, flow, seen)
    digests = {"bewijs": seen["digest"]}
    house.register.append(session, entry(house, matter, Event.VASTGELEGD, digests=digests, reason=_missing(seen)))
    if not seen["same"]:
        _stale(session, house, matter)
        return False
    _open_intent(session, house, matter, flow, digests)
    return True


def _without_capture(session: Session, house: House, matter: Matter, flow: Flow, seen: Outcome) -> bool:
    error = seen["error"]
    house.register.append(session, entry(house, matter, Event.VASTLEGGING_MISLUKT, code=error["code"] or error["kind"]))
    if seen["gone"]:
        _conclude(session, house, matter.given.id or 0, flow, {"result": Result.REEDS_WEG.value, "error": error})
        return False
    if flow.strict:
        _fail(session, house, matter, flow, error)
        return False
    _open_intent(session, house, matter, flow, {})
    return True


def _missing(seen: Outcome) -> str:
    return "" if seen["complete"] else "onvolledig"


def _open_intent(session: Session, house: House, matter: Matter, flow: Flow, digests: Mapping[str, str]) -> None:
    reason = str(matter.given.data.get("reason", ""))
    seq = house.register.append(
        session,
        entry(
            house,
            matter,
            Event.VOORNEMEN,
            reason=reason if reason.isidentifier() and reason.islower() else "",
            digests=digests,
            from_state=matter.case.state,
            objection="bezwaar",
        ),
    )
    session.add(
        IntentRow(seq=seq, case_id=matter.case.id, order_id=matter.given.id, act=flow.act.name, at=house.clock.now())
    )


def _do(house: House, order_id: int, act: Act) -> dict[str, Any]:
    """Ask the platform. Never raises for what a platform may do; an answer that got lost is looked up."""
    with house.read() as session:
        comment = load(session, order_id).comment
    platform = house.platform(comment.platform, comment.account)
    if platform is None:
        return _failed(Denied("The account of this comment is not in the settings any more.", code="-"))
    try:
        act.call(platform, comment.comment)
    except Gone as error:
        return {"result": Result.REEDS_WEG.value, "error": describe(error)}
    except OutcomeUnknown as error:
        return look_up(platform, comment.comment, act, error)
    except PlatformError as error:
        return _failed(error)
    return {"result": Result.GELUKT.value}


def look_up(platform: Platform, comment: str, act: Act, lost: PlatformError) -> dict[str, Any]:
    """Ask the platform what is true, after an answer that got lost."""
    try:
        snapshot = platform.comment(comment)
    except Gone as error:
        if act is DELETE:
            return {"result": Result.GELUKT.value}
        return {"result": Result.REEDS_WEG.value, "error": describe(error)}
    except PlatformError:
        return _failed(lost)
    return {"result": Result.GELUKT.value} if snapshot.visibility is act.goal else _failed(lost)


def _failed(error: NabijError) -> dict[str, Any]:
    return {"result": Result.MISLUKT.value, "error": describe(error)}


# ---------------------------------------------------------------- what came of it


def _conclude(session: Session, house: House, order_id: int, flow: Flow, outcome: Outcome) -> None:
    matter = load(session, order_id)
    result = Result(outcome["result"])
    error = outcome.get("error", {})
    intent = _close_intent(session, house, matter, flow)
    before = matter.case.state
    if result is Result.MISLUKT and not flow.also_failed:
        _fail(session, house, matter, flow, error)
    elif result is Result.REEDS_WEG and flow.act is not DELETE:
        _gone(session, house, matter)
    else:
        told = flow.done(session, house, matter, outcome)
        answer(matter, house, told)
        touch(session, matter.case)
    if intent is not None:
        house.register.append(
            session,
            entry(
                house,
                matter,
                Event.UITKOMST,
                answers=intent.seq,
                outcome=result,
                code=error.get("code", ""),
                from_state=before,
                to_state=matter.case.state,
            ),
        )


def _close_intent(session: Session, house: House, matter: Matter, flow: Flow) -> IntentRow | None:
    intent = (
        session.query(IntentRow)
        .filter_by(case_id=matter.case.id, order_id=matter.given.id, act=flow.act.name, closed_at=None)
        .first()
    )
    if intent is not None:
        intent.closed_at = house.clock.now()
    return intent


def _gone(session: Session, house: House, matter: Matter) -> None:
    """The author was first: nothing is left to act on, and that ends the case."""
    author_removed(session, house, matter.comment, matter)
    answer(matter, house, Answer(True, "The author removed it; the evidence is kept."))


def author_removed(session: Session, house: House, comment: CommentRow, matter: Matter) -> None:
    """Mark comment and case: removed by its author."""
    case = matter.case
    comment.visibility = Visibility.DOOR_AUTEUR_VERWIJDERD.value
    case.markers = sorted({*case.markers, Marker.AUTEUR_VERWIJDERD.value})
    house.register.append(session, entry(house, matter, Event.AUTEUR_VERWIJDERD))
    close_deadlines(session, house, case)
    decide(house, case, matter.order, State.AFGEHANDELD)
    touch(session, case)


def _stale(session: Session, house: House, matter: Matter) -> None:
    """The text is not the one that was judged: nothing is done, the card shows the new text."""
    let_go(matter.case)
    if matter.case.state == State.GEPLAND:
        matter.case.state = State.HEROPEND.value
        close_deadlines(session, house, matter.case)
    refuse(matter, house, StaleText("The text changed since you saw this. Nothing was done; look at it again."))
    touch(session, matter.case)


def _fail(session: Session, house: House, matter: Matter, flow: Flow, error: Mapping[str, Any]) -> None:
    """The platform refused or did not answer: nothing is lost, a red line says what is true and what happens now."""
    case = matter.case
    tries = int((case.trouble or {}).get("tries", 0)) + 1 if case.trouble else 1
    let_go(case)
    close_deadlines(session, house, case)
    case.state = State.MISLUKT.value
    case.trouble = {
        "flow": flow.again,
        "word": matter.order.word,
        "by": matter.order.by,
        "order_id": matter.given.id,
        "at": house.clock.now().isoformat(),
        "msgid": error["msgid"],
        "params": error["params"],
        "code": error["code"],
        "tries": tries,
        "retry_at": None,
        "reference": "",
    }
    if error["retryable"] and tries < house.settings.numbers.retry_max:
        wait = error["retry_after"] or BACKOFF_S * 2 ** (tries - 1)
        again = set_deadline(
            session, house, case, AGAIN, wait, order_id=matter.given.id, by=matter.order.by, tries=tries
        )
        case.trouble = {**case.trouble, "retry_at": again.due_at.isoformat()}
    if error["kind"] == AccountStopped.__name__:
        stop_account(session, house, matter.comment.platform, matter.comment.account, error["code"])
    answer(matter, house, Answer(False, error["msgid"], plain(error["params"])))
    touch(session, case)


def stop_account(session: Session, house: House, platform: str, account: str, code: str) -> None:
    """Nobody can act on this account until a person mends it: remember it, and tell everybody."""
    row = session.get(AccountRow, (platform, account))
    if row is not None and row.stopped_at is None:
        row.stopped_at, row.stopped_code = house.clock.now(), code
    settings = house.account(platform, account)
    name = settings.naam if settings else account
    alarm = Alarm("{account} is stopped (code {code}): renew the token, then restart Nabij.", account=name, code=code)
    sound(session, f"account:{platform}:{account}", alarm, house.clock.now())
