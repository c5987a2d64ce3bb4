"""`python -m evalkit`."""

import signal
import sys

if __name__ == "__main__":
    try:
        from evalkit.cli import main

        code = main()
    except KeyboardInterrupt:  # Ctrl-C while libraries are imported
        code = 128 + signal.SIGINT
    sys.exit(code)
