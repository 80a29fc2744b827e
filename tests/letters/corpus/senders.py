"""Who wrote, and whether that is proven."""

from tests.letters.expected import Becomes, Case, auto, maybe, reviewed
from tests.letters.post import (
    BOSQUE,
    LINEN,
    MERCADO,
    MX,
    STRANGER,
    ask,
    by_hand,
    proven,
    raw,
)

LINE = "LAV-100ML x 12\n"
TAKEN = auto(LAV_100ML=12)
UNPROVEN = reviewed("sender_not_authenticated")
NOT_ALLOWED = reviewed("sender_not_allowed")
EITHER = reviewed("sender_not_allowed", "sender_not_authenticated")
OURS = proven("elbosque.example")


def _told(name: str, becomes: Becomes, proof: str, *more: str) -> Case:
    """Write an order with these Authentication-Results, the topmost first."""
    headers = [("Authentication-Results", each) for each in more]
    return ask(name, becomes, LINE, proof=proof, headers=headers)


def _hand(name: str, becomes: Becomes, sender: str, headers: str = "") -> Case:
    """Write From as mail libraries refuse to."""
    lines = f"Authentication-Results: {OURS}\nFrom: {sender}\n{headers}"
    data = by_hand(LINE, name=name, headers=lines).split(b"\r\n")
    return raw(name, becomes, b"\r\n".join(data[2:]))  # without the usual From and proof


