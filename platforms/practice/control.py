"""Control over HTTP (`/_practice/…`), for the demo and for tests: write as a citizen, spoil answers, set the clock."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from platforms.practice.faults import parse
from platforms.practice.letterbox import Arrived
from platforms.practice.world import GraphError, Happening, Written

if TYPE_CHECKING:
    from platforms.practice.server import Practice

Data = Mapping[str, Any]


def routes(practice: "Practice") -> list[Route]:
    """GET answers, POST takes a JSON object; 400 with one line for what cannot be done."""
    control = Control(practice)
    reads: dict[str, Callable[[], Any]] = {
        "state": practice.world.dump,
        "requests": control.requests,
        "letters": control.letters,
        "sender": control.sender,
    }
    acts: dict[str, Callable[[Data], Any]] = {
        "post": control.post,
        "comment": control.comment,
        "comments": control.comments,
        "edit": control.edit,
        "take_away": control.take_away,
        "faults": control.faults,
        "clock": control.clock,
        "manner": control.manner,
        "deliver": control.deliver,
        "forget": control.forget,
        "handshake": control.handshake,
        "reset": control.reset,
        "play": control.play,
    }
    return [
        *(Route(f"/_practice/{name}", _reading(read)) for name, read in reads.items()),
        *(Route(f"/_practice/{name}", _acting(act), methods=["POST"]) for name, act in acts.items()),
        Route("/_practice/citizen", _asking(control.citizen)),
        Route("/_practice/letter/{who}", control.letter, methods=["POST"]),
    ]


def _reading(read: Callable[[], Any]) -> Callable[[Request], Awaitable[JSONResponse]]:
    async def endpoint(_request: Request) -> JSONResponse:
        return JSONResponse(await run_in_threadpool(read))

    return endpoint


def _asking(read: Callable[[Mapping[str, str]], Any]) -> Callable[[Request], Awaitable[JSONResponse]]:
    async def endpoint(request: Request) -> JSONResponse:
        try:
            return JSONResponse(await run_in_threadpool(read, request.query_params))
        except KeyError as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, status_code=400)

    return endpoint


def _acting(act: Callable[[Data], Any]) -> Callable[[Request], Awaitable[JSONResponse]]:
    async def endpoint(request: Request) -> JSONResponse:
        try:
            given = json.loads(await request.body() or b"{}")
            return JSONResponse(await run_in_threadpool(act, given))
        except (ValueError, KeyError, TypeError, AttributeError, GraphError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, status_code=400)

    return endpoint


class Control:
    """What can be asked. Ids are those of the platform; times are ISO 8601 with a zone."""

    def __init__(self, practice: "Practice") -> None:
        self._practice = practice
        self._world = practice.world

    def requests(self) -> list[dict[str, Any]]:
        """Every Graph call so far, in order."""
        return self._practice.requests

    def letters(self) -> list[dict[str, str]]:
        """Every letter to a colleague so far, in order: {at, who, title, text}."""
        return [{**asdict(each), "at": each.at.isoformat()} for each in self._practice.post.letters()]

    async def letter(self, request: Request) -> JSONResponse:
        """A letter arrives, in the shape in which apprise posts JSON: {title, message, …}."""
        try:
            data = json.loads(await request.body())
            arrived = Arrived(
                self._practice.clock.now(), request.path_params["who"], str(data["title"]), str(data["message"])
            )
        except (ValueError, KeyError, TypeError) as error:
            return JSONResponse({"error": type(error).__name__}, status_code=400)
        self._practice.post.put(arrived)
        return JSONResponse({"ok": True})

    def sender(self) -> dict[str, Any]:
        """What the sender did, and what is still to go out."""
        figures = self._practice.sender.figures
        return {
            "pending": self._practice.sender.pending,
            **{name: getattr(figures, name) for name in figures.__slots__},
        }

    def citizen(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """?name=… → {id, name, noticed: [{at, what, comment, about, text}]}, in the order in which it happened."""
        key = {name: key for key, name in self._world.people().items()}[asked["name"]]
        return {
            "id": key,
            "name": asked["name"],
            "noticed": [self._noticed(each) for each in self._world.happenings(key)],
        }

    def _noticed(self, each: Happening) -> dict[str, str]:
        about = self._world.ever(each.comment_id)
        return {
            "at": each.at.isoformat(),
            "what": each.what,
            "comment": each.comment_id,
            "about": about.text if about else "",
            "text": each.text,
        }

    def post(self, data: Data) -> dict[str, str]:
        """{text[, picture, at]} → {id}."""
        at = datetime.fromisoformat(data["at"]) if "at" in data else None
        return {"id": self._world.add_post(data["text"], picture=data.get("picture", ""), at=at).id}

    def comment(self, data: Data) -> dict[str, str]:
        """{post, name, text[, parent, picture, at]} → {id}."""
        return {"id": self._write(data).id}

    def comments(self, data: Data) -> dict[str, list[str]]:
        """{comments: […]} → {ids}."""
        return {"ids": [self._write(each).id for each in data["comments"]]}

    def _write(self, data: Data) -> Written:
        return self._world.add_comment(
            data["post"],
            data["name"],
            data["text"],
            parent_id=data.get("parent"),
            picture=data.get("picture", ""),
            at=datetime.fromisoformat(data["at"]) if "at" in data else None,
        )

    def edit(self, data: Data) -> dict[str, str]:
        """{id, text}: the author changes the text."""
        return {"id": self._world.edit(data["id"], data["text"]).id}

    def take_away(self, data: Data) -> dict[str, str]:
        """{id}: the author deletes the comment."""
        self._world.take_away(data["id"])
        return {"id": data["id"]}

    def faults(self, data: Data) -> dict[str, int]:
        """{faults: […][, keep]}: the faults that stand ready from now on, in the fields of `faults.Fault`."""
        found = [parse(each) for each in data["faults"]]
        if not data.get("keep"):
            self._practice.faults.clear()
        for fault in found:
            self._practice.faults.add(fault)
        return {"ready": len(found)}

    def clock(self, data: Data) -> dict[str, str]:
        """{at} or {advance: seconds} → {now}."""
        if "at" in data:
            self._practice.clock.set(datetime.fromisoformat(data["at"]))
        self._practice.clock.advance(timedelta(seconds=data.get("advance", 0)))
        return {"now": self._practice.clock.now().isoformat()}

    def manner(self, data: Data) -> dict[str, bool]:
        """The fields of `sender.Manner`: how deliveries go out from now on."""
        self._practice.sender.manner = self._practice.sender.manner.but(data)
        return {"ok": True}

    def deliver(self, data: Data) -> dict[str, int]:
        """{changes: […]}: deliver these, whatever they are."""
        for change in data["changes"]:
            self._practice.sender.put(change)
        return {"put": len(data["changes"])}

    def reset(self, _data: Data) -> dict[str, bool]:
        """Begin again: an empty page, no faults."""
        self._practice.reset()
        return {"ok": True}

    def play(self, data: Data) -> dict[str, bool]:
        """{[speed]}: play the scenario from its beginning, unless it is being played."""
        return {"ok": self._practice.play(float(data.get("speed", 1.0)))}

    def handshake(self, _data: Data) -> dict[str, bool]:
        """Do the handshake of a subscription with the address that gets the deliveries."""
        return {"ok": self._practice.sender.handshake(self._practice.options.verify_token)}

    def forget(self, _data: Data) -> dict[str, bool]:
        """Forget the requests so far."""
        self._practice.requests.clear()
        return {"ok": True}
