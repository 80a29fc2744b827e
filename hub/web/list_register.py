"""Every list there is, by its page."""

from collections.abc import Mapping

from hub.web.channels.message_lists import INBOX, OUTBOX
from hub.web.lists.spec import Frame
from hub.web.mail.customer_list import CUSTOMERS
from hub.web.mail.mail_list import MAILS
from hub.web.orders.order_list import ORDERS
from hub.web.purchasing.purchase_list import PURCHASES
from hub.web.recalls.recall_list import RECALLS
from hub.web.shipping.shipment_list import SHIPMENTS
from hub.web.stock.forecast_page import FORECASTS
from hub.web.stock.lot_list import LOTS
from hub.web.stock.stock_list import ITEMS

EVERY: tuple[Frame, ...] = (
    ORDERS,
    ITEMS,
    LOTS,
    FORECASTS,
    SHIPMENTS,
    PURCHASES,
    CUSTOMERS,
    INBOX,
    OUTBOX,
    MAILS,
    RECALLS,
)

LISTS: Mapping[str, Frame] = {each.page: each for each in EVERY}
