"""Orders as Spanish buyers type them."""

from datetime import date

from tests.letters.expected import auto, maybe, reviewed
from tests.letters.post import BOSQUE, MERCADO, NUEVA, SINSENAS, ask

CASES = (
    ask("es-sku-x-qty", auto(LAV_100ML=12, JAB_100G=6), """Buenos días:

Os paso pedido:

LAV-100ML x 12
JAB-100G x 6

Gracias,
Marta
"""),
    ask("es-uds-first", auto(LAV_100ML=12, CND_FIG_S=4),
        "Hola Inés,\n\n12 uds LAV-100ML\n4 uds CND-FIG-S\n\nUn saludo\n"),
    ask("es-unidades-de", auto(LAV_10ML=24, MIEL_500G=3),
        "Hola, necesito:\n\n24 unidades de LAV-10ML\n3 unidades de MIEL-500G\n\nGracias"),
    ask("es-colon", auto(LAV_100ML=5, ROM_100ML=5),
        "Pedido:\n\nLAV-100ML: 5\nROM-100ML: 5\n"),
    ask("es-dash-uds", auto(CND_FIG_L=2, CND_SAL=8),
        "Pedido de hoy\n\nCND-FIG-L - 2 uds\nCND-SAL - 8 uds\n"),
    ask("es-bullets", auto(JAB_100G=10, JAB_250G=10, BAL_MIEL=30),
        "Hola:\n\n- 10 x JAB-100G\n- 10 x JAB-250G\n- 30 x BAL-MIEL\n\nSaludos"),
    ask("es-stars", auto(LAV_30ML=15), "* 15 uds. LAV-30ML\n", sender=MERCADO),
    ask("es-lower-case", auto(LAV_100ML=7), "lav-100ml x 7\n"),
    ask("es-spaces-in-sku", auto(LAV_100ML=7), "LAV 100ML x 7\n"),
    ask("es-no-dash-in-sku", auto(LAV_100ML=7), "7 uds LAV100ML\n"),
    ask("es-near-twins-both", auto(LAV_100ML=3, LAV_10ML=30),
        "LAV-100ML x 3\nLAV-10ML x 30\n"),
    ask("es-soap-twins", auto(JAB_100G=5, JAB_250G=6), "5 x JAB-100G\n6 x JAB-250G\n"),
    ask("es-po-in-subject", auto("PC-2026-118", LAV_100ML=6),
        "LAV-100ML x 6\n", subject="Pedido PC-2026-118"),
    ask("es-po-in-text", auto("45012", LAV_100ML=6),
        "Nº de pedido: 45012\n\nLAV-100ML x 6\n\nGracias\n"),
    ask("es-delivery-day", auto("", date(2026, 12, 15), LAV_100ML=6),
        "Fecha de entrega: 15/12/2026\n\nLAV-100ML x 6\n"),
    ask("es-delivery-iso", auto("", date(2026, 12, 15), JAB_100G=20),
        "Fecha de entrega: 2026-12-15\n\n20 uds JAB-100G\n"),
    ask("es-delivery-and-po", auto("P/7781", date(2026, 12, 18), JAB_100G=20),
        "Pedido nº P/7781\nEntrega: 18-12-2026\n\n20 uds JAB-100G\n", sender=MERCADO),
    ask("es-times-sign", auto(CND_FIG_S=9), "CND-FIG-S × 9\n"),
    ask("es-nbsp", auto(CND_FIG_S=9, LAV_100ML=1),
        "CND-FIG-S\u00a0x\u00a09\nLAV-100ML\u00a0x\u00a01\n"),
    ask("es-one-piece", auto(SET_REGALO=1), "1 ud SET-REGALO\n"),
    ask("es-numeric-sku", maybe(auto(**{"10045": 12}), "no_order_lines",
        "ambiguous_quantity"), "10045 x 12\n", sender=MERCADO),
    ask("es-greeting-and-thanks", auto(BAL_MIEL=12), """Hola Inés, ¿qué tal todo por ahí?

Por aquí se venden muy bien los bálsamos, así que te pido más:

12 x BAL-MIEL

Un abrazo y muchas gracias,
Marta
"""),
    ask("es-price-agreed", auto(LAV_100ML=10),
        "10 x LAV-100ML a 6,50 €\n"),
    ask("es-title-in-brackets", auto(LAV_100ML=4),
        "4 x LAV-100ML (aceite de lavanda 100 ml)\n"),
    ask("es-title-behind", maybe(auto(LAV_100ML=4, JAB_100G=2), "ambiguous_quantity"),
        "LAV-100ML x 4 - Aceite de lavanda\nJAB-100G x 2 - Jabón de oliva\n"),
    ask("es-alias", auto(LAV_100ML=6), "6 x aceite lavanda grande\n"),
    ask("es-alias-case", auto(LAV_100ML=6, JAB_100G=10),
        "6 uds Aceite Lavanda Grande\n10 uds JABÓN OLIVA\n"),
    ask("es-alias-of-a-pair", auto(JAB_100G=10), "5 x dúo jabones\n"),
    ask("es-alias-of-another-customer", reviewed("unknown_sku", "no_order_lines"),
        "6 x aceite lavanda grande\n", sender=MERCADO),
    ask("es-pack-agreed", auto(LAV_100ML=24), "2 cajas de LAV-100ML\n"),
    ask("es-pack-agreed-of-12", maybe(auto(LAV_100ML=24), "pack_unit", "ambiguous_quantity"),
        "2 cajas de 12 LAV-100ML\n"),
    ask("es-pack-of-its-own-size", auto(BAL_MIEL=60), "2 cajas BAL-MIEL\n"),
    ask("es-pack-contradicts", reviewed("pack_unit", "ambiguous_quantity"),
        "2 cajas de 10 LAV-100ML\n"),
    ask("es-pack-not-agreed", reviewed("pack_unit"),
        "2 cajas LAV-100ML\n", sender=MERCADO),
    ask("es-pack-12-not-agreed", reviewed("pack_unit", "ambiguous_quantity"),
        "2 cajas de 12 LAV-100ML\n", sender=MERCADO),
    ask("es-pallet", reviewed("pack_unit"), "1 palet JAB-100G\n"),
    ask("es-first-order", reviewed("first_orders"),
        "LAV-100ML x 12\n\nEnviar a:\nTienda Nueva\nCalle Mayor 5\n28013 Madrid\n",
        sender=NUEVA),
    ask("es-no-address", auto(LAV_100ML=12), "LAV-100ML x 12\n", sender=SINSENAS),
    ask("es-half-an-address", reviewed("address_missing"),
        "LAV-100ML x 12\n\nEnviar a:\nPop-up Retiro\nCalle de Alcalá 7\n"),
    ask("es-address-without-street", reviewed("address_missing"),
        "LAV-100ML x 12\n\nDirección de entrega: 28013 Madrid\n", sender=SINSENAS),
    ask("es-address-only-city", reviewed("address_missing"),
        "LAV-100ML x 12\n\nEntregar en: Valencia\n"),
    ask("es-known-sender-other-case", auto(LAV_100ML=12), "LAV-100ML x 12\n",
        sender="COMPRAS <Compras@ElBosque.example>"),
    ask("es-boxes-of-nothing-we-sell", reviewed("no_order_lines"),
        "Hola:\n\n6 cajas vacías\n\nUn saludo\n"),
    ask("es-boxes-of-nothing-beside-an-order", reviewed("unknown_sku", "pack_unit",
        "ambiguous_quantity"), "LAV-100ML x 12\n6 cajas vacías\n"),
    ask("es-unknown-words-are-asked-about", reviewed("unknown_sku"),
        "6 uds jabón de rosas\n"),
    ask("es-title-behind-a-dash", auto(LAV_100ML=4),
        "LAV-100ML x 4 - Aceite de lavanda\n"),
    ask("es-other-code-behind-a-dash", reviewed("ambiguous_quantity", "unknown_sku"),
        "LAV-100ML x 4 - JAB-100G\n"),
    ask("es-no-lines-thanks", reviewed("no_order_lines"),
        "Gracias, recibido todo perfecto.\n", subject="Gracias", sender=BOSQUE),
    ask("es-no-lines-question", reviewed("no_order_lines"),
        "Hola, ¿cuándo tendréis el catálogo de primavera?\n", subject="Catálogo"),
    ask("es-question-of-stock", reviewed("no_order_lines", "ambiguous_quantity"),
        "¿Os queda LAV-100ML? Me vendría bien para Navidad.\n", subject="Consulta"),
    ask("es-question-with-quantity", reviewed(
        "no_order_lines", "ambiguous_quantity", "change_or_cancel_intent"),
        "¿Cuánto costarían 500 uds LAV-100ML?\n", subject="Presupuesto"),
    ask("es-empty", reviewed("no_order_lines"), "", subject="Pedido"),
)  # fmt: skip
