"""What the sender is told."""

from services.feedback_api.gate.signs import Matter


def words_of(matter: Matter) -> dict[str, str]:
    """The words by language."""
    return {"fi": matter.value, "sv": matter.value, "en": matter.value}
