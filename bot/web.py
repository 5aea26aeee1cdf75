"""The web process: one ASGI app with the inbound routes, the browser channel, health and metrics."""

import hmac
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import sqlalchemy as sa
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from bot.browser.desk import Desk
from bot.browser.routes import router as browser_router
from bot.browser.routes import unexpected
from bot.parts import Parts
from storage.tables import CounterRow

_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_PROXIED = frozenset({"x-forwarded-for", "forwarded", "x-real-ip", "via"})
_waiting = Gauge("nabij_writer_waiting", "Jobs that wait for the writer.")
_depth = Gauge("nabij_queue_waiting", "Work that waits, by queue.", ["queue"])

_ANY_ROW = sa.select(CounterRow).limit(1)

Life = Callable[[], AbstractAsyncContextManager[None]]


def app(parts: Parts, desk: Desk, inbound: APIRouter, life: Life, rooms: Sequence[APIRouter] = ()) -> FastAPI:
    """The whole app. life: what lives as long as the app does, begun inside its event loop · rooms: of the browser
    channel, beside the cards.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None, None]:
        async with life():
            yield

    web = FastAPI(title="Nabij", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    web.include_router(inbound)
    web.include_router(_watch(parts))
    for room in (browser_router(desk), *rooms):
        web.include_router(room)
    web.add_exception_handler(Exception, unexpected(desk))
    return web


def _watch(parts: Parts) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/healthz", response_model=None)
    def health() -> Response:
        """Up or down, nothing more."""
        try:
            with parts.house.read() as session:
                session.execute(_ANY_ROW)
        except SQLAlchemyError:
            return PlainTextResponse("down", status_code=503)
        return PlainTextResponse("up") if parts.durable.alive() else PlainTextResponse("down", status_code=503)

    @routes.get("/metrics", response_model=None)
    def metrics(request: Request) -> Response:
        """For this machine, or with the token."""
        if not _may_measure(request, parts.house.settings.secrets.metrics_token):
            return PlainTextResponse("not here", status_code=403)
        _waiting.set(parts.writer.waiting())
        with suppress(SQLAlchemyError):  # the other figures still say something
            for queue, number in parts.durable.depth().items():
                _depth.labels(queue).set(number)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return routes


def _may_measure(request: Request, token: str) -> bool:
    here = request.client is not None and request.client.host in _LOOPBACK
    if here and _PROXIED.isdisjoint(request.headers):
        return True
    given = request.headers.get("authorization", "").encode("utf-8", "surrogatepass")
    return bool(token) and hmac.compare_digest(given, f"Bearer {token}".encode())


def hosts_of(host: str, port: int, public: str) -> frozenset[str]:
    """Host headers that mean us."""
    names = {host, "127.0.0.1", "localhost"} if host in ("127.0.0.1", "localhost") else {host}
    return frozenset({f"{name}:{port}" for name in names} | ({public} if public else set()))
