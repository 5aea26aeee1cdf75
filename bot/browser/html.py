"""Pages out of neutral cards, forms and rows: autoescaped, one macro per piece (`templates/pieces.html`).

No rule about which button comes first stands here or in a template: the order comes from the card.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from bot.browser.desk import PAGE_SIZE, CommentRow, Health, History, Looked, Page, Queue, RegisterRow, Wanted
from bot.browser.guard import Visitor, new_key
from bot.cards import Card, Quote, card, push_text
from bot.clocks import clock
from bot.fields import Form
from bot.quote import one_line, visible
from bot.texts import N_, Words, labels
from bot.texts.params import tell
from bot.texts.times import ago, long_date, when
from domain.categories import Urgency
from domain.errors import Param
from domain.model import CaseView
from domain.text import mask_name, mask_spans

HERE = Path(__file__).parent
_EXCERPT = 300

MENU = (
    ("kaarten", "/", N_("Cards")),
    ("reacties", "/reacties", N_("Comments")),
    ("alarmen", "/alarmen", N_("Alarms")),
    ("dossiers", "/dossiers", N_("Dossiers")),
    ("event", "/event", N_("Events")),
    ("rooster", "/rooster", N_("Roster")),
    ("overzichten", "/overzichten", N_("Reports")),
    ("register", "/register", N_("Register")),
    ("beheer", "/beheer", N_("Health")),
    ("melding", "/melding", N_("Report")),
)
"""Page (`domain.roles.PAGES`), address and name. Whoever may not open the cards begins at the first that he may."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A press that mends what was refused: the same act, taking the case over. url: set when it has a dialog."""

    label: str
    case_id: int
    act: str
    seen: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What the presser is told above the page, when there is no script to show it."""

    ok: bool
    text: str
    offer: Offer | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A list with its search. last: number of the last page."""

    page: Page[Any]
    search: str

    @property
    def last(self) -> int:
        """Number of the last page, 1 when there is nothing."""
        return max(1, -(-self.page.total // PAGE_SIZE))


class Pages:
    """Draws the pages of one house in one language. static: file name → content, whose hash goes into its address."""

    def __init__(self, house: str, words: Words, static: Mapping[str, bytes]) -> None:
        self._words = words
        versions = {name: hashlib.sha256(body).hexdigest()[:12] for name, body in static.items()}
        self._jinja = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.globals.update(
            _=words,
            ngettext=words.ngettext,
            house=house,
            labels=labels,
            Urgency=Urgency,
            static=lambda name: f"/static/{name}?v={versions[name]}",
            kind=lambda field: type(field).__name__,
            new_key=new_key,
        )
        self._jinja.filters.update(
            when=self._when,
            ago=self._ago,
            told=self._told,
            one_line=lambda text: one_line(text, _EXCERPT),
            name=lambda text: mask_name(visible(text or "")),
        )

    # ------------------------------------------------------------ cards

    def cards(self, visitor: Visitor, wanted: Wanted, queue: Queue, notice: Notice | None = None) -> str:
        """The page Kaarten."""
        drawn = [card(view, visitor.scene) for view in queue.open]
        return self.page(
            "cards.html",
            visitor,
            page="kaarten",
            notice=notice,
            wanted=wanted,
            van=query_of(wanted),
            cards=[(one, self.push(view)) for one, view in zip(drawn, queue.open, strict=True) if not _in_bundle(one)],
            bundle=[one for one in drawn if _in_bundle(one)],
            handled=[card(view, visitor.scene) for view in queue.handled],
            counts=queue.counts,
            unseen=sum(queue.counts.values()) - len(drawn) if wanted == Wanted() else 0,
            today=long_date(visitor.scene.now, self._words),
        )

    def one_card(
        self, visitor: Visitor, view: CaseView, shown: Quote | None = None, notice: Notice | None = None
    ) -> str:
        """A page with one card; shown: its text, for the one who asked for it."""
        drawn = card(view, visitor.scene)
        return self.page("one_card.html", visitor, page="kaarten", card=drawn, shown=shown, van="", notice=notice)

    def card_fragment(self, visitor: Visitor, view: CaseView, van: str = "") -> str:
        """One card, row or line, to take the place of the old one."""
        drawn = card(view, visitor.scene)
        values = {"card": drawn, "push": self.push(view), "bundled": _in_bundle(drawn), "van": van}
        return self.draw("fragment.html", visitor, **values)

    def clocks(self, visitor: Visitor, views: Sequence[CaseView]) -> dict[str, str]:
        """Element id → its clock, drawn for now."""
        drawn = {view.id: clock(view, visitor.scene.now, self._words) for view in views}
        return {
            f"klok-{case_id}": self.draw("clock.html", visitor, case_id=case_id, clock=one).strip()
            for case_id, one in drawn.items()
            if one
        }

    def text_fragment(self, visitor: Visitor, quote: Quote) -> str:
        """The text for the one who asked for it."""
        return self.draw("text.html", visitor, quote=quote)

    def form(self, visitor: Visitor, form: Form, *, fragment: bool, van: str = "", note: str = "") -> str:
        """A dialog: a page of its own, or the piece for a dialog on the page. note: msgid of why it is drawn again."""
        values = {"form": form, "van": van, "note": self._words(note) if note else ""}
        if fragment:
            return self.draw("form_fragment.html", visitor, **values)
        return self.page("form.html", visitor, page="kaarten", **values)

    def push(self, view: CaseView) -> str:
        """The fixed words that announce a card."""
        return push_text(view, self._words)

    # ------------------------------------------------------------ lists

    def comments(self, visitor: Visitor, found: Page[CommentRow], search: str, looked: Sequence[Looked]) -> str:
        """The page Reacties."""
        rows = [(row, _comment_text(row, visitor)) for row in found.rows]
        return self.page(
            "comments.html", visitor, page="reacties", found=Found(found, search), rows=rows, looked=looked
        )

    def register(self, visitor: Visitor, found: Page[RegisterRow], search: str) -> str:
        """The page Register."""
        return self.page("register.html", visitor, page="register", found=Found(found, search), rows=found.rows)

    def history(self, visitor: Visitor, history: History) -> str:
        """The page of one case: what happened, oldest first."""
        drawn = card(history.view, visitor.scene)
        return self.page("history.html", visitor, page="register", card=drawn, rows=history.rows)

    def health(self, visitor: Visitor, health: Health) -> str:
        """The page Beheer."""
        return self.page("health.html", visitor, page="beheer", health=health)

    # ------------------------------------------------------------ without a session

    def sign_in(self, used: str = "") -> str:
        """What to do without a link. used: msgid of why the link did not work."""
        return self._jinja.get_template("sign_in.html").render(used=self._words(used) if used else "")

    def problem(self, status: int, text: str, reference: str = "") -> str:
        """An error page. text: translated · reference: number that is also in the log."""
        return self._jinja.get_template("problem.html").render(status=status, text=text, reference=reference)

    # ------------------------------------------------------------ how it is drawn

    def page(self, template: str, visitor: Visitor, **values: Any) -> str:  # noqa: ANN401 - what a template takes
        """A whole page. values: `page` (key of the menu) and what the template takes."""
        menu = [row for row in MENU if visitor.opens(row[0])]
        return self.draw(template, visitor, **{"notice": None, "menu": menu, **values})

    def draw(self, template: str, visitor: Visitor, **values: Any) -> str:  # noqa: ANN401 - what a template takes
        """A template, with what all need."""
        now = visitor.scene.now
        return self._jinja.get_template(template).render(visitor=visitor, csrf=visitor.csrf, now=now, **values)

    @pass_context
    def _when(self, context: Context, moment: datetime) -> str:
        return when(moment, context["now"], self._words)

    @pass_context
    def _ago(self, context: Context, moment: datetime) -> str:
        return ago(moment, context["now"], self._words)

    @pass_context
    def _told(self, context: Context, msgid: str, params: Mapping[str, Param]) -> str:
        visitor: Visitor = context["visitor"]
        return tell(msgid, params, visitor.scene.names, visitor.scene.now, self._words)


def query_of(wanted: Wanted) -> str:
    """The filter as the query of an address: `urgentie=hoog&mijn=1`."""
    fields = {"urgentie": wanted.urgency.key if wanted.urgency is not None else "", "mijn": "1" if wanted.mine else ""}
    return urlencode({name: value for name, value in fields.items() if value})


def _in_bundle(drawn: Card) -> bool:
    return drawn.open and drawn.urgency is Urgency.LAAG and drawn.trouble is None


def _comment_text(row: CommentRow, visitor: Visitor) -> str:
    display = visitor.scene.display
    if row.urgency >= Urgency.of(display.masker_vanaf):
        return visitor.scene.words("Text hidden: serious.")
    return one_line(mask_spans(row.text, row.personal), _EXCERPT)
