"""Nothing in foreign JSON breaks what comes after it, and no order is lost for a character."""

import json
import sys
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.strict_json import (
    DEEPEST,
    JsonRefused,
    Mended,
    clean_text,
    read_mended,
    read_strict,
)

STORABLE = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(min_value=-(2**63), max_value=2**63 - 1),
        st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=20,
)


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


# What is read ----------------------------------------------------------------------------


@given(STORABLE, st.booleans())
def test_ordinary_json_is_read_as_it_is(value: object, in_ascii: bool) -> None:
    raw = json.dumps(value, ensure_ascii=in_ascii).encode()

    assert read_strict(raw) == value
    assert read_mended(raw) == Mended(value=value, flags=())  # type: ignore[arg-type]


def test_an_emoji_written_as_two_halves_is_one_whole() -> None:
    assert read_strict(rb'"\ud83d\udd6f"') == "🕯"


def test_a_number_with_a_fraction_is_exact() -> None:
    assert read_strict(b"[89.99, 1e2, 0.1]") == [
        Decimal("89.99"),
        Decimal(100),
        Decimal("0.1"),
    ]


@pytest.mark.parametrize("whole", [2**63 - 1, -(2**63), 2**53 + 1, 0])
def test_a_whole_number_of_64_bits_is_exact(whole: int) -> None:
    assert read_strict(str(whole).encode()) == whole


def test_the_deepest_nesting_is_still_read() -> None:
    assert read_strict(nested(DEEPEST)) == json.loads(nested(DEEPEST))


@pytest.mark.parametrize(
    "raw", [b"[1,2,3]", b'{"a":[],"b":{}}', b'[" ,,[{", "]}"]', b"[[ ],{ }]"]
)
def test_values_are_counted_and_what_is_in_texts_is_not(raw: bytes) -> None:
    values = {b"[1,2,3]": 4, b'{"a":[],"b":{}}': 3, b"[[ ],{ }]": 3}.get(raw, 3)

    assert read_strict(raw, most_nodes=values) == json.loads(raw)
    with pytest.raises(JsonRefused, match="more than"):
        read_strict(raw, most_nodes=values - 1)


# What is refused by both -----------------------------------------------------------------

HOPELESS = {
    "too deep": nested(DEEPEST + 1),
    "far too deep": b"[" * 100_000,
    "too deep in objects": b'{"a":' * 100_000,
    "too many": b"[" + b"1," * 50_000 + b"1]",
    "NaN": b'{"a": NaN}',
    "Infinity": b"[-Infinity]",
    "beyond any float": b"1e999",
    "an exponent of its own": b"1e99999999999999999999",
    "more than 64 bits": b"9223372036854775808",
    "less than 64 bits": b"-9223372036854775809",
    "digits without end": b"9" * 5000,
    "a fraction without end": b"0." + b"9" * 5000,
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "UTF-32": '{"a": 1}'.encode("utf-32"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a broken byte": b'{"a": "\xff"}',
    "a surrogate in bytes": b'"\xed\xa0\x80"',
    "nothing": b"",
    "two values": b"{} {}",
    "a comment": b"{} // fine",
    "a trailing comma": b"[1,]",
    "an open text": b'{"a": "',
    "an open escape": b'"\\',
    "a raw NUL": b'"\x00"',
    "single quotes": b"{'a': 1}",
}


@pytest.mark.parametrize("raw", HOPELESS.values(), ids=HOPELESS.keys())
def test_what_cannot_be_read_safely_is_refused_with_words(raw: bytes) -> None:
    for reader in (read_strict, read_mended):
        with pytest.raises(JsonRefused) as refused:
            reader(raw)
        assert refused.value.why.endswith(".")
        assert refused.value.why in str(refused.value)


def test_a_text_that_never_ends_takes_no_time() -> None:
    with pytest.raises(JsonRefused):
        read_strict(b'"' + b'\\"' * 500_000)


def test_a_name_repeated_at_the_end_of_a_long_object_takes_no_time() -> None:
    pairs = b",".join(b'"%d":1' % n for n in [*range(40_000), 39_999])

    with pytest.raises(JsonRefused, match="39999"):
        read_strict(b"{" + pairs + b"}")


def test_deep_in_somebody_else_s_calls_depth_is_no_worse_than_refused() -> None:
    def read_from(depth: int) -> object:
        return read_from(depth - 1) if depth else read_strict(nested(DEEPEST))

    frame, used = sys._getframe(), 0
    while frame.f_back:
        frame, used = frame.f_back, used + 1

    for left in (100, 60, 40):
        with suppress(JsonRefused):
            read = read_from(sys.getrecursionlimit() - used - left)
            assert read == json.loads(nested(DEEPEST))


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    for reader in (read_strict, read_mended):
        try:
            reader(raw)
        except JsonRefused:
            continue
        assert json.loads(raw.decode()) is not ...


# What the API refuses and a shop's message survives --------------------------------------


@pytest.mark.parametrize(
    "raw,where,mended",
    [
        (
            rb'{"lines": [{"title": "a\u0000b"}]}',
            "lines[0].title",
            {"lines": [{"title": "a�b"}]},
        ),
        (rb'["\ud83d"]', "[0]", ["�"]),
        (rb'["x\udd6f\ud83dy"]', "[0]", ["x��y"]),
        (rb'{"a\u0000": 1}', "a�", {"a�": 1}),
        (b'{"a": {"b": 1, "b": 2}}', "a.b", {"a": {"b": 2}}),
        (b'[{"a": 1, "a": 1}]', "[0].a", [{"a": 1}]),
        (rb'"\u0000"', "", "�"),
    ],
)
def test_the_api_refuses_and_says_where_what_a_shop_s_message_has_mended(
    raw: bytes, where: str, mended: object
) -> None:
    with pytest.raises(JsonRefused) as refused:
        read_strict(raw)
    read = read_mended(raw)

    assert refused.value.where == where
    assert read.value == mended
    assert len(read.flags) == 1
    assert read.flags[0].startswith(where)


def test_every_thing_mended_is_flagged() -> None:
    read = read_mended(rb'{"a": "\u0000", "b": "\ud800", "b": "\u0000", "c": "fine"}')

    assert read.value == {"a": "�", "b": "�", "c": "fine"}
    assert [flag.partition(":")[0] for flag in read.flags] == ["b", "a", "b"]


def test_a_number_nobody_can_keep_is_no_small_thing() -> None:
    with pytest.raises(JsonRefused) as refused:
        read_mended(rb'{"a": "\u0000", "b": [1, 1e999]}')

    assert refused.value.where == "b[1]"


def test_broken_json_is_refused_by_line_and_column() -> None:
    with pytest.raises(JsonRefused) as refused:
        read_strict(b'{\n "a": }')

    assert refused.value.where == "line 2, column 7"


def test_clean_text_keeps_everything_a_database_takes() -> None:
    assert clean_text("a\0\ud83d ünï\n\t🕯") == "a�� ünï\n\t🕯"
