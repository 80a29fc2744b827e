"""Tells from a letter's own words whether it asks to change or cancel something."""

import re
from collections.abc import Iterable

from connectors.email.parts import Kind, Part
from mapping.letter import Intent

MOST_WORDS = 50_000
"""Characters of a letter that are looked through; more is no letter somebody typed."""

_NO_CHANGE = re.compile(
    r"(?i)\b(no|without( any)?|sin( ning[uú]n)?|not?\s+any)\s+(further\s+)?"
    r"(changes?|cambios?|modificaci[oó]n(es)?|amendments?|cancel\w*)\b"
    r"|\b(do(es)? not|don.t|doesn.t|won.t|no)\s+(need to\s+|want to\s+|quer\w+\s+|hay que\s+)?"
    r"(change|cancel|cambia\w*|cancel\w+|anul\w+|modific\w+)\b"
    r"|\b(nothing|nada)\s+(changes|cambia|que cambiar)\b|\bunchanged\b"
    r"|\b(can(not|.t| not)|no (se )?(puede\w*|admit\w+|acept\w+))( be)?\s+"
    r"(changed|cancel\w*|cambi\w+|anul\w+|modific\w+)\b"
    r"|\b(subject to|sujet\w+ a)\s+(change|cambios?|modificaci\w+)\b"
    r"|\b(cancellation|change|returns?)\s+(policy|terms|conditions)\b"
    r"|\bpol[ií]tica de\s+(cancelaci\w+|cambios?|devoluci\w+)\b"
    r"|\b(exchange rates?|tipo de cambio|a cambio|sin embargo)\b"
)
"""What holds such words and asks for no such thing; taken out before the rest is read."""

_CANCEL = re.compile(
    r"(?i)\b(cancel(s|led|ed|ling|lation|lations)?|cancela\w*|cancele\w*|cancelo"
    r"|anul(ar|e|en|ad|amos|aci[oó]n|aciones|o|ado|ada)|anúl\w+|canc[eé]l\w+"
    r"|(call|called) off|no longer (need|want|require)\w*|(do not|don.t) (ship|send|dispatch)"
    r"|ya no (lo |la |los |las )?(necesit\w+|quer\w+|quier\w+|hace falta)"
    r"|no (me |nos )?(lo |la |los |las )?(env[ií]\w+|mand\w+|sirv\w+)"
    r"|(dad|dar|den) de baja|dej(ad|en|a) sin efecto|withdraw\w*)\b"
)
_CHANGE = re.compile(
    r"(?i)\b(change[sd]?|changing|amend\w*|modif(y|ied|ication|ications|ying)"
    r"|revis(e|ed|ion|ions)|replac(e|es|ed|ing|ement)|swap(ped|ping)?|instead( of)?|in place of"
    r"|supersede[sd]?|correct(ed|ion|ions)\b|rectif\w+|update[sd]?( (to|of|on))? "
    r"(my|our|the|this|that) (order|po|quantit\w+)|updated (order|po|purchase order)"
    r"|(add|adding|remove|removing|drop|take)\b.{0,60}\b(to|from|off) "
    r"(my|our|the|this|that|yesterday.s|last|previous) (\w+ )?(order|po)"
    r"|(increase|reduce|decrease|lower|raise|make) (it|them|that|"
    r"the (quantity|amount|order|number))"
    r"|(made|make) a mistake|my mistake|mistake in"
    r"|cambi(o|os|ar|ad|e|en|amos|adme|adnos|arme|arnos|arlo|arla|ado|ada)|c[aá]mbi\w+"
    r"|modific\w+|modif[ií]\w+|rectifi\w+|corre(gir|gid|ccion|cci[oó]n|cciones|ctos?)"
    r"|en (lugar|vez) de|sustitu\w+|reemplaz\w+|a[nñ]ad(ir|e|id|an|iros|irle|imos)\b.{0,60}"
    r"\b(al?|en el) (el )?pedido|agreg\w+\b.{0,60}\b(al?|en el) (el )?pedido"
    r"|quit(ar|ad|a|en|e|amos)\b"
    r"|aument(ar|ad|e|en)|(reduc|disminu)\w+|actualiz\w+ (el|mi|nuestro|al) pedido"
    r"|me (he )?equivo\w+|nos (hemos )?equivo\w+|(error|equivocaci[oó]n) en (el|mi|nuestro) pedido"
    r"|(pedido|orden) (corregid|modificad|actualizad|anterior|rectificad)\w*)\b"
)

