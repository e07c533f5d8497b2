import builtins
import sys

compiled = []
_compile = builtins.compile


def _count(*args, **kwargs):
    compiled.append(args[1])
    return _compile(*args, **kwargs)


def columns():
    import two
    if sys.version_info >= (3, 11):
        assert any(position[2] is not None for position in two.f.__code__.co_positions())


def facts():
    """Prints sys.flags.optimize, the level of the code that is run, and how many modules were compiled for that."""
    builtins.compile = _count
    import two
    import two.same
    import two.empty
    level = 2 if two.f.__doc__ is None else 0 if two.asserts() else 1
    print(sys.flags.optimize, level, len(compiled))


def children():
    """Prints the facts of child processes with -O and -OO."""
    import subprocess
    for option in "-O", "-OO":
        subprocess.run([sys.executable, option, "-m", "app", "levels.facts"], check=True)
