"""What must hold in stock and planning: the ledger is the balance, nothing is promised twice."""

from hub.models.laws.law import Law

LEDGER_IS_BALANCE = Law(
    code="I5",
    subject="lot",
    words="the ledger says {ledger}, the balance {on_hand}",
    broken="""
    SELECT subject_id, ledger, on_hand FROM (
        SELECT l.id AS subject_id, b.on_hand AS on_hand,
               (SELECT COALESCE(SUM(m.quantity), 0) FROM stock_move m
                WHERE m.lot_id = l.id) AS ledger
        FROM lot l LEFT JOIN lot_balance b ON b.lot_id = l.id
    ) AS sums WHERE on_hand IS NULL OR on_hand <> ledger
    """,
)
NEVER_NEGATIVE = Law(
    code="I5",
    subject="lot",
    words="held {least} after one of its moves",
    broken="""
    SELECT lot_id AS subject_id, MIN(running) AS least FROM (
        SELECT lot_id, SUM(quantity) OVER (PARTITION BY lot_id ORDER BY id) AS running
        FROM stock_move
    ) AS sums WHERE running < 0 GROUP BY lot_id
    """,
)
REVERSALS_MIRROR = Law(
    code="I5",
    subject="lot",
    words="move {id} is to take move {reverses_id} back, and is not its mirror",
    broken="""
    SELECT m.lot_id AS subject_id, m.id, m.reverses_id
    FROM stock_move m JOIN stock_move x ON x.id = m.reverses_id
    WHERE m.lot_id <> x.lot_id OR m.kind <> x.kind OR m.quantity <> -x.quantity
       OR x.reverses_id IS NOT NULL OR m.ref_type <> 'undo'
    """,
)
ONE_ITEM_A_LOT = Law(
    code="I5",
    subject="lot",
    words="a {place} of it names item {item_id}",
    broken="""
    SELECT l.id AS subject_id, x.place, x.item_id FROM lot l JOIN (
        SELECT lot_id, item_id, 'balance' AS place FROM lot_balance
        UNION SELECT lot_id, item_id, 'move' FROM stock_move
        UNION SELECT lot_id, item_id, 'reservation' FROM reservation
        UNION SELECT r.lot_id, d.item_id, 'reservation for a demand' FROM reservation r
              JOIN demand d ON d.id = r.demand_id
        UNION SELECT r.lot_id, n.item_id, 'reservation for a need' FROM reservation r
              JOIN production_need n ON n.id = r.need_id
              WHERE NOT EXISTS (SELECT 1 FROM substitution s
                                WHERE s.need_id = n.id AND s.item_id = r.item_id)
    ) AS x ON x.lot_id = l.id AND x.item_id <> l.item_id
    """,
)
RESERVED_IS_SUM = Law(
    code="I6",
    subject="lot",
    words="{held} is spoken for, the balance says {reserved}",
    broken="""
    SELECT subject_id, held, reserved FROM (
        SELECT b.lot_id AS subject_id, b.reserved AS reserved,
               (SELECT COALESCE(SUM(r.quantity), 0) FROM reservation r
                WHERE r.lot_id = b.lot_id) AS held
        FROM lot_balance b
    ) AS sums WHERE held <> reserved
    """,
)
ENDED_RUNS_HOLD_NOTHING = Law(
    code="I6",
    subject="production_order",
    words="{state}, and still holds {held} of lot {lot_id}",
    broken="""
    SELECT p.id AS subject_id, p.state, r.quantity AS held, r.lot_id FROM reservation r
    JOIN production_need n ON n.id = r.need_id
    JOIN production_order p ON p.id = n.production_order_id
    WHERE p.state IN ('done', 'cancelled')
    """,
)
ASIDE_IS_NOT_PROMISED = Law(
    code="I6",
    subject="lot",
    words="{state}, and {held} of it is still planned for somebody",
    broken="""
    SELECT l.id AS subject_id, l.state, SUM(r.quantity) AS held
    FROM reservation r JOIN lot l ON l.id = r.lot_id
    WHERE l.state <> 'available' AND NOT r.is_firm GROUP BY l.id, l.state
    """,
)
DEMANDS_ARE_COVERED = Law(
    code="I7",
    subject="line",
    words=(
        "item {item_id}: {wanted} wanted, but {held} allocated, {linked} in production,"
        " {bought} on order, {checking} waiting for a check and {short} short"
    ),
    broken="""
    WITH cover AS (
        SELECT d.order_line_id AS subject_id, d.item_id,
            CASE WHEN o.intent = 'open' AND o.release = 'ready'
                 THEN d.quantity - d.shipped ELSE 0 END AS still_open,
            (SELECT COALESCE(SUM(r.quantity), 0) FROM reservation r
             WHERE r.demand_id = d.id AND r.is_firm) AS firm,
            (SELECT COALESCE(SUM(r.quantity), 0) FROM reservation r
             WHERE r.demand_id = d.id) AS held,
            (SELECT COALESCE(SUM(k.planned - k.done), 0) FROM production_link k
             JOIN production_order p ON p.id = k.production_order_id
             WHERE k.demand_id = d.id AND k.planned > k.done
               AND p.state IN ('planned', 'released', 'running')) AS linked,
            (SELECT COALESCE(SUM(c.quantity), 0) FROM purchase_cover c
             WHERE c.demand_id = d.id) AS bought,
            (SELECT COALESCE(SUM(h.quantity), 0) FROM check_cover h
             WHERE h.demand_id = d.id) AS checking,
            (SELECT COALESCE(SUM(s.quantity), 0) FROM shortage s
             WHERE s.demand_id = d.id) AS short
        FROM demand d JOIN order_line l ON l.id = d.order_line_id
        JOIN sales_order o ON o.id = l.order_id
        WHERE NOT EXISTS (SELECT 1 FROM replan r WHERE r.item_id = d.item_id)
    )
    SELECT subject_id, item_id, still_open AS wanted, held, linked, bought, checking, short
    FROM cover
    WHERE CASE WHEN still_open > firm THEN still_open ELSE firm END
          <> held + linked + bought + checking + short
    """,
)
NEEDS_ARE_COVERED = Law(
    code="I7",
    subject="production_order",
    words=(
        "item {item_id}: {wanted} needed, but {held} reserved, {stood_in} replaced,"
        " {linked} in production, {bought} on order, {checking} waiting for a check and"
        " {short} short"
    ),
    broken="""
    WITH replaced AS (
        SELECT s.need_id, s.replaces - (
            SELECT COALESCE(SUM(u.counts), 0) FROM completion_use u
            JOIN completion c ON c.id = u.completion_id JOIN lot l ON l.id = u.lot_id
            WHERE u.need_id = s.need_id AND l.item_id = s.item_id
              AND c.undone_at IS NULL) AS rest
        FROM substitution s
    ), cover AS (
        SELECT n.production_order_id AS subject_id, n.item_id,
            n.needed - n.consumed AS still_open,
            (SELECT COALESCE(SUM(r.quantity), 0) FROM reservation r
             WHERE r.need_id = n.id AND r.item_id = n.item_id AND r.is_firm) AS firm,
            (SELECT COALESCE(SUM(r.quantity), 0) FROM reservation r
             WHERE r.need_id = n.id AND r.item_id = n.item_id) AS held,
            (SELECT COALESCE(SUM(s.rest), 0) FROM replaced s
             WHERE s.need_id = n.id AND s.rest > 0) AS stood_in,
            (SELECT COALESCE(SUM(k.planned - k.done), 0) FROM production_link k
             JOIN production_order p ON p.id = k.production_order_id
             WHERE k.need_id = n.id AND k.planned > k.done
               AND p.state IN ('planned', 'released', 'running')) AS linked,
            (SELECT COALESCE(SUM(c.quantity), 0) FROM purchase_cover c
             WHERE c.need_id = n.id) AS bought,
            (SELECT COALESCE(SUM(h.quantity), 0) FROM check_cover h
             WHERE h.need_id = n.id) AS checking,
            (SELECT COALESCE(SUM(s.quantity), 0) FROM shortage s
             WHERE s.need_id = n.id) AS short
        FROM production_need n JOIN production_order p ON p.id = n.production_order_id
        WHERE p.state IN ('planned', 'released', 'running')
          AND NOT EXISTS (SELECT 1 FROM replan r WHERE r.item_id = n.item_id)
    )
    SELECT subject_id, item_id, still_open AS wanted, held, stood_in, linked, bought, checking,
        short
    FROM cover
    WHERE CASE WHEN still_open > firm + stood_in THEN still_open ELSE firm + stood_in END
          <> held + stood_in + linked + bought + checking + short
    """,
)
SUBSTITUTES_ARE_HELD = Law(
    code="I7",
    subject="production_order",
    words="{quantity} of item {item_id} is to stand in, but {held} of it is reserved",
    broken="""
    SELECT subject_id, item_id, quantity, held FROM (
        SELECT n.production_order_id AS subject_id, s.item_id, s.quantity,
            (SELECT COALESCE(SUM(r.quantity), 0) FROM reservation r
             WHERE r.need_id = n.id AND r.item_id = s.item_id) AS held
        FROM substitution s JOIN production_need n ON n.id = s.need_id
        JOIN production_order p ON p.id = n.production_order_id
        WHERE p.state IN ('planned', 'released')
          AND NOT EXISTS (SELECT 1 FROM replan r WHERE r.item_id IN (n.item_id, s.item_id))
    ) AS sums WHERE quantity <> held
    """,
)
RUNS_ARE_PROMISED_ONCE = Law(
    code="I7",
    subject="production_order",
    words="still gives {coming}, and {promised} of it is promised",
    broken="""
    SELECT subject_id, coming, promised FROM (
        SELECT p.id AS subject_id, SUM(k.planned - k.done) AS promised,
            CASE WHEN p.planned > p.produced + p.scrapped
                 THEN p.planned - p.produced - p.scrapped ELSE 0 END AS coming
        FROM production_order p JOIN production_link k ON k.production_order_id = p.id
        WHERE p.state IN ('planned', 'released', 'running') AND k.planned > k.done
          AND NOT EXISTS (SELECT 1 FROM replan r WHERE r.item_id = p.item_id)
        GROUP BY p.id, p.planned, p.produced, p.scrapped
    ) AS sums WHERE promised > coming
    """,
)

STOCK_LAWS: tuple[Law, ...] = (
    LEDGER_IS_BALANCE,
    NEVER_NEGATIVE,
    REVERSALS_MIRROR,
    ONE_ITEM_A_LOT,
    RESERVED_IS_SUM,
    ENDED_RUNS_HOLD_NOTHING,
    ASIDE_IS_NOT_PROMISED,
    DEMANDS_ARE_COVERED,
    NEEDS_ARE_COVERED,
    SUBSTITUTES_ARE_HELD,
    RUNS_ARE_PROMISED_ONCE,
)
