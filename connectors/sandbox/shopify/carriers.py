"""Tracking links Shopify writes itself when it knows the carrier and no link was given."""

from urllib.parse import quote

from connectors.sandbox.shopify.records import Tracking

# Only the two whose links stand in official sample payloads.
_LINKS = {
    "UPS": "https://www.ups.com/WebTracking?loc=en_US&requester=ST&trackNums={}",
    "USPS": "https://tools.usps.com/go/TrackConfirmAction_input?qtc_tLabels1={}",
}


def parcels(
    *, company: str | None, numbers: list[str], urls: list[str], fallback: str | None = None
) -> list[Tracking]:
    """Pair numbers with links; a known carrier's missing link is written, others stay null."""
    count = max(len(numbers), len(urls), 1 if company else 0)
    return [
        Tracking(
            company=company or fallback,
            number=numbers[at] if at < len(numbers) else None,
            url=urls[at] if at < len(urls) else _link(company, numbers, at),
        )
        for at in range(count)
    ]


def _link(company: str | None, numbers: list[str], at: int) -> str | None:
    pattern = _LINKS.get(company or "")
    return pattern.format(quote(numbers[at])) if pattern and at < len(numbers) else None
