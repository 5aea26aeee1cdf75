"""The routes: who comes in, what a press does, what every refusal says."""

import asyncio
import html
import json
import re

import httpx
import pytest

from bot.browser.guard import BODY_MAX, COOKIE
from bot.browser.routes import PUBLIC, router
from bot.buttons import BUTTONS
from domain.errors import StorageUnavailable
from domain.messages import Ledger
from domain.model import Answer
from domain.orders import ORDERS, Delete, Document, Hide, ShowText, Warn
from domain.states import State
from tests.fakes.cases import (
    BERT,
    ELS,
    JEF,
    LENA,
    NOOR,
    RIK,
    THREAT,
    TOM,
    asks_second,
    case,
    failed,
    handled,
    planned,
    stuck,
)
from tests.fakes.desk import FakeDesk
from tests.fakes.visitor import HERE, Visitor

ROUTES = [(route.path, method) for route in router(FakeDesk()).routes for method in sorted(route.methods)]  # type: ignore[attr-defined]


def at(path: str) -> str:
    """An address out of a route."""
    return path.replace("{case_id}", "104").replace("{word}", "verwijderen").replace("{name}", "nabij.css")


@pytest.fixture
def desk() -> FakeDesk:
    """A house with one insult."""
    return FakeDesk([case()])


@pytest.fixture
def noor(desk: FakeDesk) -> Visitor:
    """A moderator, signed in."""
    return Visitor(desk, NOOR)


class TestDoor:
    """Nobody comes in without a session, and nobody through another name."""

    @pytest.mark.parametrize(("path", "method"), ROUTES)
    def test_every_route_asks_who(self, desk: FakeDesk, path: str, method: str) -> None:
        """Generated from the route table: without a session 401, with a made-up cookie too."""
        for cookies in ({}, {COOKIE: "made-up"}):
            visitor = Visitor(desk)
            visitor.cookies = cookies
            status = asyncio.run(visitor.ask(method, at(path))).status_code
            assert status == (200 if path == "/static/{name}" else 401)

    def test_public_routes_are_two(self) -> None:
        """The sign-in page, and style and script."""
        assert {path for path, _ in ROUTES} >= PUBLIC
        assert {"/", "/static/{name}"} == PUBLIC

    @pytest.mark.parametrize(("path", "method"), ROUTES)
    def test_a_foreign_name_gets_nothing(self, noor: Visitor, path: str, method: str) -> None:
        """DNS rebinding: a Host that is not ours is refused on every route, also with a session."""
        answer = asyncio.run(noor.ask(method, at(path), headers={"Host": "boef.example:8780"}))

        assert answer.status_code == 403

    @pytest.mark.parametrize(("path", "method"), ROUTES)
    def test_headers_on_every_answer(self, desk: FakeDesk, path: str, method: str) -> None:
        """Strict policy, no guessing of types, nothing kept; only style and script may be kept."""
        for visitor in (Visitor(desk), Visitor(desk, NOOR)):
            if path == "/gebeurtenissen" and visitor.cookies:
                continue
            headers = asyncio.run(visitor.ask(method, at(path))).headers
            assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"
            assert headers["cache-control"] == ("public, max-age=86400" if "static" in path else "no-store")

    def test_start_link_once(self, desk: FakeDesk) -> None:
        """The link becomes a cookie that no script reads, and vanishes from the address; the second use is 401."""
        visitor = Visitor(desk)
        first, second = visitor.get("/?start=start-noor"), visitor.get("/?start=start-noor")

        assert (first.status_code, first.headers["location"]) == (303, "/")
        assert re.search("HttpOnly.*SameSite=strict", first.headers["set-cookie"])
        assert second.status_code == 401
        assert "Deze" not in second.headers.get("set-cookie", "")
        visitor.cookies = {COOKIE: first.cookies[COOKIE]}
        assert visitor.get("/").status_code == 200

    def test_sign_in_page_says_what_to_do(self, desk: FakeDesk) -> None:
        """Without a link: where one comes from."""
        text = Visitor(desk).get("/").text

        assert "Meld je aan met je startlink" in text
        assert "Vraag een nieuwe aan wie Nabij beheert" in text

    def test_pages_by_role(self, desk: FakeDesk) -> None:
        """A page the role may not open is 403 with the reason; the start page leads to what it may."""
        reader = Visitor(desk, LENA)

        assert reader.get("/").headers["location"] == "/event"
        assert Visitor(desk, ELS).get("/").headers["location"] == "/alarmen"
        assert Visitor(desk, RIK).get("/").headers["location"] == "/dossiers"
        assert Visitor(desk, TOM).get("/").headers["location"] == "/melding"
        refused = reader.get("/reacties")
        assert refused.status_code == 403
        assert "Jouw rol (lezer) opent deze pagina niet." in refused.text

    def test_a_session_that_ended(self, desk: FakeDesk, noor: Visitor) -> None:
        """After the session is gone the next page is the sign-in page."""
        desk.sessions.clear()

        assert noor.get("/").status_code == 401


