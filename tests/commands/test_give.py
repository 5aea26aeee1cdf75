"""How an order comes in: once per press, by who may, about a card that exists."""

from datetime import timedelta

import pytest

from commands import due, give
from domain.errors import BadInput
from domain.orders import ORDERS, CaseOrder, Claim, Hide, Leave, Release, Reopen
from domain.roles import PERMISSIONS, Role
from domain.states import ALLOWED, State
from storage.tables import GivenOrderRow
from tests.fakes.house import World, denied
from tests.fakes.orders import an_order


class TestTables:
    """Every command word has its rows, and no table has a word of its own."""

    @pytest.mark.parametrize("table", [PERMISSIONS, give.HANDLERS], ids=["roles", "handlers"])
    def test_same_words(self, table: dict[str, object]) -> None:
        """A command cannot be forgotten in one of them."""
        assert set(table) == set(ORDERS)

    def test_states_of_cases(self) -> None:
        """Every command about a case says from which states it may start; no other has any."""
        assert set(ALLOWED) == {word for word, kind in ORDERS.items() if issubclass(kind, CaseOrder)}

    def test_nobody_may_what_has_no_role(self) -> None:
        """Every command can be given by somebody; only a report of what was seen by everybody."""
        for word, roles in PERMISSIONS.items():
            assert roles, word
            assert (roles == set(Role)) is (word == "melding"), word


class TestRoles:
    """Deny by default: every role × every command."""

    @pytest.mark.parametrize("word", ORDERS)
    @pytest.mark.parametrize("role", Role)
    def test_who_may_what(self, world: World, role: Role, word: str) -> None:
        """Who has the right is heard, whatever comes of it; everybody else is refused by name of the role."""
        case = world.arrives()
        before = case.revision

        told = world.ask(an_order(ORDERS[word], case_id=case.id, seen_version=1, by=f"een-{role.value}"))

        refused = told.msgid == "Your role ({role}) may not do this."
        assert refused is (role not in PERMISSIONS[word])
        if refused:
            assert (told.ok, told.params) == (False, {"role": role.value})
            assert world.case().revision == before
            assert world.case().doing_order is None

    @pytest.mark.parametrize("word", ORDERS)
    def test_somebody_without_an_account(self, world: World, word: str) -> None:
        """An account that was taken away while the page was open."""
        case = world.arrives()

        told = world.ask(an_order(ORDERS[word], case_id=case.id, seen_version=1, by="weg"))
        assert told.msgid == "You have no account here any more."
        assert world.case().state == State.NIEUW


class TestGive:
    """Stored with its work in one commit, under the delivery key of the press."""

    def test_the_same_press_a_hundred_times(self, world: World) -> None:
        """One order, one workflow, one effect."""
        world.arrives()
        for _ in range(100):
            world.give(Hide, key="druk")
        world.run.work()

        assert len(world.rows(GivenOrderRow)) == 1
        assert world.platform.made("hide") == ["2001_1"]

    @pytest.mark.parametrize("key", ["\x00", "x" * 201, "a\nb", "\ud800"])
    def test_a_key_that_cannot_be_used(self, world: World, key: str) -> None:
        """Hostile or cut off: refused before anything is stored."""
        world.arrives()
        with pytest.raises(BadInput, match="no usable key"):
            world.give(Hide, key=key)

    def test_no_key(self, world: World) -> None:
        """A press without a key could be doubled, so it is refused."""
        case = world.arrives()
        order = Hide(case_id=case.id, by="noor", seen_version=1)
        with pytest.raises(BadInput, match="no usable key"):
            world.store(lambda connection: give.give(world.house, world.run, connection, order, ""))

    def test_a_card_that_does_not_exist(self, world: World) -> None:
        """A made-up number: refused, nothing stored."""
        order = Hide(case_id=999, by="noor", seen_version=1)
        with pytest.raises(BadInput, match="no such card"):
            world.store(lambda connection: give.give(world.house, world.run, connection, order, "k"))


