"""The shop itself as Etsy writes it."""

from connectors.sandbox.etsy.bodies.receipts import epoch
from connectors.sandbox.etsy.books import Books
from connectors.sandbox.etsy.records import ReadinessState

Json = dict[str, object]


def shop_body(books: Books) -> Json:
    """Write the shop; policies and pictures are empty."""
    opened = epoch(books.opened_at)
    texts = (
        "title",
        "announcement",
        "vacation_message",
        "sale_message",
        "digital_sale_message",
        "policy_welcome",
        "policy_payment",
        "policy_shipping",
        "policy_refunds",
        "policy_additional",
        "policy_seller_info",
        "policy_privacy",
        "vacation_autoreply",
        "image_url_760x100",
        "icon_url_fullxfull",
    )
    active = [each for each in books.listings.values() if each.state == "active"]
    return dict.fromkeys(texts) | {
        "shop_id": books.shop_id,
        "user_id": books.user_id,
        "shop_name": books.name,
        "create_date": opened,
        "created_timestamp": opened,
        "currency_code": books.currency,
        "is_vacation": False,
        "update_date": opened,
        "updated_timestamp": opened,
        "listing_active_count": len(active),
        "digital_listing_count": sum(each.is_digital for each in active),
        "login_name": books.name.lower(),
        "accepts_custom_requests": False,
        "policy_update_date": opened,
        "policy_has_private_receipt_info": False,
        "has_unstructured_policies": False,
        "url": f"https://www.etsy.com/shop/{books.name}",
        "num_favorers": 0,
        "languages": ["en-US"],
        "is_using_structured_policies": True,
        "has_onboarded_structured_policies": True,
        "include_dispute_form_link": False,
        "is_direct_checkout_onboarded": True,
        "is_etsy_payments_onboarded": True,
        "is_calculated_eligible": False,
        "is_opted_in_to_buyer_promise": False,
        "is_shop_us_based": books.country == "US",
        "transaction_sold_count": sum(len(r.transactions) for r in books.receipts.values()),
        "shipping_from_country_iso": books.country,
        "shop_location_country_iso": books.country,
        "review_count": None,
        "review_average": None,
    }


def readiness_body(books: Books, state: ReadinessState) -> Json:
    """Write a processing profile."""
    return {
        "shop_id": books.shop_id,
        "readiness_state_id": state.id,
        "readiness_state": state.readiness_state,
        "min_processing_days": state.min_days,
        "max_processing_days": state.max_days,
        "processing_days_display_label": f"{state.min_days} - {state.max_days} days",
    }