class TestPress:
    """A press is stored before it is answered."""

    def test_by_script(self, desk: FakeDesk, noor: Visitor) -> None:
        """202 with the key; the order is what was on the card."""
        answer = noor.press(104, "verbergen", json=True)

        assert answer.status_code == 202
        assert desk.orders[answer.json()["key"]] == Hide(case_id=104, by="noor", seen_version=1)

    def test_without_script(self, desk: FakeDesk, noor: Visitor) -> None:
        """A redirect, and the answer stands on the page it leads to."""
        answer = noor.press(104, "verbergen")

        assert answer.status_code == 303
        assert "Bewaard; het wordt uitgevoerd." in noor.get(answer.headers["location"]).text

    def test_pressed_twice(self, desk: FakeDesk, noor: Visitor) -> None:
        """The same form sent twice is one order."""
        fields = noor.form(104)
        keys = {noor.press(104, "verbergen", json=True, **fields).json()["key"] for _ in range(2)}

        assert len(keys) == len(desk.orders) == 1

    def test_two_buttons_of_one_form_are_two_orders(self, desk: FakeDesk, noor: Visitor) -> None:
        """Showing the text does not swallow the decision that follows."""
        fields = noor.form(104)
        noor.press(104, "toon_tekst", json=True, **fields)
        noor.press(104, "verbergen", json=True, **fields)

        assert [type(order) for order in desk.orders.values()] == [ShowText, Hide]

    def test_another_person_with_the_same_form_is_another_order(self, desk: FakeDesk, noor: Visitor) -> None:
        """A key is bound to the person: nobody swallows a colleague's press."""
        fields = noor.form(104)
        desk.slow = True
        jef = Visitor(desk, JEF)
        noor.press(104, "verbergen", json=True, **fields)
        jef.press(104, "laten_staan", json=True, key=fields["key"])

        assert {order.by for order in desk.orders.values()} == {"noor", "jef"}

    @pytest.mark.parametrize("word", sorted(ORDERS))
    def test_every_action_id_is_answered(self, word: str) -> None:
        """Every word that ever shipped gets an answer, in every state; none is an error of ours. A word of another
        room, or one that misses its fields, is refused in words.
        """
        here = {row.word for row in BUTTONS} - {"waarschuwen"} | {"dossier_intrekken"}
        for view in (case(), handled(case()), planned(case()), failed(case()), asks_second(case()), stuck(case())):
            answer = Visitor(FakeDesk([view]), NOOR).press(104, word, json=True)
            assert answer.status_code in ((200, 202, 409) if word in here else (400,))
            assert answer.status_code == 202 or answer.json().get("text") or answer.json().get("html")

    def test_every_button_is_a_known_word(self) -> None:
        """What is drawn is an order."""
        assert {row.word for row in BUTTONS} <= set(ORDERS)

    def test_form_fields(self, desk: FakeDesk, noor: Visitor) -> None:
        """Category and reason of the dialog go along, cleaned."""
        noor.press(104, "verwijderen", category="trollen", reason=" twee keer\x00 ")

        (order,) = desk.orders.values()
        assert order == Delete(case_id=104, by="noor", seen_version=1, category="trollen", reason="twee keer\ufffd")

    def test_take_over(self, desk: FakeDesk, noor: Visitor) -> None:
        """A colleague is busy: the answer offers to take over, and that is another order of the same form."""
        busy = "{who} has been working on this since {at}. Take over?"
        desk.refuse = Answer(ok=False, msgid=busy, params={"who": "jef", "at": "21:05"}, offer="neem_over")
        refused = noor.press(104, "verbergen")
        page = noor.get(refused.headers["location"]).text
        assert "Jef T. is hiermee bezig sinds 21:05. Overnemen?" in page
        assert 'action="/kaart/104?overnemen=1"' in page
        desk.refuse = None
        noor.press(104, "verbergen", query="?overnemen=1")

        assert [order.take_over for order in desk.orders.values()] == [False, True]  # type: ignore[attr-defined]

    def test_take_over_of_a_dialog_leads_to_the_dialog(self, desk: FakeDesk, noor: Visitor) -> None:
        """Deleting asks its questions again."""
        desk.refuse = Answer(ok=False, msgid="x", offer="neem_over")
        page = noor.get(noor.press(104, "verwijderen", category="trollen").headers["location"]).text

        assert 'href="/kaart/104/formulier/verwijderen?overnemen=1"' in page

    def test_the_filter_survives(self, noor: Visitor) -> None:
        """After a press the same filter is on the page; an address in it leads nowhere."""
        assert (
            noor.press(104, "verbergen", van="urgentie=normaal&mijn=1")
            .headers["location"]
            .startswith("/?urgentie=normaal&mijn=1&antwoord=")
        )
        assert noor.press(104, "heropenen", van="//boef.example").headers["location"].startswith("/?antwoord=")

    def test_refused_by_the_house(self, desk: FakeDesk, noor: Visitor) -> None:
        """Who was first is told, on a page and in JSON."""
        desk.refuse = Answer(ok=False, msgid="{who} was first: hidden at {at}.", params={"who": "jef", "at": "21:05"})
        answer = noor.press(104, "verbergen", json=True)
        told = noor.get(f"/antwoord?antwoord={answer.json()['key']}").json()

        assert told == {"ok": False, "text": "Jef T. was eerst: verborgen om 21:05.", "offer": ""}

    def test_answers_are_private(self, desk: FakeDesk, noor: Visitor) -> None:
        """A colleague with the key reads nothing."""
        key = noor.press(104, "verbergen", json=True).json()["key"]

        assert Visitor(desk, JEF).get(f"/antwoord?antwoord={key}").status_code == 204
        assert noor.get("/antwoord?antwoord=browser:noor:unknown:x").status_code == 204


