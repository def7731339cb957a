"""Staff's texts hold no client data: identity codes are refused, other personal data is masked."""

from collections.abc import Sequence

from pydantic import BaseModel

from services.shared.personal_data import EVERYTHING, PersonalData, mask, mask_fields
from services.shared.problems import invalid


def clean(body: BaseModel, *fields: str) -> Sequence[PersonalData]:
    """Mask the text ``fields`` of ``body`` and name the kinds that were masked; refuses identity codes.

    Whoever writes an identity code writes about a client: staff can mend it at once, and nothing of it is stored.
    """
    for name in fields:
        value: str | None = getattr(body, name)
        if value is not None and PersonalData.HENKILOTUNNUS in mask(value).kinds:
            raise invalid(
                name,
                "holds a personal identity code; the register holds no client data: remove it, and whatever "
                "else tells who the client is",
            )
    return mask_fields(body, dict.fromkeys(fields, EVERYTHING))
