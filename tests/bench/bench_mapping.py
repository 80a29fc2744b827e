"""How long searching, suggesting and previewing take with ten thousand listings, printed as ratios.

`make bench` runs it. Nothing is asserted of time: the ratio to a shop of a thousand listings says
how it grows on any machine.
"""

import time
from collections.abc import Callable
from random import Random

from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session

from hub.models.meaning.mapping_queries import suggestions_for
from hub.models.meaning.mapping_queue import Asked, find_queue, queue_counts
from hub.models.records.base import Record
from hub.models.records.listings import Listing, ListingComponent
from mapping.listing import search_words, sku_key
from tests.factories import NOW, PIECE, make_account, make_item

SCENTS = ("lavender", "fig", "rose", "orange", "pine", "vanilla", "amber", "cedar", "mint")
THINGS = ("candle", "soap", "bath salt", "balm", "diffuser", "wax melt", "shampoo bar")
ROWS = 50


def build(session: Session, *, many: int, seed: int = 7) -> None:
    """Write so many listings, nineteen of twenty mapped by somebody."""
    random = Random(seed)  # noqa: S311 - a drawn shop, no secret
    shop = make_account(session)
    items = [make_item(session, code=f"ITEM-{number}").id for number in range(300)]
    listings, parts = [], []
    for number in range(1, many + 1):
        title = f"{random.choice(SCENTS)} {random.choice(THINGS)} no {number % 700}"
        variant = f"{random.choice((100, 200, 250, 500))} ml"
        sku = f"SKU-{number:05d}"
        is_mapped = number % 20 != 0
        listings.append({
            "id": number, "account_id": shop.id, "key": f"variant:{number}", "sku": sku,
            "sku_key": sku_key(sku), "title": title, "variant_title": variant,
            "found_by": search_words(title, variant, sku), "created_at": NOW,
            "state": "mapped" if is_mapped else "unmapped",
            "matched_by": "person" if is_mapped else "", "mapped_at": NOW,
            "mapped_by": "user:1",
        })  # fmt: skip
        if is_mapped:
            parts.append({
                "listing_id": number, "item_id": random.choice(items), "quantity": PIECE,
            })  # fmt: skip
    session.execute(insert(Listing), listings)
    session.execute(insert(ListingComponent), parts)
    session.flush()


def median_ms(work: Callable[[], object], *, times: int = 7) -> float:
    """Return the middle of several runs, in milliseconds of the processor."""
    taken = []
    for _ in range(times):
        began = time.process_time()
        work()
        taken.append((time.process_time() - began) * 1000)
    return sorted(taken)[times // 2]


def measure(*, many: int) -> dict[str, float]:
    """Measure a shop of so many listings."""
    engine = create_engine("sqlite://")
    Record.metadata.create_all(engine)
    with Session(engine) as session:
        build(session, many=many)
        queue = find_queue(session, asked=Asked(), limit=ROWS).rows
        return {
            "search": median_ms(
                lambda: find_queue(
                    session, asked=Asked(tab="mapped", text="laven candle 12"), limit=40
                )
            ),
            "search, no hit": median_ms(
                lambda: find_queue(
                    session, asked=Asked(tab="mapped", text="nothing such"), limit=40
                )
            ),
            "tabs": median_ms(lambda: queue_counts(session)),
            f"suggest for {ROWS}": median_ms(
                lambda: suggestions_for(session, queue), times=3
            ),
        }


def test_the_mapping_queue_with_ten_thousand_listings() -> None:
    small, large = measure(many=1_000), measure(many=10_000)

    print("\n\nthe mapping queue, 10,000 listings beside 1,000")
    for name, taken in large.items():
        grows = taken / max(small[name], 0.01)
        print(f"{name:24} {taken:8.1f} ms at 10,000; {grows:5.1f} x that of 1,000")
    assert large.keys() == small.keys()
