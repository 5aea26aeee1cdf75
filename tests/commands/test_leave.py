"""*Laten staan*, *Fout gemarkeerd*, *Heropenen* and *Toon tekst*."""

import pytest

from domain.orders import Claim, Leave, MarkWrong, Reopen, ShowText
from domain.states import State
from storage.tables import FlagRow
from tests.fakes.house import World


class TestLeave:
    """A decision that asks nothing of a platform."""

    def test_closes_the_case_and_counts_for_the_rule(self, world: World) -> None:
        """The comment stays; the rule that flagged it hears that it was right to ask, and no more."""
        world.arrives()
        calls = len(world.platform.calls)

        told = world.press(Leave)

        assert (told.ok, told.msgid) == (True, "Left standing at {at}.")
        assert world.case().state == State.AFGEHANDELD
        assert [flag.verdict for flag in world.rows(FlagRow)] == ["laten_staan"]
        assert world.last("beslist")["regels"] == ["test.belediging_scheldproza"]
        assert len(world.platform.calls) == calls

    def test_a_reason_stands_in_the_register_as_a_digest_only(self, world: World) -> None:
        """What a person types may hold names, so the register holds a salted fingerprint of it."""
        world.arrives()
        world.press(Leave, reason="jan peeters bedoelt het goed")

        line = world.last("beslist")
        assert set(line["vingerafdrukken"]) == {"toelichting"}
        assert "peeters" not in str(line)

    def test_the_same_reason_twice_gives_two_digests(self, world: World) -> None:
        """The salt is the order, so a short reason cannot be recognised elsewhere."""
        world.arrives()
        world.press(Leave, reason="ok")
        first = world.last("beslist")["vingerafdrukken"]["toelichting"]
        world.press(Reopen)
        world.press(Leave, reason="ok")

        assert world.last("beslist")["vingerafdrukken"]["toelichting"] != first

    @pytest.mark.parametrize("second", [Leave, MarkWrong])
    def test_the_second_reads_who_was_first(self, world: World, second: type) -> None:
        """Also when both wanted the same."""
        world.arrives()
        world.press(Leave, by="jef")

        told = world.press(second)

        assert (told.ok, told.msgid) == (False, "{who} was first: left standing at {at}.")


class TestMarkWrong:
    """As leaving, and the rule was wrong."""

    def test_the_rule_hears_that_it_was_wrong(self, world: World) -> None:
        """The verdict on each flag is what rules are measured by."""
        world.arrives("belediging_scheldproza en trollen")

        told = world.press(MarkWrong)

        assert told.msgid == "Marked as wrongly flagged at {at}."
        assert {flag.verdict for flag in world.rows(FlagRow)} == {"fout"}
        assert world.last("beslist")["regels"] == ["test.belediging_scheldproza", "test.trollen"]


class TestReopen:
    """The undo of leaving."""

    def test_opens_again_and_takes_the_verdict_back(self, world: World) -> None:
        """The case is open with its history; the rule is not measured by what was taken back."""
        world.arrives()
        world.press(MarkWrong)

        told = world.press(Reopen, by="jef")

        assert told.msgid == "Open again at {at}."
        assert world.case().state == State.HEROPEND
        assert [flag.verdict for flag in world.rows(FlagRow)] == [""]
        assert world.events()[-2:] == ["beslist", "heropend"]

    def test_what_is_open_cannot_be_opened(self, world: World) -> None:
        """Pressed twice, the second finds nothing to undo."""
        world.arrives()
        world.press(Leave)
        world.press(Reopen)

        assert world.press(Reopen).msgid == "This card is open again; that command has nothing to undo."

    def test_what_its_author_removed_stays_closed(self, world: World) -> None:
        """There is nothing left to decide on."""
        world.arrives()
        world.press(Leave)
        world.author_deletes()

        told = world.press(Reopen)

        assert told.msgid == "The author removed the comment; there is nothing left to act on."
        assert world.case().state == State.AFGEHANDELD


class TestShowText:
    """A masked text is shown to one person, and the look is registered."""

    def test_every_look_is_registered(self, world: World) -> None:
        """Two presses are two looks; the same press delivered twice is one."""
        world.arrives()

        assert world.press(ShowText, key="a").ok
        assert world.press(ShowText, key="a").ok
        assert world.press(ShowText, key="b", by="jef").ok

        assert world.events().count("ingezien") == 2
        assert world.last("ingezien")["reden"] == "kaart"

    def test_also_on_a_handled_or_changed_card(self, world: World) -> None:
        """Looking is possible in every state, at whatever text the card showed."""
        world.arrives()
        world.press(Leave)
        world.edits("belediging_scheldproza, anders")

        assert world.press(ShowText, seen_version=1).ok

    def test_not_for_every_role(self, world: World) -> None:
        """Who may not see cards sees no text, and no look is registered."""
        world.arrives()

        assert not world.press(ShowText, by="een-beheerder").ok
        assert "ingezien" not in world.events()

    def test_looking_keeps_a_claim_alive(self, world: World) -> None:
        """A claim lasts from the last activity of its holder on; looking by another is no activity of the holder."""
        world.arrives()
        world.press(Claim)
        world.later(minutes=9)
        world.press(ShowText)
        world.press(ShowText, by="jef")

        world.later(minutes=9)
        assert world.case().claimed_by == "noor"
        world.later(minutes=1)
        assert world.case().claimed_by is None
