"""After a failure: *Opnieuw proberen* (by a person or by the clock) and *Manueel gedaan*."""

from sqlalchemy.orm import Session

from commands import delete, hide, unhide
from commands.act import Flow, Outcome, carry_out
from commands.case import answer, close_deadlines, entry, let_go, load, refuse, take, touch
from commands.house import House
from domain.errors import Expected, NotPossible
from domain.model import Answer
from domain.states import Marker, State
from storage.durable import Run
from storage.register_entry import Event, Result
from storage.tables import CaseRow, DeadlineRow

FLOWS: dict[str, Flow] = {
    flow.again: flow for flow in (hide.FLOW, unhide.FLOW, delete.FIRST, delete.SECOND, delete.CANCEL)
}
"""The flow that failed, by the key in the trouble of the case."""


def retry(house: House, run: Run, order_id: int) -> None:
    """Carry out a `Retry` order: the failed act once more, under the order that asked for it first."""
    started = run.transaction("opnieuw", lambda session: _begin(session, house, order_id))
    if started:
        carry_out(house, run, started[0], FLOWS[started[1]])
        run.transaction("antwoord", lambda session: _pass_on(session, house, order_id, started[0]))


def _begin(session: Session, house: House, order_id: int) -> list[object]:
    matter = load(session, order_id)
    try:
        take(session, house, matter)
        trouble = matter.case.trouble
        if trouble is None or trouble["flow"] not in FLOWS:
            let_go(matter.case)
            raise NotPossible("There is nothing to try again on this card.")
    except Expected as why:
        refuse(matter, house, why)
        return []
    close_deadlines(session, house, matter.case)
    return _hand_over(matter.case, trouble["order_id"], str(trouble["flow"]))


def _hand_over(case: CaseRow, order_id: int, flow: str) -> list[object]:
    """The act runs on as the order that first asked for it, so that its intents and outcomes stay together."""
    case.doing_order = order_id
    return [order_id, flow]


def _pass_on(session: Session, house: House, order_id: int, first: int) -> None:
    """Tell whoever pressed *Opnieuw* how it went."""
    matter, original = load(session, order_id), load(session, first)
    failed = matter.case.trouble
    if failed is not None:
        answer(matter, house, Answer(False, str(failed["msgid"]), failed["params"]))
    else:
        told = original.given.answer or {}
        done = told if told.get("ok") else {"msgid": "Done after all.", "params": {}}
        answer(matter, house, Answer(True, str(done["msgid"]), done["params"]))


def again_by_clock(house: House, run: Run, deadline_id: int) -> None:
    """The wait after a failure is over: try again, as the same order."""
    started = run.transaction("opnieuw", lambda session: _take_due(session, house, deadline_id))
    if started:
        carry_out(house, run, started[0], FLOWS[started[1]])


def _take_due(session: Session, house: House, deadline_id: int) -> list[object]:
    row = session.get_one(DeadlineRow, deadline_id)
    case = session.get_one(CaseRow, row.case_id)
    trouble, now = case.trouble, house.clock.now()
    if row.closed_at is not None or row.due_at > now or case.doing_order is not None:
        return []
    row.closed_at = now
    if trouble is None or case.state != State.MISLUKT or trouble["flow"] not in FLOWS:
        return []
    case.doing_word, case.doing_by, case.doing_at = str(trouble["word"]), str(trouble["by"]), now
    touch(session, case)
    return _hand_over(case, trouble["order_id"], str(trouble["flow"]))


def done_by_hand(house: House, run: Run, order_id: int) -> None:
    """Carry out a `DoneByHand` order: a person did on the platform what Nabij could not; registered the same way."""
    run.transaction("manueel", lambda session: _done_by_hand(session, house, order_id))


def _done_by_hand(session: Session, house: House, order_id: int) -> None:
    matter = load(session, order_id)
    case, before = matter.case, matter.case.state
    try:
        take(session, house, matter)
        trouble = case.trouble
        if trouble is None or trouble["flow"] not in FLOWS:
            let_go(case)
            raise NotPossible("There is nothing on this card that could be done by hand.")
    except Expected as why:
        refuse(matter, house, why)
        return
    original = load(session, trouble["order_id"])
    outcome: Outcome = {"result": Result.GELUKT.value}
    told = FLOWS[str(trouble["flow"])].done(session, house, original, outcome)
    case.markers = sorted({*case.markers, Marker.MANUEEL.value})
    said = entry(house, matter, Event.MANUEEL, second=original.order.by, from_state=before, to_state=case.state)
    house.register.append(session, said)
    touch(session, case)
    answer(matter, house, told)