_ROOT = re.compile(rb"<(?:[A-Za-z0-9_.-]{1,40}:)?(OrderChange|OrderCancellation)[\s>/]")
_ROOT_WITHIN = 4_096

_SPANISH = (
    "el la los las de del que y en un una por para con pedido unidades uds gracias hola saludos "
    "buenos dias días buenas tardes envío entrega nos os le les necesito necesitamos quiero fecha "
    "precio cantidad adjunto"
)
_ENGLISH = (
    "the and of to for with is are please order thanks thank hello hi regards dear we you our "
    "would like need find attached delivery price quantity units pieces pcs best from this"
)
_WORD = re.compile(r"[^\W\d_]{2,20}")

_NUMBER = re.compile(
    r"(?i)(?:\b(?:pedidos?|orden(?: de compra)?|order|purchase order|p\.?o\.?|encargo|compra"
    r"|ref(?:erencia|erence|\.)?|albar[aá]n)\b[ \t]{0,3}"
    r"(?:(?:n[uú]mero|number|num\.?|no\.?|nr\.?|n\.?[ºo°]\.?|id|ref\.?)[ \t]{0,3})?"
    r"[:#]?[ \t]{0,3}#?"
    r"|#[ \t]?|\bn\.?[º°][ \t]{0,3})"
    r"([A-Za-z]{0,8}[-/.]?[A-Za-z0-9]{0,4}[-/.]?\d[A-Za-z0-9./-]{0,24})"
)
MOST_NUMBERS = 20


def intent_of(words: str) -> tuple[Intent, str]:
    """Say what words ask for, and which of them say so; an order where none asks for less.

    Made to see too much rather than too little: who asks for a change and gets an order made of
    it has two orders, who orders "instead of the usual" waits for a person.
    """
    plain = _NO_CHANGE.sub(" ", words[:MOST_WORDS])
    if found := _CANCEL.search(plain):
        return Intent.CANCEL, found[0].strip()
    if found := _CHANGE.search(plain):
        return Intent.CHANGE, found[0].strip()
    return Intent.ORDER, ""


def intent_of_documents(parts: Iterable[Part]) -> tuple[Intent, str]:
    """Say what an order document is: UBL has documents of their own to change and to cancel."""
    for part in parts:
        if part.kind is not Kind.XML:
            continue
        if found := _ROOT.search(part.data[:_ROOT_WITHIN].replace(b"\x00", b"")):
            name = found[1].decode("ascii")
            return (
                Intent.CHANGE if name == "OrderChange" else Intent.CANCEL,
                f"UBL {name} in {part.name or part.id}",
            )
    return Intent.ORDER, ""


def language_of(words: str) -> str:
    """Say whether words are Spanish or English; empty where neither is plain."""
    spanish_words, english_words = set(_SPANISH.split()), set(_ENGLISH.split())
    found = [word.lower() for word in _WORD.findall(words[:MOST_WORDS])]
    spanish = sum(word in spanish_words for word in found)
    english = sum(word in english_words for word in found)
    if spanish == english:
        return ""
    return "es" if spanish > english else "en"


def order_numbers(words: str) -> tuple[str, ...]:
    """Return what is written like the number of an order, ours or theirs, each once, in order."""
    found = (each.rstrip("./-") for each in _NUMBER.findall(words[:MOST_WORDS]))
    return tuple(dict.fromkeys(each for each in found if len(each) > 1))[:MOST_NUMBERS]
