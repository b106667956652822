"""AI in animation production: GANs, VAEs and recurrent networks, taught by derivations and put to work."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("animkit")
except PackageNotFoundError:  # run from a checkout that is not installed
    __version__ = "0"
