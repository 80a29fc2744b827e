"""What must hold of mail: each comes to one thing, and a letter of ours leaves once."""

from hub.models.laws.law import Law

READ_MAIL_IS_SETTLED = Law(
    code="I21",
    subject="inbound",
    words="was read as a mail ({result}), and its mail {place}",
    broken="""
    SELECT m.id AS subject_id, m.result,
        CASE WHEN l.id IS NULL THEN 'is not there' ELSE 'still waits' END AS place
    FROM inbound_message m LEFT JOIN inbound_mail l ON l.inbound_message_id = m.id
    WHERE m.topic = 'mail' AND m.state = 'done' AND m.replay_of IS NULL
      AND (m.result = 'processed' OR m.result LIKE 'review: %'
           OR m.result LIKE 'ignored: %')
      AND (l.id IS NULL OR l.state = 'waiting')
    """,
)
ONE_MAIL_A_MESSAGE = Law(
    code="I21",
    subject="inbound",
    words="is {mails} mails at once",
    broken="""
    SELECT inbound_message_id AS subject_id, COUNT(*) AS mails FROM inbound_mail
    WHERE inbound_message_id IS NOT NULL
    GROUP BY inbound_message_id HAVING COUNT(*) > 1
    """,
)
FATES_ARE_WHOLE = Law(
    code="I21",
    subject="mail",
    words="is {state} ({reason}), without what belongs to that",
    broken="""
    SELECT l.id AS subject_id, l.state, l.reason FROM inbound_mail l
    LEFT JOIN review r ON r.inbound_message_id = l.inbound_message_id
    WHERE (l.state = 'processed' AND l.order_id IS NULL)
       OR (l.state IN ('ignored', 'failed', 'review') AND l.reason = '')
       OR (l.state IN ('processed', 'review') AND l.read_at IS NULL)
       OR (l.state = 'review' AND r.id IS NULL)
       OR (l.state = 'waiting' AND l.filed_into <> '')
    """,
)
REVIEWS_ARE_OF_THEIR_MAIL = Law(
    code="I21",
    subject="review",
    words="is {state}, but its mail is {fate}",
    broken="""
    SELECT r.id AS subject_id, r.state, COALESCE(l.state, 'not there') AS fate
    FROM review r LEFT JOIN inbound_mail l ON l.inbound_message_id = r.inbound_message_id
    WHERE r.redacted_at IS NULL AND (l.state IS NULL OR l.state <> CASE r.state
        WHEN 'open' THEN 'review' WHEN 'accepted' THEN 'processed' ELSE 'ignored' END)
    """,
)
DECISIONS_ARE_WHOLE = Law(
    code="I21",
    subject="review",
    words="is {state}: its order or its end does not fit that",
    broken="""
    SELECT id AS subject_id, state FROM review
    WHERE (state = 'accepted' AND order_id IS NULL)
       OR (state = 'open') <> (decided_at IS NULL)
    """,
)
COPIES_MAKE_NOTHING = Law(
    code="I22",
    subject="mail",
    words="is a copy, but {what}",
    broken="""
    SELECT l.id AS subject_id,
        CASE WHEN r.id IS NULL THEN 'of no other mail and no order'
             ELSE 'a person is to decide on it' END AS what
    FROM inbound_mail l LEFT JOIN review r ON r.inbound_message_id = l.inbound_message_id
    WHERE l.reason = 'duplicate' AND l.state = 'ignored' AND (r.id IS NOT NULL
      OR (l.order_id IS NULL AND NOT EXISTS (
            SELECT 1 FROM inbound_mail f WHERE f.id <> l.id AND (
                f.message_id = l.message_id
                OR (f.content_hash = l.content_hash AND l.content_hash <> '')))))
    """,
)
LETTERS_ARE_TAKEN_ONCE = Law(
    code="I22",
    subject="mail",
    words="is {state}, and so is the same letter as mail {first}",
    broken="""
    SELECT l.id AS subject_id, l.state, MIN(f.id) AS first FROM inbound_mail l
    JOIN inbound_mail f ON f.id < l.id AND f.sender = l.sender AND (
        f.message_id = l.message_id
        OR (f.content_hash = l.content_hash AND l.content_hash <> '' AND
            SUBSTR(CAST(f.received_at AS TEXT), 1, 13)
            = SUBSTR(CAST(l.received_at AS TEXT), 1, 13)))
    WHERE l.sender <> '' AND l.reason <> 'duplicate' AND f.reason <> 'duplicate'
      AND l.read_at IS NOT NULL AND f.read_at IS NOT NULL
      AND l.state IN ('processed', 'review', 'ignored')
      AND f.state IN ('processed', 'review', 'ignored')
    GROUP BY l.id, l.state
    """,
)
ORDERS_COME_OF_ONE_LETTER = Law(
    code="I22",
    subject="order",
    words="{letters} letters say that they made it by themselves",
    broken="""
    SELECT l.order_id AS subject_id, COUNT(*) AS letters FROM inbound_mail l
    WHERE l.state = 'processed' AND l.order_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM review r WHERE r.inbound_message_id = l.inbound_message_id)
    GROUP BY l.order_id HAVING COUNT(*) > 1
    """,
)
NUMBERS_ARE_ORDERED_ONCE = Law(
    code="I22",
    subject="order",
    words="has the name {external_id}, and so has order {first}",
    broken="""
    SELECT o.id AS subject_id, o.external_id, MIN(f.id) AS first FROM sales_order o
    JOIN sales_order f ON f.external_id = o.external_id AND f.id < o.id
    JOIN channel_account a ON a.id = o.account_id AND a.channel = 'email'
    JOIN channel_account b ON b.id = f.account_id AND b.channel = 'email'
    WHERE o.external_id LIKE 'po:%'
    GROUP BY o.id, o.external_id
    """,
)
FILED_BY_FATE = Law(
    code="I23",
    subject="mail",
    words="is {state}, but lies in {filed_into} for good",
    broken="""
    SELECT id AS subject_id, state, filed_into FROM inbound_mail
    WHERE filed_into <> '' AND number IS NOT NULL AND file_at IS NULL
      AND filed_into <> CASE state
          WHEN 'processed' THEN 'Processed' WHEN 'review' THEN 'Review'
          WHEN 'ignored' THEN 'Ignored' WHEN 'failed' THEN 'Failed' ELSE '' END
    """,
)
LETTERS_ARE_OWED_ONCE = Law(
    code="I24",
    subject="notification",
    words="a letter ({event}) that is owed {times} times",
    broken="""
    SELECT subject_id, event, times FROM (
        SELECT n.id AS subject_id, n.event, (
            SELECT COUNT(*) FROM outbound_message m
            WHERE m.notification_id = n.id AND m.kind = 'mail') AS times
        FROM notification n
    ) AS counts WHERE times <> 1
    """,
)
MAIL_IS_A_LETTER = Law(
    code="I24",
    subject="outbound",
    words="of kind {kind}, and no letter, or another one's",
    broken="""
    SELECT m.id AS subject_id, m.kind FROM outbound_message m
    LEFT JOIN notification n ON n.id = m.notification_id
    WHERE (m.kind = 'mail') <> (n.id IS NOT NULL)
       OR (m.kind = 'mail' AND m.idempotency_key <> 'mail:' || n.dedupe_key)
    """,
)
LETTERS_LEAVE_ONCE = Law(
    code="I24",
    subject="outbound",
    words="a letter that is {state} ({outcome}), and cannot be",
    broken="""
    SELECT m.id AS subject_id, m.state, m.outcome FROM outbound_message m
    JOIN notification n ON n.id = m.notification_id
    WHERE m.kind = 'mail' AND ((m.outcome = 'created') <> (m.remote_ref <> '')
       OR (m.outcome = 'created' AND (
            m.first_sent_at IS NULL OR m.state <> 'sent' OR m.remote_ref <> n.message_id))
       OR (m.state = 'sent' AND m.outcome NOT IN ('created', 'nothing_to_do'))
       OR (m.state = 'shadowed' AND m.first_sent_at IS NOT NULL))
    """,
)

MAIL_LAWS: tuple[Law, ...] = (
    READ_MAIL_IS_SETTLED,
    ONE_MAIL_A_MESSAGE,
    FATES_ARE_WHOLE,
    REVIEWS_ARE_OF_THEIR_MAIL,
    DECISIONS_ARE_WHOLE,
    COPIES_MAKE_NOTHING,
    LETTERS_ARE_TAKEN_ONCE,
    ORDERS_COME_OF_ONE_LETTER,
    NUMBERS_ARE_ORDERED_ONCE,
    FILED_BY_FATE,
    LETTERS_ARE_OWED_ONCE,
    MAIL_IS_A_LETTER,
    LETTERS_LEAVE_ONCE,
)
