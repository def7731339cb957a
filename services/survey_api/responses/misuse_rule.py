"""Our rule on repeated presses: a pure function of the set of a device's presses, whatever the order they came in."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.shared.settings import Settings
from services.survey_api.responses.submission import ResponseKey

Press = tuple[datetime, ResponseKey]
"""When a button was pressed, and the response's key, which orders presses of one instant."""


@dataclass(frozen=True, slots=True)
class MisuseRule:
    """A press is misuse where ``most`` presses at its device lie before it within the window.

    All presses count as such, flagged ones too, so a flag depends on the presses of the window before it alone.
    """

    window: timedelta
    most: int

    @classmethod
    def of(cls, settings: Settings) -> "MisuseRule":
        """The rule that the settings name."""
        return cls(timedelta(seconds=settings.misuse_window_seconds), settings.misuse_presses_max)

    @property
    def name(self) -> str:
        """The rule's version, stored with each flag."""
        return f"repeated_press/1 window={self.window.total_seconds():g}s most={self.most}"

    def misused(self, presses: Iterable[Press]) -> set[ResponseKey]:
        """Which of one device's presses are misuse; those of the first window are right only if it had none before."""
        recent: deque[datetime] = deque()
        found = set()
        for instant, key in sorted(presses):
            while recent and recent[0] <= instant - self.window:
                recent.popleft()
            if len(recent) >= self.most:
                found.add(key)
            recent.append(instant)
        return found
