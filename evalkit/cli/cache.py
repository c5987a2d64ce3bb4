"""`python -m evalkit cache`: the generations that all runs share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.cli.terminal_text import say
from evalkit.language import counted

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

MEGABYTE = 1_000_000


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command and its actions."""
    parser = commands.add_parser(
        "cache",
        help="show, check or empty the generations that all runs share",
        description="Show, check or empty the generations that all runs share.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, run, words in (
        ("info", info, "print where it is and what it holds"),
        ("verify", verify, "check every entry, and drop what is damaged"),
        ("clear", clear, "drop every entry"),
    ):
        action = actions.add_parser(name, help=words, description=f"{words.capitalize()}.")
        action.set_defaults(run=run)


def info(_arguments: argparse.Namespace) -> int:
    """Print where the cache is and what it holds."""
    from contextlib import closing
    from datetime import UTC, datetime

    from evalkit.config.environment import cache_secret
    from evalkit.store.cache import MAX_BYTES, Cache

    file = _file()
    if not file.exists():
        say(f"{file}: does not exist yet")
        return 0
    with closing(Cache(file, secret=cache_secret())) as cache:
        found = cache.info()
    size, limit = found.n_bytes / MEGABYTE, MAX_BYTES / MEGABYTE
    say(
        f"{file}: {counted(found.n, 'generation')}, {size:,.1f} MB; "
        f"at most {limit:,.0f} MB are kept"
    )
    if found.oldest is not None:
        oldest = datetime.fromtimestamp(found.oldest, UTC)
        say(f"least recently used: {oldest:%Y-%m-%d %H:%M} UTC")
    return 0


def verify(_arguments: argparse.Namespace) -> int:
    """Check every entry, and the weights; return 1 where some were damaged."""
    from contextlib import closing

    from evalkit.config.environment import cache_folder, cache_secret
    from evalkit.providers.local.weights import model_cache
    from evalkit.store.cache import Cache

    damaged = model_cache.verify(cache_folder() / "weights")
    for line in damaged:
        say(line)
    file = _file()
    if not file.exists():
        say(f"{file}: does not exist yet")
        return 1 if damaged else 0
    with closing(Cache(file, secret=cache_secret())) as cache:
        n_damaged, n = cache.verify(), cache.info().n
    say(f"{file}: {counted(n, 'valid entry', 'valid entries')}, {n_damaged:,} damaged dropped")
    return 1 if n_damaged or damaged else 0


def clear(_arguments: argparse.Namespace) -> int:
    """Drop every entry; a file that is damaged beyond that is deleted."""
    from contextlib import closing

    from evalkit.config.environment import cache_secret
    from evalkit.errors import DamagedError
    from evalkit.store.cache import Cache, delete

    file = _file()
    try:
        with closing(Cache(file, secret=cache_secret())) as cache:
            say(f"{file}: {counted(cache.clear(), 'entry', 'entries')} dropped")
    except DamagedError:
        delete(file)
        say(f"{file}: was damaged and has been deleted")
    return 0


def _file() -> Path:
    from evalkit.config.environment import cache_folder, cache_secret
    from evalkit.store.cache import file_in

    return file_in(cache_folder(), cache_secret())
