"""`python -m jobs`: the clock process. Several may run; each fire counts once."""

import signal
import sys
import threading
from pathlib import Path

import structlog

from bot.__main__ import wire
from bot.logs import set_up
from domain.errors import Misconfigured
from jobs.clock import Ticker
from jobs.schedule import Keeper
from storage.configuration import load


def main() -> int:
    """Runs until SIGTERM or Ctrl-C. Exit code 0, or 2 when the settings are wrong."""
    try:
        settings = load(Path.cwd())
        set_up(settings)
        parts = wire(settings)
    except Misconfigured as error:
        print(error, file=sys.stderr)  # noqa: T201 - one line for who started it
        return 2
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    parts.begin()
    ticker = Ticker(Keeper(parts.house, parts.durable))
    ticker.start()
    structlog.get_logger("nabij.clock").info("clock started", slot=parts.durable.slot)
    stop.wait()
    ticker.stop()
    parts.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
