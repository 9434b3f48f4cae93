"""The options of `convcost sweep` in groups: what is swept, what is wanted of it, where it goes."""

from __future__ import annotations

import re
from typing import NamedTuple

from convcost.cli import swept
from convcost.cli.output import Force
from convcost.errors import UsageError
from convcost.text import quote

_SHARD = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")


class Varied(NamedTuple):
    """What is swept."""

    vary: swept.Vary = None
    choose: swept.Choose = None
    rows: swept.Rows = None
    random: swept.Random = None
    seed: swept.Seed = "0"


class Choice(NamedTuple):
    """Which of the variants are wanted."""

    join: swept.Join = None
    where: swept.Where = None
    pareto: swept.Pareto = None
    sort: swept.Sort = None
    minimize: swept.Minimize = None
    trials: swept.Trials = None
    top: swept.Top = None
    summary: swept.Summary = False


class Destination(NamedTuple):
    """Where it goes: one variant as a spec, or a file of all rows that pass, or, with / behind its
    name, a folder of them; how many processes or which Dask cluster work; which shard it is, `2/8`;
    whether what a folder has is to stay."""

    emit: swept.Emit = None
    output: swept.Output = None
    force: Force = False
    workers: swept.Workers = None
    dask: swept.Dask = None
    shard: swept.Shard = None
    resume: swept.Resume = False

    @property
    def rows(self) -> str:
        """The file or folder of rows, if there is to be one."""
        return (not self.emit and self.output) or ""

    @property
    def folder(self) -> str:
        """The folder, if it is one."""
        return self.rows if self.rows.endswith("/") else ""

    @property
    def file(self) -> str:
        """The file, if it is one."""
        return "" if self.folder else self.rows

    @property
    def parts(self) -> tuple[int, int]:
        """The shard, and of how many; UsageError for what is none."""
        found = _SHARD.fullmatch(self.shard or "1/1")
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            raise UsageError(
                f'--shard cannot be "{quote(self.shard or "")}"', hint="write 2/8, the 2nd of 8"
            )
        return int(found[1]), int(found[2])
