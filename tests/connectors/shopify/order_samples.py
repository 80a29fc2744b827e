"""Our own sample orders: each in one or both of Shopify's shapes, and what it comes out as."""

import copy
import json
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parents[2] / "samples" / "shopify"
CASES: dict[str, Any] = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(SAMPLES.glob("*.json"))
}
IN_BOTH_SHAPES = [name for name, case in CASES.items() if "graphql" in case]


def sent(name: str) -> dict[str, Any]:
    """The sample as a webhook's body, free to be changed."""
    body: dict[str, Any] = copy.deepcopy(CASES[name]["rest"])
    return body


def fetched(name: str) -> dict[str, Any]:
    """The sample as documents/order.graphql answers, free to be changed."""
    node: dict[str, Any] = copy.deepcopy(CASES[name]["graphql"])
    return node
