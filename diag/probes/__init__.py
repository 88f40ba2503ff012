"""Measures on site: what a laptop finds of a school's network, within hard limits."""

from importlib.util import find_spec

from diag.model.errors import DiagError, install_command

_NEEDED = ("psutil", "dns", "truststore")


def check_installed() -> None:
    """Refuse to begin without the packages of the extra.

    Raises:
        DiagError: which one is missing, and what to do.
    """
    for name in _NEEDED:
        if find_spec(name) is None:
            raise DiagError(
                f"Mesurer demande un complément : il manque {name}. Installez-le.",
                command=install_command("probes"),
            )
