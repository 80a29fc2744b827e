"""What Etsy is known to say when it refuses; nothing else it says is shown to anybody.

The error bodies seen in etsy/open-api's issues (#201, #395, #422, #589, discussions 1592 and 1752),
in the descriptions of its OpenAPI file, and in the OAuth 2.0 words it uses (RFC 6749, 5.2).
"""

from connectors.words import Phrasebook

PHRASES = (
    "access token is expired",
    "access token is revoked",
    "API key not found",
    "Shared secret is required",
    "incorrect shared secret",
    "insufficient scope",
    "Unauthorized",
    "User does not own this shop",
    "Could not find a shop",
    "Could not find a listing",
    "Resource not found",
    "Missing Input Parameter",
    "Unknown parameter",
    "A tracking number is required",
    "not in a state that can be shipped",
    "cannot be canceled",
    "Offset provided is greater than the maximum offset allowed",
    "One offering must have quantity greater than 0",
    "Each product needs exactly one offering",
    "All products must have the same properties",
    "Property values can't be empty",
    "The price is not valid",
    "The quantity must be between",
    "is not consistent with",
    "has too many decimals",
    "Invalid value",
    "Expected int value",
    "Expected string value",
    "Expected boolean value",
    "cannot be empty",
    "already exists",
    "too many requests",
)

NAMES = (
    # Scopes
    *("address_r", "email_r", "listings_r", "listings_w", "shops_r"),
    *("transactions_r", "transactions_w"),
    # OAuth
    *("invalid_client", "invalid_grant", "invalid_request", "invalid_token"),
    *("insufficient_scope", "unauthorized_client"),
    # What we send
    *("carrier_name", "is_enabled", "max_variations_supported", "offerings"),
    *("price_on_property", "products", "property_id", "property_name", "property_values"),
    *("quantity_on_property", "readiness_state_id", "readiness_state_on_property"),
    *("scale_id", "sku", "sku_on_property", "tracking_code", "value_ids", "was_shipped"),
    *("min_created", "max_created", "min_last_modified", "max_last_modified"),
    *("listing_id", "listing_ids", "receipt_id", "shop_id"),
)

KNOWN = Phrasebook(phrases=PHRASES, names=NAMES)
