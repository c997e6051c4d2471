"""`croncierge` and `python -m croncierge`."""

import sys

from croncierge.app import open_app
from interfaces.cli.main import run


def main() -> None:
    """Run the command line."""
    sys.exit(run(open_app))


if __name__ == "__main__":
    main()
