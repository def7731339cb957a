"""The feedback_api service."""

from fastapi import FastAPI

from services.feedback_api.attachments.endpoints import router as attachments_router
from services.feedback_api.background import background
from services.feedback_api.catalogue.endpoints import router as catalogue_router
from services.feedback_api.erasure.endpoints import router as erasure_router
from services.feedback_api.feedback import endpoints as feedback
from services.feedback_api.feedback.group_commit import feedback_groups
from services.feedback_api.feedback.submission import is_multipart, upload_limit
from services.feedback_api.form import endpoints as form
from services.feedback_api.form.errors import FORM_PATH, FormErrorMiddleware
from services.feedback_api.initiatives.endpoints import router as initiatives_router
from services.feedback_api.mail.endpoints import router as mail_router
from services.feedback_api.metrics import look_up
from services.feedback_api.ombudsman import endpoints as ombudsman
from services.feedback_api.open311 import endpoints as open311
from services.feedback_api.open311.errors import Open311ErrorMiddleware
from services.feedback_api.panel_meetings.endpoints import router as panel_meetings_router
from services.feedback_api.panel_proposals.endpoints import router as panel_proposals_router
from services.feedback_api.panels.endpoints import router as panels_router
from services.feedback_api.parameters import PARAMETERS
from services.feedback_api.publication.endpoints import router as publication_router
from services.feedback_api.receipts.endpoints import router as receipts_router
from services.feedback_api.retention.endpoints import router as retention_router
from services.feedback_api.social_reports.endpoints import router as social_reports_router
from services.feedback_api.spam.endpoints import router as spam_router
from services.feedback_api.statements.endpoints import router as statements_router
from services.feedback_api.subject_access.endpoints import router as subject_access_router
from services.feedback_api.themes.endpoints import router as themes_router
from services.shared.application import create_app
from services.shared.settings import get_settings
from services.shared.tables.access import Service

DESCRIPTION = """
Takes in written feedback on a city's services and follows it to its closing; registers contacts to the social and
patient ombudsmen, social reports, client panels and residents' initiatives.

Errors are `application/problem+json` (RFC 9457): branch on `code`; `invalid_params` names each wrong field and says
how to mend it. Times are RFC 3339 with an offset. Every POST that creates takes an `Idempotency-Key`.
"""

TAGS = {
    "feedback": "Sending feedback, following it, handling it.",
    "open311": "GeoReport v2, in XML and JSON; errors have the standard's own shape.",
    "publication": "Moderation: what is public of feedback whose sender permits it.",
    "form": "The city's form and the receipt, as pages.",
    "attachments": "Files that came with feedback.",
    "erasure": "Erasing what was written, and no figure with it.",
    "retention": "How long content is kept, and the runs that erase the rest.",
    "subject access": "A person's right to see what is held on them.",
    "mail": "Letters to senders.",
    "catalogue": "What forms let people choose from.",
    "ombudsman": "Contacts to the social and patient ombudsmen.",
    "participation": "Social reports, client panels with their meetings and proposals, residents' initiatives.",
    "themes": "Saved searches that feedback is assigned to.",
    "statements": "The closing statement reporting_api compares its figures with.",
    "health": "For operators and orchestrators.",
}


def _upload_limit(path: str, content_type: str) -> int | None:
    takes_files = path in {feedback.router.prefix, FORM_PATH, *open311.REQUEST_PATHS}
    return upload_limit(get_settings()) if takes_files and is_multipart(content_type) else None


def create() -> FastAPI:
    """A new app."""
    app = create_app(
        service=Service.FEEDBACK_API,
        title="Katsaus feedback API",
        description=DESCRIPTION,
        tags=TAGS,
        parameters=PARAMETERS,
        routers=[
            feedback.sending,
            feedback.router,
            spam_router,
            receipts_router,
            attachments_router,
            publication_router,
            open311.router,
            form.router,
            erasure_router,
            retention_router,
            subject_access_router,
            mail_router,
            catalogue_router,
            ombudsman.router,
            social_reports_router,
            panels_router,
            panel_meetings_router,
            panel_proposals_router,
            initiatives_router,
            themes_router,
            statements_router,
        ],
        stream_paths=frozenset({feedback.IMPORT_PATH, ombudsman.IMPORT_PATH}),
        upload_limit=_upload_limit,
        lifespan=background,
        look_up=look_up,
    )
    settings = app.state.settings
    app.state.feedback_groups = feedback_groups(
        waiting_max=settings.feedback_queue_max,
        group_max=settings.feedback_batch_max,
        metrics=app.state.metrics,
    )
    app.add_middleware(Open311ErrorMiddleware)
    app.add_middleware(FormErrorMiddleware)
    return app


app = create()
