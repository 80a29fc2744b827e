"""What became of a message is said in words, whatever a connector or the flow left."""

import ast
from pathlib import Path

import pytest

import connectors.email
import connectors.etsy
import connectors.shopify
import hub.flow
from connectors.readings import Ignored, Message
from connectors.shopify.read import read
from hub.web.mail.result_words import RESULTS, knows_result, result_words
from tests.web.pages.visitor import Visitor

TOPICS = (
    *("fulfillment_events/create", "order_transactions/create", "orders/x", "returns/open"),
    *(
        "tender_transactions/create",
        "draft_orders/create",
        "customers/create",
        "products/x",
    ),
    *("variants/in_stock", "inventory_items/create", "inventory_levels/x", "shop/update"),
    *("app/x", "bulk_operations/finish", "carts/create"),
)


@pytest.mark.parametrize("topic", TOPICS)
def test_why_a_shops_message_changes_nothing_is_known_by_its_words(topic: str) -> None:
    reading = read(Message(topic=topic, body=b"{}"))

    assert isinstance(reading, Ignored)
    assert knows_result(f"ignored: {reading.why}")


def test_every_result_that_is_written_in_the_code_is_known() -> None:
    packages = (connectors.email, connectors.etsy, connectors.shopify, hub.flow)

    written = {each for package in packages for each in _ignored(package.__path__[0])}

    assert len(written) >= 4
    assert [each for each in sorted(written) if not knows_result(each)] == []


def _ignored(folder: str) -> set[str]:
    """Collect what is returned as "ignored: …", or is given to Ignored as its reason."""
    found = set()
    for file in Path(folder).glob("**/*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.Return(value=ast.Constant(value=str(words))):
                    found |= {words} if words.startswith("ignored: ") else set()
                case ast.Call(
                    func=ast.Name(id="Ignored"),
                    keywords=[ast.keyword(value=ast.Constant(value=str(words)))],
                ):
                    found.add(f"ignored: {words}")
    return found


def test_what_became_of_a_message_is_said_in_words(owner: Visitor) -> None:
    with owner.client.application.test_request_context():
        said = {each: result_words(each) for each in (*RESULTS, "review: pack_unit")}

    assert said["created"] == "a new order"
    assert said["review: pack_unit"].startswith("Waits for a person: ")
    assert not any("_" in words for words in said.values())
    assert not knows_result("scrambled")
