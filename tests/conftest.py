"""Fixtures that every room of the house shares."""

import gc
import importlib.util
import os
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
import warm_kernel

# The kit's checkouts keep real data beside them; a user's own folder, named in the environment, comes first.
BESIDE_THE_CHECKOUT = Path(__file__).parents[2] / "shared" / "data"

# each test of these runs a notebook of its own, or makes a model of its own
ALONE = ("tests/notebooks/test_notebooks.py", "tests/models/test_every_model.py")

# What a test runs once or twice need not be compiled to run fast. Without the emitters of fused loops alone, to build a
# sequence VAE and take a step on JAX is 7 s of CPU time instead of 14.
XLA_QUICK = (
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true "
    "--xla_cpu_use_fusion_emitters=false --xla_cpu_parallel_codegen_split_count=1"
)

# what is imported and collected stays until the end: to look through it for garbage again and again takes an eighth of
# the collection, and one second in fifteen of a training
gc.disable()
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# nbformat's checker of schemas takes it where it is there, for addresses that no notebook holds: 3 s to build grammars
sys.modules["rfc3987_syntax"] = None
if os.environ.get("KERAS_BACKEND") == "jax":
    sys.modules["tensorflow"] = None  # Keras would import it where it can, for as long as JAX itself takes
    os.environ.setdefault("XLA_FLAGS", XLA_QUICK)
if "ANIMKIT_DATA" not in os.environ and BESIDE_THE_CHECKOUT.is_dir():
    os.environ["ANIMKIT_DATA"] = str(BESIDE_THE_CHECKOUT)


def pytest_configure(config):
    """A run on several workers is a long one: let them and their kernels be forked from one that has their imports."""
    if getattr(config.option, "numprocesses", None) and os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow":
        os.environ.setdefault("XLA_FLAGS", XLA_QUICK)  # not in benchmarks, which have one process
        config.warm_folder = tempfile.TemporaryDirectory()
        os.environ[warm_kernel.PLACE] = f"{config.warm_folder.name}/door"
        with open(f"{config.warm_folder.name}/log", "w") as log:
            config.warm_kernels = warm_kernel.start(os.environ[warm_kernel.PLACE], log)


def pytest_unconfigure(config):
    if hasattr(config, "warm_kernels"):
        config.warm_kernels.kill()
        config.warm_kernels.wait()
        config.warm_folder.cleanup()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config, specs):
    if hasattr(config, "warm_kernels"):
        for spec in specs:
            spec.python = shlex.join([sys.executable, warm_kernel.__file__, "ask"])


@pytest.hookimpl(optionalhook=True)  # without xdist there is nothing to schedule
def pytest_xdist_make_scheduler(config, log):
    """Keep on one worker what shares something: a file's tests what they train, the browser tests one JupyterLab."""
    from xdist.scheduler import LoadScopeScheduling

    class ByWhatIsShared(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = nodeid.partition("::")[0]
            if file.startswith("tests/browser/"):
                return "tests/browser"
            return nodeid if file in ALONE else file

    return ByWhatIsShared(config, log)


def pytest_collection_modifyitems(config, items):
    """Begin with what takes longest, end with many short tests of one each: no worker is left with much at the end."""
    slowest = tuple(str(config.rootpath / "tests" / folder) for folder in ("browser", "notebooks", "weights"))
    items.sort(key=lambda item: (not str(item.path).startswith(slowest), item.path.name == "test_every_model.py"))


def pytest_collection_finish():
    gc.freeze()
    gc.set_threshold(7000, 10, 10)
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Leave graphs as they are traced: optimising one takes a third of a first step, and few here run a second time."""
    if tensorflow := sys.modules.get("tensorflow"):
        quick = item.get_closest_marker("benchmark") is None
        tensorflow.config.optimizer.set_experimental_options({"disable_meta_optimizer": quick})


@pytest.fixture
def real_data():
    """The folder of real data, or a skip that says how to get one."""
    folder = os.environ.get("ANIMKIT_DATA")
    if not folder:
        pytest.skip("no real data here: set ANIMKIT_DATA to a folder that holds it")
    return Path(folder)


@pytest.fixture(scope="session")
def warm_kernels(tmp_path_factory):
    """Value of JUPYTER_PATH under which kernels start with their imports done, where something has them ready."""
    ours = warm_kernel.kernel_spec(tmp_path_factory.mktemp("warm"))
    return os.pathsep.join([ours, str(Path(sys.prefix) / "share" / "jupyter")])


@pytest.fixture
def python():
    """The command of a Python for `-c CODE`, with TensorFlow and Keras imported where something has them ready."""
    return [sys.executable, warm_kernel.__file__, "ask"]


@pytest.fixture
def cases():
    """The folder of small files of kinds that people meet, which lies beside the real data, or a skip."""
    folder = Path(os.environ.get("ANIMKIT_DATA") or BESIDE_THE_CHECKOUT).parent / "cases"
    if not folder.is_dir():
        pytest.skip("no files of known kinds here: their folder `cases` lies beside that of the real data")
    return folder


@pytest.fixture
def no_real_data(monkeypatch, tmp_path):
    """A fresh machine: no data folder and an empty cache."""
    monkeypatch.delenv("ANIMKIT_DATA", raising=False)
    monkeypatch.setenv("ANIMKIT_CACHE", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def needs():
    """`needs("jax")`: a missing module or program skips the test, but is an error where CI promises every tool."""

    def needs(tool):
        if importlib.util.find_spec(tool) is None and shutil.which(tool) is None:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{tool} is missing: install it, or run `make test`")

    return needs


@pytest.fixture
def on_jax(monkeypatch, needs, tmp_path_factory):
    """What is started from here runs on JAX, and cannot import TensorFlow, as the tests on JAX cannot."""
    needs("jax")
    folder = tmp_path_factory.mktemp("without")
    (folder / "tensorflow.py").write_text("raise ModuleNotFoundError('no TensorFlow in the tests on JAX')")
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setenv("XLA_FLAGS", XLA_QUICK)


@pytest.fixture(scope="session")
def few_steps():
    """What to give `compile` for a few steps: on TensorFlow, tracing one costs as much as a hundred of them."""
    import keras

    return {"run_eagerly": keras.backend.backend() == "tensorflow"}
