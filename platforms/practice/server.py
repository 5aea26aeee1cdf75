"""The practice platform as a program: one ASGI app, its sender, its scenario, and a server in a thread for tests."""

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from domain.clock import Clock
from platforms.practice import control, deliveries, pages, scenario
from platforms.practice.clock import PracticeClock
from platforms.practice.contract import VERSION
from platforms.practice.facebook import Asked, GraphApi, error_body
from platforms.practice.faults import Fault, Faults
from platforms.practice.letterbox import Letterboxes
from platforms.practice.sender import Manner, Sender
from platforms.practice.world import GraphError, World

TOKEN = "practice-token"  # noqa: S105 - of a platform that is not there
APP_SECRET = "practice-secret"  # noqa: S105
VERIFY_TOKEN = "practice-verify"  # noqa: S105
_QUIET_USAGE = '{"call_count":1,"total_cputime":1,"total_time":1}'
_LINGER = timedelta(milliseconds=500)
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Options:
    """How a practice platform is set up.

    webhook: where deliveries go, empty = nowhere · state: file that keeps the world · speed: pace of the scenario, 0 =
    no scenario.
    """

    webhook: str = ""
    token: str = TOKEN
    app_secret: str = APP_SECRET
    verify_token: str = VERIFY_TOKEN
    page: str = deliveries.PAGE
    state: Path | None = None
    speed: float = 0.0
    manner: Manner = field(default_factory=Manner)


class Practice:
    """One practice Facebook: `app` is the ASGI app; everything else is there to be looked at by tests."""

    def __init__(self, options: Options | None = None, *, clock: Clock | None = None) -> None:
        self.options = options or Options()
        self.clock = PracticeClock(clock)
        self.world = World(self.clock, page=self.options.page)
        self.faults = Faults()
        self.requests: list[dict[str, Any]] = []
        self.post = Letterboxes()
        self.sender = Sender(
            self.options.webhook,
            self.options.app_secret,
            self.clock,
            page=self.options.page,
            manner=self.options.manner,
        )
        self.world.listeners.append(self.sender.put)
        self._api = GraphApi(self.world, token=self.options.token, app_secret=self.options.app_secret)
        self._over = threading.Event()
        self._player: threading.Thread | None = None
        graph = Route(f"/{VERSION}/{{path:path}}", self._graph, methods=["GET", "POST", "DELETE", "PUT", "PATCH"])
        self.app = Starlette(
            routes=[graph, *control.routes(self), *pages.routes(self.world, self.post)], lifespan=self._lifespan
        )
        if self.options.state and self.options.state.exists():
            self.world.load(json.loads(self.options.state.read_text(encoding="utf-8")))

    def reset(self) -> None:
        """Begin again: an empty page, no faults, no calls and no letters so far."""
        self.world.clear()
        self.faults.clear()
        self.requests.clear()
        self.post.clear()

    # ---------------------------------------------------------------- the life of the app

    @contextlib.asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        self.sender.start()
        if self.options.speed:
            self.play(self.options.speed)
        keeper = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            self._over.set()
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeper
            if self._player:
                await asyncio.to_thread(self._player.join)
            await asyncio.to_thread(self.sender.stop)
            self._save()

    def play(self, speed: float) -> bool:
        """Play the scenario in a thread; False when it is being played already. speed: above 0, 1 is a humane pace."""
        if speed <= 0:
            message = "speed must be above 0"
            raise ValueError(message)
        if self._player and self._player.is_alive():
            return False
        steps = partial(scenario.play, self.world, scenario.load(), self._over.wait, speed=speed)
        self._player = threading.Thread(target=steps, name="practice-scenario", daemon=True)
        self._player.start()
        return True

    async def _keep(self) -> None:
        while self.options.state:
            await asyncio.sleep(_LINGER.total_seconds())
            self._save()

    def _save(self) -> None:
        if self.options.state and self.world.dirty:
            self.world.save(self.options.state)

    # ---------------------------------------------------------------- one call

    async def _graph(self, request: Request) -> Response:
        """A fault before the effect takes its place; one after it takes the place of the answer only."""
        body = await request.body()
        path = f"/{request.path_params['path']}"
        row = self._record(request, path, body)
        fault = self.faults.take(request.method, path)
        answer = None if fault is None or fault.after else await _spoiled(fault)
        answer = answer or self._answer(_asked(request, path, body))
        if fault and fault.after:
            answer = await _spoiled(fault) or answer
        answer.headers.setdefault("x-app-usage", _QUIET_USAGE)
        answer.headers.update(fault.headers if fault else {})
        row["status"] = answer.status_code
        return answer

    def _answer(self, asked: Asked) -> Response:
        try:
            return JSONResponse(self._api.call(asked))
        except GraphError as error:
            return JSONResponse(error_body(error), status_code=error.status)

    def _record(self, request: Request, path: str, body: bytes) -> dict[str, Any]:
        """Every call as it came in, 0 as status until it is answered; the token and the proof are left out."""
        form = _form(request, body)
        row = {
            "method": request.method,
            "path": path,
            "query": {name: value for name, value in request.query_params.items() if name != "appsecret_proof"},
            "form": form,
            "body": "" if form else body.decode("utf-8", "replace"),
            "status": 0,
        }
        self.requests.append(row)
        return row


