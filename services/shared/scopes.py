"""What API keys may be allowed to do. Imports nothing, as every start of the command asks for it."""

from enum import StrEnum


class Scope(StrEnum):
    """What a key may be allowed to do."""

    FEEDBACK_SEND = "feedback:send"
    FEEDBACK_HANDLE = "feedback:handle"
    FEEDBACK_MODERATE = "feedback:moderate"
    FEEDBACK_IMPORT = "feedback:import"
    FEEDBACK_ERASE = "feedback:erase"
    OMBUDSMAN = "ombudsman"
    PARTICIPATION = "participation"
    SURVEY_MANAGE = "survey:manage"
    SURVEY_IMPORT = "survey:import"
    SURVEY_DEVICES = "survey:devices"
    SURVEY_READ = "survey:read"
    SURVEY_ERASE = "survey:erase"
    SURVEY_MODERATE = "survey:moderate"
    REPORT_INTERNAL = "report:internal"
    REPORT_PUBLISH = "report:publish"
    METRICS_READ = "metrics:read"
    SERVICE = "service"
