"""Masking the fields of a request as it is read, so that no later step ever holds what is masked."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from pydantic import BaseModel

from services.shared.personal_data.kinds import PersonalData
from services.shared.personal_data.masking import mask


def mask_fields(model: BaseModel, fields: Mapping[str, AbstractSet[PersonalData]]) -> tuple[PersonalData, ...]:
    """Mask in each named text field of ``model`` the kinds it is named with; the kinds found, each once, in order."""
    found: set[PersonalData] = set()
    for name, kinds in fields.items():
        value: str | None = getattr(model, name)
        if value is not None:
            masked = mask(value, kinds)
            if masked.kinds:
                setattr(model, name, masked.text)
                found.update(masked.kinds)
    return tuple(kind for kind in PersonalData if kind in found)
