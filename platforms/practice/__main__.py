"""`python -m platforms.practice`: a practice Facebook as its own process.

It prints one line with its address once it listens, and keeps its world in a file when asked to.
"""

import argparse
import contextlib
import sys
from pathlib import Path

from platforms.practice.sender import Manner
from platforms.practice.server import APP_SECRET, TOKEN, VERIFY_TOKEN, Options, PracticeServer


def main(given: list[str] | None = None) -> int:
    """Serve until a signal comes; 2 when the port is taken."""
    asked = _parser().parse_args(given)
    options = Options(
        webhook=asked.webhook,
        token=asked.token,
        app_secret=asked.secret,
        verify_token=asked.verify_token,
        page=asked.page,
        state=asked.state,
        speed=asked.speed,
        manner=Manner(batch=asked.batch),
    )
    try:
        server = PracticeServer(options, port=asked.port)
    except OSError as error:
        sys.stderr.write(f"practice: port {asked.port} cannot be used ({error.strerror}); choose another with --port\n")
        return 2
    sys.stdout.write(f"Practice Facebook: {server.url}/\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        server.serve()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m platforms.practice", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="loopback port; 0 = a free one")
    parser.add_argument("--webhook", default="", help="address to which changes are pushed; absent = none")
    parser.add_argument("--secret", default=APP_SECRET, help="app secret: signs deliveries, checks the proof of calls")
    parser.add_argument("--verify-token", default=VERIFY_TOKEN, help="word of the handshake")
    parser.add_argument("--token", default=TOKEN, help="page access token that callers must show")
    parser.add_argument("--page", default="1001", help="id of the page")
    parser.add_argument("--state", type=Path, help="file that keeps the world over restarts")
    parser.add_argument("--speed", type=float, default=0.0, help="play the scenario this fast; 0 = do not play")
    parser.add_argument("--batch", type=int, default=1, help="most changes in one delivery")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
