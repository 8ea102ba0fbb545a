"""What a check says when a rule does not hold: facts first, then how to see it again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFailure:
    """One rule that did not hold, with everything that a colleague needs to see it again.

    rule        id of the ledger rule
    check       name of the check that noticed
    title       one line: what is wrong
    received    what the target did
    documented  what the rule asks for
    fits        the line of a profile file under which the target would be right, such as `unknown-address = "refused"`; empty: none
    also        other differences of the same rule, in a line each
    severe      whether any caller would call this broken, whatever the severity of the rule
    request     the requests in one line each, without keys
    curl        the same as curl commands, one on each line; the keys are `$LSQ_ACCESS_KEY` and `$LSQ_SECRET_KEY`
    replay      the command that runs this check again; empty where no command can (an in-process target)
    seed        the seed of the run
    """

    rule: str
    check: str
    title: str
    received: str
    documented: str
    fits: str = ""
    also: tuple[str, ...] = ()
    severe: bool = False
    request: str = ""
    curl: str = ""
    replay: str = ""
    seed: int = 0

    def __str__(self) -> str:
        """The failure as a few lines of plain text: title, received, documented, curl, replay."""
        lines = [
            f"{self.title} [{self.rule}]",
            f"  Received:   {self.received}",
            f"  Documented: {self.documented}",
        ]
        if self.fits:
            lines.append(f"  Profile:    {self.fits} would fit")
        lines += [f"  Also:       {line}" for line in self.also]
        if self.curl:
            lines += ["  Reproduce:", *(f"    {line}" for line in self.curl.splitlines())]
        if self.replay:
            lines.append(f"  Replay:     {self.replay}")
        return "\n".join(lines)
