"""Every code of Facebook and what it means for us, row by row as the facts have them (platforms §8.1)."""

from typing import Any

import pytest

from domain.errors import AccountStopped, Denied, Gone, OutcomeUnknown, PlatformError, RateLimited, Transient
from platforms.facebook.errors import CODES, SUBCODES, Class, classify, remembered

TABLE: list[tuple[int, int, type[PlatformError]]] = [
    (1, 0, Transient),
    (2, 0, Transient),
    (4, 0, RateLimited),
    (17, 0, RateLimited),
    (32, 0, RateLimited),
    (341, 0, RateLimited),
    (613, 0, RateLimited),
    (80001, 0, RateLimited),
    (80002, 0, RateLimited),
    (368, 0, AccountStopped),
    (190, 458, AccountStopped),
    (190, 459, AccountStopped),
    (190, 460, AccountStopped),
    (190, 463, AccountStopped),
    (190, 464, AccountStopped),
    (190, 467, AccountStopped),
    (190, 2069032, AccountStopped),
    (190, 0, AccountStopped),
    (190, 999, AccountStopped),
    (102, 0, AccountStopped),
    (3, 0, Denied),
    (10, 0, Denied),
    *((code, 0, Denied) for code in range(200, 300)),
    (200, 2069030, Denied),
    (200, 2069031, Denied),
    (200, 2069033, Denied),
    (1, 2853006, Denied),
    (100, 33, Gone),
    (1705, 0, Gone),
    (100, 0, Denied),
    (100, 2018001, Denied),
    (506, 0, Denied),
    (10, 2018278, Denied),
    (10, 2534022, Denied),
    (551, 1545041, Denied),
    (551, 0, Denied),
    (10900, 0, Denied),
    (10903, 0, Denied),
    (10, 2018108, Denied),
    (424242, 0, Denied),
]


def body(code: object, subcode: object = 0, **other: Any) -> dict[str, Any]:
    """An error in the shape of the Graph API."""
    error = {"message": "voorbeeld", "type": "OAuthException", "code": code, "fbtrace_id": "T1", **other}
    return {"error": {**error, "error_subcode": subcode} if subcode else error}


class TestTable:
    """The code decides, the subcode first; limits and most errors arrive as HTTP 400 or 403."""

    @pytest.mark.parametrize("status", [400, 403])
    @pytest.mark.parametrize(("code", "subcode", "kind"), TABLE)
    def test_every_row(self, code: int, subcode: int, kind: type[PlatformError], status: int) -> None:
        """A row of the facts gives its class of error, with the code as people see it."""
        error = classify(status, body(code, subcode)).error()

        assert type(error) is kind
        assert error.code == (f"{code}/{subcode}" if subcode else str(code))
        assert error.code in str(error)

    def test_no_row_without_a_test(self) -> None:
        """A code that is added to the table is added here too."""
        tested = {(code, subcode) for code, subcode, _ in TABLE}

        assert {(code, 0) for code in CODES} | SUBCODES.keys() <= tested
        assert len(tested) > 100

    def test_a_policy_block_stops_writing_only(self) -> None:
        """After 368 nothing is written any more; reading goes on, so that the team is not blind."""
        assert classify(400, body(368)).row.kind is Class.STOP_WRITES
        assert classify(400, body(190, 463)).row.kind is Class.STOP

    def test_recipient_unavailable_in_disguise(self) -> None:
        """Code 200 whose message opens with (#551) is a 551."""
        disguised = classify(400, body(200, message="(#551) This person isn't available right now."))

        assert disguised.row is CODES[551]
        assert classify(400, body(200, message="see (#551)")).row is CODES[200]

    @pytest.mark.parametrize(
        ("code", "kind"), [(100, Transient), (424242, Transient), (4, RateLimited), (190, AccountStopped)]
    )
    def test_is_transient(self, code: int, kind: type[PlatformError]) -> None:
        """`is_transient` heals what would be permanent, and takes nothing from a limit or a dead token."""
        assert type(classify(400, body(code, is_transient=True)).error()) is kind

    def test_a_known_subcode_is_not_healed(self) -> None:
        """An exact row wins over `is_transient`: a lost comment stays lost."""
        assert type(classify(400, body(100, 33, is_transient=True)).error()) is Gone

    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (429, RateLimited),
            (500, Transient),
            (502, Transient),
            (503, Transient),
            (400, Denied),
            (404, Denied),
            (302, Denied),
        ],
    )
    @pytest.mark.parametrize("given", [None, {}, [], "x", {"error": "x"}, {"error": {}}, {"error": {"code": "x"}}])
    def test_without_a_code_the_status_decides(self, status: int, kind: type[PlatformError], given: object) -> None:
        """A proxy in between knows nothing of codes."""
        error = classify(status, given).error()

        assert type(error) is kind
        assert error.code == f"HTTP {status}"

    def test_codes_as_text(self) -> None:
        """A code as text is the same code."""
        assert classify(400, body("190", "463")).code == "190/463"

    def test_waiting_time(self) -> None:
        """The seconds to wait travel with the error."""
        assert classify(400, body(32), 120.0).error().retry_after == 120.0

    def test_nothing_of_the_message_is_repeated(self) -> None:
        """What the platform says may hold a name or a token: it stays out of our errors."""
        error = classify(400, body(100, message="Jan Peeters EAAB-token")).error()

        assert "Peeters" not in str(error)
        assert "EAAB" not in repr(error)


class TestRemembered:
    """A stop that the house kept over a restart."""

    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            ("190/463", Class.STOP),
            ("102", Class.STOP),
            ("368", Class.STOP_WRITES),
            ("", Class.STOP),
            ("100", Class.STOP),
        ],
    )
    def test_by_its_code(self, code: str, kind: Class) -> None:
        """The code alone restores the stop; what is not understood counts as a dead token."""
        failure = remembered(code)

        assert failure.row.kind is kind
        assert isinstance(failure.error(), AccountStopped)


def test_lost_answers_may_be_retried_by_who_knows() -> None:
    """OutcomeUnknown is retryable in the tree; that a reply is looked up first is the command's business."""
    assert OutcomeUnknown.retryable
    assert not Denied.retryable
