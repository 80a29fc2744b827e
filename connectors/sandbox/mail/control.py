"""The back door: play with the pretend post offices over JSON, or look at them in a browser."""

import itertools
from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, Response, jsonify, render_template, request

from connectors.sandbox import asking
from connectors.sandbox.mail import asking as mail_asking
from connectors.sandbox.mail.office import PostOffice
from connectors.sandbox.mail.writing import A_DAY, Writing, keep_writing
from connectors.sandbox.wire import json_object

Json = dict[str, object]
Result = tuple[Response, int] | Response
Given = ParamSpec("Given")


def control(offices: Mapping[str, PostOffice]) -> Blueprint:
    """Make the back door of these post offices; `?box=<address>` picks one, else the first."""
    door = Blueprint("sandbox_mail", __name__, template_folder="templates")

    def office() -> PostOffice:
        named = request.args.get("box")
        if named is not None and named not in offices:
            raise asking.Misasked(f"no mailbox {named}")
        return offices[named] if named else next(iter(offices.values()))

    _looks(door, office)
    _posts(door, office)
    _weather(door, office)
    _writers(door, office)
    return door


def _safe(act: Callable[Given, Result]) -> Callable[Given, Result]:
    """Turn what nobody understands into 400, and mails nobody knows into 404."""

    @wraps(act)
    def acted(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return act(*args, **kwargs)
        except (asking.Misasked, ValueError) as mistake:
            return jsonify(error=str(mistake)), 400
        except KeyError as gone:
            return jsonify(error=f"there is no mail {gone} any more"), 404

    return acted


def _asked() -> Json:
    return json_object(request.get_data())


def _looks(door: Blueprint, office: Callable[[], PostOffice]) -> None:
    @door.get("/")
    def page() -> str:
        box = office()
        return render_template(
            "mail.html",
            office=box,
            mails=list(reversed(box.posted()))[:200],
            webhooks=box.webhooks.stats(),
        )

    @door.get("/state")
    @_safe
    def state() -> Result:
        box = office()
        stats = box.webhooks.stats()
        return jsonify(
            address=box.address,
            subscriptions=[each.uri for each in box.webhooks.subscriptions.values()],
            faults=box.faults.standing(),
            webhooks={key: value for key, value in stats.items() if key != "deliveries"},
            mails=len(box.posted()),
        )

    @door.get("/mails")
    @_safe
    def mails() -> Result:
        return jsonify(office().posted())

    @door.get("/mails/<posted_id>.eml")
    @_safe
    def raw(posted_id: str) -> Result:
        # As a file: a browser must not show what a customer wrote as a page of this machine.
        return Response(
            office().raw(posted_id),
            content_type="application/octet-stream",
            headers={"Content-Disposition": 'attachment; filename="mail.eml"'},
        )


def _posts(door: Blueprint, office: Callable[[], PostOffice]) -> None:
    numbers = itertools.count(1)

    @door.post("/mails")
    @_safe
    def sent() -> Result:
        letter = mail_asking.letter(_asked(), name=f"by-hand-{next(numbers)}")
        return jsonify(id=office().send(letter), message_id=letter.message_id), 201

    @door.post("/raw")
    @_safe
    def sent_raw() -> Result:
        return jsonify(id=office().send_raw(request.get_data())), 201

    @door.post("/mails/<posted_id>/resend")
    @_safe
    def resent(posted_id: str) -> Result:
        office().resend(posted_id)
        return jsonify(resent=posted_id)

    @door.post("/subscriptions")
    @_safe
    def subscribe() -> Result:
        return jsonify(id=office().subscribe(asking.text(_asked(), "url"))), 201

    @door.get("/deliveries")
    @_safe
    def deliveries() -> Result:
        return jsonify(office().webhooks.stats())

    @door.post("/deliveries/drain")
    @_safe
    def drain() -> Result:
        timeout = asking.number(_asked(), "timeout", 5.0)
        return jsonify(drained=office().webhooks.drain(timeout))


def _weather(door: Blueprint, office: Callable[[], PostOffice]) -> None:
    @door.get("/faults")
    @_safe
    def faults() -> Result:
        return jsonify(office().faults.standing())

    @door.post("/faults")
    @_safe
    def add_fault() -> Result:
        box = office()
        box.faults.add(asking.fault(_asked()))
        return jsonify(box.faults.standing()), 201

    @door.delete("/faults")
    @_safe
    def clear_faults() -> Result:
        office().faults.clear()
        return jsonify([])

    @door.post("/clock")
    @_safe
    def skew() -> Result:
        seconds = asking.number(_asked(), "seconds", 0.0)
        office().skew_clock(seconds)
        return jsonify(seconds=seconds)


def _writers(door: Blueprint, office: Callable[[], PostOffice]) -> None:
    writers: dict[str, Writing] = {}

    @door.post("/writing")
    @_safe
    def start() -> Result:
        box, given = office(), _asked()
        if box.address in writers:
            writers.pop(box.address).stop()
        writers[box.address] = keep_writing(
            box,
            every_seconds=asking.number(given, "every_seconds", 5.0),
            seed=int(asking.number(given, "seed", 1)),
            first=int(asking.number(given, "first", 1)),
            most=int(asking.number(given, "most", A_DAY)),
        )
        return jsonify(writing=True), 201

    @door.delete("/writing")
    @_safe
    def stop() -> Result:
        gone = writers.pop(office().address, None)
        if gone:
            gone.stop()
        return jsonify(writing=False, written=gone.written if gone else [])
