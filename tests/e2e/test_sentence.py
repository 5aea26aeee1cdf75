"""The client's whole sentence, once through, in a real Chromium: hide, delete, warn, document, alert (P3, P4, P5)."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.chromium import browser, violations
from tests.e2e.demo import Demo
from tests.e2e.house import until
from tests.e2e.tab import SIZES, Tab, sign_in

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(240)]

THREAT = "Als ik die agent van zondag nog eens tegenkom, maak ik hem kapot. Ik weet waar hij woont."
DOXING = "De man van hierboven heet Luc Verzonnen, zijn nummer is 0470 12 34 56, bel hem eens wakker."
HARMLESS = "Mooie foto van de Graslei, proficiat aan de fotograaf"
INSULT = "Stelletje onnozelaars, waarschuw mij dan"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo in which nobody writes but this test."""
    with Demo(tmp_path_factory.mktemp("demo"), grace=4, speed=0, warn=3) as started:
        yield started


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """One Chromium for all tests of this file."""
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def people(chrome: Browser, demo: Demo) -> dict[str, Any]:
    """Sessions of everybody, by first name."""
    links = {"Noor": demo.first, **{name.split()[0]: link for name, link in demo.links.items()}}
    return {name: sign_in(chrome, link) for name, link in links.items()}


@pytest.fixture
def tabs(chrome: Browser, demo: Demo, people: dict[str, Any]) -> Iterator["Tabs"]:
    """Tabs of people; nothing may have gone wrong in any of them."""
    opened = Tabs(chrome, demo, people)
    yield opened
    for tab in opened.tabs:
        assert tab.wrong == []
        assert tab.broken_policy() == []
        tab.close()


class Tabs:
    """Opens tabs."""

    def __init__(self, chrome: Browser, demo: Demo, people: dict[str, Any]) -> None:
        self.chrome, self.demo, self.people = chrome, demo, people
        self.tabs: list[Tab] = []

    def open(self, who: str, path: str = "/", *, size: str = "light", script: bool = True) -> Tab:
        """A tab of somebody."""
        tab = Tab(self.chrome, self.people[who], self.demo.address, path=path, size=size, script=script)
        self.tabs.append(tab)
        return tab


def written(demo: Demo, text: str, name: str, post: str = "") -> tuple[int, str]:
    """A citizen writes; id and number of the case."""
    post = post or demo.practice.post(f"Bericht voor {name}")
    demo.practice.order("comments", comments=[{"post": post, "name": name, "text": text}])
    return demo.case(text)


def card(tab: Tab, case_id: int) -> Locator:
    """The card of a case on the page."""
    return tab.page.locator(f"[data-kaart='{case_id}']").first


def citizen(demo: Demo, name: str) -> list[dict[str, Any]]:
    """What a citizen noticed, in order."""
    return list(demo.practice.citizen(name))


def letter_to(demo: Demo, who: str, words: str) -> str:
    """The newest letter to a colleague with these words in it, once it is there."""

    def look() -> str:
        found = [each for each in demo.practice.letters(who) if words in each]
        return found[-1] if found else ""

    return until(look, f"a letter to {who} about {words}")


