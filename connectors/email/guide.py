"""How a maker lets us read the mailbox that orders come to, and write from it."""

from connectors.guide import Guide, Shows, Step, Way, Words

SERVER_NAME = Step(
    words=Words(
        en="Open any mail you received, show its source, and copy the first word after "
        "Authentication-Results: into “Name of your mail server”. With it Hornada believes your "
        "server about who wrote.",
        es="Abre un correo recibido, muestra su código y copia la primera palabra tras "
        "Authentication-Results: en «Nombre de tu servidor de correo». Así Hornada cree a tu "
        "servidor sobre quién escribió.",
    ),
    copies=("Authentication-Results:",),
)
FOLDERS = Step(
    words=Words(
        en="In rehearsal mail is read and stays where it is. Live, each one is moved to "
        "Processed, Review, Ignored or Failed; none is deleted.",
        es="En ensayo el correo se lee y queda donde está. En vivo, cada uno pasa a Processed, "
        "Review, Ignored o Failed; ninguno se borra.",
    ),
    after=True,
)

GUIDE = Guide(
    about=Words(
        en="Orders that come by mail: a mailbox of your own, read and answered.",
        es="Pedidos que llegan por correo: un buzón tuyo, leído y contestado.",
    ),
    ways=(
        Way(
            title=Words(
                en="With an app password (most people)",
                es="Con una contraseña de aplicación (lo habitual)",
            ),
            steps=(
                Step(
                    words=Words(
                        en="Use a mailbox of its own for orders, such as orders@ your domain, so "
                        "that nothing private is read.",
                        es="Usa un buzón propio para los pedidos, como pedidos@ tu dominio, para "
                        "que no se lea nada privado.",
                    )
                ),
                Step(
                    words=Words(
                        en="At your mail provider open the security settings of that account, "
                        "turn on two-step verification, and make an app password named Hornada.",
                        es="En tu proveedor de correo abre los ajustes de seguridad de esa "
                        "cuenta, activa la verificación en dos pasos y crea una contraseña de "
                        "aplicación llamada Hornada.",
                    ),
                    copies=("Hornada",),
                ),
                Step(
                    words=Words(
                        en="Look up your provider's IMAP server (to read) and SMTP server (to "
                        "write). Leave SMTP empty if nothing shall be written.",
                        es="Busca el servidor IMAP (para leer) y SMTP (para escribir) de tu "
                        "proveedor. Deja SMTP vacío si no se debe escribir nada.",
                    )
                ),
                SERVER_NAME,
                FOLDERS,
            ),
        ),
        Way(
            title=Words(
                en="With a token of Google or Microsoft (xoauth2)",
                es="Con un token de Google o Microsoft (xoauth2)",
            ),
            steps=(
                Step(
                    words=Words(
                        en="Make an app of your own at Google or Microsoft that may read mail by "
                        "IMAP and send by SMTP, and fetch a refresh token for the mailbox.",
                        es="Crea una aplicación tuya en Google o Microsoft que pueda leer correo "
                        "por IMAP y enviar por SMTP, y obtén un refresh token para el buzón.",
                    ),
                    copies=(
                        "https://mail.google.com/",
                        "https://outlook.office.com/IMAP.AccessAsUser.All",
                        "https://outlook.office.com/SMTP.Send",
                        "offline_access",
                    ),
                ),
                Step(
                    words=Words(
                        en="As way to log in write xoauth2, and paste the client ID, the client "
                        "secret and the refresh token.",
                        es="Como forma de entrar escribe xoauth2, y pega el client ID, el client "
                        "secret y el refresh token.",
                    ),
                    copies=("xoauth2",),
                ),
                SERVER_NAME,
                FOLDERS,
            ),
        ),
        Way(
            title=Words(
                en="A program of mine posts the mails",
                es="Un programa mío entrega los correos",
            ),
            steps=(
                Step(
                    words=Words(
                        en="Leave the servers empty and make up a long secret: your program "
                        "signs each mail with it.",
                        es="Deja vacíos los servidores e inventa un secreto largo: tu programa "
                        "firma con él cada correo.",
                    )
                ),
                Step(
                    words=Words(
                        en="It posts each raw mail here, with the time and the signature in its "
                        "headers.",
                        es="Entrega aquí cada correo tal cual, con la hora y la firma en sus "
                        "cabeceras.",
                    ),
                    shows=Shows.WEBHOOK,
                    copies=("X-Hornada-Timestamp", "X-Hornada-Signature"),
                    after=True,
                ),
            ),
        ),
    ),
)