def _asked(request: Request, path: str, body: bytes) -> Asked:
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    return Asked(request.method, path, dict(request.query_params), _form(request, body), body, bearer)


def _form(request: Request, body: bytes) -> dict[str, str]:
    if not request.headers.get("content-type", "").startswith(_FORM):
        return {}
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


async def _spoiled(fault: Fault) -> Response | None:
    """The answer of a fault; None when it leaves the answer as it is, at most late."""
    match fault.kind:
        case "slow":
            await asyncio.sleep(fault.seconds)
            return None
        case "drop":
            return Broken()
        case "garbage":
            return Response("<html>", media_type="text/html")
        case "error":
            return JSONResponse(fault.body() if fault.code else {}, status_code=fault.status)
        case _:
            return None


class Broken(Response):
    """Promises more than it sends, so that the server breaks the connection: the answer is lost."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send the head and stop."""
        head = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        with contextlib.suppress(RuntimeError):  # uvicorn notices the broken promise and closes the connection
            await send({"type": "http.response.body", "body": b"", "more_body": False})


class PracticeServer:
    """A practice platform on a loopback port, in a thread. `with PracticeServer() as server: server.url`.

    port: 0 = a free one · host: loopback unless a real device practises with it.
    """

    def __init__(
        self, options: Options | None = None, *, port: int = 0, host: str = "127.0.0.1", clock: Clock | None = None
    ) -> None:
        self.practice = Practice(options, clock=clock)
        self._socket = socket.create_server((host, port))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{host}:{self.port}"
        self.practice.world.base = self.url
        config = uvicorn.Config(
            self.practice.app,
            log_config=None,
            access_log=False,
            log_level="warning",
            lifespan="on",
            server_header=False,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="practice-facebook", daemon=True)

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])

    @property
    def account_settings(self) -> Mapping[str, str]:
        """The variables of `.env` with which Nabij speaks to this server."""
        options = self.practice.options
        return {
            "FACEBOOK_API": self.url,
            "FACEBOOK_APP_SECRET": options.app_secret,
            "FACEBOOK_VERIFY_TOKEN": options.verify_token,
            f"FACEBOOK_TOKEN_{options.page}": options.token,
        }

    @property
    def letterbox(self) -> str:
        """Beginning of the addresses at which colleagues get letters while practising; their key comes behind it."""
        return f"json://{self.url.removeprefix('http://')}/_practice/letter/"

    def serve(self) -> None:
        """Serve in this thread until a signal comes."""
        self._run()

    def start(self) -> None:
        """Serve in a thread; back once it answers."""
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            self._thread.join(0.005)
        if not self._server.started:
            message = "the practice platform did not start"
            raise RuntimeError(message)

    def stop(self) -> None:
        """Stop serving, and keep the state."""
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
