"""Logs: no secret and no word of a citizen, in any line, from whomever it comes."""

import asyncio
import dataclasses
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot.logs import secrets_of, set_up
from domain.errors import Transient
from domain.settings import Account, Secrets, Settings
from platforms.practice import deliveries
from storage.tables import CommentRow
from tests.fakes.house import INSULT
from tests.fakes.parts import APP_SECRET, METRICS_TOKEN, TOKEN, VERIFY_TOKEN, Site

CANARY = "kanarie-woord-van-een-burger"
ODD = 'geheim met "aanhaling" \\ en é'


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Everything that is logged from now on, in a file; the logging of before is put back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    settings = Settings(
        data=tmp_path,
        database_url="",
        accounts=(Account("facebook", "1001", "G", "aan", TOKEN, APP_SECRET, VERIFY_TOKEN),),
        secrets=Secrets(b"k" * 32, ODD),
    )
    set_up(settings, level=logging.DEBUG, to=tmp_path / "nabij.log")
    yield tmp_path / "nabij.log"
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(path: Path) -> list[dict[str, object]]:
    """Every line, as JSON."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class TestForm:
    """One JSON line per event."""

    def test_ours_and_the_libraries(self, log: Path) -> None:
        """With name, level and moment, whoever speaks."""
        structlog.get_logger("nabij.proef").info("iets gebeurde", slot="w0")
        logging.getLogger("bibliotheek").warning("ook %s", "iets", extra={"meer": 1})

        ours, theirs = lines(log)
        assert (ours["event"], ours["slot"], ours["logger"], ours["level"]) == (
            "iets gebeurde",
            "w0",
            "nabij.proef",
            "info",
        )
        assert (theirs["event"], theirs["meer"], theirs["level"]) == ("ook iets", 1, "warning")
        assert str(ours["timestamp"]).endswith("Z")

    def test_a_line_break_makes_no_second_line(self, log: Path) -> None:
        """Nobody can forge a line."""
        structlog.get_logger("nabij").info('een\n{"event": "vals"}', more="a\r\nb")

        assert len(log.read_text(encoding="utf-8").splitlines()) == 1

    def test_libraries_that_chatter_are_quiet(self, log: Path) -> None:
        """Every call of a platform would be a line; so would an advertisement of the engine."""
        for name in ("httpx", "apscheduler", "alembic", "dbos"):
            logging.getLogger(name).info("praat")
        assert lines(log) == []


class TestExceptions:
    """Where it went wrong, never what was in it."""

    def test_kind_and_places(self, log: Path) -> None:
        """The whole chain, from whomever the line comes; a message of ours is told: it holds no foreign text."""
        for logger in (structlog.get_logger("nabij"), logging.getLogger("bibliotheek")):
            try:
                _fail_twice()
            except Transient:
                logger.exception("fout")

        assert CANARY not in log.read_text(encoding="utf-8")
        for line in lines(log):
            outer, inner = line["exception"]  # type: ignore[misc]
            assert outer.startswith("Transient: The platform failed (code 2). < ")
            assert inner.startswith("ValueError < ")
            assert "test_logs.py:" in inner

    def test_the_server_tells_no_more(self, log: Path) -> None:
        """What uvicorn says of an app that failed is a line like any other."""
        error = RuntimeError(CANARY)
        logging.getLogger("uvicorn.error").error("Exception in ASGI application\n", exc_info=error)

        assert lines(log)[0]["exception"] == ["RuntimeError"]


class TestSecrets:
    """Every secret of the settings, however it got there."""

    @pytest.mark.parametrize("secret", [TOKEN, APP_SECRET, VERIFY_TOKEN, ODD, (b"k" * 32).hex()])
    def test_in_no_part_of_a_line(self, log: Path, secret: str) -> None:
        """In the sentence, a value, a list, a mapping, an address, a library's message, a traceback."""
        ours = structlog.get_logger("nabij")
        ours.info(f"met {secret} erin", value=secret, many=[{"a": secret}], address=f"https://x/?access_token={secret}")
        logging.getLogger("bibliotheek").error("met %s", secret, extra={"headers": {"authorization": secret}})
        try:
            _raise(ValueError(secret))
        except ValueError:
            ours.exception("fout")
            logging.getLogger("bibliotheek").exception("fout")

        text = log.read_text(encoding="utf-8")
        assert len(lines(log)) == 4
        assert secret not in text
        assert json.dumps(secret)[1:-1] not in text
        assert text.count("***") >= 6

    def test_all_of_them_are_known(self) -> None:
        """A field of the settings that is kept out of its repr is blacked out as well."""
        hidden = [each.name for kind in (Account, Secrets) for each in dataclasses.fields(kind) if not each.repr]
        account = Account("facebook", "1", "G", "aan", "token-1", "secret-1", "verify-1")
        secrets = Secrets(b"\x01" * 32, "metrics-1")
        known = secrets_of(Settings(data=Path(), database_url="", accounts=(account,), secrets=secrets))

        assert len(known) == len(hidden) == 5
        assert {"token-1", "secret-1", "verify-1", "metrics-1", "01" * 32} == set(known)

    def test_an_empty_one_hides_nothing(self, log: Path) -> None:
        """A secret that is not set does not turn every line into stars."""
        structlog.get_logger("nabij").info("gewone regel")
        assert lines(log)[0]["event"] == "gewone regel"


class TestCitizens:
    """What people write is for moderators only."""

    def test_in_no_log_figure_or_error(self, log: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        """Taken in, refused, half readable, failing: the words are in the tables and nowhere else."""
        text = f"{INSULT} {CANARY}"
        site.world.comment(text)
        change = deliveries.written("2001_1", text, author=("777", f"Naam {CANARY}"))
        bad = deliveries.written(f"x{CANARY}", text)
        answers = [
            asyncio.run(site.push(deliveries.body([change, bad]))),
            asyncio.run(site.push(deliveries.body([change])[:-5])),
            asyncio.run(site.ask("POST", "/webhooks/facebook", content=text.encode())),
            asyncio.run(site.ask("GET", f"/{CANARY}?zoek={CANARY}", headers={"User-Agent": CANARY})),
        ]
        site.engine.work()
        monkeypatch.setattr("bot.inbound.ingest.store", _fail)
        answers.append(asyncio.run(site.push(deliveries.body([deliveries.written("2001_9", text)]))))
        answers.append(asyncio.run(site.ask("GET", "/metrics")))

        assert [answer.status_code for answer in answers] == [200, 400, 401, 404, 500, 200]
        assert CANARY in site.world.rows(CommentRow)[0].text
        assert all(CANARY not in answer.text for answer in answers)
        said = log.read_text(encoding="utf-8")
        assert "page failed" in said
        assert CANARY not in said
        assert METRICS_TOKEN not in said


def _raise(error: Exception) -> None:
    raise error


def _fail_twice() -> None:
    try:
        _raise(ValueError(CANARY))
    except ValueError as error:
        raise Transient("The platform failed (code {code}).", code="2") from error


def _fail(_house: object, _run: object, _connection: object, batch: object) -> None:
    raise RuntimeError(f"dit hoort nergens te staan: {batch}")
