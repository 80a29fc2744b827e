"""Reading the orders of the past, the oldest first."""

from datetime import datetime

from connectors.protocol import ChangePage
from connectors.shopify.client import AdminApi
from connectors.shopify.heads import ask_heads, changes_of, stamp


def history(
    api: AdminApi, *, since: datetime, until: datetime, cursor: str, limit: int
) -> ChangePage:
    """Read a page of the orders placed in `[since, until)`; the cursor is Shopify's own.

    Without the scope `read_all_orders` Shopify keeps back what was placed more than 60 days ago,
    from the list and from its total, and does not say so.

    :raises CursorExpired: Shopify refuses the cursor; begin again.
    """
    question = f"created_at:>='{stamp(since)}' created_at:<'{stamp(until)}'"
    asked = {"query": question, "first": limit, "after": cursor or None}
    heads = ask_heads(api, "order_history", asked)
    following = heads.orders.following
    return ChangePage(
        changes=changes_of(heads),
        cursor=heads.orders.page_info.end_cursor or cursor,
        more=bool(following),
        total=None if heads.orders_count is None else heads.orders_count.count,
    )