class TestForged:
    """What is not ours does nothing."""

    @pytest.mark.parametrize(
        ("over", "headers", "status"),
        [
            ({"csrf": "0" * 64}, {}, 403),
            ({"csrf": "é"}, {}, 403),
            ({"csrf": ""}, {}, 403),
            ({}, {"Origin": "http://boef.example"}, 403),
            ({}, {"Origin": "null"}, 403),
            ({}, {"Content-Type": "application/json"}, 400),
            ({"key": "short"}, {}, 400),
            ({"key": "a:b/c" * 5}, {}, 400),
            ({"seen": "-1"}, {}, 400),
            ({"seen": "²"}, {}, 400),
            ({"seen": "9" * 400}, {}, 400),
            ({"act": "ontplof"}, {}, 400),
            ({"act": "heropenen", "reason": "bij een order zonder reden"}, {}, 400),
            ({"category": "<b>"}, {}, 400),
            ({"act": "verwijderen", "reason": "x" * 501}, {}, 400),
            ({"reason": "x" * BODY_MAX}, {}, 413),
        ],
    )
    def test_refused_and_nothing_stored(
        self, desk: FakeDesk, noor: Visitor, over: dict[str, str], headers: dict[str, str], status: int
    ) -> None:
        """Wrong token, wrong site, wrong shape, too large: a clear refusal, in JSON and on a page, and no order."""
        for json_too in (True, False):
            answer = noor.press(104, json=json_too, headers=headers, **{"act": "verbergen", **over})
            assert answer.status_code == status
            assert "<b>" not in answer.text
        assert desk.orders == {}

    def test_no_origin_is_no_browser(self, desk: FakeDesk, noor: Visitor) -> None:
        """A plain HTTP client with cookie and token may press."""
        fields = {**noor.form(104), "act": "verbergen"}

        assert asyncio.run(noor.ask("POST", "/kaart/104", data=fields)).status_code == 303

    def test_too_many_fields(self, noor: Visitor) -> None:
        """A form with a thousand fields is no form of ours."""
        body = "&".join(f"a{n}=1" for n in range(1000))
        headers = {"Content-Type": "application/x-www-form-urlencoded"}

        assert asyncio.run(noor.ask("POST", "/kaart/104", content=body, headers=headers)).status_code == 400

    @pytest.mark.parametrize("case_id", ["0x10", "-1", "²", "9" * 40, "abc"])
    def test_absurd_cases(self, noor: Visitor, case_id: str) -> None:
        """A number that cannot be a case is a page that does not exist."""
        assert noor.get(f"/kaart/{case_id}").status_code == 404

    def test_unknown_case_and_dialog(self, noor: Visitor) -> None:
        """So is a case that is not there, and a dialog no button opens."""
        assert noor.get("/kaart/99").status_code == 404
        assert noor.get("/geval/99").status_code == 404
        assert noor.get("/kaart/104/formulier/verbergen").status_code == 404
        assert noor.get("/static/..%2fhtml.py").status_code == 404


