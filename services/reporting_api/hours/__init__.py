"""The smileys of a period by weekday and hour."""
