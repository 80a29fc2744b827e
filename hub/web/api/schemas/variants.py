"""Variants as the API takes them: an item finished with what was chosen."""

from typing import Annotated

from pydantic import Field

from hub.web.api.quantities import QuantityIn
from hub.web.api.shapes import In, Name

Options = Annotated[
    dict[Name, Name], Field(max_length=50, examples=[{"scent": "lavender"}])
]
"""Option -> value, capitals aside as the recipe offers them."""


class VariantIn(In):
    """What somebody chose of what an item's recipe offers."""

    options: Options
    batch_size: QuantityIn | None = Field(
        None,
        description="How much is finished at a time; as the last variant of the item, else a"
        " whole batch of it.",
    )
