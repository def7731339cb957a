"""``$metadata``: the entity sets in OData's Common Schema Definition Language."""

from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from services.reporting_api.odata.entity_sets import ENTITY_SETS, EntitySet

_EDMX = "http://docs.oasis-open.org/odata/ns/edmx"
_EDM = "http://docs.oasis-open.org/odata/ns/edm"
NAMESPACE = "katsaus"
CONTAINER = "Figures"

register_namespace("edmx", _EDMX)
register_namespace("", _EDM)


def metadata_document() -> str:
    """The document; it changes with the software only."""
    root = Element(f"{{{_EDMX}}}Edmx", Version="4.0")
    schema = SubElement(SubElement(root, f"{{{_EDMX}}}DataServices"), f"{{{_EDM}}}Schema", Namespace=NAMESPACE)
    for entity_set in ENTITY_SETS.values():
        _add_type(schema, entity_set)
    container = SubElement(schema, f"{{{_EDM}}}EntityContainer", Name=CONTAINER)
    for name in ENTITY_SETS:
        SubElement(container, f"{{{_EDM}}}EntitySet", Name=name, EntityType=f"{NAMESPACE}.{name}_row")
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode")


def _add_type(schema: Element, entity_set: EntitySet) -> None:
    entity_type = SubElement(schema, f"{{{_EDM}}}EntityType", Name=f"{entity_set.name}_row")
    key = SubElement(entity_type, f"{{{_EDM}}}Key")
    for name in entity_set.key:
        SubElement(key, f"{{{_EDM}}}PropertyRef", Name=name)
    for name, kind in entity_set.properties.items():
        nullable = "false" if name in entity_set.key else "true"
        SubElement(entity_type, f"{{{_EDM}}}Property", Name=name, Type=kind.value, Nullable=nullable)
