"""Published protocols, each a command that makes its file in notebooks/results again."""

import sys

from animkit.benchmarks.results import refuse_early

# a protocol's own imports, Keras among them, take ten seconds: too long to wait for news of a slip of the pen
if sys.argv[0] == "-m":  # so Python calls a command whose module it has still to find
    refuse_early(sys.argv[1:])