def warning(noor: Visitor, **over: str) -> dict[str, str]:
    """What the dialog of *Waarschuwen…* sends when nothing was changed in it."""
    page = noor.get("/kaart/104/formulier/waarschuwen").text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    text = html.unescape(re.findall(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)[0])
    return {**fields, "template": "waarschuwing_1", "hide": "1", "text": text, **over}


class TestWarn:
    """*Waarschuwen…*: what was read is what is sent."""

    def test_the_order_is_what_stood_there(self, desk: FakeDesk, noor: Visitor) -> None:
        """Template, text and whether to hide; a text area sends its own line ends."""
        answer = noor.press(104, "waarschuwen", json=True, **warning(noor, text="Zie onze huisregels.\r\nGroet"))

        assert answer.status_code == 202
        assert desk.orders[answer.json()["key"]] == Warn(
            case_id=104,
            by="noor",
            seen_version=1,
            template="waarschuwing_1",
            text="Zie onze huisregels.\nGroet",
            hide=True,
        )

    def test_without_hiding(self, desk: FakeDesk, noor: Visitor) -> None:
        """A tick that is not there is no."""
        fields = warning(noor, text="Zie onze huisregels.")
        del fields["hide"]
        noor.press(104, "waarschuwen", **fields)

        assert [order.hide for order in desk.orders.values()] == [False]  # type: ignore[attr-defined]

    def test_faults_keep_the_dialog_and_what_was_typed(self, desk: FakeDesk, noor: Visitor) -> None:
        """422, on a page and as a piece for the script; nothing is stored, and the page can be sent again."""
        fields = warning(noor, text="Bel <b>0470</b> voor {naam}")
        page = noor.press(104, "waarschuwen", **fields)
        piece = noor.press(104, "waarschuwen", json=True, **fields)

        assert page.status_code == piece.status_code == 422
        for text in (page.text, piece.json()["html"]):
            assert "Dit kan nog niet vertrekken:" in text
            assert "Bel &lt;b&gt;0470&lt;/b&gt; voor {naam}</textarea>" in text
            assert "teken 8 tot 11" in text
            assert 'aria-invalid="true"' in text
        assert piece.json()["html"].startswith("<form")
        assert desk.orders == {}

    def test_a_choice_whose_text_nobody_read(self, desk: FakeDesk, noor: Visitor) -> None:
        """Without script the choice can change while the old text stands there: the new one is shown first."""
        answer = noor.press(104, "waarschuwen", **warning(noor, template="hint"))

        assert answer.status_code == 422
        assert "De tekst veranderde met wat je koos." in answer.text
        assert "Een kleine tip" in answer.text
        assert desk.orders == {}

    def test_drawn_again_for_what_is_chosen(self, desk: FakeDesk, noor: Visitor) -> None:
        """The button *Toon deze tekst*, and what the script asks for: nothing is stored."""
        for query, start in (("", "<!doctype"), ("?deel=formulier", "<form")):
            asked = noor.ask(
                "POST",
                f"/kaart/104/formulier/waarschuwen{query}",
                data=warning(noor, template="hint"),
                headers={"Origin": HERE},
            )
            answer = asyncio.run(asked)
            assert answer.status_code == 200
            assert answer.text.lstrip().startswith(start)
            assert "Een kleine tip" in answer.text
        assert desk.orders == {}

    def test_drawing_again_is_for_our_own_forms(self, noor: Visitor) -> None:
        """As a press: the token and the site are checked."""
        fields = warning(noor)
        for over, origin in (({"csrf": "0" * 64}, HERE), ({}, "http://boef.example")):
            asked = noor.ask(
                "POST", "/kaart/104/formulier/waarschuwen", data={**fields, **over}, headers={"Origin": origin}
            )
            assert asyncio.run(asked).status_code == 403

    def test_a_client_that_draws_no_form(self, desk: FakeDesk, noor: Visitor) -> None:
        """A text alone is judged as it is."""
        fields = warning(noor, text="Zie huisregels.")
        del fields["getoond"]

        assert noor.press(104, "waarschuwen", json=True, **fields).status_code == 202

    def test_wrong_role(self, desk: FakeDesk) -> None:
        """A jurist sees the card by its link, and may not warn: said in place, nothing stored."""
        rik = Visitor(desk, RIK)
        refused = rik.get("/kaart/104/formulier/waarschuwen")

        assert refused.status_code == 403
        assert "Jouw rol (jurist) mag dit niet doen." in refused.text
        assert rik.press(104, "waarschuwen", template="hint", text="x", json=True).status_code == 403
        assert desk.orders == {}

    def test_from_warning_to_cancelling(self, desk: FakeDesk, noor: Visitor) -> None:
        """The stand-in follows: planned, cancelled, open again; approved or declined by another; sent or not."""
        noor.press(104, "waarschuwen", **warning(noor))
        assert "privébericht gepland, 21:10:30" in noor.get("/").text
        noor.press(104, "verzenden_annuleren")
        assert desk.views[104].state is State.HEROPEND

        desk.views[104] = asks_second(case(), by="jef")
        noor.press(104, "goedkeuren")
        assert desk.views[104].state is State.AFGEHANDELD
        desk.views[104] = stuck(case())
        noor.press(104, "wel_verstuurd")
        assert "waarschuwing 2/3: privébericht afgeleverd" in noor.get("/").text

    def test_a_third_warning_waits(self, desk: FakeDesk, noor: Visitor) -> None:
        """The card stays open for somebody else."""
        desk.views[104] = case(ledger=Ledger(live=2))
        noor.press(104, "waarschuwen", **warning(noor))

        assert desk.views[104].state is State.WACHT_4OGEN
        assert "Goedkeuren" in Visitor(desk, JEF).get("/").text
        assert "Goedkeuren" not in noor.get("/").text


