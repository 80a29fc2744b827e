"""Flows: as wide as their counts on both sides, filling their posts, one below the other."""

from hypothesis import given
from hypothesis import strategies as st

from hub.web.pictures.sankey import Sankey, sankey

LEFT, RIGHT = tuple(range(6)), ("new", "ready", "shipped", "cancelled")
FLOWS = st.dictionaries(
    st.tuples(st.sampled_from(LEFT), st.sampled_from(RIGHT)), st.integers(1, 10**5)
)
CLOSE = 0.01


def drawn(flows: dict[tuple[int, str], int]) -> Sankey[int, str]:
    """Draw flows in a box of 640 pixels."""
    return sankey(flows, left=LEFT, right=RIGHT, x=(100, 500), width=640)


@given(FLOWS)
def test_no_order_is_lost_on_either_side(flows: dict[tuple[int, str], int]) -> None:
    picture = drawn(flows)

    total = sum(flows.values())
    assert sum(post.count for post in picture.left.values()) == total
    assert sum(post.count for post in picture.right.values()) == total
    assert {(r.source, r.target): r.count for r in picture.ribbons} == flows


@given(FLOWS)
def test_ribbons_fill_their_posts_exactly(flows: dict[tuple[int, str], int]) -> None:
    picture = drawn(flows)

    for name, post in picture.left.items():
        mine = [r for r in picture.ribbons if r.source == name]
        assert abs(sum(r.height for r in mine) - post.height) < CLOSE
        assert abs(min(r.top_left for r in mine) - post.y) < CLOSE
    for other, post in picture.right.items():
        theirs = [r for r in picture.ribbons if r.target == other]
        assert abs(sum(r.height for r in theirs) - post.height) < CLOSE
        assert abs(min(r.top_right for r in theirs) - post.y) < CLOSE


@given(FLOWS)
def test_posts_stand_below_each_other_within_the_box(
    flows: dict[tuple[int, str], int],
) -> None:
    picture = drawn(flows)

    for side in (picture.left, picture.right):
        posts = list(side.values())
        for upper, lower in zip(posts, posts[1:], strict=False):
            assert upper.y + upper.height < lower.y
            assert lower.middle - upper.middle >= 14  # their names do not overlap
        assert all(post.y + post.height <= picture.height + CLOSE for post in posts)