class TestClaim:
    """*Neem ik* and *Laat los*."""

    def test_takes_it_for_ten_minutes(self, world: World) -> None:
        """The presser hears until when; colleagues see who."""
        world.arrives()

        told = world.press(Claim)

        assert (told.msgid, told.params) == ("Yours until {until}.", {"until": "10:10"})
        assert world.case().state == State.IN_BEHANDELING
        assert (world.view().claimed_by, world.last("geclaimd")["door"]) == ("noor", world.pseudonym("noor"))

    def test_pressed_again_lasts_longer(self, world: World) -> None:
        """The same person: ten minutes from now on."""
        world.arrives()
        world.press(Claim)
        world.later(minutes=5)
        assert world.press(Claim).params == {"until": "10:15"}

        world.later(minutes=5)
        assert world.case().claimed_by == "noor"

    def test_take_over(self, world: World) -> None:
        """A colleague is told who holds it; taking over is one click, and registered with both."""
        world.arrives()
        world.press(Claim, by="noor")

        refused = world.press(Claim, by="jef")
        assert (refused.ok, refused.offer, refused.params["who"]) == (False, "neem_over", "Noor V.")
        assert world.press(Claim, by="jef", take_over=True).ok

        line = world.last("overgenomen")
        assert (line["door"], line["tweede"]) == (world.pseudonym("jef"), world.pseudonym("noor"))
        assert world.case().claimed_by == "jef"

    def test_runs_out(self, world: World) -> None:
        """After ten minutes without activity it is free and new again."""
        world.arrives()
        world.press(Claim)

        assert world.later(minutes=10) == 1

        assert (world.case().state, world.case().claimed_by) == (State.NIEUW, None)
        assert world.last("verlopen")["reden"] == "neem_ik"
        assert world.tick() == 0

    def test_runs_out_while_its_holder_is_busy(self, world: World) -> None:
        """Not in the middle of an act: a minute later is looked again."""
        world.arrives()
        world.press(Claim)
        world.give(Hide)
        with world.between(after=1):
            world.later(minutes=10)
            assert world.case().claimed_by == "noor"
        assert world.case().state == State.AFGEHANDELD
        assert world.later(minutes=1) == 0

    def test_runs_out_after_a_failure(self, world: World) -> None:
        """A red card is not kept by who went home."""
        world.arrives()
        world.press(Claim)
        world.platform.faults["hide"] = [denied()]
        world.press(Hide)
        world.later(minutes=10)

        assert (world.case().state, world.case().claimed_by) == (State.MISLUKT, None)

    def test_renewed_while_the_tick_was_on_its_way(self, world: World) -> None:
        """The row is looked at again: a claim that was renewed stays."""
        world.arrives()
        world.press(Claim)
        world.clock.advance(timedelta(minutes=10))
        world.store(lambda connection: due.tick(world.house, world.run, connection))
        world.give(Claim)
        world.run.waiting.rotate(1)
        world.run.work()

        assert world.case().claimed_by == "noor"

    def test_let_go(self, world: World) -> None:
        """Free for everybody; only the holder lets go."""
        world.arrives()
        world.press(Claim)

        assert world.press(Release, by="jef").msgid == "You do not hold this card."
        assert world.press(Release).ok
        assert (world.case().state, world.case().claimed_by) == (State.NIEUW, None)
        assert world.last("losgelaten")["naar"] == "nieuw"

    def test_let_go_of_what_was_decided_before(self, world: World) -> None:
        """A case that was open again stays so: it is not new."""
        world.arrives()
        world.press(Leave)
        world.press(Reopen)
        world.press(Claim)
        world.press(Release)

        assert world.case().state == State.HEROPEND

    def test_let_go_twice(self, world: World) -> None:
        """The second has nothing to let go of."""
        world.arrives()
        world.press(Claim)
        world.press(Release)

        assert not world.press(Release).ok

    def test_the_clock_claims_nothing_off(self, world: World) -> None:
        """An order of the clock itself passes claims: it acts for the team."""
        world.arrives()
        world.press(Claim)

        assert world.press(Hide, by="nabij").ok
        assert world.last("uitkomst")["automatisch"]
        assert world.house.name("nabij") == "Nabij"

    def test_a_colleague_who_left_keeps_a_name(self, world: World) -> None:
        """Who is no longer in the settings is shown by key."""
        assert world.house.name("oud-collega") == "oud-collega"