FILLED_IN = {
    "category": "bedreiging",
    "punishable": "te_beoordelen",
    "elements.openbaar": "1",
    "elements.doelwit": "1",
    "criterion": "geen",
    "target": "persoon",
    "injured": "collega",
    "complaint": "te_vragen",
    "note": "eerste\r\ntweede",
    "seen_form": "0",
}
"""What the dialog of *Documenteren (PV)…* sends."""


class TestDocument:
    """*Documenteren (PV)…*: every field of the form is a field of the order."""

    def test_the_whole_form(self, desk: FakeDesk, noor: Visitor) -> None:
        """Two axes, ticks, who is harmed, a note."""
        noor.press(104, "documenteren", **FILLED_IN)

        (order,) = desk.orders.values()
        assert order == Document(
            case_id=104,
            by="noor",
            seen_version=1,
            category="bedreiging",
            elements=("openbaar", "doelwit"),
            criterion="geen",
            target="persoon",
            injured="collega",
            complaint="te_vragen",
            note="eerste\ntweede",
        )
        assert "SMD-2026-000104 (concept)" in noor.get("/kaart/104").text

    def test_again_is_the_next_version(self, desk: FakeDesk, noor: Visitor) -> None:
        """The dialog opens as it was filled in, with the version that was seen."""
        noor.press(104, "documenteren", **FILLED_IN)
        page = noor.get("/kaart/104/formulier/documenteren").text

        assert 'name="seen_form" value="1"' in page
        assert 'name="elements.openbaar" value="1" checked' in page
        assert "eerste\ntweede</textarea>" in page
        noor.press(104, "documenteren", **{**FILLED_IN, "seen_form": "1"})
        assert desk.views[104].dossier
        assert desk.views[104].dossier.version == 2

    @pytest.mark.parametrize(
        "over",
        [
            {"elements.ontploft": "1"},
            {"elements.": "1"},
            {"elements": "openbaar"},
            {"note.x": "1"},
            {"punishable": "misschien"},
            {"target": "iedereen"},
            {"complaint": "later"},
            {"note": "x" * 4001},
            {"injured": "x" * 201},
            {"seen_form": "-1"},
            {"take_over": "1"},
            {"by": "jef"},
            {"surface": "klok"},
            {"onbekend": "veld"},
        ],
    )
    def test_what_does_not_fit_is_refused(self, desk: FakeDesk, noor: Visitor, over: dict[str, str]) -> None:
        """Keys we do not know, fields the order does not have, and above all who gives it: 400, nothing stored."""
        assert noor.press(104, "documenteren", json=True, **{**FILLED_IN, **over}).status_code == 400
        assert desk.orders == {}

    def test_the_longest_note_there_is(self, desk: FakeDesk, noor: Visitor) -> None:
        """Four thousand emoji, each twelve bytes as they are sent, fit."""
        assert noor.press(104, "documenteren", json=True, **{**FILLED_IN, "note": "🚓" * 4000}).status_code == 202

    def test_a_jurist_documents_and_is_brought_back(self, desk: FakeDesk) -> None:
        """Without the page of all cards: back on the one card, with the answer on it."""
        rik = Visitor(desk, RIK)
        answer = rik.press(104, "documenteren", **FILLED_IN)

        assert answer.headers["location"].startswith("/kaart/104?antwoord=")
        assert "Bewaard; het wordt uitgevoerd." in rik.get(answer.headers["location"]).text
        assert rik.get("/").headers["location"] == "/dossiers"

    def test_ticks_that_are_numbers_are_none(self, desk: FakeDesk, noor: Visitor) -> None:
        """Yes is 1 and nothing else."""
        assert noor.press(104, "waarschuwen", **warning(noor, text="huisregels", hide="ja")).status_code == 400
        assert desk.orders == {}


