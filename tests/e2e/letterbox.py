"""A letterbox on loopback: everything that apprise posts as JSON to `address(who)` is kept, in order."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

LONGEST = 4 * 1024 * 1024


class Letterbox:
    """A context manager. letters: (who, what was posted), in order of arrival."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, dict[str, Any]]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        letters = self.letters

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(min(int(self.headers["content-length"]), LONGEST))
                letters.append((self.path.strip("/"), json.loads(body)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def address(self, who: str) -> str:
        """The apprise address of somebody's slot."""
        return f"json://127.0.0.1:{self._server.server_port}/{who}"

    def of(self, who: str) -> list[dict[str, Any]]:
        """What somebody got."""
        return [letter for each, letter in self.letters if each == who]
