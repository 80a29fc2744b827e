"""Listings and their inventory as Etsy writes them."""

from datetime import timedelta

from connectors.sandbox.etsy.bodies.receipts import epoch, property_body
from connectors.sandbox.etsy.books import Books
from connectors.sandbox.etsy.records import Listing, Offering, Product

Json = dict[str, object]


def inventory_body(books: Books, listing: Listing, *, deleted: bool = False) -> Json:
    """Write everything a listing sells; with `deleted` what it no longer sells, too."""
    shown = listing.products if deleted else listing.living
    return {
        "products": [_product(books, product) for product in shown],
        "price_on_property": list(listing.price_on_property),
        "quantity_on_property": list(listing.quantity_on_property),
        "sku_on_property": list(listing.sku_on_property),
        "readiness_state_on_property": list(listing.readiness_state_on_property),
    }


def _product(books: Books, product: Product) -> Json:
    return {
        "product_id": product.id,
        "sku": product.sku,
        "is_deleted": product.is_deleted,
        "offerings": [_offering(books, each) for each in product.offerings],
        "property_values": [property_body(value) for value in product.property_values],
    }


def _offering(books: Books, offering: Offering) -> Json:
    return {
        "offering_id": offering.id,
        "quantity": offering.quantity,
        "is_enabled": offering.is_enabled,
        "is_deleted": offering.is_deleted,
        "price": books.money(offering.price),
        "readiness_state_id": offering.readiness_state_id,
    }


def listing_body(books: Books, listing: Listing) -> Json:
    """Write a listing without what hangs on it."""
    created, updated = epoch(listing.created_at), epoch(listing.updated_at)
    cheapest = min((product.offering.price for product in listing.living), default=0)
    first = next(iter(listing.living), None)
    return {
        "listing_id": listing.id,
        "user_id": books.user_id,
        "shop_id": books.shop_id,
        "title": listing.title,
        "description": listing.description,
        "state": listing.state,
        "creation_timestamp": created,
        "created_timestamp": created,
        "ending_timestamp": epoch(listing.created_at + timedelta(days=120)),
        "original_creation_timestamp": created,
        "last_modified_timestamp": updated,
        "updated_timestamp": updated,
        "state_timestamp": updated,
        "quantity": listing.quantity,
        "shop_section_id": None,
        "featured_rank": -1,
        "url": f"https://www.etsy.com/listing/{listing.id}",
        "num_favorers": 0,
        "non_taxable": False,
        "is_taxable": True,
        "is_customizable": False,
        "is_personalizable": listing.is_personalizable,
        "listing_type": "download" if listing.is_digital else "physical",
        "tags": [],
        "materials": [],
        "shipping_profile_id": None if listing.is_digital else 189_944_640_304,
        "return_policy_id": None,
        "processing_min": None if listing.is_digital else 1,
        "processing_max": None if listing.is_digital else listing.max_processing_days,
        "who_made": "i_did",
        "when_made": "made_to_order",
        "is_supply": False,
        "is_private": False,
        "style": [],
        "file_data": "",
        "has_variations": any(product.property_values for product in listing.living),
        "should_auto_renew": True,
        "language": "en-US",
        "price": books.money(cheapest),
        "taxonomy_id": 1,
        "readiness_state_id": first.offering.readiness_state_id if first else None,
    }


def full_listing_body(books: Books, listing: Listing, *, inventory: bool) -> Json:
    """Write a listing with its SKUs and, if asked for, its inventory."""
    return listing_body(books, listing) | {
        "shipping_profile": None,
        "user": None,
        "shop": None,
        "images": [],
        "videos": [],
        "inventory": inventory_body(books, listing) if inventory else None,
        "production_partners": [],
        "skus": [product.sku for product in listing.living if product.sku],
        "translations": None,
        "views": 0,
    }
