"""The page for people: a post as a citizen sees it."""

import re
from collections.abc import Iterator

import httpx
import pytest

from bot.notify.herald import AppriseHerald
from domain.ports import Letter
from platforms.practice import PracticeServer
from platforms.practice.pictures import png
from platforms.practice.world import World


@pytest.fixture
def browser(server: PracticeServer) -> Iterator[httpx.Client]:
    """A browser on the practice page."""
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        yield client


class TestPost:
    """One post and what stands under it."""

    def test_everybody_sees_it(self, browser: httpx.Client, world: World, post: str, comment: str) -> None:
        """Text, author and replies."""
        world.answer(comment, "Dag, wij zijn het.")

        page = browser.get(f"/post/{post}").text

        assert "Voorbeeldreactie" in page
        assert "Test Persoon" in page
        assert "Dag, wij zijn het." in page

    def test_hidden_for_others(self, browser: httpx.Client, world: World, post: str, comment: str) -> None:
        """A hidden comment is gone for everybody, still there for its author and for the page, and marked."""
        world.hide(comment, hidden=True)
        author = next(iter(world.people()))

        seen = {
            reader: browser.get(f"/post/{post}", params={"als": reader}).text for reader in ("", author, "1001", "9")
        }

        assert ["Voorbeeldreactie" in seen[reader] for reader in ("", author, "1001", "9")] == [
            False,
            True,
            True,
            False,
        ]
        assert "Verborgen voor anderen" in seen[author]

    def test_deleted(self, browser: httpx.Client, world: World, post: str, comment: str) -> None:
        """A deleted comment is there for nobody."""
        author = next(iter(world.people()))
        world.delete(comment)

        assert "Voorbeeldreactie" not in browser.get(f"/post/{post}", params={"als": author}).text

    @pytest.mark.parametrize(
        "hostile", ["<script>alert(1)</script>", '"><img src=x onerror=x>', "{{7*7}}", "<!channel>"]
    )
    def test_hostile_text_is_literal(self, browser: httpx.Client, world: World, post: str, hostile: str) -> None:
        """Text and names are shown as they are, never run."""
        world.add_comment(post, f"naam {hostile}", f"tekst {hostile}")

        page = browser.get(f"/post/{post}", params={"als": hostile, "comment_id": hostile}).text

        assert "49" not in re.sub(r"\d{2}-\d{2}-\d{4} \d{2}:\d{2}", "", page)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<!channel" not in page

    def test_no_such_post(self, browser: httpx.Client) -> None:
        """A post that is not there is a plain 404."""
        assert browser.get("/post/1_1").status_code == 404

    def test_a_citizen_writes(self, browser: httpx.Client, world: World, post: str) -> None:
        """The form on the page writes a comment; another site cannot use it."""
        given = {"naam": "An", "tekst": "Van op de pagina"}

        assert browser.post(f"/post/{post}", data=given).status_code == 303
        assert browser.post(f"/post/{post}", data=given, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert browser.post(f"/post/{post}", data={"naam": "", "tekst": "x"}).status_code == 400
        assert [each.text for each in world.comments(post)] == ["Van op de pagina"]


class TestPages:
    """All pages."""

    def test_no_foreign_host(self, browser: httpx.Client, world: World, post: str, comment: str) -> None:
        """Nothing is loaded from elsewhere, no script or style stands in the page, and the policy says so."""
        world.send_message(comment, "Even onder ons.")

        for path in ("/", f"/post/{post}", "/berichten", "/brieven"):
            answer = browser.get(path)
            assert answer.status_code == 200
            assert "default-src 'self'" in answer.headers["content-security-policy"]
            assert not re.search(r"(?:src|href|action)=\"(?!/)", answer.text)
            assert not re.search(r"<style|<script>| style=| on\w+=", answer.text)
            assert 'lang="nl-BE"' in answer.text

    def test_private_messages(self, browser: httpx.Client, world: World, comment: str) -> None:
        """Who got which message, and about what."""
        world.send_message(comment, "Even onder ons.")

        page = browser.get("/berichten").text

        assert "Even onder ons." in page
        assert "Test Persoon" in page
        assert "Voorbeeldreactie" in page

    def test_explanation_first_then_gone(self, browser: httpx.Client, world: World, post: str, comment: str) -> None:
        """What a citizen got and noticed stands in the order in which it happened; hostile text is literal."""
        world.hide(comment, hidden=True)
        world.send_message(comment, "<b>Uitleg</b>")
        world.delete(comment)
        world.add_comment(post, "Iemand Anders", "Kreeg niets")

        page = browser.get("/berichten").text

        places = [
            page.index(each) for each in ("anderen zien de reactie niet meer", "&lt;b&gt;Uitleg", "is verwijderd")
        ]
        assert places == sorted(places)
        assert "Iemand Anders" not in page

    def test_letters_to_colleagues(self, browser: httpx.Client, server: PracticeServer) -> None:
        """What reaches a telephone or a mailbox, the newest first; only addresses on this machine may be followed."""
        herald = AppriseHerald()
        first = Letter("<b>Dreiging</b>", "Kijk op http://127.0.0.1:8780/a/geheim of http://elders.example/a\n{{7*7}}")
        assert herald.send(f"{server.letterbox}els?format=text", first)
        assert herald.send(f"{server.letterbox}overzicht?format=text", Letter("Weekoverzicht", "Cijfers"))

        page = browser.get("/brieven").text
        told = browser.get("/_practice/letters").json()

        assert page.index("Weekoverzicht") < page.index("&lt;b&gt;Dreiging")
        assert re.findall(r'<a href="(http[^"]+)"', page) == ["http://127.0.0.1:8780/a/geheim"]
        assert "{{7*7}}" in page
        assert [(each["who"], each["title"], each["text"]) for each in told] == [
            ("els", first.subject, first.text),
            ("overzicht", "Weekoverzicht", "Cijfers"),
        ]

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"title": "x"}'])
    def test_a_letter_that_is_none(self, browser: httpx.Client, body: bytes) -> None:
        """Not taken in, so that whoever sent it knows."""
        assert browser.post("/_practice/letter/els", content=body).status_code == 400
        assert browser.get("/_practice/letters").json() == []

    def test_what_pages_load(self, browser: httpx.Client) -> None:
        """Style, script, icon and pictures are there."""
        for path in ("/static/practice.css", "/static/practice.js", "/static/icon.svg", "/media/fiets.png"):
            assert browser.get(path).status_code == 200
        assert browser.get("/media/fiets.png").content == png("fiets")
        assert png("fiets") != png("hond")
