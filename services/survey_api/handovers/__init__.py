"""The outbox: comments whose writers want them handled, on their way to feedback_api."""
