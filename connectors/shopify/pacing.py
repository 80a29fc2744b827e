"""What each of our documents costs, and the bucket a shop keeps for our app."""

from datetime import timedelta

from connectors.errors import RateLimited
from connectors.pacing import NO_WAIT, Pacer
from connectors.shopify.answers import Cost
from connectors.spec import Rate

BUCKET = "graphql"
RATE = Rate(bucket=BUCKET, size=2000, per=timedelta(seconds=20))
"""What to believe before the shop said: a Standard shop's points, restored 100 a second
(shopify.dev, "API rate limits")."""
FIRST_GUESS = 100
"""What a document is taken to cost until an answer said so; none of ours costs 250."""

_PRICES: dict[str, int] = {}
"""The last `requestedQueryCost` of each document: a fact about our documents, not about a shop,
so all accounts of a process learn it from one another."""


def take_for(pacer: Pacer, document: str) -> None:
    """Take what a document cost the last time from the shop's bucket.

    :raises RateLimited: there is too little in it; nothing was sent.
    """
    cost = _PRICES.get(document, FIRST_GUESS)
    wait = pacer.take(BUCKET, cost=cost, size=RATE.size, per=RATE.per)
    if wait > NO_WAIT:
        what = "we wait so that Shopify need not ask us to slow down"
        raise RateLimited(what, retry_after=wait)


def learn(pacer: Pacer, document: str, cost: Cost | None) -> None:
    """Note what an answer said of its cost and of the bucket; odd numbers are not believed."""
    if cost is None:
        return
    status = cost.throttle_status
    if 0 <= cost.requested_query_cost <= 10_000:
        _PRICES[document] = int(cost.requested_query_cost)
    if not 1 <= status.maximum_available <= 10**7 or not 0 < status.restore_rate <= 10**6:
        return
    pacer.told(
        BUCKET,
        available=int(min(max(status.currently_available, 0), status.maximum_available)),
        size=int(status.maximum_available),
        per=timedelta(seconds=status.maximum_available / status.restore_rate),
    )
