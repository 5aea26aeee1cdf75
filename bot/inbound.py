"""Inbound: pushes of the platforms. Verify over the raw bytes, read, judge, store; only then 200.

    body ─▶ cap ─▶ signature ─▶ changes ─▶ rules ─▶ one commit ─▶ 200
            413     401          400 or dead letter    503, come back

What is long is judged beside the event loop, and committing always happens there, so that a flood of comments never
keeps a click waiting.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import Counter, Histogram
from starlette.requests import ClientDisconnect

from bot.parts import Parts
from commands import ingest
from domain.errors import Refused, TooLarge, Unreadable
from domain.model import Raw
from domain.ports import Receiver
from domain.text import clean

MIB = 1024 * 1024
AT_ONCE = 32
SHORT = 4096
"""Bytes of a body that is judged at once: handing it to a thread would take longer."""
_LONGEST_LENGTH = 15
TooLargeHeard = Callable[[str], Awaitable[None]]
KEPT_HEADERS = ("x-hub-signature-256", "content-type", "user-agent")
_log = structlog.get_logger("nabij.inbound")
_deliveries = Counter("nabij_deliveries_total", "Inbound deliveries by platform and answer.", ["platform", "status"])
_changes = Counter("nabij_changes_total", "Changes in deliveries, by what they came to.", ["platform", "kind"])
_seconds = Histogram("nabij_ingest_seconds", "From the first byte read to the answer.", ["platform"])


def router(parts: Parts, receivers: Mapping[str, Receiver], *, too_large: TooLargeHeard) -> APIRouter:
    """`/webhooks/<platform>` for every platform with a receiver. too_large: alarms, and has the platform polled."""
    routes = APIRouter(prefix="/webhooks", include_in_schema=False)
    for key, receiver in receivers.items():
        inlet = Inlet(parts, key, receiver, too_large)
        # Routes of Starlette: what FastAPI does for a route of its own takes longer than all of ours.
        routes.add_route(f"{routes.prefix}/{key}", inlet.handshake, methods=["GET"])
        routes.add_route(f"{routes.prefix}/{key}", inlet.delivery, methods=["POST"])
    return routes


class Inlet:
    """Where one platform pushes to."""

    def __init__(self, parts: Parts, platform: str, receiver: Receiver, too_large: TooLargeHeard) -> None:
        self._house, self._run, self._writer = parts.house, parts.durable, parts.writer
        self._platform, self._receiver, self._too_large = platform, receiver, too_large
        self._cap = parts.house.settings.numbers.body_max_mib * MIB
        self._places = asyncio.Semaphore(AT_ONCE)
        self._judges = ThreadPoolExecutor(1, f"judge-{platform}")  # more would only fight over the interpreter

    async def handshake(self, request: Request) -> Response:
        """The platform asks whether we are who we say; the answer is its own word, raw."""
        try:
            return PlainTextResponse(self._receiver.challenge(request.query_params))
        except Refused as error:
            return self._refuse(error)

    async def delivery(self, request: Request) -> Response:
        """A push: 200 when everything in it is kept."""
        with _seconds.labels(self._platform).time():
            try:
                body = await self._body(request)
                headers = dict(request.headers)
                self._receiver.verify(headers, body)
                async with self._places:
                    await self._take_in(headers, body)
            except TooLarge as error:
                return await self._refuse_large(error)
            except Refused as error:
                return self._refuse(error)
            except ClientDisconnect:
                return self._refuse(Unreadable("The sender hung up before the end."))
        _deliveries.labels(self._platform, "200").inc()
        return PlainTextResponse("ok")

    async def _body(self, request: Request) -> bytes:
        told = request.headers.get("content-length", "0")
        if not told.isascii() or not told.isdigit():
            raise Unreadable("The length of the body is not a number.")
        self._check_size(int(told[:_LONGEST_LENGTH]))
        pieces, size = [], 0
        async for piece in request.stream():
            size += len(piece)
            self._check_size(size)
            pieces.append(piece)
        return b"".join(pieces)

    def _check_size(self, size: int) -> None:
        if size > self._cap:
            raise TooLarge("The body is larger than {limit} MiB.", limit=self._cap // MIB)

    async def _take_in(self, headers: Mapping[str, str], body: bytes) -> None:
        judge = partial(self._judge, headers, body)
        short = len(body) <= SHORT
        batches, ignored = judge() if short else await asyncio.get_running_loop().run_in_executor(self._judges, judge)
        stored = [await asyncio.wrap_future(future) for future in [self._store(batch) for batch in batches]]
        self._count(stored, batches, ignored)

    def _store(self, batch: ingest.Batch) -> Future[ingest.Stored]:
        return self._writer.submit(
            lambda connection: ingest.store(self._house, self._run, connection, batch), rows=len(batch.changes) + 1
        )

    def _count(self, stored: Sequence[ingest.Stored], batches: Sequence[ingest.Batch], ignored: int) -> None:
        for each in stored:
            _changes.labels(self._platform, "nieuw").inc(each.new)
            _changes.labels(self._platform, "aangepast").inc(each.edited)
            _changes.labels(self._platform, "gekend").inc(each.known)
            _changes.labels(self._platform, "gemarkeerd").inc(each.flagged)
        _changes.labels(self._platform, "genegeerd").inc(ignored)
        _changes.labels(self._platform, "onleesbaar").inc(sum(len(batch.bad) for batch in batches))

    def _judge(self, headers: Mapping[str, str], body: bytes) -> tuple[list[ingest.Batch], int]:
        reading = self._receiver.read(body)
        kept = {name: clean(headers[name]) for name in KEPT_HEADERS if name in headers}
        return ingest.judge(self._house, self._platform, Raw("webhook", body, 0, kept), reading), reading.ignored

    async def _refuse_large(self, error: TooLarge) -> Response:
        """Nobody is told 413 before the poll that fetches what it held is stored."""
        try:
            await self._too_large(self._platform)
        except Refused as worse:
            return self._refuse(worse)
        return self._refuse(error)

    def _refuse(self, error: Refused) -> Response:
        _deliveries.labels(self._platform, str(error.status)).inc()
        _log.info("delivery refused", platform=self._platform, status=error.status, why=str(error))
        return PlainTextResponse(str(error), status_code=error.status)
