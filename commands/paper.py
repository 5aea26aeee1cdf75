"""What all steps in the life of a dossier share: who may, what the register says, what the presser is told."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from commands.case import Matter, answer, change, entry, refuse, touch
from commands.house import House
from domain.dossier import Form
from domain.errors import Expected
from domain.model import Answer
from storage.paper_tables import DossierRow
from storage.register_entry import Event

Work = Callable[[Session, House, Matter], Answer]


def settle(session: Session, house: House, order_id: int, work: Work) -> None:
    """Do the work of an order in this transaction, and tell the presser what came of it. work: raises Expected before
    it changes anything.
    """
    matter = change(session, order_id)
    try:
        told = work(session, house, matter)
    except Expected as why:
        refuse(matter, house, why)
        return
    touch(session, matter.case)
    answer(matter, house, told)


def note(session: Session, house: House, matter: Matter, row: DossierRow, event: Event, **more: Any) -> None:  # noqa: ANN401
    """The register line of a dossier. more: fields of Entry."""
    house.register.append(session, entry(house, matter, event, dossier=row.number, **more))


def salted(matter: Matter, name: str, said: Form | str) -> dict[str, str]:
    """What a person typed stands in the register as a digest only, salted with the key of the order."""
    text = said if isinstance(said, str) else json.dumps(said.to_data(), sort_keys=True)
    whole = f"{matter.given.key}\n{text}".encode("utf-8", "surrogatepass")
    return {name: hashlib.sha256(whole).hexdigest()}