class TestShowText:
    """*Toon tekst*: only the presser, only after the view is registered."""

    @pytest.fixture
    def desk(self) -> FakeDesk:
        """A house with one threat."""
        return FakeDesk([case(104, "bedreiging", THREAT)])

    def test_by_script(self, desk: FakeDesk, noor: Visitor) -> None:
        """The text comes in the answer to the press."""
        answer = noor.press(104, "toon_tekst", json=True)

        assert THREAT in answer.json()["html"]
        assert [type(order) for order in desk.orders.values()] == [ShowText]

    def test_without_script(self, noor: Visitor) -> None:
        """The page in answer to the press holds it; the page itself does not."""
        assert THREAT in noor.press(104, "toon_tekst").text
        assert THREAT not in noor.get("/kaart/104").text

    def test_not_before_it_is_registered(self, desk: FakeDesk, noor: Visitor) -> None:
        """While the order is not carried out there is no text."""
        desk.slow = True
        answer = noor.press(104, "toon_tekst", json=True)

        assert answer.status_code == 409
        assert "wonen" not in answer.text

    def test_refused(self, desk: FakeDesk, noor: Visitor) -> None:
        """Refused is told, without the text."""
        desk.refuse = Answer(ok=False, msgid="You have no account here any more.")
        answer = noor.press(104, "toon_tekst")

        assert answer.status_code == 409
        assert "Je hebt hier geen account meer." in answer.text
        assert "wonen" not in answer.text


class TestFragments:
    """What the script asks for."""

    def test_card(self, noor: Visitor) -> None:
        """One card, and how many are open."""
        answer = noor.get("/kaart/104?deel=kaart")

        assert answer.headers["nabij-open"] == "1"
        assert answer.text.strip().startswith('<article class="card" id="kaart-104"')

    def test_a_card_outside_the_filter(self, noor: Visitor) -> None:
        """204: it leaves this page."""
        assert noor.get("/kaart/104?deel=kaart&urgentie=kritiek").status_code == 204

    def test_line_and_row(self) -> None:
        """A handled case is a line, a low one a row."""
        noor = Visitor(FakeDesk([handled(case(1)), case(2, "trollen")]), NOOR)

        assert 'data-plaats="klaar"' in noor.get("/kaart/1?deel=kaart").text
        assert noor.get("/kaart/2?deel=kaart").text.strip().startswith('<li id="kaart-2"')

    def test_clocks(self, noor: Visitor) -> None:
        """Every clock that runs, drawn for now."""
        clocks = noor.get("/klokken").json()

        assert set(clocks) == {"klok-104"}
        assert "nog 3 u" in clocks["klok-104"]

    def test_dialog(self, noor: Visitor) -> None:
        """The dialog without its page."""
        assert noor.get("/kaart/104/formulier/verwijderen?deel=formulier").text.strip().startswith("<form")

    def test_static(self, noor: Visitor) -> None:
        """Style, script and icon with their types."""
        kinds = {
            name: noor.get(f"/static/{name}").headers["content-type"] for name in ("nabij.css", "nabij.js", "icon.svg")
        }

        assert [kind.split(";")[0] for kind in kinds.values()] == ["text/css", "text/javascript", "image/svg+xml"]