class TestP3:
    """A threat: card and alarm; one person hides, warns and documents; a second reader seals."""

    def test_the_whole_way(self, demo: Demo, tabs: Tabs, tmp_path: Path) -> None:
        """Everybody sees every step at once; the citizen gets one message; the dossier verifies; a changed one does
        not.
        """
        els = tabs.open("Els", "/alarmen")
        noor = tabs.open("Noor")
        case_id, number = written(demo, THREAT, "Boze Burger")
        alarm = els.page.locator("article", has_text=number)
        expect(alarm).to_contain_text("Bedreiging")
        expect(alarm).not_to_contain_text("kapot")
        alarm.get_by_role("button", name="Kennis genomen").click()
        expect(alarm).to_contain_text("Els D.")

        mine = card(noor, case_id)
        expect(mine).to_contain_text(re.compile(r"Bewijs\s+\d\d:\d\d"))
        mine.get_by_role("link", name="Waarschuwen…").click()
        dialog = noor.page.get_by_role("dialog")
        expect(dialog).to_contain_text("1/3")
        dialog.locator("button[name=act][value=waarschuwen]").click()
        expect(card(noor, case_id)).to_contain_text(re.compile("gepland|verzonden om"))
        expect(card(noor, case_id)).to_contain_text("afgeleverd", timeout=20000)
        events = [each["what"] for each in citizen(demo, "Boze Burger")]
        assert len([each for each in events if "bericht" in each]) == 1

        noor.go(f"/kaart/{case_id}/formulier/documenteren")
        noor.page.locator("textarea[name=note]").fill("Met <b>nadruk</b> en \u202eomgekeerd")
        noor.page.locator("button[name=act][value=documenteren]").click()
        noor.go("/dossiers")
        name = noor.page.locator("main").get_by_role("link", name=re.compile(r"SMD-\d{4}-\d{6}")).first.inner_text()
        noor.go(f"/dossier/{name}")
        expect(noor.page.get_by_role("button", name=re.compile("Nagekeken"))).to_be_disabled()

        ann = tabs.open("Ann", f"/dossier/{name}")
        expect(ann.page.locator("main")).to_contain_text("Met <b>nadruk</b>")
        ann.page.get_by_role("button", name=re.compile("Nagekeken")).click()
        expect(ann.page.locator("main")).to_contain_text("nagekeken")
        ann.go(f"/dossier/{name}")
        with ann.page.expect_download() as download:
            ann.page.get_by_role("link", name=re.compile("ZIP")).click()
        file = tmp_path / f"{name}.zip"
        download.value.save_as(file)
        assert demo.bot("dossier", "verify", str(file)).returncode == 0
        assert demo.bot("dossier", "verify", str(_one_byte_changed(file))).returncode == 1


