"""What the catalogue's entries must hold between each other, checked before any of them is written."""

from collections.abc import Sequence
from typing import Any

Entry = dict[str, Any]


class CatalogueFileError(ValueError):
    """A catalogue file that cannot be loaded; the message names the file and the entry."""


def check_successors(units: Sequence[Entry]) -> None:
    """A unit with a successor has ended, and no chain of successors comes back to where it began."""
    successors = {unit["code"]: unit.get("successor_code") for unit in units}
    for number, unit in enumerate(units, start=1):
        where = f"units.yaml, entry {number} ({unit['code']})"
        if unit.get("successor_code") and not unit.get("valid_to"):
            raise CatalogueFileError(f"{where}: names a successor, so it needs valid_to, the day from which it is gone")
        chain = [unit["code"]]
        while (successor := successors.get(chain[-1])) is not None:
            if successor in chain:
                raise CatalogueFileError(f"{where}: its successors lead back to {successor}; one of them must go on")
            chain.append(successor)


def check_retention(policies: Sequence[Entry]) -> None:
    """No item falls under two policies of its content.

    Their holds are the same or apart, and the same holds name each type once.
    """
    for content in {policy["content"] for policy in policies}:
        _check_apart([(number, one) for number, one in enumerate(policies, start=1) if one["content"] == content])


def _check_apart(policies: Sequence[tuple[int, Entry]]) -> None:
    types_of: dict[frozenset[str], set[str]] = {}
    for number, policy in policies:
        where = f"retention_policies.yaml, entry {number} ({policy['code']})"
        holds = frozenset(policy["holds"] or ["none"])
        for others in types_of:
            if holds & others and holds != others:
                raise CatalogueFileError(
                    f"{where}: shares the hold {min(holds & others)!r} with a policy of other holds; list the same "
                    "holds in both, or none in common"
                )
        types = set(policy.get("type_codes") or ["all others"])
        named = types_of.setdefault(holds, set())
        if types & named:
            raise CatalogueFileError(
                f"{where}: {min(types & named)!r} has a policy of the same holds already; keep one of them"
            )
        named |= types
