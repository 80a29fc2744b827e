"""The lines of a receipt: what was bought, in which variation, with which words upon it. Pure."""

from connectors.etsy.read_words import (
    Given,
    count,
    id_of,
    is_true,
    money,
    objects_of,
    plain,
    texts_of,
    variant_words,
    words,
)
from mapping.canonical import Line, LineKind

PERSONALISATION = "54"
"""The property every personalisation has; its name is whatever the seller asked."""

_USUAL_TYPE = "listing"


def lines_of(receipt: Given, *, is_cancelled: bool) -> tuple[Line, ...]:
    """Read the lines of a receipt, in the order of their ids, whatever order they came in.

    Etsy knows no parcel's content: a receipt that was sent, or has a parcel, was sent whole.
    """
    is_sent = is_true(receipt.get("is_shipped")) or bool(
        objects_of(receipt.get("shipments"))
    )
    found = {
        external_id: _line(given, external_id, is_sent=is_sent, is_cancelled=is_cancelled)
        for given in objects_of(receipt.get("transactions"))
        if (external_id := id_of(given.get("transaction_id")))
    }
    return tuple(found[one] for one in sorted(found, key=int))


def variant_of_properties(given: object) -> str:
    """Name a variation as the listing's own inventory does, whose words are not translated."""
    return variant_words(
        text for chosen in objects_of(given) for text in texts_of(chosen.get("values"))
    )


def _line(
    given: Given, external_id: str, *, is_sent: bool | None, is_cancelled: bool
) -> Line:
    ordered = count(given.get("quantity"))
    return Line(
        external_id=external_id,
        kind=_kind(given),
        title=words(given.get("title")),
        ordered=ordered,
        cancelled=ordered if is_cancelled and not is_sent else 0,
        fulfilled=ordered if is_sent else 0,
        sku=plain(given.get("sku")),
        product_id=id_of(given.get("listing_id")),
        variant_title=_variant(given),
        personalisation=_personalisation(given),
        unit_price=money(given.get("price")),
    )


def _kind(given: Given) -> LineKind:
    if is_true(given.get("is_digital")):
        return LineKind.DIGITAL
    known = plain(given.get("transaction_type")) in {"", _USUAL_TYPE}
    return LineKind.PRODUCT if known else LineKind.UNKNOWN


def _variant(given: Given) -> str:
    """Name what was chosen, in the listing's own words where the receipt repeats them.

    `variations` is written for the buyer, in the buyer's language (etsy/open-api #254).
    """
    return variant_of_properties(given.get("product_data")) or variant_words(
        words(chosen.get("formatted_value"))
        for chosen in objects_of(given.get("variations"))
        if not _is_personal(chosen)
    )


def _personalisation(given: Given) -> tuple[tuple[str, str], ...]:
    """Return question and answer of each personalisation; a file is told by its address."""
    return tuple(
        (words(chosen.get("formatted_name")), answer)
        for chosen in objects_of(given.get("variations"))
        if _is_personal(chosen) and (answer := words(chosen.get("formatted_value")))
    )


def _is_personal(chosen: Given) -> bool:
    is_54 = id_of(chosen.get("property_id")) == PERSONALISATION
    return is_54 or bool(id_of(chosen.get("question_id")))
