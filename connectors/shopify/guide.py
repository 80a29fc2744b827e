"""How a maker lets us into their Shopify shop, press by press.

The names of tabs and buttons are those of shopify.dev, "Create apps using the Dev Dashboard" and
"Get API access tokens for Dev Dashboard apps".
"""

from connectors.guide import Guide, Shows, Step, Way, Words

CREATE = Step(
    words=Words(
        en="In the Dev Dashboard open Apps, press Create app, choose Start from Dev Dashboard, "
        "name it Hornada and press Create.",
        es="En el Dev Dashboard abre Apps, pulsa Create app, elige Start from Dev Dashboard, "
        "llámala Hornada y pulsa Create.",
    ),
    copies=("Hornada",),
)
SCOPES = Step(
    words=Words(
        en="In the tab Versions, under Access, paste these into Scopes (or tick them in Select "
        "scopes). Leave out what you do not want; Hornada then says what it cannot do.",
        es="En la pestaña Versions, en Access, pega esto en Scopes (o márcalos en Select "
        "scopes). Deja fuera lo que no quieras; Hornada dirá entonces qué no puede hacer.",
    ),
    shows=Shows.SCOPES,
)
RELEASE = Step(
    words=Words(
        en="Press Release. What you change later counts only after another Release.",
        es="Pulsa Release. Lo que cambies más tarde solo vale tras otro Release.",
    )
)
INSTALL = Step(
    words=Words(
        en="In the tab Home press Install app, choose your shop and approve. Whoever approves "
        "must be allowed to fulfil and ship orders.",
        es="En la pestaña Home pulsa Install app, elige tu tienda y aprueba. Quien aprueba debe "
        "tener permiso para preparar y enviar pedidos.",
    )
)
PEOPLE = Step(
    words=Words(
        en="For names and addresses on labels: open API access requests, choose Protected "
        "customer data access, and ask for name, address, phone and email. Without it orders "
        "still come, without the people.",
        es="Para nombres y direcciones en las etiquetas: abre API access requests, elige "
        "Protected customer data access y pide nombre, dirección, teléfono y correo. Sin eso "
        "los pedidos llegan igual, sin las personas.",
    )
)
CREDENTIALS = Step(
    words=Words(
        en="In the tab Settings copy the Client ID and the Client secret, and paste them beside.",
        es="En la pestaña Settings copia el Client ID y el Client secret, y pégalos al lado.",
    )
)
MESSAGES = Step(
    words=Words(
        en="Optional, for orders within seconds: turn the switch “Subscriptions to its messages” "
        "live here. Webhooks you make by hand (Settings, Notifications, Webhooks, in the shop's "
        "admin) go to this address; give the secret shown at the foot of that page.",
        es="Opcional, para recibir pedidos en segundos: pon aquí en vivo «Suscripciones a sus "
        "mensajes». Los webhooks hechos a mano (Configuración, Notificaciones, Webhooks, en el "
        "panel de la tienda) van a esta dirección; indica el secreto que sale al pie de esa "
        "página.",
    ),
    shows=Shows.WEBHOOK,
    after=True,
)

GUIDE = Guide(
    about=Words(
        en="Your own app in Shopify's Dev Dashboard; ten minutes.",
        es="Una aplicación tuya en el Dev Dashboard de Shopify; diez minutos.",
    ),
    page="https://dev.shopify.com/dashboard",
    ways=(
        Way(
            title=Words(
                en="My own shop (most people)", es="Mi propia tienda (lo habitual)"
            ),
            steps=(CREATE, SCOPES, RELEASE, INSTALL, PEOPLE, CREDENTIALS, MESSAGES),
        ),
        Way(
            title=Words(
                en="A shop of another organisation", es="Una tienda de otra organización"
            ),
            steps=(
                CREATE,
                SCOPES,
                Step(
                    words=Words(
                        en="On the same page add this to Redirect URLs, letter by letter.",
                        es="En la misma página añade esto a Redirect URLs, letra por letra.",
                    ),
                    shows=Shows.CALLBACK,
                ),
                RELEASE,
                CREDENTIALS,
                Step(
                    words=Words(
                        en="Press Connect in the test step: the shop's owner lets the app in on "
                        "Shopify's page.",
                        es="Pulsa Conectar en el paso de prueba: el dueño de la tienda deja "
                        "entrar a la aplicación en la página de Shopify.",
                    ),
                    after=True,
                ),
                MESSAGES,
            ),
        ),
        Way(
            title=Words(
                en="An app made in the shop's admin before 2026",
                es="Una aplicación creada en el panel de la tienda antes de 2026",
            ),
            steps=(
                Step(
                    words=Words(
                        en="In the shop's admin open Settings, Apps and sales channels, Develop "
                        "apps, and your app. Under Configuration, Admin API integration, tick "
                        "these scopes and press Save.",
                        es="En el panel de la tienda abre Configuración, Aplicaciones y canales "
                        "de venta, Desarrollar aplicaciones, y tu aplicación. En Configuración, "
                        "integración de la API del panel, marca estos permisos y pulsa Guardar.",
                    ),
                    shows=Shows.SCOPES,
                ),
                Step(
                    words=Words(
                        en="Under API credentials copy the access token (shpat_…) and the API "
                        "secret key; the latter goes into “Secrets of the shop's messages”.",
                        es="En Credenciales de API copia el token de acceso (shpat_…) y la "
                        "clave secreta; esta va en «Secretos de los mensajes de la tienda».",
                    )
                ),
                MESSAGES,
            ),
        ),
    ),
)
