"""All the laws of the records, in the order they are checked."""

from hub.models.laws.check_laws import CHECK_LAWS
from hub.models.laws.law import Law
from hub.models.laws.mail_laws import MAIL_LAWS
from hub.models.laws.making_laws import MAKING_LAWS
from hub.models.laws.purchase_laws import PURCHASE_LAWS
from hub.models.laws.stock_laws import STOCK_LAWS
from hub.models.laws.telling_laws import TELLING_LAWS

LAWS: tuple[Law, ...] = (
    *TELLING_LAWS,
    *STOCK_LAWS,
    *PURCHASE_LAWS,
    *CHECK_LAWS,
    *MAKING_LAWS,
    *MAIL_LAWS,
)
