"""How a maker lets us into their Etsy shop, press by press.

From developer.etsy.com ("Quick Start", "Authentication", "Webhooks") and Etsy's page Your Apps.
"""

from connectors.guide import Guide, Shows, Step, Way, Words

GUIDE = Guide(
    about=Words(
        en="Your own app at Etsy; Etsy looks at it before it works, often within minutes.",
        es="Una aplicación tuya en Etsy; Etsy la revisa antes de que funcione, a menudo en "
        "minutos.",
    ),
    page="https://www.etsy.com/developers/your-apps",
    ways=(
        Way(
            title=Words(en="My own shop", es="Mi propia tienda"),
            steps=(
                Step(
                    words=Words(
                        en="On Etsy's page Your Apps press Create a New App. It is for your own "
                        "shop (Seller App) and not commercial.",
                        es="En la página Your Apps de Etsy pulsa Create a New App. Es para tu "
                        "propia tienda (Seller App) y no es comercial.",
                    ),
                    copies=("Hornada",),
                ),
                Step(
                    words=Words(
                        en="At your app press Edit your callback URLs and add this, letter by "
                        "letter. Etsy takes only addresses that begin with https.",
                        es="En tu aplicación pulsa Edit your callback URLs y añade esto, letra "
                        "por letra. Etsy solo acepta direcciones que empiecen por https.",
                    ),
                    shows=Shows.CALLBACK,
                ),
                Step(
                    words=Words(
                        en="Press See API key details: copy the keystring and the shared secret, "
                        "and paste them beside with your shop's number.",
                        es="Pulsa See API key details: copia el keystring y el shared secret, y "
                        "pégalos al lado con el número de tu tienda.",
                    )
                ),
                Step(
                    words=Words(
                        en="Press Connect in the test step, sign in to Etsy as the shop's owner "
                        "and allow all it asks for:",
                        es="Pulsa Conectar en el paso de prueba, entra en Etsy como dueño de la "
                        "tienda y permite todo lo que pide:",
                    ),
                    shows=Shows.SCOPES,
                    between=" ",
                    after=True,
                ),
                Step(
                    words=Words(
                        en="Optional, for orders within seconds: at your app make a webhook to "
                        "this address for the four events, and paste its signing secret "
                        "(whsec_…) here. Without it a new order is here after two minutes.",
                        es="Opcional, para recibir pedidos en segundos: crea en tu aplicación "
                        "un webhook a esta dirección para los cuatro eventos y pega aquí su "
                        "secreto de firma (whsec_…). Sin él un pedido nuevo tarda dos minutos.",
                    ),
                    shows=Shows.WEBHOOK,
                    copies=(
                        "order.paid",
                        "order.canceled",
                        "order.shipped",
                        "order.delivered",
                    ),
                    after=True,
                ),
            ),
        ),
    ),
)
