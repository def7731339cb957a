"""A table as an edition keeps it: nothing of it is computed again when it is shown or downloaded."""

from services.reporting_api.measures.figures import FigureStatus, Number
from services.reporting_api.tables.model import Category, Definitions, Dimension, Observation, Role, Table
from services.shared.schemas import ResponseModel
from services.shared.tables.base import Labels


class StoredCategory(ResponseModel):
    """A category of a dimension."""

    code: str
    labels: Labels


class StoredDimension(ResponseModel):
    """A dimension with its categories in order."""

    code: str
    labels: Labels
    role: Role | None
    categories: list[StoredCategory]


class StoredCell(ResponseModel):
    """An observation; ``key`` is a category's code in each dimension."""

    key: list[str]
    value: Number | None
    count: int | None
    base: int | None
    lower: Number | None
    upper: Number | None
    status: FigureStatus


class StoredTable(ResponseModel):
    """A table of an edition."""

    name: str
    titles: Labels
    dimensions: list[StoredDimension]
    cells: list[StoredCell]

    @classmethod
    def of(cls, table: Table) -> "StoredTable":
        """The stored form; cells in the order of the table's rows."""
        return cls(
            name=table.name,
            titles=table.titles,
            dimensions=[StoredDimension.model_validate(dimension) for dimension in table.dimensions],
            cells=[
                StoredCell(
                    key=[category.code for category in categories],
                    value=it.value,
                    count=it.count,
                    base=it.base,
                    lower=it.lower,
                    upper=it.upper,
                    status=it.status,
                )
                for categories, it in table.rows()
            ],
        )

    def table(self, definitions: Definitions) -> Table:
        """The table again, for the formats, its measures as they were defined when it was stored."""
        return Table(
            name=self.name,
            titles=self.titles,
            dimensions=tuple(
                Dimension(it.code, it.labels, tuple(Category(one.code, one.labels) for one in it.categories), it.role)
                for it in self.dimensions
            ),
            observations={
                tuple(it.key): Observation(it.value, it.count, it.base, it.lower, it.upper, it.status)
                for it in self.cells
            },
            definitions=definitions,
        )
