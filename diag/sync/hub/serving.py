"""Serving a hub with uvicorn, one process, until told to stop."""

import uvicorn

from diag.model.errors import DiagError
from diag.sync.hub.app import build_app
from diag.sync.hub.home import HubHome
from diag.sync.hub.logs import log_to_stderr, tell
from diag.sync.hub.store import Store

_KEEP_ALIVE = 30


_GRACE = 20


def server_of(
    home: HubHome, store: Store, *, host: str, port: int | None
) -> uvicorn.Server:
    """Return the server of a hub, ready to run."""
    behind_proxy = home.settings.tls == "proxy"
    certificate, key = (None, None) if behind_proxy else home.certificate()
    return uvicorn.Server(
        uvicorn.Config(
            build_app(home.hub(store), authority=home.authority),
            host=host,
            port=home.port if port is None else port,
            ssl_certfile=certificate,
            ssl_keyfile=key,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=behind_proxy,
            timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=_GRACE,
            lifespan="off",
        )
    )


def serve(home: HubHome, *, host: str, port: int | None) -> None:
    """Serve until interrupted.

    Raises:
        DiagError: when nothing can be served there.
    """
    log_to_stderr()
    store = home.store()
    try:
        server = server_of(home, store, host=host, port=port)
        swept = home.hub(store).sweep()
        tell("start", hub=store.hub, url=home.settings.url, swept=swept)
        server.run()
    except SystemExit as error:  # what uvicorn does of an address it cannot have
        where = f"{host}:{home.port if port is None else port}"
        raise DiagError(
            f"Le serveur ne peut pas écouter {where} : un autre programme s'en sert "
            "déjà (un autre diag hub serve ?), ou cette adresse n'est pas celle de la "
            "machine. Rien n'a été changé ; voyez --host et --port."
        ) from error
    finally:
        store.close()
        tell("stop")
