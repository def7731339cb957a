"""Refusals about surveys."""

from services.shared.problems import ConflictProblem, NotFoundProblem


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
