"""How customers put things, in their own language."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one language."""

    order: str
    """A subject; `{po}` is their number."""
    po: str
    hello: tuple[str, ...]
    attached: str
    bye: str
    send_to: str
    head: tuple[str, str, str]
    """Over the columns of a table: code, name, count."""
    lines: tuple[str, ...]
    """Ways to ask for `{count}` of `{sku}`."""
    packs: str
    change: str
    question: tuple[str, str]
    away: tuple[str, str]
    stranger: str


WORDS: Mapping[str, Words] = {
    "es": Words(
        order="Pedido {po}",
        po="Nº de pedido: {po}",
        hello=("Buenos días:", "Hola, ¿qué tal?", "Buenas tardes:"),
        attached="Os adjunto el pedido de esta semana.",
        bye="Un saludo,",
        send_to="Enviar a:",
        head=("Referencia", "Artículo", "Unidades"),
        lines=("{count} x {sku}", "{count} uds {sku}", "{sku}: {count}"),
        packs="{count} cajas de {sku}",
        change="Perdonad, me he equivocado: cambiad {sku} de {was} a {count} unidades.",
        question=("Catálogo", "¿Cuándo tendréis el catálogo de primavera?"),
        away=("Fuera de la oficina", "Estoy fuera hasta el lunes."),
        stranger="Os escribo por primera vez: tengo una tienda pequeña y me gustaría probar.",
    ),
    "en": Words(
        order="Purchase order {po}",
        po="PO number: {po}",
        hello=("Hi,", "Hello there,", "Good morning,"),
        attached="Please find our order attached.",
        bye="Best regards,",
        send_to="Ship to:",
        head=("SKU", "Item", "Quantity"),
        lines=("{count} x {sku}", "{count} pcs {sku}", "{sku}: {count}"),
        packs="{count} cases of {sku}",
        change="Sorry, my mistake: please change {sku} from {was} to {count} pieces.",
        question=("Catalogue", "When will your spring catalogue be out?"),
        away=("Out of office", "I am away until Monday."),
        stranger="This is my first mail to you: I run a small shop and would like to try this.",
    ),
}
