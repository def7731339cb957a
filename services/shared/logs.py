"""Logging: a JSON object a line on standard error, plain lines in a terminal. Never a text, contact or key."""

import json
import logging
import sys
from collections.abc import Callable

import orjson
import structlog
from structlog.typing import EventDict, Processor

from services.shared.request_context import current_request_id


def configure_logging(service: str, level: str) -> None:
    """Set up structlog for the process, straight to standard error: a line a request must cost next to nothing.

    What the standard library's loggers say (Uvicorn, SQLAlchemy) is written the same way.
    """

    def add_service(_logger: object, _method: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    shared: list[Processor] = [
        _add_request_id,
        add_service,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    is_terminal = sys.stderr.isatty()
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if is_terminal
        else structlog.processors.JSONRenderer(serializer=_json_line)
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr)
        if is_terminal
        else structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    _write_like_ours(level, shared, renderer)


def _add_request_id(_logger: object, _method: str, event: EventDict) -> EventDict:
    request_id = current_request_id()
    if request_id:
        event["request_id"] = request_id
    return event


def _json_line(event: EventDict, default: Callable[[object], object]) -> bytes:
    try:
        return orjson.dumps(event, default)
    except TypeError:
        # Beyond what orjson takes, such as half of a surrogate pair: better a slow line than none.
        return json.dumps(event, default=default).encode()


def _write_like_ours(level: str, shared: list[Processor], renderer: Processor) -> None:
    """Let the standard library's loggers write the same lines."""

    def as_text(logger: object, method: str, event: EventDict) -> str:
        line = renderer(logger, method, event)
        return line.decode() if isinstance(line, bytes) else str(line)

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, as_text],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = name != "uvicorn.access"


def quiet_libraries() -> None:
    """Keep libraries from logging what residents sent, at whatever level the services log.

    Lines of httpx hold whole addresses, which may hold a receipt; those of PIL what a camera wrote into a picture, and
    those of python-multipart a form's bytes.
    """
    for name in ("httpx", "httpcore", "stamina", "PIL", "python_multipart", "aiosmtplib", "pikepdf"):
        logging.getLogger(name).setLevel(logging.WARNING)
