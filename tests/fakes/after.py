"""What an order makes of a case, in few words: enough for the channel to be drawn again, no more."""

from dataclasses import replace
from datetime import datetime, timedelta

from domain.dossier import DossierState, DossierView, Form
from domain.messages import MessageState, MessageView
from domain.model import CaseView, Done, Planned
from domain.orders import CaseOrder, Document, Warn
from domain.states import State, Visibility

_OF_MESSAGES = {
    "goedkeuren": (MessageState.GEPLAND, State.AFGEHANDELD),
    "weigeren": (MessageState.GEANNULEERD, State.HEROPEND),
    "verzenden_annuleren": (MessageState.GEANNULEERD, State.HEROPEND),
    "wel_verstuurd": (MessageState.AFGELEVERD, State.AFGEHANDELD),
    "niet_verstuurd": (MessageState.MISLUKT, State.MISLUKT),
    "manueel_gedaan": (MessageState.MANUEEL, State.AFGEHANDELD),
}
"""What a command about a message makes of the message and of its case."""


def after(view: CaseView, order: CaseOrder, now: datetime) -> CaseView:
    """The case as it is drawn once the order was carried out."""
    fresh = replace(view, revision=view.revision + 1, trouble=None)
    if isinstance(order, Warn):
        return _warned(fresh, order, now)
    if isinstance(order, Document):
        return replace(fresh, dossier=_documented(view, order, now))
    if order.word in _OF_MESSAGES and view.message:
        return _of_message(fresh, view.message, order, now)
    return _decided(fresh, order, now)


def _decided(fresh: CaseView, order: CaseOrder, now: datetime) -> CaseView:
    done = _done(fresh, order, now)
    match order.word:
        case "neem_ik":
            return replace(fresh, state=State.IN_BEHANDELING, claimed_by=order.by, claimed_at=now)
        case "laat_los":
            return replace(fresh, state=State.NIEUW, claimed_by=None, claimed_at=None)
        case "annuleren" | "terug_zichtbaar" | "heropenen":
            return replace(fresh, state=State.HEROPEND, visibility=Visibility.ZICHTBAAR, planned=None, done=None)
        case "verwijderen":
            grace = Planned(order.by, now, now + timedelta(seconds=60), 60)
            return replace(fresh, state=State.GEPLAND, visibility=Visibility.VERBORGEN, planned=grace)
        case _:
            shown = Visibility.VERBORGEN if order.word == "verbergen" else fresh.visibility
            return replace(fresh, state=State.AFGEHANDELD, visibility=shown, done=done, decided_at=now)


def _done(view: CaseView, order: CaseOrder, now: datetime) -> Done:
    return Done(order.word, order.by, now, (now - view.seen_at).total_seconds())


def _warned(fresh: CaseView, order: Warn, now: datetime) -> CaseView:
    number = 0 if order.template == "hint" else fresh.ledger.next
    third = number >= fresh.ledger.maximum
    state, due = (MessageState.WACHT_4OGEN, None) if third else (MessageState.GEPLAND, now + timedelta(seconds=30))
    message = MessageView(1, order.template, state, number, order.by, now, due, None, order.text)
    shown = Visibility.VERBORGEN if order.hide else fresh.visibility
    if third:
        return replace(fresh, state=State.WACHT_4OGEN, message=message, visibility=shown)
    done = _done(fresh, order, now)
    return replace(
        fresh, state=State.AFGEHANDELD, message=message, visibility=shown, done=done, decided_at=now, claimed_by=None
    )


def _of_message(fresh: CaseView, message: MessageView, order: CaseOrder, now: datetime) -> CaseView:
    told, state = _OF_MESSAGES[order.word]
    due = now + timedelta(seconds=30) if told is MessageState.GEPLAND else None
    done = Done("waarschuwen", message.by, now, 60.0) if state is State.AFGEHANDELD else None
    told_now = replace(message, state=told, due_at=due, settled_at=None if due else now)
    return replace(fresh, state=state, message=told_now, done=done)


def _documented(view: CaseView, order: Document, now: datetime) -> DossierView:
    form = Form(order.category, order.punishable, order.elements, order.criterion, order.target)
    form = replace(form, injured=order.injured, complaint=order.complaint, note=order.note)
    old = view.dossier
    if old and old.state is DossierState.CONCEPT:
        return replace(old, version=old.version + 1, form=form)
    number, concept = f"SMD-2026-{view.id:06d}", DossierState.CONCEPT
    return DossierView(view.id, number, view.id, view.number, concept, 1, form, (order.by,), order.by, now)
