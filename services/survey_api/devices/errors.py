"""Refusals about devices."""

from services.shared.problems import ConflictProblem, NotFoundProblem


class DeviceNotFoundProblem(NotFoundProblem):
    """No device of that code."""

    code = "device_not_found"
    title = "There is no device of this code"


class DeviceExistsProblem(ConflictProblem):
    """Another device has the code."""

    code = "device_exists"
    title = "A device of this code exists already"


class AssignmentOverlapProblem(ConflictProblem):
    """The device stands somewhere else in that time."""

    code = "assignment_overlaps"
    title = "The device has another service point in that time"


class AlreadyCountedProblem(ConflictProblem):
    """What came since is counted at another service point."""

    code = "already_counted"
    title = "Answers of that time are counted elsewhere already"
