"""Where a workspace is when nobody says; light, so that the screens open at once."""

from pathlib import Path


def default_folder() -> Path:
    """Return the platform's folder for this user's data."""
    # 4 ms: only when neither --workspace nor DIAG_HOME says where.
    from platformdirs import user_data_path  # noqa: PLC0415

    return user_data_path("diag", appauthor=False)
