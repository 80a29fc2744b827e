"""The things a person types to connect a mailbox, each with its help."""

from connectors.spec import Field

FIELDS = (
    Field(
        name="settings.address",
        label="Address",
        help="Where customers send their orders.",
        example="orders@shop.example",
    ),
    Field(
        name="settings.imap_host",
        label="Mailbox server (IMAP)",
        help="Your mail provider names it. Empty: mail comes by webhook or is uploaded.",
        example="imap.shop.example",
        is_required=False,
    ),
    Field(
        name="settings.imap_port",
        label="IMAP port",
        help="Leave it empty for the usual one, 993.",
        example="993",
        is_required=False,
    ),
    Field(
        name="settings.imap_security",
        label="IMAP security",
        help="tls, or starttls if your provider says so.",
        example="tls",
        is_required=False,
    ),
    Field(
        name="settings.folder",
        label="Folder to read",
        help="Leave it empty for the inbox.",
        example="INBOX",
        is_required=False,
    ),
    Field(
        name="settings.filed_under",
        label="File settled mail under",
        help="A folder of its own for Processed, Review, Ignored and Failed. Empty: beside the "
        "inbox.",
        example="Hornada",
        is_required=False,
    ),
    Field(
        name="settings.smtp_host",
        label="Sending server (SMTP)",
        help="Empty: nothing is sent to your customers.",
        example="smtp.shop.example",
        is_required=False,
    ),
    Field(
        name="settings.smtp_port",
        label="SMTP port",
        help="Leave it empty for the usual one: 465, or 587 with starttls.",
        example="465",
        is_required=False,
    ),
    Field(
        name="settings.smtp_security",
        label="SMTP security",
        help="tls, or starttls if your provider says so.",
        example="tls",
        is_required=False,
    ),
    Field(
        name="settings.auth",
        label="Way to log in",
        help="password, or xoauth2 where the provider wants a token.",
        example="password",
        is_required=False,
    ),
    Field(
        name="credentials.username",
        label="User name",
        help="Leave it empty if it is the address.",
        is_required=False,
    ),
    Field(
        name="credentials.password",
        label="Password",
        help="Gmail and others want an app password, made in your account's security settings.",
        is_secret=True,
        is_required=False,
    ),
    Field(
        name="credentials.client_id",
        label="Client ID",
        help="Only for xoauth2: of your own app at Google or Microsoft.",
        is_required=False,
    ),
    Field(
        name="credentials.client_secret",
        label="Client secret",
        help="Only for xoauth2.",
        is_secret=True,
        is_required=False,
    ),
    Field(
        name="credentials.refresh_token",
        label="Refresh token",
        help="Only for xoauth2: it fetches the tokens we log in with.",
        is_secret=True,
        is_required=False,
    ),
    Field(
        name="credentials.access_token",
        label="Access token",
        help="Only for xoauth2, if there is no refresh token; it ends after an hour or so.",
        is_secret=True,
        is_required=False,
    ),
    Field(
        name="settings.authserv_id",
        label="Name of your mail server",
        help="What follows Authentication-Results: in the head of a mail you received. It proves "
        "who wrote; empty, only signatures do.",
        example="mx.shop.example",
        is_required=False,
    ),
    Field(
        name="settings.own_domains",
        label="Your own domains",
        help="What your own people pass on is then read as a customer's mail.",
        example="shop.example",
        is_required=False,
    ),
    Field(
        name="settings.trust_forwards",
        label="Trust what your own people pass on",
        help="yes, or no: then each waits for a person.",
        example="no",
        is_required=False,
    ),
    Field(
        name="webhook_secrets",
        label="Webhook secret",
        help="Only if a program of yours posts raw mail to us; it signs with this.",
        is_secret=True,
        is_required=False,
    ),
)
"""`check` says which is missing; `settings.oauth_url` is only for other token servers than
Google's and Microsoft's and so not asked for."""
