"""The command behind notebooks/results/mnist_nll.json: a small run on the twin, and a scoring that is interrupted."""

import json

import numpy as np
import pytest

from animkit.benchmarks import mnist_nll


def test_a_small_run_writes_the_file(tmp_path, capsys):
    where = ["--output", str(tmp_path), "--checkpoints", str(tmp_path / "runs")]
    mnist_nll.main(["--profile", "ci", "--source", "twin", "--samples", "2", "--passes", "1", *where])
    kept = json.loads((tmp_path / "mnist_nll.json").read_text())
    run = kept["ci_k2_1_passes"]
    assert (run["source"], run["protocol"]["samples"], run["protocol"]["epochs"]) == ("twin", 2, 1)
    nats = {name: part["mean"] for name, part in run["value"].items()}
    assert 0 < nats["importance_sampled_5000"] < run["baselines"]["independent-pixel Bernoulli"]["mean"] * 2
    assert run["value"]["bound"]["sd"] is None  # one training has no spread
    assert run["target"] == {}  # a small run has none
    assert [row["value"] for row in kept["published"]] == [value for _, value, _ in mnist_nll.PUBLISHED]
    with pytest.raises(SystemExit):
        mnist_nll.main(["--samples", "0"])
    assert "--samples must be 1 or above; got 0" in capsys.readouterr().err


def test_an_interrupted_scoring_goes_on(tmp_path):
    class Scorer:
        left = 1  # parts until it is interrupted

        def log_likelihood(self, x, samples, *, seed):
            if not self.left:
                raise KeyboardInterrupt
            self.left -= 1
            return np.full(len(x), -float(seed[1]))

    scorer, x = Scorer(), np.zeros((mnist_nll.SCORED_AT_ONCE + 3, 4))
    scored = {"samples": 5, "seed": 0, "path": tmp_path / "kept" / "scored.npy"}
    with pytest.raises(KeyboardInterrupt):
        mnist_nll.log_likelihoods(scorer, x, **scored)
    scorer.left = 1
    found = mnist_nll.log_likelihoods(scorer, x, **scored)
    assert found.tolist() == [0.0] * mnist_nll.SCORED_AT_ONCE + [-float(mnist_nll.SCORED_AT_ONCE)] * 3
