"""Recorded messages, each with the canonical reading it must always come out as.

A sample is `tests/contract/channels/<key>/samples/<name>.json`: `why` it is there, the `topic`, the
`body` (or `raw`, for what is no JSON), and `reading`: the kind of reading with its values, as JSON.
"""

import json
from dataclasses import asdict

from connectors.readings import Message
from mapping.strict_json import Json
from tests.contract.harness import Harness


def written(reading: object) -> Json:
    """Write a reading as JSON, its times in ISO."""
    plain: Json = json.loads(json.dumps(asdict(reading), default=str))  # type: ignore[call-overload]
    return {type(reading).__name__: plain}


def test_every_recorded_message_is_read_as_it_always_was(h: Harness) -> None:
    samples = sorted(h.samples.glob("*.json"))
    assert samples, f"no recorded message in {h.samples}"

    for path in samples:
        sample = json.loads(path.read_text(encoding="utf-8"))
        raw = sample["raw"] if "raw" in sample else json.dumps(sample["body"])
        message = Message(topic=sample["topic"], body=raw.encode())
        assert sample["why"], path.name
        assert written(h.channel().read(message)) == sample["reading"], path.name
