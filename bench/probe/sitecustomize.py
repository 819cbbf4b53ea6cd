"""Put on PYTHONPATH by bench/measure.py: every Python process of a measured command tells what it used.

At its end a process writes one JSON file into the folder ACQUIRED_BENCH_PROBE names: CPU seconds, peak memory, and for
each step it ran under `acquired.stage.stage` the CPU (its own, its children's) before the step and after.
With ACQUIRED_BENCH_SAMPLE=1 the stack of the main thread is looked at each time so much CPU has been used (4 ms; what a
timer of the kernel gives), so that a profile costs next to nothing and distorts nothing. Nothing else is changed.
"""

import sys

if "ACQUIRED_BENCH_PROBE" in __import__("os").environ:
    import atexit
    import importlib.abc
    import importlib.machinery
    import json
    import os
    import resource
    import signal
    from pathlib import Path

    _STEPS = []
    _STACKS = {}
    _NOW = [""]
    _PARENT = os.getpid()

    def _cpu():
        own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        return own.ru_utime + own.ru_stime, children.ru_utime + children.ru_stime

    def _peak():
        """Peak resident memory in bytes. Not ru_maxrss: that of a process is at least its parent's at the fork."""
        lines = Path("/proc/self/status").read_text(encoding="utf-8", errors="replace").splitlines()
        return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

    def _sample(_number, frame):
        stack = []
        while frame is not None:
            code = frame.f_code
            stack.append((code.co_filename, code.co_name))
            frame = frame.f_back
        key = (_NOW[-1], tuple(stack))
        _STACKS[key] = _STACKS.get(key, 0) + 1

    class _Stage:
        """`acquired.stage.stage`, with the CPU told before and after."""

        def __init__(self, inner, step, patient):
            self.inner, self.told = inner, {"step": step, "patient": patient}

        def __enter__(self):
            self.told["before"] = _cpu()
            _NOW.append(self.told["step"])
            return self.inner.__enter__()

        def __exit__(self, *error):
            ended = self.inner.__exit__(*error)
            _NOW.pop()
            self.told["after"] = _cpu()
            _STEPS.append(self.told)
            return ended

    class _Finder(importlib.abc.MetaPathFinder):
        """Wraps `acquired.stage.stage` when that module is imported."""

        def find_spec(self, name, path, target=None):
            if name != "acquired.stage":
                return None
            sys.meta_path.remove(self)
            spec = importlib.machinery.PathFinder.find_spec(name, path)
            run = spec.loader.exec_module

            def exec_module(module):
                run(module)
                stage = module.stage
                module.stage = lambda log, step, patient="": _Stage(stage(log, step, patient), step, patient)

            spec.loader.exec_module = exec_module
            return spec

    def _end():
        signal.setitimer(signal.ITIMER_PROF, 0)
        if os.getpid() != _PARENT:
            return
        own, children = _cpu()
        told = {
            "argv": sys.argv[:6],
            "own": own,
            "children": children,
            "peak": _peak(),
            "steps": _STEPS,
            "stacks": [[n, step, stack] for (step, stack), n in _STACKS.items()],
        }
        path = Path(os.environ["ACQUIRED_BENCH_PROBE"], f"{os.getpid()}.{os.times().elapsed}.json")
        path.write_text(json.dumps(told), encoding="utf-8")

    sys.meta_path.insert(0, _Finder())
    atexit.register(_end)
    if os.environ.get("ACQUIRED_BENCH_SAMPLE") == "1":
        signal.signal(signal.SIGPROF, _sample)
        signal.siginterrupt(signal.SIGPROF, False)
        signal.setitimer(signal.ITIMER_PROF, 0.004, 0.004)
