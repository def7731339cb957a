"""Refusals about surveys."""

from services.shared.problems import ConflictProblem, ForbiddenProblem, NotFoundProblem


class SurveyNotFoundProblem(NotFoundProblem):
    """No survey of that code."""

    code = "survey_not_found"
    title = "There is no survey of this code"


class SurveyVersionNotFoundProblem(NotFoundProblem):
    """The survey has no version of that number."""

    code = "survey_version_not_found"
    title = "The survey has no such version"


class SurveyExistsProblem(ConflictProblem):
    """Another survey has the code."""

    code = "survey_exists"
    title = "A survey of this code exists already"


class OriginNotAllowedProblem(ForbiddenProblem):
    """The page that asks is of an origin that is not on the survey's list."""

    code = "origin_not_allowed"
    title = "The survey may not be shown or answered on this page"


class DraftExistsProblem(ConflictProblem):
    """The survey has a draft already."""

    code = "draft_exists"
    title = "The survey has a draft already"


class VersionPublishedProblem(ConflictProblem):
    """The version is published, and published versions never change."""

    code = "version_published"
    title = "A published version never changes"
