"""What an act on a platform consists of: the words that `commands.act` and `commands.outcome` share.

Hide, unhide and delete differ only in their `Flow`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from commands.case import Matter, change
from commands.house import House
from domain.model import Ability, Answer
from domain.ports import Platform
from domain.states import Visibility

Outcome = Mapping[str, Any]
"""`{"result": "gelukt"}`, or with an error: `{"result": "mislukt", "error": {…}}` (`capture.describe`)."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing asked of a platform. goal: what is true of the comment afterwards · final: it cannot be undone, so it
    needs fresh evidence and is read back.
    """

    name: str
    ability: Ability
    call: Callable[[Platform, str], None]
    goal: Visibility
    final: bool = False


HIDE = Act("hide", Ability.HIDE, lambda platform, comment: platform.hide(comment), Visibility.VERBORGEN)
UNHIDE = Act("unhide", Ability.UNHIDE, lambda platform, comment: platform.unhide(comment), Visibility.ZICHTBAAR)
DELETE = Act(
    "delete", Ability.DELETE, lambda platform, comment: platform.delete(comment), Visibility.VERWIJDERD, final=True
)


@dataclass(frozen=True, slots=True)
class Flow:
    """How an act is done for a command.

    key: in the trouble of a case, under which a retry finds this flow · word: the command it serves · done: what
    success means for the case · strict: no capture, no act · also_failed: a failure counts as done with a note (hiding
    before a grace).
    """

    key: str
    word: str
    act: Act
    done: Callable[[Session, House, Matter, Outcome], Answer]
    strict: bool = False
    also_failed: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One carrying out of a flow: for which order, and by which order it was pressed when that is another one."""

    house: House
    flow: Flow
    order_id: int
    presser: int = 0

    def change(self, session: Session) -> Matter:
        """The matter, to change its case."""
        return change(session, self.order_id, self.presser)
