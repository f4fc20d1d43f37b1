"""Rates and the choice among them: fetched side by side, shown as they come, picked, approved."""

from __future__ import annotations

from bisect import bisect_right
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Group
from rich.live import Live
from rich.text import Text

from shiplabel.cli import tables
from shiplabel.cli.wizard import view as views
from shiplabel.cli.wizard.filtering import FILTERS, filtered
from shiplabel.cli.wizard.prompt import Key
from shiplabel.cli.wizard.view import View
from shiplabel.domain import rules
from shiplabel.errors import ShiplabelError
from shiplabel.language import marked, phrase, phrase_n, worded
from shiplabel.workflow.quote import is_stale, quote
from shiplabel.workflow.session import choose, reach

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import RenderableType

    from shiplabel.cli.wizard.room import Room
    from shiplabel.domain.rate import Rate
    from shiplabel.workflow.quote import Board
    from shiplabel.workflow.session import Session

BELOW_TABLE = 6
LEAST_ROWS = 3
KEYS = marked(("s sort", "c carrier", "d days", "p price", "m more", "b back", "? help", "^C save+quit"))
GO_ON = marked("g goes on without waiting; ^C saves and quits.")
HELP = marked(
    "Enter takes the rate marked cheapest; a number and Enter takes that one. s "
    "sorts by price, days or carrier; c, d and p show only a carrier, so many days, "
    "up to a price; m shows more rows. b, ^B or Esc goes back to the review. Nothing "
    "is bought before a last question."
)


