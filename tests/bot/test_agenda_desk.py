"""The calendar over the real house, and the letter about a report."""

import asyncio
from datetime import UTC, datetime, timedelta

from bot.agenda_desk import HouseAgendaDesk
from bot.letters import report as letters
from bot.reach import Reach
from bot.texts import catalogue
from domain.orders import AddTurn, PlanEvent, Report
from tests.fakes.cases import NAMES, case
from tests.fakes.parts import Site

WORDS = catalogue()


def letter(**over: object) -> str:
    """The letter about a case with a hostile text."""
    view = case(104, "bedreiging", "<b>ik weet je wonen</b>", author_name="Jan Peeters", reported_by="tom")
    about = {"link": "https://nabij.example/kaart/104", "emergency": "101", **over}
    drawn = letters.letter(view, WORDS, names=lambda key: NAMES[key], **about)  # type: ignore[arg-type]
    return f"{drawn.subject}\n{drawn.text}{drawn.html}"


class TestDesk:
    """What the pages read."""

    def test_events_turns_and_orders(self, site: Site) -> None:
        """As they are stored now; an unknown key is nobody's order."""
        world, desk = site.world, HouseAgendaDesk(Reach(site.parts.house, site.writer))
        hours = {"start": "2026-11-21T08:00", "end": "2026-11-23T08:00"}
        plan = PlanEvent(by="ann", name="Mars", kind="betoging", commanders=("een-commandant",), **hours)
        key = world.hand(plan)
        world.run.work()
        world.ask(AddTurn(by="ann", roster="wacht_moderatie", person="jef", **hours))
        now = datetime(2026, 11, 22, tzinfo=UTC)

        assert [event.name for event in asyncio.run(desk.events())] == ["Mars"]
        assert [turn.person for turn in asyncio.run(desk.turns(now, now + timedelta(days=1)))] == ["jef"]
        assert asyncio.run(desk.turns(now + timedelta(days=2), now + timedelta(days=3))) == []
        assert asyncio.run(desk.order(key)) == plan
        assert asyncio.run(desk.order("van niemand")) is None
        assert desk.people == world.settings.people
        assert desk.emergency == world.settings.texts.noodnummer

    def test_what_was_pasted_is_not_given_back(self, site: Site) -> None:
        """The text of a citizen stands with its comment only."""
        desk = HouseAgendaDesk(Reach(site.parts.house, site.writer))
        key = site.world.hand(Report(by="noor", link="https://elders.example/1", text="een lelijke reactie"))
        site.world.run.work()

        assert asyncio.run(desk.order(key)) == Report(by="noor", link="https://elders.example/1")


class TestLetter:
    """What whoever is on call reads, wherever it arrives."""

    def test_everything_needed_to_begin(self) -> None:
        """Who, what, how urgent, where; and what to do when it is too urgent for that."""
        text = letter()

        for words in (
            "Melding · Bedreiging · Facebook · NB-2026-000104",
            "Tom H. meldde een reactie op Facebook.",
            "Urgentie: Kritiek",
            "https://nabij.example/kaart/104",
            "Bel 101.",
        ):
            assert words in text

    def test_nothing_of_a_citizen(self) -> None:
        """No text, no name: a letter travels outside the house."""
        assert "wonen" not in letter()
        assert "Peeters" not in letter()
        assert "<b>" not in letter()

    def test_without_an_address(self) -> None:
        """A house that is not reachable from outside says where to look."""
        assert "Open Nabij om ze te bekijken." in letter(link="")
