"""Spoiled answers on request: errors before or after the effect, lost and slow answers, unreadable ones, full usage."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any

KINDS = ("error", "drop", "slow", "garbage", "usage")


@dataclass
class Fault:
    """One way in which answers go wrong.

    kind: `error` answers `status` and `code`/`subcode` (0: an empty object) · `drop` breaks the connection · `slow`
    waits `seconds` · `garbage` answers 200 with what is no JSON · `usage` only adds `headers`.
    method, path: which calls, `*` for any, the path without version · after: the effect has already happened ·
    times: how often, -1 for ever · rate: share of the matching calls.
    """

    kind: str
    method: str = "*"
    path: str = "*"
    after: bool = False
    times: int = 1
    rate: float = 1.0
    status: int = 400
    code: int = 0
    subcode: int = 0
    transient: bool = False
    message: str = "practice"
    seconds: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """The error in the platform's own shape."""
        error: dict[str, Any] = {"message": self.message, "type": "OAuthException", "code": self.code}
        if self.subcode:
            error["error_subcode"] = self.subcode
        if self.transient:
            error["is_transient"] = True
        return {"error": {**error, "fbtrace_id": "PRACTICE"}}


def parse(data: Mapping[str, Any]) -> Fault:
    """A fault out of plain data; ValueError for an unknown kind or field."""
    if unknown := sorted(data.keys() - {each.name for each in fields(Fault)}):
        message = f"unknown field {unknown[0]}"
        raise ValueError(message)
    if data.get("kind") not in KINDS:
        message = f"kind must be one of {', '.join(KINDS)}"
        raise ValueError(message)
    return Fault(**data)


class Faults:
    """The faults that stand ready, in the order in which they were set."""

    def __init__(self, seed: int = 0) -> None:
        self._ready: list[Fault] = []
        self._chance = random.Random(seed)  # noqa: S311 - practice, not secrecy

    def add(self, fault: Fault) -> None:
        """Spoil answers from now on."""
        self._ready.append(fault)

    def clear(self) -> None:
        """All is well again."""
        self._ready.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this call, if one fits; it is used up by that."""
        plain = re.sub(r"^/v[0-9.]+", "", path)
        for fault in self._ready:
            fits = fault.method in ("*", method) and fnmatchcase(plain, fault.path)
            if fits and fault.times and self._chance.random() < fault.rate:
                fault.times -= 1 if fault.times > 0 else 0
                return fault
        return None
