"""What an Open311 client posts, as feedback."""

from typing import Any

from pydantic import ValidationError

from services.feedback_api.feedback.schemas import FeedbackCreate
from services.feedback_api.open311.errors import wrong
from services.feedback_api.open311.parameters import Parameters, language_of, read_point
from services.shared.catalogue import Catalogue
from services.shared.problems import NotFoundProblem, invalid_params_of
from services.shared.settings import Settings
from services.shared.tables import Open311Service

CHANNEL = "open311"

UNIT_TYPES = frozenset({"unit", "http://www.hel.fi/servicemap/v2", "https://www.hel.fi/servicemap/v2"})
"""The ways in which clients say that an object is a unit of the Service Map."""

FIELD_NAMES = {
    "text": "description",
    "sender_email": "email",
    "sender_phone": "phone",
    "sender_name": "first_name",
    "location.address": "address_string",
}
"""Our names of fields and the client's, for telling which is wrong."""


class PostedRequest:
    """A request as a client posted it, read by the catalogue."""

    def __init__(self, parameters: Parameters, catalogue: Catalogue, settings: Settings) -> None:
        self._parameters = parameters
        self._catalogue = catalogue
        self._settings = settings
        self.service = self._find_service()
        self.object_id, self.object_type = self._read_object()
        self.is_permitted = parameters.flag("can_be_published") is not False
        """The standard's requests are public once moderated; Helsinki's clients ask their users."""

    def as_feedback(self) -> FeedbackCreate:
        """The feedback; raises a problem that names each wrong field as the client calls it."""
        try:
            return FeedbackCreate.model_validate(self._fields())
        except ValidationError as error:
            params = invalid_params_of(error.errors())
            told = "; ".join(f"{FIELD_NAMES.get(param.name, param.name)}: {param.reason}" for param in params)
            raise wrong("the request", told) from None

    def _find_service(self) -> Open311Service:
        code = self._parameters.text("service_code") or self._settings.open311_default_service
        service = self._catalogue.open311_services.get(code)
        if service is None:
            raise NotFoundProblem(f"service_code: {code[:100]!r} does not exist; GET services lists those that do")
        return service

    def _read_object(self) -> tuple[str | None, str | None]:
        object_id, object_type = (
            self._parameters.text("service_object_id"),
            self._parameters.text("service_object_type"),
        )
        if (object_id is None) != (object_type is None):
            missing = "service_object_id" if object_id is None else "service_object_type"
            raise wrong(missing, "is missing; give service_object_id and service_object_type together")
        if object_id is not None and len(object_id) > 100:
            raise wrong("service_object_id", "is longer than 100 characters")
        return object_id, object_type[:200] if object_type else None

    def _fields(self) -> dict[str, Any]:
        given = self._parameters
        names = [name for name in (given.text("first_name"), given.text("last_name")) if name]
        return {
            "text": self._description(),
            "title": given.text("title"),
            "type": self._type_code(),
            "topic": self.service.topic_code,
            "unit": self._unit_code(),
            "channel": CHANNEL,
            "language": language_of(given) if given.text("locale") else "fi",
            "sender_name": " ".join(names) or None,
            "sender_email": given.text("email"),
            "sender_phone": given.text("phone"),
            # Helsinki: whoever leaves an address is told when the matter is handled.
            "reply_wanted": given.text("email") is not None,
            "publication_permitted": self.is_permitted,
            "location": self._location(),
            "attributes": self._attributes() or None,
        }

    def _description(self) -> str:
        description = self._parameters.text("description")
        if description is None:
            raise wrong("description", "is missing or empty; say what it is about")
        limit = self._settings.open311_description_max
        if len(description) > limit:
            raise wrong("description", f"has {len(description)} characters; the limit is {limit}, shorten it")
        return description

    def _type_code(self) -> str:
        """The type that the city's form names, else the service's; an unknown word is no reason to lose feedback."""
        word = self._parameters.text("service_request_type")
        for feedback_type in self._catalogue.feedback_types.values():
            if word is not None and word in (feedback_type.code, *feedback_type.aliases):
                # OTHER is what today's form sends of everything, and tells less than the service does.
                is_empty_word = feedback_type.code == "other"
                return self.service.type_code or feedback_type.code if is_empty_word else feedback_type.code
        return self.service.type_code or "other"

    def _unit_code(self) -> str | None:
        """The unit that the object is, where the catalogue knows it; else the service's, else none."""
        if self.object_id is not None and (self.object_type or "").rstrip("/") in UNIT_TYPES:
            for unit in self._catalogue.units.values():
                if self.object_id in (unit.code, *unit.aliases) and unit.valid_to is None:
                    return unit.code
        return self.service.unit_code

    def _location(self) -> dict[str, Any] | None:
        given = self._parameters
        point = read_point(given)
        location = {
            "latitude": point[0] if point else None,
            "longitude": point[1] if point else None,
            "address": given.text("address_string", "address"),
            "address_id": given.text("address_id"),
            "zip_code": given.text("zipcode", "zip_code"),
        }
        return location if any(value is not None for value in location.values()) else None

    def _attributes(self) -> dict[str, str | list[str]]:
        single = self._parameters.named("attribute[", "]")
        lists = self._parameters.named("attribute[", "][]")
        found: dict[str, str | list[str]] = {
            code: values[0] if len(values) == 1 else values
            for code, values in single.items()
            if not code.endswith("][")
        }
        found |= lists
        for attribute in self.service.attributes:
            if attribute["required"] and attribute["code"] not in found:
                raise wrong(f"attribute[{attribute['code']}]", "is missing; the service's definition requires it")
        media_url = self._parameters.text("media_url")
        if media_url is not None:
            found["media_url"] = media_url
        return found
