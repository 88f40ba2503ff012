"""The library that seals bundles: loaded when one is written or read, not before."""

from types import ModuleType

from diag.model.errors import DiagError


def age() -> ModuleType:
    """Return age's library: compiled, 20 ms.

    Raises:
        DiagError: on the one system for which nobody builds it.
    """
    try:
        import pyrage  # noqa: PLC0415
    except ImportError as error:
        raise DiagError(
            "Les paquets chiffrés ne sont pas disponibles sur cet ordinateur (Windows "
            "sur ARM). Passez par le serveur du syndicat, ou par « diag audit export »."
        ) from error
    module: ModuleType = pyrage
    return module
