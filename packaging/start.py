"""The frozen app's entry: the engine processes are this executable too.

What fails while the app's own code is loaded is said in one sentence, since nothing else can say it then.
"""

import multiprocessing
import sys


def main() -> int:
    """Run Sfumato; 1 with a sentence on standard error if it cannot even be loaded."""
    try:
        from sfumato_desktop.cli import main as run
    except Exception as error:  # noqa: BLE001  whatever it is, the person must read something
        print(f"sfumato: Sfumato is not whole. Install it again. ({error})", file=sys.stderr)
        return 1
    return run()


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
