"""The questions and answers of PxWebApi 2, named as its specification has them."""

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from services.shared.schemas import RequestModel, ResponseModel


class CamelAnswer(ResponseModel):
    """Names as JavaScript writes them."""

    model_config = ConfigDict(alias_generator=to_camel, serialize_by_alias=True, populate_by_name=True)


class CamelRequest(RequestModel):
    """Names as JavaScript writes them."""

    model_config = ConfigDict(alias_generator=to_camel)


class Link(CamelAnswer):
    """Where something else is."""

    rel: str = Field(examples=["data"])
    hreflang: str = Field(examples=["fi"])
    href: str


class LanguageAnswer(CamelAnswer):
    """A language."""

    id: str = Field(examples=["fi"])
    label: str = Field(examples=["suomi"])


class SourceReference(CamelAnswer):
    """How to cite."""

    language: str
    text: str


class ConfigAnswer(CamelAnswer):
    """What the API offers. No number of calls is refused, so the window's is the largest there is."""

    api_version: str
    app_version: str
    languages: list[LanguageAnswer]
    default_language: str
    max_data_cells: int
    max_calls_per_time_window: int
    time_window: int
    license: str
    source_references: list[SourceReference]
    default_data_format: str
    data_formats: list[str]
    features: list[str]


class PxTable(CamelAnswer):
    """A table as it is listed. ``updated`` is null: figures are counted when they are asked for."""

    type: str
    id: str = Field(examples=["feedback-by-type"])
    label: str
    description: str | None
    sort_code: str
    tags: list[str]
    updated: str | None
    first_period: str | None = Field(examples=["2021-Q1"])
    last_period: str | None = Field(examples=["2021-Q2"])
    category: str
    variable_names: list[str]
    discontinued: bool
    source: str
    time_unit: str
    links: list[Link]


class PxTableAnswer(PxTable):
    """A table by itself."""

    language: str


class PageInfo(CamelAnswer):
    """Where a page of tables stands."""

    page_number: int
    page_size: int
    total_elements: int
    total_pages: int
    links: list[Link]


class PxTables(CamelAnswer):
    """A page of tables."""

    language: str
    tables: list[PxTable]
    page: PageInfo
    links: list[Link]


class VariableSelection(CamelRequest):
    """The values selected of a variable: codes or expressions."""

    variable_code: str = Field(max_length=100, examples=["type"])
    code_list: None = Field(default=None, description="There are none.")
    value_codes: list[str] = Field(examples=[["complaint", "*"]])


class Placement(CamelRequest):
    """Where a tool shows the variables. Accepted and without effect: answers keep the table's order."""

    heading: list[str] = Field(default_factory=list)
    stub: list[str] = Field(default_factory=list)


class VariablesSelection(CamelRequest):
    """A selection; of a variable that is named twice the later one counts."""

    selection: list[VariableSelection] = Field(max_length=20)
    placement: Placement | None = None


class SelectionAnswer(CamelAnswer):
    """What is answered where nothing is selected."""

    selection: list["SelectedVariable"]
    language: str
    links: list[Link]


class SelectedVariable(CamelAnswer):
    """The expressions of one variable."""

    variable_code: str
    code_list: str | None
    value_codes: list[str]
