"""Personal data in what residents write: found and masked before anything is stored."""

from services.shared.personal_data.fields import mask_fields
from services.shared.personal_data.kinds import CONTACT_FIELD, EVERYTHING, NUMBER_FIELD, PersonalData
from services.shared.personal_data.masking import Masked, mask

__all__ = ["CONTACT_FIELD", "EVERYTHING", "NUMBER_FIELD", "Masked", "PersonalData", "mask", "mask_fields"]
