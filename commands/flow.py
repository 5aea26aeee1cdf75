"""What an act on a platform consists of: the words that `commands.act` and `commands.outcome` share.

Hide, unhide, delete and a private message differ only in their `Act`; what a command makes of one is a `Flow`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from commands.case import Matter, change
from commands.house import House
from domain.errors import Denied, Gone
from domain.model import Ability, Answer
from domain.ports import Platform
from domain.states import Visibility
from storage.register_entry import Result

Outcome = Mapping[str, Any]
"""`{"result": "gelukt"}`, for a message with the platform's id (`"sent": "m_12"`), or with an error:
`{"result": "mislukt", "error": {…}}` (`capture.describe`).
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a platform. comment: its id there · text: of a message."""

    comment: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing asked of a platform.

    call: does it, and gives the platform's id of what was sent, if anything · is_true: whether it was done; raises
    PlatformError when that cannot be looked up · goal: what is true of the comment afterwards, None = no change ·
    final: it cannot be undone, so it needs fresh evidence and is read back · repeatable: harmless when repeated; what
    is not has a message row, and is looked up before it is tried again.
    """

    name: str
    ability: Ability
    call: Callable[[Platform, Asked], str | None]
    is_true: Callable[[Platform, Asked], bool]
    goal: Visibility | None = None
    final: bool = False
    repeatable: bool = True


def _shows(goal: Visibility) -> Callable[[Platform, Asked], bool]:
    return lambda platform, asked: platform.comment(asked.comment).visibility is goal


def _is_gone(platform: Platform, asked: Asked) -> bool:
    try:
        platform.comment(asked.comment)
    except Gone:
        return True
    return False


HIDE = Act(
    "hide",
    Ability.HIDE,
    lambda platform, asked: platform.hide(asked.comment),
    _shows(Visibility.VERBORGEN),
    Visibility.VERBORGEN,
)
UNHIDE = Act(
    "unhide",
    Ability.UNHIDE,
    lambda platform, asked: platform.unhide(asked.comment),
    _shows(Visibility.ZICHTBAAR),
    Visibility.ZICHTBAAR,
)
DELETE = Act(
    "delete",
    Ability.DELETE,
    lambda platform, asked: platform.delete(asked.comment),
    _is_gone,
    Visibility.VERWIJDERD,
    final=True,
)
MESSAGE = Act(
    "message",
    Ability.REPLY_PRIVATE,
    lambda platform, asked: platform.reply_private(asked.comment, asked.text),
    lambda platform, asked: platform.sent_private(asked.comment, asked.text) is not None,
    repeatable=False,
)

Means = Callable[[Session, House, Matter, Outcome], Answer]
"""What an outcome means for the case, and the answer to who pressed. It is let go of, unless something follows."""


def _never(_outcome: Outcome) -> bool:
    return False


def undeliverable(outcome: Outcome) -> bool:
    """True when this message will never arrive, however often it is tried."""
    result = Result(outcome["result"])
    return result is Result.REEDS_WEG or (result is Result.MISLUKT and outcome["error"]["kind"] == Denied.__name__)


@dataclass(frozen=True, slots=True)
class Flow:
    """How an act is done for a command.

    key: in the trouble of a case, under which a retry finds this flow · word: the command it serves · done: what
    success means · strict: no capture, no act · passes: failures that count as done with a note (hiding before a grace)
    · settled: what it means that a person did it on the platform, or that it turns out later to have been done; `done`
    when None · then: what follows at once, while the case is still held.
    """

    key: str
    word: str
    act: Act
    done: Means
    strict: bool = False
    passes: Callable[[Outcome], bool] = _never
    settled: Means | None = None
    then: "Flow | None" = None

    @property
    def erases(self) -> bool:
        """True when it ends in what cannot be undone."""
        return self.act.final or bool(self.then and self.then.erases)

    def settle(self, session: Session, house: House, matter: Matter) -> Answer:
        """It was done, by somebody else or some time ago."""
        return (self.settled or self.done)(session, house, matter, {"result": Result.GELUKT.value})


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
