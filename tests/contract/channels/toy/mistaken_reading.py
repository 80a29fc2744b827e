"""Mistakes in reading orders, one at a time."""

import json
from dataclasses import replace
from datetime import timedelta

from connectors.readings import Message, Reading
from mapping.canonical import Line, Money, Order, Release
from tests.contract.channels.toy.mutated import Mutated


class ReadyUnpaid(Mutated):
    """Begins before anybody paid."""

    def amended(self, order: Order) -> Order:
        held = order.release is Release.HOLD_PAYMENT
        return replace(order, release=Release.READY) if held else order


class UnknownIsReady(Mutated):
    """Takes a word it does not know for a yes."""

    def amended(self, order: Order) -> Order:
        unknown = order.release is Release.UNKNOWN
        return replace(order, release=Release.READY) if unknown else order


class TestIsReady(Mutated):
    """Makes what was ordered as a trial."""

    def amended(self, order: Order) -> Order:
        return replace(order, release=Release.READY) if order.is_test else order


class NaiveTimes(Mutated):
    """Forgets where a clock stands."""

    def amended(self, order: Order) -> Order:
        return replace(order, placed_at=order.placed_at.replace(tzinfo=None))


class LocalTimes(Mutated):
    """Reads the hands of a far clock as if it were ours."""

    def amended(self, order: Order) -> Order:
        return replace(order, placed_at=order.placed_at + timedelta(hours=13))


class OrderedAsCurrent(Mutated):
    """Loses what was taken off a line."""

    def amended(self, order: Order) -> Order:
        return self.lines(order, lambda line: replace(line, cancelled=0))


class LinesByPosition(Mutated):
    """Gives every line the same id."""

    def amended(self, order: Order) -> Order:
        return self.lines(order, lambda line: replace(line, external_id="1"))


class WishTidied(Mutated):
    """Makes a buyer's words pretty."""

    def amended(self, order: Order) -> Order:
        def tidy(line: Line) -> Line:
            wish = tuple((name, " ".join(v.split())) for name, v in line.personalisation)
            return replace(line, personalisation=wish)

        return self.lines(order, tidy)


class MoneyWithoutShipping(Mutated):
    """Adds up the lines and calls it the total."""

    def amended(self, order: Order) -> Order:
        prices = [(line.unit_price, line.ordered) for line in order.lines]
        minor = sum(price.minor * pieces for price, pieces in prices if price)
        return replace(order, total=Money(minor=minor, currency=order.currency))


class AnyFieldCounts(Mutated):
    """Falls over a field it does not know."""

    def read(self, message: Message) -> Reading:
        if message.topic == "order.changed" and b"brand_new" in message.body:
            raise KeyError("brand_new")
        return super().read(message)


class ReadsWithTheWrongError(Mutated):
    """Lets the error of its JSON reader out."""

    def read(self, message: Message) -> Reading:
        json.loads(message.body)
        return super().read(message)
