"""What connectors call the things a person types, in the language of the page."""

from hub.web.language import N_, gettext

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
            "Only of an app made before 2026 in the shop's own admin, instead of the two above."
        ),
        N_("Secrets of the shop's messages"),
        N_(
            "Needed with an access token, and for webhooks made by hand in the shop's settings."
        ),
        N_("API version"),
        N_("Leave it empty, unless Shopify's support names one."),
    }
)
"""The words of the channels that come along; another channel's stay as it says them."""


def field_word(words: str) -> str:
    """Say what a field is called, or explain it; words nobody translated stay as they are."""
    return gettext(words) if words in KNOWN else words
