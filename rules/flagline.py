"""`run flag`: comments as JSON Lines in, their flags as JSON Lines out, same order, one line each."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from domain.categories import Urgency, priority
from domain.model import Flag, Judgement
from domain.ports import Flagger

_BOM = "\ufeff"


class _BadLine(ValueError):
    """Why a line cannot be read; holds nothing of the line itself."""


def flag_lines(lines: Iterable[bytes | str], flagger: Flagger) -> Iterator[tuple[str, bool]]:
    """Per line the answer, without line end, and whether the line was bad (`{"line":n,"error":…}`, n from 1)."""
    for number, line in enumerate(lines, 1):
        try:
            name, text = _read(line)
        except _BadLine as error:
            yield _write({"line": number, "error": str(error)}), True
        else:
            yield _write({"id": name} | _answer(flagger.judge(text))), False


def _read(line: bytes | str) -> tuple[str | int, str]:
    """Id and text of a line."""
    try:
        written = line.decode() if isinstance(line, bytes) else line
        data = json.loads(written.removeprefix(_BOM))
    except UnicodeDecodeError:
        raise _BadLine("not UTF-8") from None
    except (ValueError, RecursionError):
        raise _BadLine("not JSON") from None
    if not isinstance(data, dict):
        raise _BadLine("not a JSON object")
    if not isinstance(data.get("text"), str):
        raise _BadLine("“text” must be a text")
    if type(data.get("id")) not in (str, int):
        raise _BadLine("“id” must be a text or a whole number")
    return data["id"], data["text"]


def _answer(judgement: Judgement) -> dict[str, Any]:
    live = sorted(judgement.live, key=lambda flag: priority(flag.category, flag.urgency))
    return {
        "flags": [_flag(flag) for flag in judgement.flags],
        "categories": list(dict.fromkeys(flag.category for flag in live)),
        "urgency": (live[0].urgency if live else Urgency.GEEN).key,
    }


def _flag(flag: Flag) -> dict[str, Any]:
    return {
        "rule": flag.rule,
        "category": flag.category,
        "urgency": flag.urgency.key,
        "certainty": flag.certainty.value,
        "state": flag.state,
        "span": [min((start for start, _ in flag.spans), default=0), max((end for _, end in flag.spans), default=0)],
    }


def _write(data: dict[str, Any]) -> str:
    return json.dumps(data, separators=(",", ":"))
