"""*Toon tekst*: somebody looks at a masked text; the look is registered, the text itself goes only to who pressed."""

from sqlalchemy.orm import Session

from commands.case import allow, answer, change, entry, refuse
from commands.claim import renew
from commands.house import House
from domain.errors import Expected
from domain.model import Answer
from storage.durable import Run
from storage.register_entry import Event


def show_text(house: House, run: Run, order_id: int) -> None:
    """Carry out a `ShowText` order: after it, the channel may show the text to this person."""
    run.transaction("toon tekst", lambda session: _show(session, house, order_id))


def _show(session: Session, house: House, order_id: int) -> None:
    matter = change(session, order_id)
    try:
        allow(house, matter)
    except Expected as why:
        refuse(matter, house, why)
        return
    if matter.case.claimed_by == matter.order.by:
        renew(session, house, matter)
    house.register.append(session, entry(house, matter, Event.INGEZIEN, reason="kaart"))
    answer(matter, house, Answer(True, "The text is shown to you only."))
