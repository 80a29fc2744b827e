"""What Shopify is known to say when it refuses; nothing else it says is shown to anybody.

Its words as FACTS.md and the schema's descriptions have them. Our own input to Shopify holds no
person, but its answers may: an order's name and address are a field away.
"""

from connectors.words import Phrasebook

PHRASES = (
    "Access denied",
    "protected customer data",
    "You do not have permission",
    "Exceeded the maximum",
    "Address for this topic has already been taken",
    "is not supported",
    "does not exist",
    "could not be found",
    "doesn't exist on type",
    "doesn't accept argument",
    "was provided invalid value",
    "is missing required arguments",
    "has an unfulfillable status",
    "Invalid fulfillment order line item quantity requested",
    "must be assigned to a single location",
    "must belong to the same order",
    "There must be at least one fulfillment order",
    "No more than 512 line items are allowed",
    "Fulfillment order is not in a state that can be held",
    "The fulfillment order is not in a splittable state",
    "The fulfillment order is not on hold",
    "The app is not allowed to release this hold",
    "is already in use by this app",
    "The maximum number of fulfillment holds",
    "The line item quantity is invalid",
    "Cannot report progress on a fulfillment order in this state",
    "Expected fulfillment order status to be valid",
    "is out of range",
    "is too long",
    "is invalid",
    "is closed",
    "is cancelled",
    "can't be blank",
    "Internal error",
    "Throttled",
)

CODES = (
    *("ACCESS_DENIED", "INTERNAL_SERVER_ERROR", "INVALID_ACCESS", "INVALID_VARIABLE"),
    *("MARKETPLACE_APP_NOT_ELIGIBLE", "MAX_COST_EXCEEDED", "SHOP_INACTIVE", "TIMEOUT"),
    *("FULFILLMENT_ORDER_STATUS_INVALID", "FULFILLMENT_ORDER_NOT_SPLITTABLE"),
    *("FULFILLMENT_ORDER_NOT_FOUND", "FULFILLMENT_ORDER_HOLD_LIMIT_REACHED"),
    *("DUPLICATE_FULFILLMENT_HOLD_HANDLE", "DUPLICATED_FULFILLMENT_ORDER_LINE_ITEMS"),
    *("INVALID_LINE_ITEM_QUANTITY", "GREATER_THAN_ZERO", "INVALID_REASON"),
    *("INVALID_NAME", "INVALID_QUANTITY_NAME", "INVALID_REFERENCE_DOCUMENT"),
    *("COMPARE_QUANTITY_REQUIRED", "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"),
)

FIELDS = (
    *("changeFromQuantity", "fulfillmentHold", "fulfillmentId", "fulfillmentOrderId"),
    *("fulfillmentOrderLineItems", "happenedAt", "holdIds", "inventoryItemId"),
    *("lineItemsByFulfillmentOrder", "locationId", "notifyCustomer", "progressReport"),
    *("reasonNotes", "referenceDocumentUri", "trackingInfo", "trackingInfoInput"),
    *("callbackUrl", "webhookSubscription"),
)

SCOPES = (
    *("read_orders", "read_all_orders", "read_products", "read_locations"),
    *("read_inventory", "write_inventory", "write_fulfillments"),
    *("read_merchant_managed_fulfillment_orders",),
    *("write_merchant_managed_fulfillment_orders",),
)

KNOWN = Phrasebook(phrases=PHRASES, names=(*CODES, *FIELDS, *SCOPES))
