"""The floor: the services' own app, checking the same bodies and building the same answers, without a database."""

import os
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import orjson
from fastapi import APIRouter, Depends, FastAPI, Request, Response

from benchmarks.environment import QUARTER_FILE_VARIABLE
from services.feedback_api.feedback.schemas import FeedbackReceipt
from services.feedback_api.feedback.submission import SubmissionDep
from services.reporting_api.conditional import conditional_answer
from services.reporting_api.periods.schemas import QuarterReport
from services.shared.application import create_app
from services.shared.clock import now
from services.shared.identifiers import new_uuid
from services.shared.tables.access import Service
from services.survey_api.json_body import require_json
from services.survey_api.responses.schemas import ResponseCreate, ResponseCreated

router = APIRouter(prefix="/v1")


@router.post("/feedback", status_code=HTTPStatus.CREATED)
async def feedback_echo(_submission: SubmissionDep) -> FeedbackReceipt:
    """As ``feedback_submit``, which also writes it down."""
    return FeedbackReceipt(
        id=new_uuid(),
        receipt="7KQ2-XN4M-PWDA-9ZRT",
        status_url="http://127.0.0.1/v1/receipts/7KQ2-XN4M-PWDA-9ZRT",
        received_at=now(),
        masked=[],
        duplicate_of=None,
        belongs_elsewhere=None,
    )


@router.post("/surveys/{code}/responses", status_code=HTTPStatus.CREATED, dependencies=[Depends(require_json)])
async def response_echo(code: str, body: ResponseCreate) -> ResponseCreated:  # noqa: ARG001 (read and checked)
    """As ``response_create``, which also writes it down and counts it."""
    return ResponseCreated(id=new_uuid())


@router.get("/quarters/{quarter}", response_model=QuarterReport)
async def quarter_echo(request: Request, quarter: str) -> Response:  # noqa: ARG001 (read and checked)
    """As ``quarter_read``, which also counts and compares."""
    return conditional_answer(request, QuarterReport.model_validate(_quarter(), by_name=True))


@lru_cache(maxsize=1)
def _quarter() -> dict[str, Any]:
    document: dict[str, Any] = orjson.loads(Path(os.environ[QUARTER_FILE_VARIABLE]).read_bytes())
    return document


def create() -> FastAPI:
    """A new app."""
    return create_app(
        service=Service.FEEDBACK_API,
        title="Katsaus benchmark floor",
        description="Checks and answers, and does nothing.",
        tags={},
        routers=[router],
    )


app = create()
