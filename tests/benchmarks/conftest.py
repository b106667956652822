"""Fair comparisons: ours and a peer by turns in the same run, so that a busy machine slows both alike."""

import statistics
import time
from pathlib import Path

import pytest

RATIOS = pytest.StashKey()


def pytest_configure(config):
    config.stash[RATIOS] = []


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.benchmark)


@pytest.fixture
def ratio(request):
    """`ratio(ours, peer)`: the median of our seconds over the peer's, in alternating pairs after one call of each."""

    def ratio(ours, peer, *, pairs=7):
        def seconds(function):
            start = time.perf_counter()
            function()
            return time.perf_counter() - start

        ours(), peer()
        taken = [(seconds(ours), seconds(peer)) for _ in range(pairs)]
        quotients = [a / b for a, b in taken]
        row = (request.node.nodeid, *(statistics.median(column) for column in zip(*taken, strict=True)), quotients)
        request.config.stash[RATIOS].append(row)
        return statistics.median(quotients)

    return ratio


def pytest_terminal_summary(terminalreporter, config):
    for name, ours, peer, quotients in config.stash[RATIOS]:
        terminalreporter.write_line(
            f"{name}: {ours:.4g} s, peer {peer:.4g} s, ratio {statistics.median(quotients):.3f} "
            f"({min(quotients):.3f} to {max(quotients):.3f})"
        )
