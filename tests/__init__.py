"""The tests, and the programs that they start: none touches this machine's keyring."""

import os

os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
