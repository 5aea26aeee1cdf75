"""Logs: one JSON line per event on stderr. Secrets are blacked out in the finished line, wherever they came from; text
of comments is never handed in, what the libraries say about a statement comes without its values (`hide_parameters` in
`storage.database`), and of an exception only kind and places are told: its message may hold anything.
"""

import json
import logging
import sys
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import EventDict

from domain.errors import NabijError
from domain.settings import Settings

_SHORT = 6
_FRAMES = 12
_QUIET = ("httpx", "httpcore", "apscheduler", "alembic", "uvicorn.access", "sse_starlette")


class Blackout(structlog.processors.JSONRenderer):
    """Writes an event as one JSON line and replaces every secret of the settings in it, also as JSON spells it."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        known = {secret for secret in secrets if len(secret) >= _SHORT}
        spelled = known | {json.dumps(secret)[1:-1] for secret in known}
        self._secrets = sorted(spelled, key=len, reverse=True)

    def __call__(self, logger: object, name: str, event_dict: EventDict) -> str:
        """A structlog processor, the last one."""
        line = str(super().__call__(logger, name, event_dict))
        for secret in self._secrets:
            line = line.replace(secret, "***")
        return line


def _tell_where(_logger: object, _name: str, event: EventDict) -> EventDict:
    """`exc_info` becomes kind and places, innermost first; only errors of ours keep their message."""
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else sys.exc_info()[1] if given is True else given
    if isinstance(error, BaseException):
        event["exception"] = [_where(each) for each in _chain(error)]
    return event


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _where(error: BaseException) -> str:
    said = f"{type(error).__name__}: {error}" if isinstance(error, NabijError) else type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return " < ".join([said, *(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))])


def secrets_of(settings: Settings) -> list[str]:
    """Every value that must not be seen."""
    found = [settings.secrets.pseudonym_key.hex(), settings.secrets.metrics_token]
    for account in settings.accounts:
        found += [account.token, account.app_secret, account.verify_token]
    return found


def set_up(settings: Settings, *, level: int = logging.INFO, to: Path | None = None) -> None:
    """Send everything, ours and the libraries', through one line of processors. to: a file instead of stderr."""
    shared: list[Any] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _tell_where,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.FileHandler(to, encoding="utf-8") if to else logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                Blackout(secrets_of(settings)),
            ],
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    engine = logging.getLogger("dbos")
    engine.handlers[:], engine.propagate = [], True
    engine.setLevel(logging.WARNING)
