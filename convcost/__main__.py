"""`python -m convcost`."""

from __future__ import annotations

from convcost.cli.main import main

if __name__ == "__main__":
    main()
