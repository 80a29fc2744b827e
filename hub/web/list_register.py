"""Every list there is, by its page."""

from collections.abc import Mapping

from hub.web.customer_list import CUSTOMERS
from hub.web.lists.spec import Frame
from hub.web.lot_list import LOTS
from hub.web.mail_list import MAILS
from hub.web.message_lists import INBOX, OUTBOX
from hub.web.order_list import ORDERS
from hub.web.purchase_list import PURCHASES
from hub.web.recall_list import RECALLS
from hub.web.shipment_list import SHIPMENTS
from hub.web.stock_list import ITEMS

EVERY: tuple[Frame, ...] = (
    ORDERS,
    ITEMS,
    LOTS,
    SHIPMENTS,
    PURCHASES,
    CUSTOMERS,
    INBOX,
    OUTBOX,
    MAILS,
    RECALLS,
)

LISTS: Mapping[str, Frame] = {each.page: each for each in EVERY}