def _one_byte_changed(file: Path) -> Path:
    """A copy whose text differs in one letter, with everything else as it was."""
    copy = file.with_name("anders.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(copy, "w") as new:
        for item in old.infolist():
            body = old.read(item)
            new.writestr(item, body.replace(b"kapot", b"Kapot", 1) if item.filename.endswith("body.bin") else body)
    return copy


class TestP4:
    """No event, weekend: a colleague reports a comment."""

    def test_a_melding_becomes_a_card(self, demo: Demo, tabs: Tabs) -> None:
        """With the link of a comment that no rule flagged: the card says who reported it; its author never knows."""
        post = demo.practice.post("Foto van de Graslei")
        made = demo.practice.order("comments", comments=[{"post": post, "name": "Fotofan", "text": HARMLESS}])
        comment = str(made["ids"][0])
        link = f"{demo.practice.url}/post/{post}?comment_id={comment.rpartition('_')[2]}"
        until(lambda: demo.known(HARMLESS), "the comment was read")
        joris = tabs.open("Joris", "/melding")
        joris.page.get_by_label("Link naar de reactie").fill(link)
        joris.page.locator("select[name=category]").select_option("belediging_scheldproza")
        joris.page.locator("button[name=act][value=melding]").click()
        case_id, number = demo.case(HARMLESS)
        noor = tabs.open("Noor")
        expect(card(noor, case_id)).to_contain_text("Joris B.")
        assert [each["what"] for each in citizen(demo, "Fotofan")] == ["geschreven"]
        disturbed = [who for who in ("els", "ann", "joris") if number in str(demo.practice.letters(who))]
        assert disturbed == []


class TestP5:
    """Somebody else's phone number."""

    def test_hidden_explained_then_deleted(self, demo: Demo, tabs: Tabs) -> None:
        """Proof, hidden at once, after the grace a private message why and only then deleted; the number is masked
        on the card, in the list and in the register.
        """
        noor = tabs.open("Noor")
        case_id, number = written(demo, DOXING, "Praatjesmaker")
        mine = card(noor, case_id)
        expect(mine).to_contain_text(re.compile(r"Bewijs\s+\d\d:\d\d"))
        expect(noor.page.locator("body")).not_to_contain_text("0470 12 34 56")
        mine.get_by_role("link", name="Verwijderen…").click()
        dialog = noor.page.get_by_role("dialog")
        expect(dialog.locator("input[name=explain]")).to_be_checked()
        dialog.locator("button[name=act][value=verwijderen]").click()
        expect(card(noor, case_id)).to_contain_text("onherroepelijk", timeout=30000)

        events = [each["what"] for each in citizen(demo, "Praatjesmaker")]
        assert events == ["geschreven", "verborgen", "bericht", "verwijderd"]
        for path in (f"/register?zoek={number}", "/reacties", f"/geval/{case_id}"):
            noor.go(path)
            expect(noor.page.locator("body")).not_to_contain_text("0470 12 34 56")


class TestWarn:
    """What the dialog refuses, and what it keeps."""

    def test_a_phone_number_is_not_sent(self, demo: Demo, tabs: Tabs) -> None:
        """It says where; what was typed is kept; nothing goes out."""
        noor = tabs.open("Noor")
        case_id, _ = written(demo, INSULT, "Scheldkous")
        expect(card(noor, case_id)).to_contain_text(re.compile(r"Bewijs\s+\d\d:\d\d"))
        card(noor, case_id).get_by_role("link", name="Waarschuwen…").click()
        dialog = noor.page.get_by_role("dialog")
        text = dialog.locator("textarea[name=text]")
        text.fill(text.input_value() + " Bel 0470 12 34 56.")
        dialog.locator("button[name=act][value=waarschuwen]").click()
        expect(dialog.get_by_role("alert")).to_contain_text("0470 12 34 56")
        expect(dialog.locator("textarea[name=text]")).to_have_value(re.compile("Bel 0470 12 34 56"))
        assert [each["what"] for each in citizen(demo, "Scheldkous")] == ["geschreven"]

    def test_without_script(self, demo: Demo, tabs: Tabs) -> None:
        """A hint goes out from a browser without script as well."""
        noor = tabs.open("Noor", script=False)
        case_id, _ = demo.case(INSULT)
        noor.go(f"/kaart/{case_id}/formulier/waarschuwen")
        noor.page.locator("select[name=template]").select_option("hint")
        noor.page.get_by_role("button", name="Toon deze tekst").click()
        expect(noor.page.locator("textarea[name=text]")).to_have_value(re.compile("kleine tip"))
        noor.page.locator("button[name=act][value=waarschuwen]").click()
        until(lambda: "bericht" in [each["what"] for each in citizen(demo, "Scheldkous")], "the hint arrived")


class TestPhone:
    """The link in a letter."""

    def test_only_a_press_acts_and_once(self, demo: Demo, chrome: Browser, tabs: Tabs) -> None:
        """Looking does nothing, as mail scanners look; one press takes notice; a second says so."""
        _, number = written(demo, THREAT + " Echt.", "Nog Een")
        link = re.search(r"http://\S+/a/\S+", letter_to(demo, "els", number))
        assert link is not None
        page = chrome.new_context(**SIZES["phone"]).new_page()
        for _ in range(2):
            page.goto(link.group())
        expect(page.locator("body")).not_to_contain_text("kapot")
        assert violations(page) == []
        page.get_by_role("button", name="Kennis genomen").click()
        expect(page.get_by_role("button")).to_have_count(0)
        page.goto(link.group())
        expect(page.get_by_role("button")).to_have_count(0)
        ann = tabs.open("Ann", "/alarmen")
        expect(ann.page.locator("article", has_text=number)).to_contain_text("Els D.")


class TestLook:
    """Every page of the new rooms."""

    @pytest.mark.parametrize("size", SIZES)
    def test_pages(self, tabs: Tabs, size: str) -> None:
        """No violation, nothing broader than the screen, no foreign host."""
        tab = tabs.open("Ann", "/alarmen", size=size)
        for path in ("/alarmen", "/dossiers", "/event", "/rooster", "/overzichten", "/melding", "/opdracht", "/"):
            tab.go(path)
            assert violations(tab.page) == [], path
            wide = tab.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, path
        assert {host.partition(":")[0] for host in tab.hosts} == {"127.0.0.1"}
