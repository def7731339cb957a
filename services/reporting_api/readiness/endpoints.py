"""/v1/quarters/{quarter}/readiness, for keys that see all or publish."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from services.reporting_api.editions.repository import last_published
from services.reporting_api.editions.service import content_of
from services.reporting_api.periods.dependencies import PeriodServiceDep
from services.reporting_api.periods.errors import PeriodLabelProblem, PeriodNotBegunProblem
from services.reporting_api.periods.inquiry import Inquiry, find_period
from services.reporting_api.readiness.checks import check_circumstances, check_figures, check_statements, versions_of
from services.reporting_api.readiness.schemas import QuarterReadiness
from services.reporting_api.readiness.service import ReadinessService
from services.shared.catalogue import CatalogueDep, UnitsAs
from services.shared.clock import now
from services.shared.database import ReadSessionDep
from services.shared.periods import LABEL_SCHEMAS, PeriodKind
from services.shared.problems import ForbiddenProblem, UnauthorizedProblem, problem_responses
from services.shared.scopes import Scope
from services.shared.security import Principal, PrincipalDep, require_any

router = APIRouter(prefix="/v1/quarters/{quarter}", tags=["editions"])


async def _officer(principal: PrincipalDep) -> Principal:
    return require_any(principal, Scope.REPORT_INTERNAL, Scope.REPORT_PUBLISH)


@router.get(
    "/readiness",
    summary="Whether a quarter is ready to be published",
    responses=problem_responses(UnauthorizedProblem, ForbiddenProblem, PeriodNotBegunProblem, PeriodLabelProblem),
)
async def readiness_read(
    quarter: Annotated[str, Path(examples=["2021-Q2"], json_schema_extra=LABEL_SCHEMAS[PeriodKind.QUARTER])],
    session: ReadSessionDep,
    catalogue: CatalogueDep,
    periods: PeriodServiceDep,
    _officer: Annotated[Principal, Depends(_officer)],
) -> QuarterReadiness:
    """What an officer looks at first, on the figures as they are now; the checks of an edition ask the same."""
    at = now()
    period = find_period(PeriodKind.QUARTER, quarter, at)
    inquiry = Inquiry(PeriodKind.QUARTER, quarter, None, UnitsAs.THEN, at, is_internal=True, compares_statements=True)
    report = await periods.report(inquiry)
    published = await last_published(session)
    before = versions_of(content_of(published).measures) if published else {}
    circumstances = await ReadinessService(session, catalogue).circumstances(period, at, before)
    checks = [
        *check_figures(report),
        *check_statements(report.statements or []),
        *check_circumstances(circumstances),
    ]
    is_ready = all(check.passed or not check.is_blocking for check in checks)
    return QuarterReadiness(quarter=quarter, as_of=at, is_ready=is_ready, checks=checks)
