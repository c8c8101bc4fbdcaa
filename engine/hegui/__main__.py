"""The program: `hegui`, and `python -m hegui`. Interrupted before the command line is there to say so, it says so itself."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line.

    Raises:
        SystemExit: always, with the exit status.
    """
    try:
        from hegui.cli import main as command

        command(prog_name="hegui")
    except KeyboardInterrupt:
        sys.stderr.write("error: interrupted; no report was left half-written\n")
        sys.exit(3)


if __name__ == "__main__":
    main()
