"""What the wizard says between questions: literal lines on its console, nothing asked."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from shiplabel.cli.wizard.prompt import talk_stream
from shiplabel.domain.text import printable
from shiplabel.language import phrase, worded
from shiplabel.workflow.steps import STEPS
from shiplabel.workflow.trouble import refused_purchase

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from shiplabel.errors import ShiplabelError
    from shiplabel.workflow.session import StepError

LABEL = 30


class Voice:
    """Says lines to the clerk; text from anywhere is shown as it is and never obeyed."""

    def __init__(self, console: Console | None = None, *, plain: bool = False) -> None:
        self.plain = plain
        self._given = console
        self._height = 0

    @cached_property
    def console(self) -> Console:
        """The console, made when the first line is said: the first question does not wait for rich."""
        from rich.console import Console  # noqa: PLC0415  # see above

        return self._given or Console(
            file=talk_stream(),
            highlight=False,
            markup=False,
            emoji=False,
            no_color=True if self.plain else None,  # None leaves it to NO_COLOR
            soft_wrap=self.plain,
        )

    @property
    def width(self) -> int:
        """The terminal's width in columns."""
        return self.console.size.width

    def say(self, text: str, style: str = "") -> None:
        """Say one line; below something shown it belongs to it and goes with it."""
        from rich.text import Text  # noqa: PLC0415  # see console

        line = Text(printable(text), style="" if self.plain else style)
        if self._height:
            self._height += len(self.console.render_lines(line, pad=False))
        self.console.print(line, soft_wrap=self.plain)

    def understood(self, step: str, shown: str) -> None:
        """Say how a step's answer was understood."""
        from rich.text import Text  # noqa: PLC0415  # see console

        mark = "  " if self.plain else "✓ "
        label = f"{worded(STEPS[step].part)} · {worded(STEPS[step].question)}"
        line = Text(f"{mark}{label:<{LABEL}}", style="" if self.plain else "green")
        self.console.print(line.append(printable(shown), style="default"), soft_wrap=self.plain)

    def refuse(self, error: ShiplabelError) -> None:
        """Say why an answer was not taken."""
        self.say(error.message if self.plain else f"✗ {error.message}", "yellow")

    def trouble(self, error: StepError, *, again: bool = False) -> None:
        """Say what went wrong, with the code and the request id that support asks for."""
        known = [
            error.code,
            phrase("request {request_id}", request_id=error.request_id) if error.request_id else "",
        ]
        aside = ", ".join(word for word in known if word)
        before = phrase("Last time: ") if again else ""
        self.say(f"{before}{error.message}" + (f" ({aside})" if aside else ""), "bold red")
        if refused_purchase(error):
            self.say(phrase("Nothing was bought."))

    def show(self, *parts: RenderableType) -> None:
        """Show something in place of what was shown last, and remember how high it is."""
        lines = [line for part in parts for line in self.console.render_lines(part, pad=False)]
        self._height = len(lines)
        for part in parts:
            self.console.print(part)

    def wipe(self) -> None:
        """Take what was shown last off the screen; plain terminals keep it."""
        if self._height and not self.plain:
            self.console.file.write(f"\x1b[{self._height}A\r\x1b[J")
            self.console.file.flush()
        self._height = 0
