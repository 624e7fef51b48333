"""Ctrl-C, made safe at any moment: while modules are being imported it waits a little.

An exception that cuts an import short leaves native modules half made, and some of them end the whole process then.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType

_AGAIN = 0.05  # seconds
_IMPORTING = "<frozen importlib"


def heed_interruptions() -> None:
    """Turn SIGINT into `KeyboardInterrupt`, but never in the middle of an import. Only for the main thread of a process
    that still has Python's own handler; whoever chose another one keeps it."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        return
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
        signal.signal(signal.SIGALRM, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    if _is_importing(frame):
        signal.setitimer(signal.ITIMER_REAL, _AGAIN)
        return
    raise KeyboardInterrupt


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith(_IMPORTING):
            return True
        frame = frame.f_back
    return False
