"""Every table of the project, on one metadata.

The one writer of each table (docs/decisions) is enforced by the grants of the
migrations. A table class does not validate on construction (SQLModel): validate input with a schema first.
"""

from services.shared.tables.access import ApiKey, IdempotencyKey
from services.shared.tables.base import Table
from services.shared.tables.catalogue import (
    CatalogueRevision,
    Channel,
    DeadlinePolicy,
    FeedbackType,
    HelpBarrier,
    HelpReason,
    OmbudsmanReason,
    OmbudsmanService,
    PublicHoliday,
    TargetPolicy,
    Theme,
    Topic,
    Unit,
)
from services.shared.tables.devices import (
    Device,
    DeviceAssignment,
    DeviceDay,
    HeldAnswer,
    HourlyCount,
    SourcePointMapping,
)
from services.shared.tables.editions import ChapterText, Edition, ReviewAction
from services.shared.tables.feedback import (
    Feedback,
    FeedbackAttachment,
    FeedbackContent,
    FeedbackDeadline,
    FeedbackEvent,
    FeedbackEventContent,
    FeedbackFingerprint,
    FeedbackTheme,
)
from services.shared.tables.mail import OutgoingMail
from services.shared.tables.ombudsman import OmbudsmanContact, OmbudsmanContactReason
from services.shared.tables.open311 import FeedbackPublication, Open311Service
from services.shared.tables.participation import (
    ClientPanel,
    PanelMeeting,
    PanelProposal,
    ResidentsInitiative,
    SocialReport,
    SocialReportBarrier,
    SocialReportNote,
    SocialReportReason,
)
from services.shared.tables.retention import RetentionPolicy, RetentionRun
from services.shared.tables.surveys import (
    AnswerHistogram,
    CommentHandover,
    Survey,
    SurveyOption,
    SurveyQuestion,
    SurveyResponse,
    SurveyResponseContent,
    SurveyVersion,
)

__all__ = [
    "AnswerHistogram",
    "ApiKey",
    "CatalogueRevision",
    "Channel",
    "ChapterText",
    "ClientPanel",
    "CommentHandover",
    "DeadlinePolicy",
    "Device",
    "DeviceAssignment",
    "DeviceDay",
    "Edition",
    "Feedback",
    "FeedbackAttachment",
    "FeedbackContent",
    "FeedbackDeadline",
    "FeedbackEvent",
    "FeedbackEventContent",
    "FeedbackFingerprint",
    "FeedbackPublication",
    "FeedbackTheme",
    "FeedbackType",
    "HeldAnswer",
    "HelpBarrier",
    "HelpReason",
    "HourlyCount",
    "IdempotencyKey",
    "OmbudsmanContact",
    "OmbudsmanContactReason",
    "OmbudsmanReason",
    "OmbudsmanService",
    "Open311Service",
    "OutgoingMail",
    "PanelMeeting",
    "PanelProposal",
    "PublicHoliday",
    "ResidentsInitiative",
    "RetentionPolicy",
    "RetentionRun",
    "ReviewAction",
    "SocialReport",
    "SocialReportBarrier",
    "SocialReportNote",
    "SocialReportReason",
    "SourcePointMapping",
    "Survey",
    "SurveyOption",
    "SurveyQuestion",
    "SurveyResponse",
    "SurveyResponseContent",
    "SurveyVersion",
    "Table",
    "TargetPolicy",
    "Theme",
    "Topic",
    "Unit",
]
