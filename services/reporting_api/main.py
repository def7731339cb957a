"""reporting_api: the figures of periods, what they mean, and whether the other services agree with them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.reporting_api.actions.endpoints import router as actions_router
from services.reporting_api.comments.endpoints import router as comments_router
from services.reporting_api.disclosure.endpoints import router as disclosure_router
from services.reporting_api.editions.contents import Contents
from services.reporting_api.editions.endpoints import router as editions_router
from services.reporting_api.exports.endpoints import router as exports_router
from services.reporting_api.hours.endpoints import router as hours_router
from services.reporting_api.keepers import Keepers
from services.reporting_api.measures.endpoints import router as measures_router
from services.reporting_api.metrics import look_up
from services.reporting_api.odata.endpoints import router as odata_router
from services.reporting_api.parameters import PARAMETERS
from services.reporting_api.participation.endpoints import router as participation_router
from services.reporting_api.periods.endpoints import router as periods_router
from services.reporting_api.pxweb.endpoints import router as pxweb_router
from services.reporting_api.readiness.endpoints import router as readiness_router
from services.reporting_api.review.endpoints import router as review_router
from services.reporting_api.review.rendering import Renderings
from services.reporting_api.statements.clients import statement_clients
from services.reporting_api.tables.endpoints import router as tables_router
from services.reporting_api.texts.endpoints import router as texts_router
from services.shared.application import create_app
from services.shared.tables.access import Service

DESCRIPTION = """
The figures of a quarter, month, week or year: feedback, themes, chats, smileys, ombudsman contacts, participation and
surveys.

Each figure states its count, base and 95 % interval, and compares with earlier periods in words that follow the
interval. `GET /v1/measures` defines every measure. Anyone may read; opinion cells of fewer than 5 and means of fewer
than 10 are hidden, except for keys of scope `report:internal`.

Figures are live, also of a period that is over (`final`), until an edition of its quarter is published: then anyone
sees those of the edition (`editions` names it) until a correction.
"""

TAGS = {
    "figures": "The figures of a period.",
    "tables": "Named tables of the figures, in the formats reporting tools read.",
    "pxweb": "The tables over all quarters as PxWebApi 2 serves tables.",
    "odata": "The tables over all quarters as an OData 4.0 feed; errors have OData's own shape.",
    "exports": "Records as rows, for staff.",
    "editions": "The published reviews: numbered, signed off, and never changed.",
    "texts": "What officers write for the next edition.",
    "participation": "What client panels and residents did in a quarter, in words.",
    "measures": "What each figure means.",
    "health": "Whether the service lives and is ready.",
}


@asynccontextmanager
async def _statement_clients(app: FastAPI) -> AsyncIterator[None]:
    async with statement_clients(app.state.settings) as clients:
        app.state.statement_clients = app.state.statement_clients or clients
        yield


def create() -> FastAPI:
    """A new app. Tests may set ``app.state.statement_clients`` to ones that reach the real apps in process."""
    app = create_app(
        service=Service.REPORTING_API,
        title="Katsaus reporting API",
        description=DESCRIPTION,
        tags=TAGS,
        parameters=PARAMETERS,
        routers=[
            periods_router,
            hours_router,
            participation_router,
            comments_router,
            tables_router,
            exports_router,
            pxweb_router,
            odata_router,
            measures_router,
            disclosure_router,
            editions_router,
            readiness_router,
            texts_router,
            actions_router,
            review_router,
        ],
        lifespan=_statement_clients,
        look_up=look_up,
    )
    app.state.statement_clients = None
    app.state.edition_turn = asyncio.Lock()
    settings = app.state.settings
    app.state.keepers = Keepers.of(settings)
    app.state.contents = Contents()
    app.state.renderings = Renderings(settings.renderings_kept, app.state.contents)
    return app


app = create()
