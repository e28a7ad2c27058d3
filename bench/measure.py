"""Runs a command and says what it took, children included."""
import os
import statistics
import subprocess
import threading
import time


class Cost:
    def __init__(self, wall, cpu, anonymous, resident, stdout):
        self.wall, self.cpu = wall, cpu  # seconds
        self.anonymous, self.resident = anonymous, resident  # bytes, the most that was seen
        self.stdout = stdout


def _sample(pid, peaks, done):
    """Anonymous memory has no high-water mark in /proc, so it is looked at every millisecond."""
    while not done.is_set():
        try:
            with open(f"/proc/{pid}/status") as file:
                for line in file:
                    if line.startswith("RssAnon:"):
                        peaks[0] = max(peaks[0], int(line.split()[1]) * 1024)
        except OSError:
            return
        time.sleep(0.001)


def cost(command, watch_memory=False, allow=(0,)):
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    begin = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, env=environment)
    peaks, done = [0], threading.Event()
    if watch_memory:
        threading.Thread(target=_sample, args=(process.pid, peaks, done), daemon=True).start()
    stdout, stderr = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    done.set()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allow:
        raise SystemExit(f"{command} gave {process.returncode}: {stderr}")
    return Cost(time.monotonic() - begin, usage.ru_utime + usage.ru_stime, peaks[0], usage.ru_maxrss * 1024, stdout)


def alternating(ours, theirs, runs, **options):
    """Median CPU seconds of two commands that take turns, so that both see the same load."""
    pairs = [(cost(ours, **options).cpu, cost(theirs, **options).cpu) for _ in range(runs)]
    return tuple(statistics.median(side) for side in zip(*pairs))
