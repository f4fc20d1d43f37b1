"""What a clerk is told of a command line that cannot be read: Typer's refusals in our words."""

from __future__ import annotations

import re
from typing import Any

from shiplabel.language import marked, phrase

NO_ARGUMENTS = "NoArgsIsHelpError"
"""The refusal whose text is a group's help."""

_SAID = marked(
    {
        r"No such option: (?P<name>\S+)": "There is no option {name}.",
        r"No such command '(?P<name>.+)'\.": "There is no command {name}.",
        r"Missing command\.": "A command is missing.",
        r"Missing (?:argument|option|parameter) '(?P<name>.+?)'\.": "{name} is missing.",
        r"Option '(?P<name>\S+?)' requires (?:an argument|\d+ arguments)\.": "{name} needs a value.",
        r"Option '(?P<name>\S+?)' does not take a value\.": "{name} takes no value.",
        r"Got unexpected extra arguments?(?:\(s\))? \((?P<name>.*)\)": "This is too much: {name}.",
        r"Invalid value for '(?P<name>.+?)': .*valid (?:integer|number).*": "{name} takes a number.",
        r"Invalid value for '(?P<name>.+?)': Input should be greater than or equal to (?P<least>\S+)": (
            "{name} takes a number of at least {least}."
        ),
        r"Invalid value for '(?P<name>.+?)': Input should be less than or equal to (?P<most>\S+)": (
            "{name} takes a number of at most {most}."
        ),
    }
)
_NEAR = re.compile(
    r"\((?:Possible options|Did you mean):? (?P<names>[^)?]*)\??\)|Did you mean (?P<one>[^?]*)\?"
)


def told_of(error: Any) -> str:
    """Return the sentence for one of Typer's refusals; one that is not known stays as Typer says it."""
    said = str(error.format_message())
    for pattern, sentence in _SAID.items():
        if found := re.match(pattern, said, flags=re.DOTALL):
            near = _NEAR.search(said)
            names = (near["names"] or near["one"]) if near else ""
            told = phrase(sentence, **found.groupdict())
            return f"{told} {phrase('Perhaps: {names}', names=names)}" if names else told
    return said


def help_for(error: Any) -> str:
    """Return the command that tells how the refused one is typed."""
    context = getattr(error, "ctx", None)
    return f"{context.command_path if context else 'shiplabel'} --help"
