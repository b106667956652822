"""Tests in a browser: a package, so that one JupyterLab serves them all and ends with the last of them."""
