"""The yardstick of ingest: the least that could take in a delivery and not lose it.

    python -m tests.bench._yardstick PORT FILE SECRET

A bare ASGI app on uvicorn (no framework, no rules, no tables but one) that checks the same HMAC, parses the JSON and
answers 200 after a writer thread committed one row per comment: whatever waits in one transaction, WAL, synchronous
FULL, a SQLite file of its own.
"""

import asyncio
import hashlib
import hmac
import json
import queue
import sqlite3
import sys
import threading
from typing import Any

import uvicorn

Rows = list[tuple[str, str]]
Waiting = tuple[Rows, "asyncio.Future[None]"]


class Store:
    """The writer thread."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._waiting: queue.SimpleQueue[Waiting] = queue.SimpleQueue()
        threading.Thread(target=self._run, daemon=True).start()

    def put(self, rows: Rows, done: "asyncio.Future[None]") -> None:
        """The future ends after the commit."""
        self._waiting.put((rows, done))

    def _run(self) -> None:
        connection = sqlite3.connect(self._path, isolation_level=None)
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE comment (id, text)"):
            connection.execute(statement)
        while True:
            group = [self._waiting.get()]
            while not self._waiting.empty():
                group.append(self._waiting.get())
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO comment VALUES (?, ?)", [row for rows, _ in group for row in rows])
            connection.execute("COMMIT")
            group[0][1].get_loop().call_soon_threadsafe(_tell, [done for _, done in group])


def _tell(done: "list[asyncio.Future[None]]") -> None:
    for each in done:
        each.set_result(None)


def app(store: Store, secret: bytes) -> Any:
    """The ASGI app."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while (event := await receive())["type"] == "http.request":
            body += event["body"]
            if not event.get("more_body"):
                break
        given = dict(scope["headers"]).get(b"x-hub-signature-256", b"")
        right = b"sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest().encode()
        status = 200 if hmac.compare_digest(given, right) else 401
        if status == 200:
            changes = [change["value"] for entry in json.loads(body)["entry"] for change in entry["changes"]]
            done = asyncio.get_running_loop().create_future()
            store.put([(value["comment_id"], value["message"]) for value in changes], done)
            await done
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    return answer


def main(port: str, path: str, secret: str) -> None:
    """Serve until killed."""
    uvicorn.run(app(Store(path), secret.encode()), host="127.0.0.1", port=int(port), log_level="error", lifespan="off")


if __name__ == "__main__":
    main(*sys.argv[1:])
