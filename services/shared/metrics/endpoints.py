"""``/metrics``: what Prometheus asks for."""

from collections.abc import Iterator
from importlib.metadata import version
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import Metric
from prometheus_client.core import InfoMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from services.shared.database import sessions_of
from services.shared.metrics.instruments import Metrics
from services.shared.metrics.keys import admitted
from services.shared.metrics.lookups import database_up, looked_up
from services.shared.problems import ForbiddenProblem, UnauthorizedProblem, problem_responses
from services.shared.schema_version import expected_revision

PATH = "/metrics"

_KINDS = ("text/plain", "application/openmetrics-text")

router = APIRouter(tags=["health"])


class _Scrape(Collector):
    """What one scrape tells."""

    def __init__(self, metrics: Metrics, looked_up: list[Metric]) -> None:
        self._metrics = metrics
        self._looked_up = looked_up

    def collect(self) -> Iterator[Metric]:
        """Counted and looked up."""
        build = {"version": version("katsaus"), "schema_revision": expected_revision()}
        yield InfoMetricFamily("katsaus_build", "What runs, and the schema it is for.", value=build)
        yield from self._metrics.collect()
        yield from self._looked_up


@router.get(
    PATH,
    summary="What Prometheus asks for",
    response_class=Response,
    responses={
        200: {
            "content": {kind: {"schema": {"type": "string"}} for kind in _KINDS},
            "description": "Prometheus' text format, or OpenMetrics.",
        },
        **problem_responses(UnauthorizedProblem, ForbiddenProblem),
    },
)
async def metrics_read(request: Request, is_up: Annotated[bool, Depends(admitted)]) -> Response:
    """Counters and gauges of all processes of the service, or OpenMetrics where `Accept` asks for that. No label holds
    a path, a text or a name. Needs the scope `metrics:read`.

    While the database is away, `katsaus_database_up` is 0, for keys that this process has let in before.
    """
    state = request.app.state
    found = [database_up(is_up=False)]
    if is_up:
        found = await looked_up(state.questions, sessions_of(request), state.look_up)
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(_Scrape(state.metrics, found)), headers={"content-type": content_type})
