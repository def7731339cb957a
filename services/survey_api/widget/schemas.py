"""What a page's owner needs to know of the widget's file."""

from pydantic import Field

from services.shared.schemas import ResponseModel


class WidgetRead(ResponseModel):
    """The widget's present version."""

    url: str = Field(
        description="Its address for ever, relative to this service.", examples=["/widget/0123456789abcdef/widget.js"]
    )
    integrity: str = Field(description="For the script's `integrity` attribute.", examples=["sha384-…"])
    size: int = Field(description="Bytes.")
    compressed_size: int = Field(description="Bytes as sent with gzip.")
