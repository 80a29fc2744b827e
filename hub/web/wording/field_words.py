"""What connectors call the things a person types, in the language of the page."""

from hub.web.wording.language import N_, gettext

KNOWN: frozenset[str] = frozenset(
    {
        N_("Shop number"),
        N_(
            "The number of your shop at Etsy, not its name. Etsy's page Your Apps shows it."
        ),
        N_("Keystring"),
        N_("Of your own app at etsy.com/developers/your-apps."),
        N_("Shared secret"),
        N_("Beside the keystring on the same page."),
        N_("Refresh token"),
        N_("Only if you already have one; else press Connect afterwards."),
        N_("Webhook signing secret"),
        N_(
            "It begins with whsec_ and is shown where you make the webhook. "
            "Without webhooks orders still arrive, a few minutes later."
        ),
        N_("Shop"),
        N_("The shop's own address in its admin, not the one buyers see."),
        N_("Client ID"),
        N_("In Shopify's Dev Dashboard: your app, Settings."),
        N_("Client secret"),
        N_("Beside the client ID. It also proves the shop's messages."),
        N_("Access token"),
        N_(
            "Only of an app made before 2026 in the shop's own admin, instead of the "
            "two above."
        ),
        N_("Secrets of the shop's messages"),
        N_(
            "Needed with an access token, and for webhooks made by hand in the shop's "
            "settings."
        ),
        N_("API version"),
        N_("Leave it empty, unless Shopify's support names one."),
        N_("Address"),
        N_("Where customers send their orders."),
        N_("Mailbox server (IMAP)"),
        N_("Your mail provider names it. Empty: mail comes by webhook or is uploaded."),
        N_("IMAP port"),
        N_("Leave it empty for the usual one, 993."),
        N_("IMAP security"),
        N_("tls, or starttls if your provider says so."),
        N_("Folder to read"),
        N_("Leave it empty for the inbox."),
        N_("File settled mail under"),
        N_(
            "A folder of its own for Processed, Review, Ignored and Failed. Empty: "
            "beside the inbox."
        ),
        N_("Sending server (SMTP)"),
        N_("Empty: nothing is sent to your customers."),
        N_("SMTP port"),
        N_("Leave it empty for the usual one: 465, or 587 with starttls."),
        N_("SMTP security"),
        N_("Way to log in"),
        N_("password, or xoauth2 where the provider wants a token."),
        N_("User name"),
        N_("Leave it empty if it is the address."),
        N_("Password"),
        N_(
            "Gmail and others want an app password, made in your account's security "
            "settings."
        ),
        N_("Only for xoauth2: of your own app at Google or Microsoft."),
        N_("Only for xoauth2."),
        N_("Only for xoauth2: it fetches the tokens we log in with."),
        N_("Only for xoauth2, if there is no refresh token; it ends after an hour or so."),
        N_("Name of your mail server"),
        N_(
            "What follows Authentication-Results: in the head of a mail you received. "
            "It proves who wrote; empty, only signatures do."
        ),
        N_("Your own domains"),
        N_("What your own people pass on is then read as a customer's mail."),
        N_("Trust what your own people pass on"),
        N_("yes, or no: then each waits for a person."),
        N_("Webhook secret"),
        N_("Only if a program of yours posts raw mail to us; it signs with this."),
    }
)
"""The words of the channels that come along; another channel's stay as it says them."""


def field_word(words: str) -> str:
    """Say what a field is called, or explain it; words nobody translated stay as they "
    "are."""
    return gettext(words) if words in KNOWN else words
