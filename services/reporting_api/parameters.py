"""What the parameters of reporting_api's addresses mean, where an operation does not say it itself."""

PARAMETERS = {
    "quarter": "The quarter, such as `2021-Q2`.",
    "month": "The month, such as `2021-05`.",
    "year": "The year, such as `2021`.",
    "label": "The period, written as its kind is: `2021-Q2`, `2021-05`, `2021-W23` or `2021`.",
    "table": "The table's name, as the list of tables has it.",
    "pageNumber": "The page, from 1.",
    "pageSize": "How many tables a page has.",
    "entity_set": "The entity set, as the service document names it.",
    "version": "The edition's number within its quarter, from 1.",
    "chapter": "The chapter of the review.",
    "language": "The language of the text.",
    "action_id": "The action's id.",
}
