"""A webhook address on loopback that keeps what comes in and answers what a test tells it to."""

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


@dataclass(frozen=True, slots=True)
class Delivered:
    """One delivery: the signature header and the body, as they came."""

    signature: str
    body: bytes


class Listener:
    """Answers 200 unless `answers` holds other statuses, which are used up one by one. `with Listener() as there:`."""

    def __init__(self) -> None:
        self.got: list[Delivered] = []
        self.answers: list[int] = []
        self._news = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks/facebook"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def wait_for(self, count: int, seconds: float = 10.0) -> list[Delivered]:
        """What came in, once there are so many of them."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.got) >= count, seconds), f"only {len(self.got)} came"
            return list(self.got)

    def _keep(self, delivered: Delivered) -> int:
        with self._news:
            self.got.append(delivered)
            self._news.notify_all()
            return self.answers.pop(0) if self.answers else 200

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = listener._keep(Delivered(self.headers.get("X-Hub-Signature-256", ""), body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
