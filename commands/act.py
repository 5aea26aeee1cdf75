"""An act on a platform, from the press of a button to the card that shows what came of it.

    take the case ─▶ capture ─▶ voornemen ─▶ platform ─▶ uitkomst
        │ lost: the presser reads who won      │ answer lost: the platform is asked what is true
        ▼                                      ▼
    nothing done                    gelukt · reeds_weg · mislukt · onbekend (again later, or by hand)

Every arrow is a step of the workflow: a process that dies is followed by another that goes on behind the last one.
What an outcome means for the case stands in `commands.outcome`.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from commands.accounts import reach
from commands.capture import capture, describe
from commands.case import AGAIN, Matter, change, close_deadlines, entry, load, motive, refuse, still_there, take
from commands.flow import Act, Flow, Task
from commands.house import House
from commands.outcome import conclude, fail, stop
from domain.categories import CATEGORIES
from domain.errors import (
    BadInput,
    Denied,
    Expected,
    Gone,
    NabijError,
    NotPossible,
    OutcomeUnknown,
    PlatformError,
    StaleText,
    Transient,
)
from domain.model import Way
from domain.ports import Platform
from domain.states import Marker
from storage.durable import Run
from storage.register_entry import Event, Result
from storage.tables import EvidenceRow, IntentRow

Check = Callable[[House, Matter], None]


# ---------------------------------------------------------------- take the case


def begin(session: Session, house: House, order_id: int, act: Act, *checks: Check) -> bool:
    """First step of every act: take the case, or tell why not. True to go on."""
    matter = change(session, order_id)
    try:
        take(session, house, matter, still_there, _category, *checks, lambda *_: _possible(house, matter, act))
    except Expected as why:
        refuse(matter, house, why)
        return False
    matter.case.category = getattr(matter.order, "category", "") or matter.case.category
    close_deadlines(session, house, matter.case, AGAIN)
    return True


def _category(_house: House, matter: Matter) -> None:
    """When the person chose one, it must be a house rule that can be broken."""
    chosen = getattr(matter.order, "category", "")
    if chosen and not (chosen in CATEGORIES and CATEGORIES[chosen].breach):
        raise BadInput("Choose the house rule that was broken; this is none of them.")


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
    if _way(platform, act) is Way.GEEN:
        raise NotPossible("{platform} cannot do this.", platform=platform.label)


def _way(platform: Platform, act: Act) -> Way:
    capability = platform.capabilities().get(act.ability)
    return capability.way if capability else Way.GEEN


# ---------------------------------------------------------------- the way of an act


def carry_out(run: Run, task: Task) -> None:
    """Capture, voornemen, act, uitkomst, for a case that is held for this task."""
    house, moment = task.house, task.flow.key
    with house.read() as session:
        comment_id = load(session, task.order_id).case.comment_id
    seen = run.step(f"leg vast {moment}", lambda: capture(house, run, comment_id, moment))
    if not run.transaction(f"voornemen {moment}", lambda session: _intend(session, task, seen)):
        return
    outcome = run.step(f"doe {moment}", lambda: _do(task, seen.get("evidence", 0)))
    run.transaction(f"uitkomst {moment}", lambda session: conclude(session, task, outcome))


def _intend(session: Session, task: Task, seen: dict[str, Any]) -> bool:
    """Register what was captured and what is going to be done. False when it must not be done."""
    matter = task.change(session)
    digests = _note_capture(session, task.house, matter, seen)
    if not seen["ok"] and seen["gone"]:
        conclude(session, task, {"result": Result.REEDS_WEG.value, "error": seen["error"]})
        return False
    if not seen["ok"] and task.flow.strict:
        fail(session, task, matter, seen["error"])
        return False
    if why := _hindrance(matter, task.flow, same=seen.get("same", True)):
        stop(session, task.house, matter, why)
        return False
    _open_intent(session, task, matter, digests)
    return True


def _note_capture(session: Session, house: House, matter: Matter, seen: dict[str, Any]) -> dict[str, str]:
    """Register the capture, or that there is none; its digest."""
    if not seen["ok"]:
        code = seen["error"]["code"] or seen["error"]["kind"]
        house.register.append(session, entry(house, matter, Event.VASTLEGGING_MISLUKT, code=code))
        return {}
    digests = {"bewijs": str(seen["digest"])}
    reason = "" if seen["complete"] else "onvolledig"
    house.register.append(session, entry(house, matter, Event.VASTGELEGD, digests=digests, reason=reason))
    return digests


def _hindrance(matter: Matter, flow: Flow, *, same: bool) -> Expected | None:
    """What came up since the case was taken, that makes the decision void."""
    if not same or matter.order.seen_version != matter.comment.version:
        return StaleText("The text changed since you saw this. Nothing was done; look at it again.")
    if flow.act.final and Marker.BEWAARPLICHT.value in matter.case.markers:
        return NotPossible("Legal hold: this may not be erased.")
    return None


def _open_intent(session: Session, task: Task, matter: Matter, digests: dict[str, str]) -> None:
    house = task.house
    said = entry(
        house,
        matter,
        Event.VOORNEMEN,
        digests={**digests, **motive(matter)},
        from_state=matter.case.state,
        objection="bezwaar",
    )
    seq = house.register.append(session, said)
    session.add(
        IntentRow(
            seq=seq, case_id=matter.order.case_id, order_id=matter.id, act=task.flow.act.name, at=house.clock.now()
        )
    )


def _do(task: Task, evidence: int) -> dict[str, Any]:
    """Ask the platform. Never raises for what a platform may do; an answer that got lost is looked up."""
    house, act = task.house, task.flow.act
    with house.read() as session:
        matter = load(session, task.order_id)
        proof = session.get(EvidenceRow, evidence)
    comment = matter.comment
    try:
        platform = reach(house, comment.platform, comment.account)
        if _way(platform, act) is not Way.API:
            raise Denied("{platform} cannot do this.", code="-", platform=platform.label)
        if act.final:
            _fresh(house, matter, proof)
        act.call(platform, comment.comment)
        return _read_back(platform, comment.comment) if act.final else {"result": Result.GELUKT.value}
    except Gone as error:
        return {"result": Result.REEDS_WEG.value, "error": describe(error)}
    except OutcomeUnknown as error:
        return look_up(platform, comment.comment, act, error)
    except PlatformError as error:
        return _failed(error)


def _fresh(house: House, matter: Matter, proof: EvidenceRow | None) -> None:
    """Evidence before harm: committed, of the text that was judged, and not older than the limit, however long a
    process lay still between capture and act.
    """
    minutes = house.settings.numbers.capture_max_age_min
    if proof is None or proof.version != matter.order.seen_version:
        raise Transient("There is no evidence of this text, so nothing irreversible was done.", code="bewijs")
    if house.clock.now() - proof.at > timedelta(minutes=minutes):
        raise Transient(
            "The evidence is older than {minutes} minutes, so nothing irreversible was done.",
            code="bewijs",
            minutes=minutes,
        )


def _read_back(platform: Platform, comment: str) -> dict[str, Any]:
    """The platform said that it is gone: see whether it is. When it cannot be read now, its word stands."""
    try:
        platform.comment(comment)
    except PlatformError:
        return {"result": Result.GELUKT.value}
    return _failed(
        Transient("{platform} said that it was deleted, but it is still there.", code="-", platform=platform.label)
    )


def look_up(platform: Platform, comment: str, act: Act, lost: PlatformError) -> dict[str, Any]:
    """Ask the platform what is true, after an answer that got lost; *onbekend* when it cannot be asked either."""
    try:
        snapshot = platform.comment(comment)
    except Gone as error:
        if act.final:
            return {"result": Result.GELUKT.value}
        return {"result": Result.REEDS_WEG.value, "error": describe(error)}
    except PlatformError:
        return {"result": Result.ONBEKEND.value, "error": describe(lost)}
    return {"result": Result.GELUKT.value} if snapshot.visibility is act.goal else _failed(lost)


def _failed(error: NabijError) -> dict[str, Any]:
    return {"result": Result.MISLUKT.value, "error": describe(error)}