CASES = (
    ask("sender-nothing-proven", UNPROVEN, LINE, proof=None),
    _told("sender-dkim-none", UNPROVEN, f"{MX}; dkim=none; spf=none; dmarc=none"),
    _told("sender-dkim-fail", UNPROVEN,
        f"{MX}; dkim=fail header.d=elbosque.example; dmarc=fail header.from=elbosque.example"),
    _told("sender-dkim-of-another-domain", UNPROVEN,
        f"{MX}; dkim=pass header.d=bulkmailer.example; spf=pass"
        " smtp.mailfrom=bulkmailer.example; dmarc=fail header.from=elbosque.example"),
    _told("sender-spf-of-another-domain", UNPROVEN,
        f"{MX}; spf=pass smtp.mailfrom=evil.example"),
    _told("sender-another-server-says", UNPROVEN,
        proven("elbosque.example", by="mx.evil.example")),
    _told("sender-another-server-below-ours", UNPROVEN,
        f"{MX}; dkim=none; spf=none", proven("elbosque.example", by="mx.evil.example")),
    _told("sender-forged-ours-below-ours", UNPROVEN,
        f"{MX}; dkim=none; spf=softfail smtp.mailfrom=elbosque.example; dmarc=fail"
        " header.from=elbosque.example", OURS),
    _told("sender-ours-above-another", TAKEN,
        OURS, "mx.evil.example; dkim=fail header.d=elbosque.example"),
    _told("sender-server-name-as-part", UNPROVEN,
        proven("elbosque.example", by="mx.taller.example.evil.example")),
    _told("sender-server-name-in-comment", UNPROVEN,
        f"mx.evil.example ({MX}); dkim=pass header.d=elbosque.example"),
    _told("sender-pass-in-comment", UNPROVEN,
        f"{MX}; dkim=fail (dkim=pass header.d=elbosque.example) header.d=elbosque.example"),
    _told("sender-pass-in-quotes", UNPROVEN,
        f'{MX}; dkim=fail reason="x; dkim=pass header.d=elbosque.example"'
        " header.d=elbosque.example"),
    _told("sender-temperror", UNPROVEN,
        f"{MX}; dkim=temperror header.d=elbosque.example"),
    _told("sender-neutral", UNPROVEN, f"{MX}; dkim=neutral header.d=elbosque.example"),
    _told("sender-dmarc-only", TAKEN, f"{MX}; dmarc=pass header.from=elbosque.example"),
    _told("sender-dmarc-of-another", UNPROVEN,
        f"{MX}; dmarc=pass header.from=evil.example"),
    _told("sender-dkim-only", TAKEN, f"{MX}; dkim=pass header.d=elbosque.example"),
    _told("sender-dkim-by-identity", maybe(TAKEN, "sender_not_authenticated"),
        f"{MX}; dkim=pass header.i=@elbosque.example"),
    _told("sender-two-signatures", TAKEN,
        f"{MX}; dkim=pass header.d=mailer.example; dkim=pass header.d=elbosque.example"),
    _told("sender-two-signatures-wrong-one", UNPROVEN,
        f"{MX}; dkim=pass header.d=mailer.example; dkim=fail header.d=elbosque.example"),
    _told("sender-signed-by-subdomain", maybe(TAKEN, "sender_not_authenticated"),
        f"{MX}; dkim=pass header.d=mail.elbosque.example"),
    _told("sender-with-version", TAKEN,
        f"{MX} 1; dkim=pass header.d=elbosque.example"),
    _told("sender-server-name-upper-case", maybe(TAKEN, "sender_not_authenticated"),
        "MX.TALLER.EXAMPLE; dkim=pass header.d=ELBOSQUE.example"),
    _told("sender-signed-by-top-domain", UNPROVEN,
        f"{MX}; dkim=pass header.d=example"),
    _told("sender-lookalike-signature", UNPROVEN,
        f"{MX}; dkim=pass header.d=notelbosque.example"),
    _told("sender-results-are-nonsense", UNPROVEN, f"{MX}; ;;; dkim=pass=; ((("),
    _told("sender-results-empty", UNPROVEN, f"{MX}; none"),
    ask("sender-domain-allowed", TAKEN, LINE, sender="Ana <ana@grupomercado.example>"),
    ask("sender-domain-allowed-other-mailbox", TAKEN, LINE,
        sender="lugo@grupomercado.example"),
    ask("sender-subdomain-of-allowed", maybe(TAKEN, "sender_not_allowed"), LINE,
        sender="ana@vigo.grupomercado.example"),
    ask("sender-domain-as-suffix", NOT_ALLOWED, LINE, sender="a@xgrupomercado.example"),
    ask("sender-domain-as-prefix", NOT_ALLOWED, LINE,
        sender="a@grupomercado.example.evil.example"),
    ask("sender-other-mailbox-of-customer", NOT_ALLOWED, LINE,
        sender="conta@elbosque.example"),
    ask("sender-plus-address", NOT_ALLOWED, LINE,
        sender="compras+x@elbosque.example"),
    ask("sender-lookalike-domain", NOT_ALLOWED, LINE, sender="compras@e1bosque.example"),
    ask("sender-punycode", NOT_ALLOWED, LINE, sender="compras@xn--elbosqu-9xe.example"),
    ask("sender-name-is-an-address", NOT_ALLOWED, LINE,
        sender='"compras@elbosque.example" <jon@nowhere.example>'),
    ask("sender-name-is-the-customer", NOT_ALLOWED, LINE,
        sender="Herboristería El Bosque <jon@nowhere.example>"),
    ask("sender-reply-to-elsewhere", TAKEN, LINE,
        headers=[("Reply-To", "almacen@elbosque.example")]),
    ask("sender-reply-to-is-the-customer", NOT_ALLOWED, LINE, sender=STRANGER,
        headers=[("Reply-To", "compras@elbosque.example")]),
    ask("sender-field-is-the-customer", NOT_ALLOWED, LINE, sender=STRANGER,
        headers=[("Sender", "compras@elbosque.example")]),
    ask("sender-field-is-another", TAKEN, LINE,
        headers=[("Sender", "mailer@elbosque.example")]),
    _hand("sender-two-from", EITHER, BOSQUE, f"From: {STRANGER}"),
    _hand("sender-two-from-reversed", EITHER, STRANGER, f"From: {BOSQUE}"),
    _hand("sender-two-from-same", maybe(TAKEN, "sender_not_allowed",
        "sender_not_authenticated"), BOSQUE, f"From: {BOSQUE}"),
    _hand("sender-two-addresses", EITHER, f"{BOSQUE}, {STRANGER}"),
    _hand("sender-unquoted-address-name", EITHER,
        "compras@elbosque.example <jon@nowhere.example>"),
    _hand("sender-address-in-comment", EITHER,
        "jon@nowhere.example (compras@elbosque.example)"),
    _hand("sender-two-angles", EITHER,
        "<compras@elbosque.example> <jon@nowhere.example>"),
    _hand("sender-route", EITHER, "<@elbosque.example:jon@nowhere.example>"),
    _hand("sender-group", EITHER, "compras@elbosque.example: jon@nowhere.example;"),
    _hand("sender-encoded-address", EITHER,
        "=?utf-8?q?compras=40elbosque=2Eexample?= <jon@nowhere.example>"),
    _hand("sender-encoded-with-newline", EITHER,
        "=?utf-8?q?Marta=0A_=3Ccompras=40elbosque=2Eexample=3E?= <jon@nowhere.example>"),
    _hand("sender-empty", EITHER, ""),
    _hand("sender-only-a-name", EITHER, "Marta Ruiz"),
    _hand("sender-no-domain", EITHER, "compras"),
    _hand("sender-two-ats", EITHER, "compras@elbosque.example@nowhere.example"),
    ask("precedence-stranger-unproven", NOT_ALLOWED, LINE, sender=STRANGER, proof=None),
    ask("precedence-stranger-bad-lines", NOT_ALLOWED, "LAV-100ML x 12+1\n",
        sender=STRANGER),
    ask("precedence-unproven-bad-lines", UNPROVEN, "ZZZ-1 x 12\nLAV-100ML x 1.000\n",
        proof=None),
    ask("precedence-unproven-cancels", UNPROVEN, "Por favor, cancelad el pedido 45012.\n",
        sender=LINEN, proof=None),
    ask("precedence-quantity-before-sku", reviewed("ambiguous_quantity"),
        "LAV-100ML x 12+1\nLAV-15ML x 2\n"),
    ask("precedence-sku-before-twice", reviewed("unknown_sku"),
        "LAV-100ML x 1\nLAV-100ML x 2\nLAV-15ML x 2\n", sender=MERCADO),
    ask("precedence-pack-before-sku", reviewed("pack_unit"),
        "2 cajas LAV-100ML\nLAV-15ML x 2\n", sender=MERCADO),
    ask("precedence-twice-before-day", reviewed("repeated_sku"),
        "Fecha de entrega: 01/10/2026\n\nLAV-100ML x 1\nLAV-100ML x 2\n"),
)  # fmt: skip
