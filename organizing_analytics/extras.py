"""Which optional packages each extra brings, and what to install when one is missing."""

from __future__ import annotations

from importlib.util import find_spec

from organizing_analytics.errors import OrganizingError

#: Extra → the modules that it brings and the core does without, as pyproject.toml lists them.
EXTRAS: dict[str, tuple[str, ...]] = {
    "reports": (
        "altair",
        "ipykernel",
        "jinja2",
        "nbclient",
        "nbconvert",
        "nbformat",
        "papermill",
        "vl_convert",
    ),
    "lab": ("ipywidgets", "jupyterlab", "voila"),
    "spark": ("pyspark",),
}


class MissingExtraError(OrganizingError, ImportError):
    """A command or function needs an extra that is not installed."""


def require(extra: str) -> None:
    """Refuse to go on without an extra, before anything has been done.

    Raises
    ------
    MissingExtraError
        A package of the extra is missing; the sentence says what to install.
    """
    for module in EXTRAS[extra]:
        if find_spec(module) is None:
            raise MissingExtraError(_sentence(module, extra))


def missing(error: ModuleNotFoundError) -> ImportError:
    """Return what to raise for a failed import: the extra to install, or the error itself."""
    module = (error.name or "").partition(".")[0]
    extra = next((name for name, modules in EXTRAS.items() if module in modules), None)
    return error if extra is None else MissingExtraError(_sentence(module, extra))


def _sentence(module: str, extra: str) -> str:
    return (
        f"This needs {module}, which is not installed. It comes with an extra: "
        f"pip install 'organizing-analytics[{extra}]' (from a checkout: pip install '.[{extra}]'; "
        f"with uv: uv tool install 'organizing-analytics[{extra}]')."
    )
