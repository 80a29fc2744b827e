"""What may happen to mail in the simulated workshop: written, handed in, decided on, moved."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.mail import mailbox
from hub.flow.refusal import Refusal
from hub.flow.reviews import reviews
from hub.models.records.mails import Review
from hub.ports import Ports
from tests.simulation.acts import a_maker_makes, a_packer_ships, a_worker_works, time_passes
from tests.simulation.post import ADDRESS, MX, Letter, Parcel
from tests.simulation.world import WHO, World, press
from workers.jobs import JOBS

CUSTOMER = "ana@sol.example"
STRANGER = "eve@luna.example"
SHIP_TO = "\r\nShip to:\r\nSol y Luna\r\nCalle Mayor 5\r\n28013 Madrid\r\nSpain\r\n"


def somebody_writes(world: World) -> None:
    """Write a mail, and let it come once or twice, into the mailbox or handed in."""
    kinds = ["order", "strange", "unreadable", "cancel", "automatic"]
    [kind] = world.random.choices(kinds, [10, 1, 1, 3, 1])
    letter = _letter(world, kind)
    world.post.letters[letter.name] = letter
    for way in world.random.choice(["b", "b", "h", "bb", "bh", "hb", "hh"]):
        is_another_way_round = world.random.random() < 0.5
        stamp = b"Received: from another.example by mx.cera.example\r\n"
        raw = stamp + letter.raw if is_another_way_round else letter.raw
        if way == "b":
            world.post.lay(letter.name, raw)
        else:
            world.post.parcels.append(Parcel(raw=raw))


def _letter(world: World, kind: str) -> Letter:
    number = len(world.post.letters) + 1
    letters = world.post.letters.values()
    asked_of = {each.about for each in letters}
    orders = [
        each.name for each in letters if each.kind == "order" and each.name not in asked_of
    ]
    if kind == "cancel" and not orders:
        kind = "order"
    letter = Letter(name=f"mail-{number}@sol.example", kind=kind, raw=b"")
    if kind == "cancel":
        letter.about = world.random.choice(orders)
        return _sealed(letter, "Please cancel my order.\r\n")
    if kind == "unreadable":
        return _sealed(letter, "Hello,\r\n\r\n2 x NOBODYKNOWS\r\n")
    letter.lines = _lines(world)
    letter.po = f"PO-{7000 + number}" if world.random.random() < 0.6 else ""
    asked = "\r\n".join(f"{count} x {sku}" for sku, count in letter.lines.items())
    named = f"PO number: {letter.po}\r\n" if letter.po else ""
    return _sealed(letter, f"Hello,\r\n\r\n{asked}\r\n\r\n{named}{SHIP_TO}")


def _lines(world: World) -> dict[str, int]:
    skus = world.random.sample(["CANDLE", "SOAP"], k=world.random.choice([1, 1, 2]))
    return {sku: world.random.randint(1, 9) for sku in skus}


def _sealed(letter: Letter, words: str) -> Letter:
    """Write it as it comes from the mail server of whoever wrote it."""
    sender = STRANGER if letter.kind == "strange" else CUSTOMER
    domain = sender.partition("@")[2]
    head = [
        f"Authentication-Results: {MX}; dkim=pass header.d={domain}",
        f"From: {sender}",
        f"To: {ADDRESS}",
        f"Subject: {'Re: our order' if letter.about else f'Our order {_word(letter)}'}",
        f"Message-ID: <{letter.name}>",
        "Date: Mon, 23 Nov 2026 09:00:00 +0000",
    ]
    head += [f"In-Reply-To: <{letter.about}>"] if letter.about else []
    head += ["Auto-Submitted: auto-replied"] if letter.kind == "automatic" else []
    return replace(letter, raw=("\r\n".join(head) + f"\r\n\r\n{words}").encode())


def _word(letter: Letter) -> str:
    """Make a word of a letter's number: the same words twice in a week are the same letter."""
    return "".join(chr(ord("a") + int(each)) for each in letter.name if each.isdigit())


def mail_is_handed_in(world: World) -> None:
    """Hand in what was not taken yet, in any order."""
    waiting = [each for each in world.post.parcels if not each.taken]
    world.random.shuffle(waiting)
    for parcel in waiting:
        world.run(partial(_hand_in, world, parcel))


def _hand_in(world: World, parcel: Parcel, ports: Ports) -> None:
    """Be the door of the API: written and committed before it counts as taken."""
    ports.database.run(
        lambda session: mailbox.receive(
            session, account_id=world.company.mailbox_id, raw=parcel.raw, source="api",
            now=ports.clock.now(),
        )
    )  # fmt: skip
    parcel.taken = True


def a_mail_worker_works(world: World) -> None:
    """Run one of the jobs mail goes through."""
    world.pass_time(timedelta(seconds=world.random.choice([0, 20, 70])))
    jobs = ["mailbox", "mailbox", "read_messages", "plan", "push", "sweep"]
    world.run(JOBS[world.random.choice(jobs)])


def somebody_decides(world: World) -> None:
    """Accept or reject a mail that waits for it; press twice now and then."""
    with world.eyes.reading() as session:
        waiting = session.scalars(select(Review.id).filter_by(state="open")).all()
    if not waiting:
        return
    review_id, is_good = world.random.choice(waiting), world.random.random() < 0.7
    for _ in range(world.random.choice([1, 1, 2])):
        press(world, partial(decide, world, review_id=review_id, is_good=is_good))


def decide(world: World, session: Session, *, review_id: int, is_good: bool) -> None:
    """Accept a mail as it was read, whoever wrote it; what cannot be is rejected."""
    customer = world.company.customer_id
    now = world.clock.at
    if is_good:
        try:
            with session.begin_nested():
                reviews.accept(
                    session, review_id=review_id, who=WHO, now=now,
                    answer=reviews.Answer(customer_id=customer),
                )  # fmt: skip
        except Refusal as refused:
            world.refused[type(refused).__name__] += 1
        else:
            return
    reviews.reject(session, review_id=review_id, reason="no", who=WHO, now=now)


def the_box_is_made_anew(world: World) -> None:
    """Give every mail in the inbox another number, or move a filed one back."""
    if world.random.random() < 0.5:
        world.post.make_anew()
    else:
        world.post.put_back()


MAIL_ACTS: tuple[tuple[int, Callable[[World], None]], ...] = (
    (6, somebody_writes),
    (3, mail_is_handed_in),
    (9, a_mail_worker_works),
    (3, somebody_decides),
    (2, the_box_is_made_anew),
    (3, time_passes),
    (2, a_worker_works),
    (2, a_maker_makes),
    (2, a_packer_ships),
)
"""What happens on a day of mail, beside a little of everything else."""