class TestLive:
    """Server-sent events."""

    def hear(self, desk: FakeDesk, visitor: Visitor, happen: object) -> list[tuple[str, dict[str, object]]]:
        """What one tab hears while something happens."""

        async def listen() -> httpx.Response:
            desk.watched = asyncio.Event()
            line = asyncio.create_task(visitor.ask("GET", "/gebeurtenissen"))
            await desk.watched.wait()
            await happen()  # type: ignore[operator]
            desk.close()
            return await line

        text = asyncio.run(listen()).text
        return [(name, json.loads(data)) for name, data in re.findall(r"event: (\w+)\r\ndata: (.*)\r\n", text)]

    def test_a_change_by_whoever(self, desk: FakeDesk, noor: Visitor) -> None:
        """Every tab hears which case changed; never what is in it."""

        async def happen() -> None:
            desk.show(case(105, text="geheim"))

        assert self.hear(desk, noor, happen) == [("kaart", {"id": 105, "revision": 1})]

    def test_answers_are_for_the_presser(self, desk: FakeDesk, noor: Visitor) -> None:
        """The presser hears the answer, a colleague only that the card changed."""
        for listener, heard in ((noor, ["kaart", "antwoord"]), (Visitor(desk, JEF), ["kaart"])):
            desk.views[104] = case()
            key = f"browser:noor:{len(heard)}:verbergen"

            async def happen(key: str = key) -> None:
                await desk.give(Hide(case_id=104, by="noor", seen_version=1), key)

            assert [name for name, _ in self.hear(desk, listener, happen)] == heard

    def test_an_ended_session_hears_nothing_more(self, desk: FakeDesk, noor: Visitor) -> None:
        """The line closes at the first event after the session ended."""

        async def happen() -> None:
            desk.sessions.clear()
            desk.show(case(105))

        assert self.hear(desk, noor, happen) == []


class TestTrouble:
    """When something is wrong with us."""

    def test_database_away(self, desk: FakeDesk, noor: Visitor) -> None:
        """503, what was pressed is kept, and a number that is also in the log."""
        desk.fails = StorageUnavailable("database is locked")
        answer = noor.get("/")

        assert answer.status_code == 503
        assert "Wat je al aanklikte, is bewaard." in answer.text
        assert re.search("F-[0-9A-F]{8}", answer.text)
        assert "locked" not in answer.text

    def test_something_nobody_foresaw(self, desk: FakeDesk, noor: Visitor) -> None:
        """500 with a number; the message, which may hold text of citizens, is not shown."""
        desk.fails = RuntimeError("tekst van een burger")
        answer = noor.get("/")

        assert answer.status_code == 500
        assert re.search("F-[0-9A-F]{8}", answer.text)
        assert "burger" not in answer.text
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")

    def test_the_log_holds_the_number_and_no_message(
        self, desk: FakeDesk, noor: Visitor, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Type and place are logged, never what it said."""
        desk.fails = RuntimeError("tekst van een burger")
        answer = noor.get("/")
        logged = capsys.readouterr()

        reference = re.findall("F-[0-9A-F]{8}", answer.text)[0]
        assert reference in logged.out + logged.err
        assert "burger" not in logged.out + logged.err


class TestCsv:
    """The register as a file."""

    def test_download(self, desk: FakeDesk) -> None:
        """A file with a date in its name; the house knows who took it."""
        answer = Visitor(desk, LENA).get("/register.csv?zoek=104")

        assert answer.headers["content-disposition"] == 'attachment; filename="register-20260720.csv"'
        assert answer.text.startswith("tijd;stap")
        assert desk.exports == ["lena"]

    def test_not_for_everybody(self, desk: FakeDesk) -> None:
        """A role without the register gets none."""
        assert Visitor(desk, BERT).get("/register.csv").status_code == 403
        assert desk.exports == []


def test_state_of_the_fake_follows_the_domain(desk: FakeDesk, noor: Visitor) -> None:
    """The stand-in does what the house does: hidden is handled, undone is reopened."""
    noor.press(104, "verbergen")
    assert desk.views[104].state is State.AFGEHANDELD
    noor.press(104, "terug_zichtbaar")
    assert desk.views[104].state is State.HEROPEND
    assert noor.get("/", Origin=HERE).status_code == 200
