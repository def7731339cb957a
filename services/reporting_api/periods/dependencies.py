"""What endpoints of a period's figures depend on: who asks, for which period and whose records."""

from typing import Annotated, Literal

from fastapi import Depends, Path, Query, Request

from services.reporting_api.periods.inquiry import Inquiry
from services.reporting_api.periods.service import PeriodService
from services.shared.catalogue import CatalogueDep, UnitsAs
from services.shared.clock import now
from services.shared.database import ReadSessionDep
from services.shared.periods import PeriodKind
from services.shared.schemas import CODE_MAX_LENGTH
from services.shared.scopes import Scope
from services.shared.security import Principal, PrincipalDep

PASSING = frozenset({"as_of"})
"""Differs in each answer without any figure having changed."""

UnitQuery = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=CODE_MAX_LENGTH,
        description="Code or alias of a unit: only the feedback and answers of it and of all below it.",
        examples=["health-stations"],
    ),
]

UnitsQuery = Annotated[
    UnitsAs,
    Query(
        description="With `unit`: `as_then` gathers records by the organisation they were made in; `as_today` also "
        "those of ended units under the unit that carries on their work, so that a series is comparable over a merger."
    ),
]

KINDS: dict[str, PeriodKind] = {f"{kind}s": kind for kind in PeriodKind}

KindPath = Annotated[
    Literal["quarters", "months", "weeks", "years"], Path(description="Which kind of period the label names.")
]
LabelPath = Annotated[str, Path(examples=["2021-Q2"])]


# Async, though they await nothing: FastAPI would run plain functions and classes in a thread.
async def _service(request: Request, session: ReadSessionDep, catalogue: CatalogueDep) -> PeriodService:
    return PeriodService(session, catalogue, request.app.state.statement_clients)


PeriodServiceDep = Annotated[PeriodService, Depends(_service, scope="function")]


class Asker:
    """The request: what its key may see, and what its client has already."""

    def __init__(self, request: Request, principal: Principal | None) -> None:
        self.request = request
        self.has_key = principal is not None
        self.is_internal = principal is not None and principal.has(Scope.REPORT_INTERNAL)

    def inquiry(
        self,
        kind: PeriodKind,
        label: str,
        unit: str | None,
        units: UnitsAs,
        *,
        check: str | None = None,
        series: int | None = None,
    ) -> Inquiry:
        """The inquiry as of now."""
        return Inquiry(
            kind,
            label,
            unit,
            units,
            now(),
            is_internal=self.is_internal,
            compares_statements=check == "statements",
            series=series,
        )


async def _asker(request: Request, principal: PrincipalDep) -> Asker:
    return Asker(request, principal)


AskerDep = Annotated[Asker, Depends(_asker)]
