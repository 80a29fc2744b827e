"""Whose mail is whose: an address or a domain as it is kept, and what can be no customer's."""

import re

ADDRESS = re.compile(r"[^@\s<>\"',;:()\\]{1,64}@[^@\s]{4,253}")
DOMAIN = re.compile(
    r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}"
)

_FREEMAIL = """
    gmail.com googlemail.com hotmail.com hotmail.es hotmail.co.uk hotmail.fr hotmail.it hotmail.de
    outlook.com outlook.es outlook.fr outlook.it outlook.de live.com live.co.uk live.fr msn.com
    yahoo.com yahoo.es yahoo.co.uk yahoo.fr yahoo.it yahoo.de ymail.com rocketmail.com aol.com
    icloud.com me.com mac.com proton.me protonmail.com pm.me tutanota.com tuta.com gmx.com gmx.net
    gmx.de gmx.es gmx.fr web.de t-online.de freenet.de mail.com email.com zoho.com zohomail.com
    fastmail.com fastmail.fm hey.com yandex.com yandex.ru mail.ru bk.ru qq.com 163.com 126.com
    orange.fr wanadoo.fr free.fr sfr.fr laposte.net libero.it virgilio.it tiscali.it alice.it
    telefonica.net movistar.es terra.es terra.com ono.com orange.es vodafone.es wanadoo.es
    euskaltel.net euskalnet.net btinternet.com sky.com virginmedia.com ntlworld.com talktalk.net
    comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net uol.com.br bol.com.br
    sapo.pt mail.pt seznam.cz wp.pl o2.pl interia.pl onet.pl bluewin.ch telenet.be skynet.be
"""
FREEMAIL = frozenset(_FREEMAIL.split())
"""Where anybody can have an address: such a domain says nothing of who writes."""

_ENDINGS = """
    com.es nom.es org.es gob.es edu.es co.uk org.uk me.uk ltd.uk plc.uk ac.uk gov.uk com.mx com.ar
    com.br com.co com.pe com.uy com.ve com.ec com.pt com.fr com.au co.nz com.tr co.jp com.cn co.in
    com.pl com.ro com.gr com.ua com.sg com.hk co.za co.il com.mt com.cy co.at or.at
"""
SHARED_ENDINGS = frozenset(_ENDINGS.split())
"""Domains under which everybody registers their own: one of them names no company."""


class NoSuchPlace(ValueError):
    """No mail comes from an address or domain like this, or anybody's does."""


def address_of(written: str) -> str:
    """Return an address as it is kept: small letters, its domain in plain ones.

    :raises NoSuchPlace: it is none.
    """
    tidy = written.strip().casefold()
    if not ADDRESS.fullmatch(tidy):
        raise NoSuchPlace("Write an address such as ana@example.com.")
    name, _, domain = tidy.rpartition("@")
    plain = _plain(domain)
    if not DOMAIN.fullmatch(plain):
        raise NoSuchPlace("Write an address such as ana@example.com.")
    return f"{name}@{plain}"


def domain_of(written: str) -> str:
    """Return a domain as it is kept: small plain letters, no @ before it.

    :raises NoSuchPlace: it is none, or one where anybody can have an address.
    """
    domain = _plain(written.strip().casefold().removeprefix("@"))
    if not DOMAIN.fullmatch(domain) or domain in SHARED_ENDINGS:
        raise NoSuchPlace("Write a domain such as example.com.")
    if domain in FREEMAIL:
        raise NoSuchPlace(f"Anybody can have an address at {domain}: name whole addresses.")
    return domain


def is_freemail(domain: str) -> bool:
    """Say whether anybody can have an address there."""
    return domain in FREEMAIL


def _plain(domain: str) -> str:
    """Write a domain as mail does; what cannot be is left as it is, and refused as a domain."""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain
