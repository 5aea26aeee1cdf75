"""How cards are drawn: for whom, when, and which words the house has for them. Handed in by the wiring."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.clocks import DELAY_S
from bot.texts import Words
from domain.messages import Fault
from domain.model import CaseView, Person
from domain.orders import CLOCK
from domain.settings import Display


class RuleWords(Protocol):
    """What the rules room tells people: the house rule behind a category, and why a rule exists."""

    def citation(self, category: str) -> str:
        """The sentence of the house rules; empty when the category breaks none."""
        ...

    def why(self, rule_id: str) -> str:
        """The rule in a few words; empty when it is unknown."""
        ...


class Draft(Protocol):
    """A text as it could go out (`commands.drafts.Draft`)."""

    @property
    def template(self) -> str:
        """Key of the template."""
        ...

    @property
    def name(self) -> str:
        """What the template is called."""
        ...

    @property
    def text(self) -> str:
        """Filled in."""
        ...

    @property
    def number(self) -> int:
        """Which strike it makes, 0 for none."""
        ...

    @property
    def faults(self) -> Sequence[Fault]:
        """What is wrong with it."""
        ...


@dataclass(frozen=True, slots=True)
class Scene:
    """All that is the same for the cards of one drawing. names: person key → name · private: seen by one · grace_s,
    delay_s: how long a deletion and a message wait · linked: the address of the house rules is set · drafts: the texts
    that could go out about a case, when it is hidden as well or not · faults: what is wrong with a text that was made
    from a template · explanation: the text that explains a deletion.
    """

    viewer: Person
    now: datetime
    names: Callable[[str], str]
    rules: RuleWords
    words: Words
    display: Display
    house_version: str = ""
    grace_s: int = 60
    private: bool = True
    delay_s: int = DELAY_S
    linked: bool = True
    drafts: Callable[[CaseView, bool], Sequence[Draft]] = lambda _view, _hide: ()
    faults: Callable[[str, str], Sequence[Fault]] = lambda _template, _text: ()
    explanation: Callable[[], str] = lambda: ""


def safe_url(url: str | None) -> str | None:
    """The address if a browser may open it without harm."""
    return url if url and url.startswith(("https://", "http://")) else None


def name_of(person: str, scene: Scene) -> str:
    """A colleague's name; the clock is Nabij itself."""
    return "Nabij" if person == CLOCK else scene.names(person)
