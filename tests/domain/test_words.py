"""The words of the house: orders, roles, states, categories, errors, the clock."""

import json
from dataclasses import MISSING, fields
from datetime import UTC, datetime

import pytest

from domain import orders
from domain.categories import CATEGORIES, PRIORITY, Urgency, priority
from domain.clock import SystemClock, local
from domain.errors import BadInput, NabijError, RateLimited, Refused
from domain.orders import ORDERS, CaseOrder, Delete, Document, Hide, PlanEvent, from_data, to_data
from domain.roles import PAGES, PERMISSIONS, Role, may, may_open
from domain.states import ACTIONABLE, ALLOWED, OPEN, State
from tests.fakes.orders import an_order


class TestOrders:
    """What a person asks survives storage, and nothing else is taken for an order."""

    @pytest.mark.parametrize("word", ORDERS)
    def test_round_trip(self, word: str) -> None:
        """Out of storage, which is JSON, comes what went in."""
        order = an_order(ORDERS[word], case_id=3, by="noor", seen_version=2, surface="slack")

        assert from_data(json.loads(json.dumps(to_data(order)))) == order
        assert (order.word, order.by, order.surface) == (word, "noor", "slack")

    @pytest.mark.parametrize("word", ORDERS)
    def test_what_an_order_cannot_do_without(self, word: str) -> None:
        """An order about a case names the case and the text that was seen; one field short is refused."""
        whole = to_data(an_order(ORDERS[word]))
        needed = [each.name for each in fields(ORDERS[word]) if each.default is MISSING]
        assert "by" in needed

        for name in needed:
            with pytest.raises(BadInput, match="misses a field"):
                from_data({key: value for key, value in whole.items() if key != name})

    def test_own_fields_too(self) -> None:
        """Category, reason and take-over of a deletion."""
        order = Delete(case_id=1, by="jef", seen_version=1, category="trollen", reason="r", take_over=True)

        assert from_data(to_data(order)) == order

    def test_lists_keep_their_order(self) -> None:
        """Ticks of a dossier, and who is called first."""
        ticked = an_order(Document, elements=("opzet", "benadeelde"))
        planned = an_order(PlanEvent, commanders=("els", "rik"))

        for order in (ticked, planned):
            assert from_data(json.loads(json.dumps(to_data(order)))) == order
        assert planned != an_order(PlanEvent, commanders=("rik", "els"))

    @pytest.mark.parametrize(
        ("data", "line"),
        [
            ({}, "Unknown command"),
            ({"word": "x" * 500}, "Unknown command “" + "x" * 40 + "”"),
            ({"word": "verbergen", "case_id": 1, "by": "n", "seen_version": 1, "kleur": 1}, "has no field “kleur”"),
            ({"word": "verbergen", "case_id": 1}, "misses a field"),
        ],
    )
    def test_what_is_no_order(self, data: dict[str, object], line: str) -> None:
        """Refused with one line; hostile words are cut."""
        with pytest.raises(BadInput) as refused:
            from_data(data)

        assert line in str(refused.value)

    def test_a_retired_word_is_answered(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A button that was drawn long ago still works."""
        monkeypatch.setitem(orders.RETIRED, "verberg", "verbergen")

        order = from_data({"word": "verberg", "case_id": 1, "by": "noor", "seen_version": 1})
        assert order == Hide(case_id=1, by="noor", seen_version=1)


class TestTables:
    """Tables say the same."""

    def test_commands_start_from_real_states(self) -> None:
        """And hiding, leaving and deleting from everything a person still has to decide on, but for later states."""
        assert set(ACTIONABLE) == set(OPEN) - {State.UITGESTELD, State.WACHT_4OGEN}
        for word in ("verbergen", "laten_staan", "verwijderen"):
            assert set(ACTIONABLE) <= set(ALLOWED[word])

    def test_every_order_about_a_case_has_its_states(self) -> None:
        """A row for each, and for nothing else; every state that is named exists."""
        assert {word for word, kind in ORDERS.items() if issubclass(kind, CaseOrder)} == set(ALLOWED)
        assert all(states and set(states) <= set(State) for states in ALLOWED.values())

    def test_four_eyes_are_decided_by_a_second_person(self) -> None:
        """What waits for four eyes is approved or declined; no other act starts there, but for what starts anywhere."""
        starts = {word for word, states in ALLOWED.items() if State.WACHT_4OGEN in states and set(states) != set(State)}
        assert starts == {"goedkeuren", "weigeren"}

    def test_every_order_is_somebodys(self) -> None:
        """Each command word has a row of roles, and that row is not empty."""
        assert set(ORDERS) <= set(PERMISSIONS)
        assert all(PERMISSIONS[word] for word in ORDERS)

    def test_what_has_no_row_may_nobody(self) -> None:
        """Deny by default, for commands and for pages."""
        assert not any(may(role, "blokkeren") or may_open(role, "geheim") for role in Role)

    def test_who_has_a_row_may(self) -> None:
        """And only those."""
        assert {role for role in Role if may(role, "verbergen")} == PERMISSIONS["verbergen"]
        assert {role for role in Role if may_open(role, "register_namen")} == PAGES["register_namen"]

    def test_advice_never_hides_a_service(self) -> None:
        """No service category advises hiding or deleting: criticism is no reason."""
        for row in CATEGORIES.values():
            if not row.breach:
                assert not {"verbergen", "verwijderen"} & set(row.advice), row.key

    def test_most_urgent_first(self) -> None:
        """Urgency decides, then the order of the table."""
        assert priority("trollen", Urgency.KRITIEK) < priority("bedreiging", Urgency.HOOG)
        assert priority("bedreiging", Urgency.HOOG) < priority("belaging", Urgency.HOOG)
        assert len(PRIORITY) == len(CATEGORIES) == 24

    def test_urgency_by_key(self) -> None:
        """The word in rule files, both ways; an unknown one is an error."""
        assert [Urgency.of(each.key) for each in Urgency] == list(Urgency)
        with pytest.raises(KeyError):
            Urgency.of("enorm")


def _every_error(kind: type[NabijError] = NabijError) -> list[type[NabijError]]:
    return [kind, *(found for child in kind.__subclasses__() for found in _every_error(child))]


class TestErrors:
    """One tree; each knows its sentence."""

    def test_sentence_with_its_figures(self) -> None:
        """For logs and the command line: the English sentence, filled in."""
        error = RateLimited("Facebook asks us to slow down (code {code}).", code="32", retry_after=9.5)

        assert str(error) == "Facebook asks us to slow down (code 32)."
        assert (error.kind, error.retryable, error.retry_after) == ("RateLimited", True, 9.5)

    def test_figures_cannot_be_changed(self) -> None:
        """They are stored and shown as they were."""
        error = BadInput("{what}", what="x")
        with pytest.raises(TypeError):
            error.params["what"] = "y"  # type: ignore[index]

    def test_refusals_are_client_errors_but_for_storage(self) -> None:
        """Only what the sender must try again is a 503; nothing is another 5xx."""
        refusals = {kind.__name__: kind.status for kind in _every_error(Refused)}

        assert refusals.pop("StorageUnavailable") == 503
        assert refusals
        assert all(400 <= status < 500 for status in refusals.values())


class TestClock:
    """Aware UTC inside, Brussels for people."""

    def test_the_clock_of_the_machine(self) -> None:
        """Is aware, and now."""
        before = datetime.now(UTC)

        assert before <= SystemClock().now() <= datetime.now(UTC)

    def test_brussels(self) -> None:
        """Summer and winter."""
        assert local(datetime(2026, 7, 1, 12, tzinfo=UTC)).hour == 14
        assert local(datetime(2026, 12, 1, 12, tzinfo=UTC)).hour == 13

    def test_orders_share_their_fields(self) -> None:
        """Person and surface stand in each; case and text seen in each that is about a case, and in no other."""
        for kind in ORDERS.values():
            names = {each.name for each in fields(kind)}
            assert {"by", "surface"} <= names
            assert names & {"case_id", "seen_version"} == (
                {"case_id", "seen_version"} if issubclass(kind, CaseOrder) else set()
            )
