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
        tell(f"Sfumato is not whole. Install it again. ({error})")
        return 1
    return run()


def tell(text: str) -> None:
    """A line on standard error; a program of Windows that has a window has none, and shows a box."""
    if sys.stderr is None and sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text, "Sfumato", 0x10)
    else:
        print(f"sfumato: {text}", file=sys.stderr)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
