"""What the parameters of survey_api's addresses mean, where an operation does not say it itself."""

PARAMETERS = {
    "response_id": "The response's id.",
    "pull_id": "The pull's id.",
    "handover_id": "The handover's id.",
    "quarter": "The quarter, such as `2021-Q2`.",
}
