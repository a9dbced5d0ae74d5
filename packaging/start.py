"""The frozen app's entry: the engine processes are this executable too."""

import multiprocessing
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()
    from sfumato_desktop.cli import main

    sys.exit(main())
