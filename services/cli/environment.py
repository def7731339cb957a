"""Variables of the environment that look like settings and are none: a misspelt setting would silently do nothing."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from services.cli.home import HOME_VARIABLE
from services.shared.settings import Settings

PREFIX = "KATSAUS_"
_NOT_OF_SERVICES = (HOME_VARIABLE, "KATSAUS_KEY", "KATSAUS_SIGNER_KEY")


def warnings_about(variables: Iterable[str]) -> Iterator[str]:
    """A sentence for each variable that nothing reads."""
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields] + list(_NOT_OF_SERVICES)
    for variable in sorted(set(variables)):
        if variable.startswith(PREFIX) and variable not in known:
            near = get_close_matches(variable, known, n=1)
            hint = f"; do you mean {near[0]}?" if near else " (docs/settings.md)"
            yield f"{variable} is no setting, so it does nothing{hint}"