class Buying:
    """Fetches, shows, picks and approves."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._view = View()

    def fetch(self, session: Session) -> Session:
        """Ask every carrier, showing the table as it fills; return the session with its rates."""
        self._view = View()
        room = self._room
        with self._plainly() if room.desk.plain else self._live(session) as drawn:
            session = quote(room.parts, session, self._offering(drawn), room.rule, self._goes_on)
        room.prompt.forget_typed_ahead()
        return session

    def _goes_on(self) -> bool:
        return self._room.prompt.pressed("g")

    def _offering(self, show: Callable[[Board], None]) -> Callable[[Board], None]:
        """Return ``show`` with a key counting only once rates are there, and it is offered."""
        offered = False

        def shown(board: Board) -> None:
            nonlocal offered
            if board.rates and not offered:
                self._room.prompt.forget_typed_ahead()
                offered = True
            show(board)

        return shown

    @contextmanager
    def _live(self, session: Session) -> Iterator[Callable[[Board], None]]:
        console = self._room.voice.console
        first = Text(phrase("Asking the carriers for rates …"))
        with Live(first, console=console, transient=True, auto_refresh=False) as live:

            def show(board: Board) -> None:
                live.update(self._table(session, list(board.rates), board), refresh=True)

            live.refresh()
            yield show

    @contextmanager
    def _plainly(self) -> Iterator[Callable[[Board], None]]:
        """Yield what says, a line a carrier, how the board fills."""
        told: set[str] = set()

        def show(board: Board) -> None:
            for carrier in views.carriers(board.rates):
                if carrier not in told:
                    own = views.shown(board.rates, View(carrier=carrier))
                    self._room.voice.say(
                        phrase_n(
                            "{carrier}: {count} rate from {total}",
                            "{carrier}: {count} rates from {total}",
                            len(own),
                            carrier=carrier,
                            total=own[0].total,
                        )
                    )
            told.update(views.carriers(board.rates))
            for line in tables.failure_lines((), board.waiting):
                self._room.voice.say(line)
            if board.rates and board.waiting:
                self._room.voice.say(worded(GO_ON))

        yield show

    def _table(self, session: Session, rates: list[Rate], board: Board | None = None) -> Group:
        """Return the rows that fit the screen, the failures, and what else there is to know."""
        rows = self._rows(session, rates)
        marks = tables.marks_of(rows, session.wishes.package_code)
        failures, waiting = (board.failures, board.waiting) if board else (session.failures, ())
        below = [Text(line, "yellow") for line in tables.failure_lines(failures, waiting)]
        if rates and waiting:
            below.append(Text(worded(GO_ON), "dim"))
        return self._fitted(rows, marks, below)

    def _rows(self, session: Session, rates: Sequence[Rate]) -> list[Rate]:
        """Return the rates as the view has them, those for the clerk's own package first."""
        seen = views.shown(rates, self._view)
        own = rules.fitting(seen, session.wishes.package_code)
        return [*own, *(rate for rate in seen if rate not in own)]

    def _fitted(self, rows: list[Rate], marks: tables.Marks, below: list[Text]) -> Group:
        """Return as many rows as the terminal is high enough for."""
        console, first = self._room.voice.console, self._view.first
        room_for = max(console.size.height - BELOW_TABLE, LEAST_ROWS)

        def height(count: int) -> int:
            return len(console.render_lines(self._drawn(rows, marks, below, count), pad=False))

        most = len(rows) - first + 1
        count = bisect_right(range(most + 1), room_for, key=height) - 1
        return self._drawn(rows, marks, below, max(count, min(LEAST_ROWS, most)))

    def _drawn(self, rows: list[Rate], marks: tables.Marks, below: list[Text], count: int) -> Group:
        width, first = self._room.voice.width, self._view.first
        parts: list[RenderableType] = []
        if rows:
            parts.append(tables.rates_table(rows, marks, width=width, first=first, count=count))
        here = rows[first - 1 : first - 1 + count]
        parts += [Text(line, "yellow") for line in tables.footnotes(here, first)]
        if len(here) < len(rows):
            last = first - 1 + count
            more = phrase(
                "Rates {first} to {last} of {count}; m shows more."
                if last < len(rows)
                else "Rates {first} to {last} of {count}; m shows the first.",
                first=first,
                last=last,
                count=len(rows),
            )
            parts.append(Text(more, "dim"))
        self._on_page = count
        return Group(*parts, *below)

    def pick(self, session: Session) -> Session:
        """Fetch rates that are stale or missing, show them, and keep the one the clerk takes."""
        if not session.quotes or is_stale(session, self._room.parts.clock.now()):
            session = self.fetch(session)
        if self._room.rule and (by_rule := self._by_rule(session)):
            return self._room.save(choose(session, by_rule))
        self._show(session)
        return self._picked(session)

    def _by_rule(self, session: Session) -> Rate | None:
        """Return what the option's rule takes, the first time only; say so where it takes none."""
        rule, self._room.rule = self._room.rule, ""
        try:
            return rules.choose(session.quotes, rules.parse_rule(rule), session.wishes.package_code)
        except ShiplabelError as error:
            self._room.voice.refuse(error)
            return None

    def _show(self, session: Session) -> None:
        voice = self._room.voice
        if not self._room.desk.plain:
            voice.show(self._table(session, list(session.quotes)))
            return
        rows = self._rows(session, session.quotes)
        for line in tables.plain_rows(rows, tables.marks_of(rows, session.wishes.package_code)):
            voice.say(line)
        for line in tables.failure_lines(session.failures):
            voice.say(line)

    def _picked(self, session: Session) -> Session:
        room, typed = self._room, ""
        rows = self._rows(session, session.quotes)
        usual, why = self._usual(session, rows)
        while True:
            reply = room.prompt.ask(
                room.header("rate"), self._question(usual, why), keys=KEYS, default=typed, letters="scdpbm?"
            )
            if reply.key == Key.ENTER and reply.text.strip() != "?":
                taken = self._taken(rows, usual, reply.text)
                if taken:
                    room.voice.wipe()
                    room.voice.understood("rate", f"{tables.full_name(taken)} {taken.total}")
                    return room.save(choose(session, taken))
                typed = reply.text
                continue
            return self._by_key(session, rows, reply.key)

    def _usual(self, session: Session, rows: list[Rate]) -> tuple[Rate | None, str]:
        """Return the rate that Enter takes and why: by the rule kept, else the cheapest."""
        rule, package = session.wishes.rule, session.wishes.package_code
        if rule and rule != "cheapest":
            try:
                return rules.choose(rows, rules.parse_rule(rule), package), rule
            except ShiplabelError:
                self._room.voice.say(phrase("No rate meets your rule {rule}.", rule=rule), "yellow")
        return rules.cheapest(rules.fitting(rows, package)), phrase("cheapest")

    def _question(self, usual: Rate | None, why: str) -> str:
        total = usual.total if usual else ""
        if words := self._view.words():
            return phrase(
                "Enter takes {total} ({why}), or a number ({view}):" if total else "A number ({view}):",
                total=total,
                why=why,
                view=words,
            )
        return phrase(
            "Enter takes {total} ({why}), or a number:" if total else "A number:", total=total, why=why
        )

    def _taken(self, rows: list[Rate], usual: Rate | None, text: str) -> Rate | None:
        text = text.strip().lstrip("#")
        if not text:
            if usual is None:
                self._room.voice.say(
                    phrase("No rate here is for your package; type the number of one."), "yellow"
                )
            return usual
        if text.isascii() and text.isdecimal() and 1 <= int(text[:6]) <= len(rows):
            return rows[int(text) - 1]
        self._room.voice.say(
            phrase("{text} is no rate here; type a number from 1 to {count}.", text=text, count=len(rows)),
            "yellow",
        )
        return None

    def _by_key(self, session: Session, rows: list[Rate], key: str) -> Session:
        """Do what a key asks for and return the session; the flow shows the table again."""
        room = self._room
        room.voice.wipe()
        if key in {Key.BACK, "b"}:
            return room.back(session)
        if key == "s":
            self._view = self._view.resorted()
        elif key == "m":
            first = self._view.first + self._on_page if not room.desk.plain else 1
            self._view = replace(self._view, first=first if first <= len(rows) else 1)
        elif key in FILTERS:
            self._view = filtered(room, self._view, key, session.quotes)
        else:
            room.voice.say(worded(HELP))
        room.prompt.forget_typed_ahead()
        return session

    def approve(self, session: Session) -> Session:
        """Ask whether to buy; a quote that went stale is fetched again first."""
        if session.rate is None:
            return self._room.save(reach(session, "rate"))
        if is_stale(session, self._room.parts.clock.now()):
            return self._approved_anew(session, session.rate)
        if self._room.desk.yes or self._agreed(session, session.rate, "purchase"):
            return session
        return self._room.save(reach(session, "rate"))

    def _approved_anew(self, session: Session, before: Rate) -> Session:
        """Fetch rates again and choose the same service; a price that rose is asked for at the rates.

        Without the service, or without a yes to the new price, the clerk is back at the table.
        """
        self._room.voice.say(phrase("The rates are older than 30 minutes; asking again."))
        session = self.fetch(session)
        same = next((rate for rate in session.quotes if _same_service(rate, before)), None)
        if same is None:
            self._room.voice.say(
                phrase("{service} is not offered any more.", service=tables.full_name(before)), "yellow"
            )
            return session
        risen = same.total.currency != before.total.currency or before.total < same.total
        if risen:
            self._room.voice.say(
                phrase("The price rose from {before} to {now}.", before=before.total, now=same.total),
                "yellow",
            )
            return self._room.save(choose(session, same)) if self._agreed(session, same, "rate") else session
        session = self._room.save(choose(session, same))
        if self._room.desk.yes or self._agreed(session, same, "purchase"):
            return session
        return self._room.save(reach(session, "rate"))

    def _agreed(self, session: Session, rate: Rate, step: str) -> bool:
        """Show the rate's warnings and ask for the last yes."""
        for warning in rate.warnings:
            self._room.voice.say(f"! {warning}", "yellow")
        return self._room.prompt.yes(self._last_question(session, rate), header=self._room.header(step))

    def _last_question(self, session: Session, rate: Rate) -> str:
        package = rate.package_type
        if package and not rules.fitting([rate], session.wishes.package_code):
            return phrase(
                "Buy {service} ({package}) for {total}? (y/n)",
                service=tables.full_name(rate),
                package=tables.package_words(package),
                total=rate.total,
            )
        return phrase("Buy {service} for {total}? (y/n)", service=tables.full_name(rate), total=rate.total)


def _same_service(one: Rate, other: Rate) -> bool:
    return (one.carrier_id, one.service_code, one.package_type) == (
        other.carrier_id,
        other.service_code,
        other.package_type,
    )
