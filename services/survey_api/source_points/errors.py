"""Refusals about mappings."""

from services.shared.problems import ConflictProblem


class MappingCountedProblem(ConflictProblem):
    """What came from the point is counted where it was mapped."""

    code = "mapping_counted"
    title = "Answers from the point are counted where it was mapped"
