"""What must hold of messages and history: each ended well, each change was told once."""

from hub.models.laws.law import Law

ENDED_WELL = Law(
    code="I2",
    subject="inbound",
    words="{state} without saying what it came to",
    broken="""
    SELECT id AS subject_id, state FROM inbound_message
    WHERE (state = 'done' AND (result = '' OR done_at IS NULL))
       OR (state IN ('held', 'dead') AND (error_class IS NULL OR done_at IS NULL))
       OR (state <> 'waiting' AND lease_owner IS NOT NULL)
    """,
)
ORDER_KEPT = Law(
    code="I3",
    subject="inbound",
    words="{result}, but there is no order {external_order_id}",
    broken="""
    SELECT m.id AS subject_id, m.result, m.external_order_id FROM inbound_message m
    WHERE m.state = 'done' AND m.external_order_id IS NOT NULL
      AND m.result IN ('created', 'applied', 'unchanged', 'stale')
      AND NOT EXISTS (SELECT 1 FROM sales_order o
                      WHERE o.account_id = m.account_id AND o.external_id = m.external_order_id)
    """,
)
SHIPMENTS_ARE_TOLD_ONCE = Law(
    code="I11",
    subject="shipment",
    words="{state}, and its channel is told {told} times",
    broken="""
    SELECT subject_id, state, told FROM (
        SELECT s.id AS subject_id, s.state, s.is_owed, a.channel,
            (SELECT COUNT(*) FROM outbound_message m
             WHERE m.shipment_id = s.id AND m.kind = 'fulfil') AS told
        FROM shipment s JOIN sales_order o ON o.id = s.order_id
        JOIN channel_account a ON a.id = o.account_id
    ) AS counts
    WHERE told <> CASE WHEN state IN ('shipped', 'delivered') AND is_owed
                        AND channel <> 'manual' THEN 1 ELSE 0 END
    """,
)
SENT_IS_SETTLED = Law(
    code="I11",
    subject="outbound",
    words="{state}, but not settled",
    broken="""
    SELECT id AS subject_id, state FROM outbound_message
    WHERE (state IN ('sent', 'shadowed', 'held', 'dead')
           AND (done_at IS NULL OR lease_owner IS NOT NULL))
       OR (state IN ('sending', 'unknown') AND first_sent_at IS NULL)
    """,
)
NEWS_IS_TOLD_ONCE = Law(
    code="I13",
    subject="order",
    words="its channel is told {kind} {times} times",
    broken="""
    SELECT order_id AS subject_id, kind, COUNT(*) AS times FROM outbound_message
    WHERE kind IN ('delivered', 'progress')
    GROUP BY order_id, kind, shipment_id HAVING COUNT(*) > 1
    """,
)
STOCK_WAITS_ONCE = Law(
    code="I19",
    subject="listing",
    words="{waiting} messages about its stock wait to be sent for the first time",
    broken="""
    SELECT listing_id AS subject_id, COUNT(*) AS waiting FROM outbound_message
    WHERE kind = 'stock' AND state = 'waiting' AND first_sent_at IS NULL AND attempts = 0
    GROUP BY listing_id HAVING COUNT(*) > 1
    """,
)
STOCK_IS_OF_A_LISTING = Law(
    code="I19",
    subject="outbound",
    words="of kind {kind}, and about the wrong thing",
    broken="""
    SELECT id AS subject_id, kind FROM outbound_message
    WHERE (kind = 'stock') <> (listing_id IS NOT NULL)
       OR (kind = 'stock' AND order_id IS NOT NULL)
    """,
)
STOCK_IS_NEVER_LESS_THAN_NONE = Law(
    code="I19",
    subject="listing",
    words="its channel is to show {stock_wanted} pieces",
    broken="""
    SELECT id AS subject_id, stock_wanted FROM listing WHERE stock_wanted < 0
    """,
)
TASKS_END_WELL = Law(
    code="I20",
    subject="task",
    words="{state} without saying who did it, or open with somebody's name on it",
    broken="""
    SELECT id AS subject_id, state FROM manual_task
    WHERE (state = 'done') <> (done_by <> '') OR (state = 'done') <> (done_at IS NOT NULL)
    """,
)
DRIFT_ENDS_WELL = Law(
    code="I20",
    subject="drift",
    words="a difference of kind {kind} that is healed by nothing, or open and healed",
    broken="""
    SELECT id AS subject_id, kind FROM drift
    WHERE (healed_at IS NOT NULL) <> (how IN ('read', 'pushed', 'agreed', 'person'))
    """,
)
RUN_STATES_ARE_TOLD = Law(
    code="I14",
    subject="production_order",
    words="is {state}, its history says {told}",
    broken="""
    SELECT subject_id, state, told FROM (
        SELECT p.id AS subject_id, p.state, COALESCE((
            SELECT h.to_state FROM history h
            WHERE h.subject = 'production_order' AND h.subject_id = p.id
              AND h.what LIKE 'production_order.%' ORDER BY h.id DESC LIMIT 1), 'planned') AS told
        FROM production_order p
    ) AS states WHERE state <> told
    """,
)
SHIPMENT_STATES_ARE_TOLD = Law(
    code="I14",
    subject="shipment",
    words="is {state}, its history says {told}",
    broken="""
    SELECT subject_id, state, told FROM (
        SELECT s.id AS subject_id, s.state, COALESCE((
            SELECT h.to_state FROM history h
            WHERE h.subject = 'shipment' AND h.subject_id = s.id
              AND h.what IN ('shipment.packed', 'shipment.shipped', 'shipment.delivered',
                             'shipment.cancelled')
            ORDER BY h.id DESC LIMIT 1), 'packed') AS told
        FROM shipment s
    ) AS states WHERE state <> told
    """,
)
LOT_STATES_ARE_TOLD = Law(
    code="I14",
    subject="lot",
    words="is {state}, its history says {told}",
    broken="""
    SELECT subject_id, state, told FROM (
        SELECT l.id AS subject_id, l.state, COALESCE((
            SELECT h.to_state FROM history h
            WHERE h.subject = 'lot' AND h.subject_id = l.id
              AND h.what IN ('lot.available', 'lot.quarantined', 'lot.recalled')
            ORDER BY h.id DESC LIMIT 1), 'available') AS told
        FROM lot l
    ) AS states WHERE state <> told
    """,
)
INTENTS_ARE_TOLD = Law(
    code="I14",
    subject="order",
    words="is {state}, its history says {told}",
    broken="""
    SELECT subject_id, state, told FROM (
        SELECT o.id AS subject_id, o.intent AS state, COALESCE((
            SELECT h.to_state FROM history h
            WHERE h.subject = 'order' AND h.subject_id = o.id
              AND h.what IN ('order.received', 'order.intent', 'order.open', 'order.on_hold',
                             'order.cancelled', 'order.closed')
            ORDER BY h.id DESC LIMIT 1), 'open') AS told
        FROM sales_order o
    ) AS states WHERE state <> told
    """,
)
PHASES_ARE_TOLD = Law(
    code="I14",
    subject="order",
    words="is {state}, its history says {told}",
    broken="""
    SELECT subject_id, state, told FROM (
        SELECT o.id AS subject_id, o.phase AS state, COALESCE((
            SELECT h.to_state FROM history h
            WHERE h.subject = 'order' AND h.subject_id = o.id AND h.what = 'order.phase'
            ORDER BY h.id DESC LIMIT 1), 'new') AS told
        FROM sales_order o
    ) AS states WHERE state <> told
    """,
)

TELLING_LAWS: tuple[Law, ...] = (
    ENDED_WELL,
    ORDER_KEPT,
    SHIPMENTS_ARE_TOLD_ONCE,
    SENT_IS_SETTLED,
    NEWS_IS_TOLD_ONCE,
    STOCK_WAITS_ONCE,
    STOCK_IS_OF_A_LISTING,
    STOCK_IS_NEVER_LESS_THAN_NONE,
    TASKS_END_WELL,
    DRIFT_ENDS_WELL,
    RUN_STATES_ARE_TOLD,
    SHIPMENT_STATES_ARE_TOLD,
    LOT_STATES_ARE_TOLD,
    INTENTS_ARE_TOLD,
    PHASES_ARE_TOLD,
)
