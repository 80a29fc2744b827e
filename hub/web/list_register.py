"""Every list there is, by its page."""

from collections.abc import Mapping

from hub.web.lists.spec import Frame
from hub.web.lot_list import LOTS
from hub.web.order_list import ORDERS
from hub.web.shipment_list import SHIPMENTS
from hub.web.stock_list import ITEMS

LISTS: Mapping[str, Frame] = {each.page: each for each in (ORDERS, ITEMS, LOTS, SHIPMENTS)}
