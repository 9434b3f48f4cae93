"""`python -I -m convcost`."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    # Without -I or -P, Python looks in the current folder first, and what lies there is not ours
    # to run.
    if not sys.flags.safe_path and sys.path[0] != os.path.dirname(os.path.dirname(__file__)):
        del sys.path[0]
    from convcost.cli.main import main

    main()
