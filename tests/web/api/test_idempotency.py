"""Idempotency-Key: the same POST twice happens once and is answered the same."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from hub.domain.people.roles import Role
from hub.models.claims.idempotency import KEPT, StillRunning, forget_answers, take_key
from hub.models.session import Database
from tests.factories import NOW
from tests.web.api.program import Program, order_of
from tests.web.ports import StandingClock

LOT = {"item": "LYE", "quantity": {"amount": "1", "unit": "kg"}}


def test_the_same_request_again_does_nothing_and_is_answered_the_same(
    soap_maker: Program,
) -> None:
    first = soap_maker.post("/lots", LOT, Idempotency_Key="goods-in-1")
    before = soap_maker.rows()

    again = soap_maker.post("/lots", LOT, Idempotency_Key="goods-in-1")

    assert (again.status, again.text) == (first.status, first.text)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert soap_maker.rows() == before


def test_the_same_key_for_something_else_is_refused(soap_maker: Program) -> None:
    soap_maker.post("/lots", LOT, Idempotency_Key="k")
    before = soap_maker.rows()

    other_body = soap_maker.call("POST", "/lots", LOT | {"code": "X"}, Idempotency_Key="k")
    other_path = soap_maker.call("POST", "/orders", LOT, Idempotency_Key="k")

    assert (other_body.status, other_body.fields) == (422, ["Idempotency-Key"])
    assert other_path.status == 422
    assert soap_maker.rows() == before


def test_a_request_that_was_refused_may_come_again_with_its_key(
    soap_maker: Program,
) -> None:
    parcel = {"order": "T-1", "carrier": "Correos", "tracking_number": "PK1"}
    soap_maker.post("/orders", order_of(1, number="T-1"))
    early = soap_maker.call("POST", "/shipments", parcel, Idempotency_Key="k")
    soap_maker.post("/lots", {"item": "SOAP", "quantity": 1})
    soap_maker.plan()

    late = soap_maker.call("POST", "/shipments", parcel, Idempotency_Key="k")

    assert (early.status, late.status) == (409, 201)


def test_two_tokens_may_use_the_same_key(
    soap_maker: Program, program_of: Callable[[Role], Program]
) -> None:
    other = program_of(Role.OWNER)

    soap_maker.post("/lots", LOT, Idempotency_Key="k")
    answer = other.post("/lots", LOT, Idempotency_Key="k")

    assert "Idempotent-Replayed" not in answer.headers
    assert len(soap_maker.get("/lots").items) == 2


def test_a_step_of_a_run_that_is_sent_twice_is_done_once(soap_maker: Program) -> None:
    order = soap_maker.post("/orders", order_of())

    first = soap_maker.post(f"/orders/{order.id}/hold", {}, Idempotency_Key="k")
    again = soap_maker.post(f"/orders/{order.id}/hold", {}, Idempotency_Key="k")

    assert first.text == again.text


@pytest.mark.parametrize("key", ["k" * 256, "clé"])
def test_a_key_is_short_and_plain(soap_maker: Program, key: str) -> None:
    sent = key.encode().decode("latin-1")

    answer = soap_maker.call("POST", "/lots", LOT, Idempotency_Key=sent)

    assert (answer.status, answer.fields) == (422, ["Idempotency-Key"])


def test_a_key_of_255_characters_is_taken(soap_maker: Program) -> None:
    soap_maker.post("/lots", LOT, Idempotency_Key="k" * 255)


def test_an_answer_is_forgotten_after_a_day(
    soap_maker: Program, clock: StandingClock
) -> None:
    soap_maker.post("/lots", LOT, Idempotency_Key="k")
    soap_maker.post("/lots", LOT, Idempotency_Key="other")
    clock.time = NOW + KEPT + timedelta(seconds=1)

    again = soap_maker.post("/lots", LOT, Idempotency_Key="k")

    assert "Idempotent-Replayed" not in again.headers
    assert soap_maker.rows()["idempotency_key"] == 1


def test_the_sweep_can_forget_old_answers_of_all_tokens(soap_maker: Program) -> None:
    soap_maker.post("/lots", LOT, Idempotency_Key="k")

    with soap_maker.ports.database.begin() as session:
        kept = forget_answers(session, before=NOW)
        gone = forget_answers(session, before=NOW + timedelta(seconds=1))

    assert (kept, gone) == (0, 1)


def test_ten_threads_with_one_key_do_it_once(app: Flask, soap_maker: Program) -> None:
    programs = [
        Program(app.test_client(), token=soap_maker.token, ports=soap_maker.ports)
        for _ in range(10)
    ]
    answers = []

    def send(program: Program) -> None:
        answers.append(program.call("POST", "/lots", LOT, Idempotency_Key="k"))

    threads = [threading.Thread(target=send, args=(program,)) for program in programs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.status for answer in answers} <= {201, 409}
    assert len({answer.text for answer in answers if answer.status == 201}) == 1
    assert len(soap_maker.get("/lots").items) == 1


@pytest.mark.postgres
def test_a_request_whose_first_is_still_running_is_told_so(pg_database: Database) -> None:
    with pg_database.begin() as first:
        assert take_key(first, token_id=1, key="k", now=NOW) is None

        with pg_database.begin() as second, pytest.raises(StillRunning):
            take_key(second, token_id=1, key="k", now=NOW)
        with pg_database.begin() as third:
            assert take_key(third, token_id=1, key="other", now=NOW) is None
