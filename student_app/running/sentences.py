"""How a run ended, in words for the person."""

import signal

from student_app.running.events import Reason
from student_app.running.limits import RunLimits

_SIGNALS = {
    "SIGSEGV": "it crashed the interpreter (it touched memory that is not its own)",
    "SIGABRT": "it crashed the interpreter (it gave up)",
    "SIGFPE": "it crashed the interpreter (an impossible calculation in compiled code)",
    "SIGBUS": "it crashed the interpreter (it touched memory that is not there)",
    "SIGILL": "it crashed the interpreter (an instruction that this PC does not know)",
    "SIGKILL": "the system, or the program itself, killed it",
    "SIGTERM": "the program was asked to end",
    "SIGINT": "the program was interrupted",
    "SIGHUP": "the program lost its console",
    "SIGPIPE": "it wrote to something that was closed",
    "SIGXCPU": "it used up its processor time",
    "SIGXFSZ": "it wrote a file that is too large",
    "SIGSYS": "it asked the system for something that is not allowed here",
}


def signal_name(number: int) -> str:
    """Return the signal's name, such as `SIGSEGV`."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def ending(reason: Reason, exit_code: int | None, number: int | None, limits: RunLimits, lines: int | None) -> str:
    """Return what happened, as a sentence.

    Args:
        reason: what ended the run.
        exit_code: what the program returned, if it did.
        number: the signal that ended it, if one did.
        limits: what it was allowed.
        lines: the limit on lines, where that is the one that was reached.
    """
    if reason == "exit":
        return _exited(exit_code)
    if reason == "signal" and number is None:
        return "Your program ended abruptly, together with the process that watched over it."
    if reason == "signal" and number is not None:
        name = signal_name(number)
        return f"Your program ended abruptly: {_SIGNALS.get(name, 'the system ended it')} ({name})."
    amount = f"{lines:,} lines" if lines is not None else f"{limits.output_kb:,} KB"
    return {
        "time": f"Your program was stopped after {_seconds(limits.seconds)}, which is how long a run may work.",
        "memory": f"Your program was ended for using more than {limits.memory_mb:,} MB of memory.",
        "output": f"Your program was stopped for printing more than {amount}. What it printed until then is shown.",
        "processes": f"Your program was ended for starting more than {limits.processes} processes and threads.",
        "disk": f"Your program was ended for writing too much: more than {limits.file_mb:,} MB or too many files.",
        "stopped": "You stopped your program.",
        "crashed-to-start": "Your program could not be started. Your code is kept. Run it again, or tell the proctor.",
    }[reason]


def _exited(code: int | None) -> str:
    if code == 0:
        return "Your program ended normally."
    if code == 1:
        return "Your program ended with an error."
    return f"Your program ended with the exit code {code}."


def _seconds(count: int) -> str:
    return "1 second" if count == 1 else f"{count} seconds"
