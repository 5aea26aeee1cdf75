"""An act on a platform, from the press of a button to the card that shows what came of it.

    take the case ─▶ capture ─▶ voornemen ─▶ platform ─▶ uitkomst
        │ lost: the presser reads who won      │ answer lost: the platform is asked what is true
        ▼                                      ▼
    nothing done                    gelukt · reeds_weg · mislukt · onbekend (again later, or by hand)

Every arrow is a step of the workflow: a process that dies is followed by another that goes on behind the last one.
What may not be done twice (a message) is noted as tried before it is handed over; once noted, the platform is asked
before it is sent again, and a person when the platform cannot say. What an outcome means for the case stands in
`commands.outcome`.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from commands import message
from commands.accounts import reach_comment
from commands.capture import capture, describe
from commands.case import AGAIN, Matter, change, close_deadlines, entry, load, motive, refuse, still_there, take
from commands.flow import DELETE, HIDE, UNHIDE, Act, Asked, Task
from commands.house import House
from commands.kept import kept, refusal
from commands.outcome import by_hand, conclude, fail, label, stop
from commands.strikes import ledger_of, on_its_way
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
from domain.messages import MessageState
from domain.model import Way
from domain.ports import Platform
from storage.durable import Run
from storage.paper_tables import MessageRow
from storage.register_entry import Event, Result
from storage.tables import CommentRow, EvidenceRow, IntentRow

Check = Callable[[House, Matter], None]


# ---------------------------------------------------------------- take the case


def begin(session: Session, house: House, order_id: int, act: Act, *checks: Check) -> bool:
    """First step of every act: take the case, or tell why not. True to go on."""
    matter = change(session, order_id)
    try:
        take(session, house, matter, still_there, _category, *checks, lambda *_: possible(house, matter, act))
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


def possible(house: House, matter: Matter, act: Act) -> None:
    """Raises unless the platform may be asked this for the account of the comment."""
    comment = matter.comment
    account = house.account(comment.platform, comment.account)
    platform = house.platform(comment.platform, comment.account)
    if account is None or platform is None:
        raise NotPossible("The account of this comment is not in the settings any more.")
    if comment.pasted and not act.repeatable:
        raise NotPossible("A colleague pasted this comment, so nothing can be sent about it.")
    if account.acties == "uit":
        raise NotPossible(
            "Trial: nothing was sent. Otherwise {platform} would have been asked now.", platform=platform.label
        )
    if way(platform, act) is Way.GEEN:
        raise NotPossible("{platform} cannot do this.", platform=platform.label)


def way(platform: Platform, act: Act) -> Way:
    """How this account can be asked it."""
    capability = platform.capabilities().get(act.ability)
    return capability.way if capability else Way.GEEN


# ---------------------------------------------------------------- the way of an act


def carry_out(run: Run, task: Task) -> None:
    """Capture, voornemen, act, uitkomst, for a case that is held for this task; then what follows it."""
    while _carry_out(run, task) and task.flow.then:
        task = replace(task, flow=task.flow.then)


def _carry_out(run: Run, task: Task) -> bool:
    """One act; True while the case is still held, so that what follows may go on."""
    house, moment = task.house, task.flow.key
    with house.read() as session:
        comment_id = load(session, task.order_id).case.comment_id
    seen = run.step(f"leg vast {moment}", lambda: capture(house, run, comment_id, moment))
    if not run.transaction(f"voornemen {moment}", lambda session: _intend(session, task, seen)):
        return False
    outcome = run.step(f"doe {moment}", lambda: _do(task, seen.get("evidence", 0)))
    return run.transaction(f"uitkomst {moment}", lambda session: conclude(session, task, outcome))


def _intend(session: Session, task: Task, seen: dict[str, Any]) -> bool:
    """Register what was captured and what is going to be done. False when it must not be done."""
    matter = task.change(session)
    digests = _note_capture(session, task.house, matter, seen)
    if not seen["ok"] and seen["gone"]:
        conclude(session, task, {"result": Result.REEDS_WEG.value, "error": seen["error"]})
        return False
    if _done_by_hand(task, matter):
        by_hand(session, task.house, matter, task.flow)
        return False
    if not seen["ok"] and task.flow.strict:
        fail(session, task, matter, seen["error"])
        return False
    if why := _hindrance(session, task, matter, same=seen.get("same", True)):
        stop(session, task.house, matter, why)
        return False
    _open_intent(session, task, matter, digests)
    return True


_STEPS = {"verbergen": HIDE, "terug_zichtbaar": UNHIDE, "verwijderen": DELETE}
"""Commands whose dialog is a list of steps where the platform cannot be asked; its submit says "I did it"."""


def _done_by_hand(task: Task, matter: Matter) -> bool:
    flow, comment = task.flow, matter.comment
    platform = task.house.platform(comment.platform, comment.account)
    if platform is None or flow.key != flow.word or flow.word not in _STEPS:
        return False
    return comment.pasted or way(platform, _STEPS[flow.word]) is Way.MANUEEL


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


def _hindrance(session: Session, task: Task, matter: Matter, *, same: bool) -> Expected | None:
    """What came up since the case was taken, that makes the decision void."""
    if not same or matter.order.seen_version != matter.comment.version:
        return StaleText("The text changed since you saw this. Nothing was done; look at it again.")
    if task.flow.erases and (why := kept(session, matter.case)):
        return refusal(why)
    return None if task.flow.act.repeatable else _unsendable(session, task.house, matter)


def _unsendable(session: Session, house: House, matter: Matter) -> Expected | None:
    """A warning says how many there were; another one, or one less, since it was written makes that untrue."""
    letter = message.of_order(session, matter.id)
    if letter.state == MessageState.GEANNULEERD:
        return NotPossible("This message was cancelled, so it was not sent.")
    coming = ledger_of(session, house, matter.comment).next + on_its_way(session, matter.comment)
    if letter.number and letter.number != coming:
        return NotPossible("The number of warnings changed meanwhile, so nothing was sent; write it again.")
    return None


def _open_intent(session: Session, task: Task, matter: Matter, digests: dict[str, str]) -> None:
    house, second = task.house, {}
    if not task.flow.act.repeatable:
        letter = message.of_order(session, matter.id)
        letter.state = MessageState.BEZIG.value
        digests = {**digests, "uitgaand": message.seal(matter.given.key, letter.text)}
        second = {"second": letter.approved_by} if letter.approved_by else {}
    said = entry(
        house,
        matter,
        Event.VOORNEMEN,
        digests={**digests, **motive(matter)},
        from_state=matter.case.state,
        objection="bezwaar",
        template=label(session, task, matter),
        **second,
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
        letter = None if act.repeatable else message.of_order(session, matter.id)
    asked = Asked(matter.comment.comment, letter.text if letter else "")
    doubt = letter is not None and letter.tried_at is not None
    try:
        platform = _able(house, matter.comment, act)
        if act.final:
            _fresh(house, matter, proof)
    except PlatformError as error:
        return unknown(act, error) if doubt else _failed(error)
    if doubt:
        found = look_up(platform, asked, act, lost(platform))
        if found["result"] != Result.MISLUKT:
            return found
    return _call(house, platform, act, asked, letter)


def _able(house: House, comment: CommentRow, act: Act) -> Platform:
    platform = reach_comment(house, comment)
    if way(platform, act) is not Way.API:
        raise Denied("{platform} cannot do this.", code="-", platform=platform.label)
    return platform


def _call(house: House, platform: Platform, act: Act, asked: Asked, letter: MessageRow | None) -> dict[str, Any]:
    if letter is not None and not _note_try(house, letter):
        return _failed(NotPossible("This message was cancelled, so it was not sent."))
    try:
        sent = act.call(platform, asked)
    except Gone as error:
        return {"result": Result.REEDS_WEG.value, "error": describe(error)}
    except OutcomeUnknown as error:
        return look_up(platform, asked, act, error)
    except PlatformError as error:
        return _failed(error)
    if act.final:
        return _read_back(platform, asked.comment)
    return {"result": Result.GELUKT.value, **({"sent": sent} if sent else {})}


def _note_try(house: House, letter: MessageRow) -> bool:
    """Committed before the call: whoever comes after us knows that it may have gone out."""
    now = house.clock.now()
    return bool(house.store(lambda connection: message.note_try(connection, letter.id, now)))


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


def look_up(platform: Platform, asked: Asked, act: Act, why: PlatformError) -> dict[str, Any]:
    """Ask the platform what is true, after an answer that got lost; *onbekend* when it cannot be asked either."""
    try:
        done = act.is_true(platform, asked)
    except Gone as error:
        if act.repeatable:
            return {"result": Result.REEDS_WEG.value, "error": describe(error)}
        return unknown(act, why)
    except PlatformError:
        return unknown(act, why)
    return {"result": Result.GELUKT.value} if done else _failed(why)


def lost(platform: Platform) -> PlatformError:
    """Somebody asked it before, and what came of that is not known."""
    return OutcomeUnknown("The answer of {platform} was lost.", code="-", platform=platform.label)


def unknown(act: Act, error: NabijError) -> dict[str, Any]:
    """Nobody knows. What may be repeated is tried again; for the rest a person says first what is true."""
    told = describe(error)
    return {"result": Result.ONBEKEND.value, "error": {**told, "retryable": told["retryable"] and act.repeatable}}


def _failed(error: NabijError) -> dict[str, Any]:
    return {"result": Result.MISLUKT.value, "error": describe(error)}
