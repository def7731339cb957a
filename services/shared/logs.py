"""Logging: a JSON object a line on standard error, plain lines in a terminal. Never a text, contact or key."""

import logging
import sys

import structlog


def configure_logging(service: str, level: str) -> None:
    """Set up structlog for the process; the standard library's loggers (Uvicorn, SQLAlchemy) go the same way."""

    def add_service(_logger: object, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
        event["service"] = service
        return event

    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        add_service,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
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
