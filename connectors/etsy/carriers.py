"""The carriers makers use, as the codes Etsy's tracking endpoint knows them by.

Once a name Etsy did not know lost the number (etsy/open-api #135), so only codes of its own list
(Fulfillment Tutorial, 2026) are sent and everything else is `other`. A carrier that resembles a
known one but follows its parcels elsewhere (Correos Express, CTT Express) is `other` too: a link
that leads nowhere is worse than none.
"""

from collections.abc import Mapping
from unicodedata import combining, normalize

OTHER = "other"

NAMES: Mapping[str, tuple[str, ...]] = {
    # Spain and Portugal
    "spain-correos-es": (
        "Correos",
        "Correos España",
        "Correos de España",
        "Correos Spain",
        "Spain Correos",
        "Paq Ligero",
        "Paq Estándar",
        "Paq Premium",
    ),
    "spanish-seur": ("SEUR", "SEUR España", "Spanish SEUR"),
    "international-seur": ("SEUR International", "SEUR Internacional"),
    "mrw-spain": ("MRW", "MRW España"),
    "nacex-spain": ("NACEX", "NACEX España"),
    "dhl-es": ("DHL Spain", "DHL España", "DHL Parcel España", "DHL Parcel Iberia"),
    "portugal-ctt": ("CTT", "CTT Correios", "CTT Portugal", "Correios de Portugal"),
    "portugal-seur": ("SEUR Portugal",),
    "chronopost-portugal": ("Chronopost Portugal",),
    # Everywhere
    "dhl": ("DHL", "DHL Express", "DHL International"),
    "dhl-global-mail": ("DHL eCommerce", "DHL Global Mail"),
    "dpd": ("DPD", "DPD Group"),
    "fedex": ("FedEx", "FedEx Express", "FedEx Ground", "Federal Express"),
    "gls": ("GLS", "GLS Spain", "GLS España", "ASM", "General Logistics Systems"),
    "tnt": ("TNT", "TNT Express"),
    "ups": ("UPS", "United Parcel Service", "UPS Express", "UPS Standard"),
    "4px": ("4PX", "4PX Express"),
    "aramex": ("Aramex",),
    "asendia-uk": ("Asendia UK",),
    "asendia-usa": ("Asendia USA", "Asendia US"),
    "landmark-global": ("Landmark Global",),
    # France, Belgium, the Netherlands, Luxembourg
    "la-poste-colissimo": ("La Poste", "La Poste Colissimo"),
    "colissimo": ("Colissimo",),
    "chronopost-france": ("Chronopost", "Chronopost France"),
    "mondialrelay": ("Mondial Relay",),
    "bpost": ("bpost", "Belgian Post"),
    "bpost-international": ("bpost international",),
    "postnl": ("PostNL",),
    "postnl-international": ("PostNL International",),
    "dhl-nl": ("DHL Netherlands", "DHL Nederland"),
    "dhlparcel-nl": ("DHL Parcel NL",),
    "dhl-benelux": ("DHL Benelux",),
    "post-luxembourg": ("POST Luxembourg",),
    # Germany, Austria, Switzerland
    "deutsch-post": ("Deutsche Post", "Deutsche Post DE", "Deutsch Post"),
    "dhl-germany": ("DHL Germany", "DHL Deutschland", "DHL Paket"),
    "dpd-de": ("DPD Germany", "DPD Deutschland"),
    "hermes-de": ("Hermes Germany", "Hermes Deutschland"),
    "austrian-post": ("Austrian Post", "Österreichische Post", "Post AT"),
    "swiss-post": ("Swiss Post", "Die Post", "La Poste Suisse", "Schweizerische Post"),
    # Italy, Greece, Malta, Cyprus
    "poste-italiane": ("Poste Italiane",),
    "poste-italiane-paccocelere": ("Poste Italiane Paccocelere", "Paccocelere"),
    "italy-sda": ("SDA", "SDA Express Courier", "Italy SDA"),
    "tnt-it": ("TNT Italy", "TNT Italia"),
    "elta-courier": ("ELTA", "ELTA Courier"),
    "acscourier": ("ACS", "ACS Courier"),
    "maltapost": ("MaltaPost",),
    "cyprus-post": ("Cyprus Post",),
    # Britain and Ireland
    "royal-mail": ("Royal Mail",),
    "parcel-force": ("Parcelforce", "Parcelforce Worldwide"),
    "myhermes-uk": ("Evri", "myHermes", "Hermes UK"),
    "dpd-uk": ("DPD UK",),
    "interlink-express": ("DPD Local", "Interlink Express"),
    "yodel": ("Yodel",),
    "collectplus": ("CollectPlus", "Collect+"),
    "whistl": ("Whistl",),
    "uk-mail": ("UK Mail",),
    "an-post": ("An Post",),
    # The north and the Baltic
    "postnord": ("PostNord",),
    "sweden-posten": ("PostNord Sweden", "PostNord SE", "PostNord Sverige"),
    "danmark-post": ("PostNord Denmark", "PostNord DK", "PostNord Danmark"),
    "posten-norge": ("Posten Norge", "Posten", "Bring"),
    "posti": ("Posti", "Itella"),
    "islandspostur": ("Íslandspóstur", "Iceland Post"),
    "estonian-post": ("Omniva", "Estonian Post"),
    "latvijas-pasts": ("Latvijas Pasts", "Latvia Post"),
    "lietuvos-pastas": ("Lietuvos Paštas", "Lithuania Post"),
    # The east
    "poczta-polska": ("Poczta Polska",),
    "dhl-poland": ("DHL Poland", "DHL Polska"),
    "dpd-poland": ("DPD Poland", "DPD Polska"),
    "ceska-posta": ("Česká pošta", "Czech Post"),
    "slovenska-posta": ("Slovenská pošta",),
    "posta-slovenije": ("Pošta Slovenije",),
    "magyar-posta": ("Magyar Posta",),
    "posta-romana": ("Poșta Română",),
    "bgpost": ("Bulgarian Posts", "BG Post"),
    "hrvatska-posta": ("Hrvatska pošta",),
    "nova-poshta": ("Nova Poshta",),
    "ukrposhta": ("Ukrposhta",),
    "ptt-posta": ("PTT", "PTT Posta"),
    # The Americas
    "usps": ("USPS", "US Postal Service", "United States Postal Service", "U.S.P.S."),
    "ontrac": ("OnTrac",),
    "lasership": ("LaserShip",),
    "canada-post": ("Canada Post", "Postes Canada"),
    "purolator": ("Purolator",),
    "chitchats": ("Chit Chats",),
    "stallionexpress": ("Stallion Express",),
    "correos-de-mexico": ("Correos de México",),
    "correos-chile": ("Correos Chile", "Correos de Chile"),
    "correo-argentino": ("Correo Argentino",),
    "brazil-correios": ("Correios", "Correios Brasil", "Brazil Correios"),
    # Asia and the Pacific
    "australia-post": ("Australia Post", "AusPost"),
    "sendle": ("Sendle",),
    "star-track": ("StarTrack",),
    "new-zealand-post": ("New Zealand Post", "NZ Post"),
    "japan-post": ("Japan Post",),
    "korea-post": ("Korea Post",),
    "china-post": ("China Post",),
    "china-ems": ("China EMS", "EMS China"),
    "yanwen": ("Yanwen",),
    "sf-express": ("SF Express",),
    "hong-kong-post": ("Hongkong Post", "Hong Kong Post"),
    "singapore-post": ("Singapore Post", "SingPost"),
    "thailand-post": ("Thailand Post",),
    "india-post": ("India Post",),
    "bluedart": ("Blue Dart",),
    "dtdc": ("DTDC",),
    "israel-post": ("Israel Post",),
    "sapo": ("South African Post Office", "SAPO"),
}
"""Etsy's code, and what people call the carrier."""


def _key(name: str) -> str:
    """Leave out what people change in a name: case, accents, spaces, dots and dashes."""
    plain = (letter for letter in normalize("NFKD", name) if not combining(letter))
    return "".join(letter for letter in "".join(plain).casefold() if letter.isalnum())


_BY_KEY = {_key(name): code for code, names in NAMES.items() for name in (code, *names)}


def carrier_code(typed: str) -> str:
    """Find Etsy's code for a carrier, whatever the case, accents and dashes; else `other`."""
    return _BY_KEY.get(_key(typed), OTHER)
