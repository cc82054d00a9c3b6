"""Models in files: safetensors, with the architecture in the metadata; never pickle."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from glassgrad.errors import StateError
from glassgrad.nn.architecture import build, describe
from glassgrad.nn.module import Module

__all__ = ["load", "save"]


def save(model: Module, path: str | os.PathLike[str], notes: dict[str, str] | None = None) -> None:
    """Write a model's parameters, and how it is built, to a file.

    Parameters
    ----------
    model : Module
        What to keep. A model made of `glassgrad.nn` alone can be rebuilt by `load`; of any other
        the parameters are kept, to be loaded into a model of the same kind.
    path : path
        By custom it ends in ``.safetensors``. The file is complete or not there: it is written
        under another name first.
    notes : dict of str to str, optional
        What else to keep, see `read_notes`.

    Raises
    ------
    OSError
        If the file can't be written.

    Examples
    --------
    >>> import glassgrad as gg, tempfile, os
    >>> model = gg.nn.MLP(2, [3, 1], activation="tanh")
    >>> path = os.path.join(tempfile.mkdtemp(), "model.safetensors")
    >>> gg.save(model, path)
    >>> gg.load(path)([1.0, 2.0]).data == model([1.0, 2.0]).data
    True
    """
    import numpy as np
    from safetensors.numpy import save as to_bytes

    arrays = {
        name: np.array(numbers, dtype=np.float64) for name, numbers in model.state_dict().items()
    }
    metadata = {"format": "glassgrad", "architecture": json.dumps(describe(model)), **(notes or {})}
    write_whole(Path(path), to_bytes(arrays, metadata=metadata))


def load(path: str | os.PathLike[str], into: Module | None = None) -> Module:
    """Read a model from a file that `save` wrote.

    Parameters
    ----------
    path : path
        The file.
    into : Module, optional
        A model to give the parameters to; otherwise one is built.

    Returns
    -------
    Module
        The model with its parameters; `into` itself if it was given.

    Raises
    ------
    StateError
        If the file is damaged or was not written by `save`, if its model can't be built without
        your code, or if it does not fit `into`. `into` has not changed then.
    OSError
        If the file can't be read.
    """
    metadata, state = _read(Path(path))
    if into is None:
        try:
            into = build(json.loads(metadata["architecture"]))
        except StateError as error:
            raise StateError(f"{path}: {error}") from None
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise StateError(f"{path}: its description of the model is damaged: {error}") from None
    into.load_state_dict(state)
    return into


def read_notes(path: str | os.PathLike[str]) -> dict[str, str]:
    """Read what was kept beside a model."""
    return _read(Path(path))[0]


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is either complete or as it was before; a link stays a link."""
    name = None
    try:
        target = path.resolve()
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".glassgrad-")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, target)
    except BaseException as error:
        if name is not None:
            os.unlink(name)
        if isinstance(error, OSError) and error.errno:  # it names the file that was asked for
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise


def _read(path: Path) -> tuple[dict[str, str], dict[str, Any]]:
    from safetensors import SafetensorError, safe_open

    with path.open("rb"):  # so that a missing file is an OSError that names it
        pass
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            state = {name: file.get_tensor(name).tolist() for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, ValueError, TypeError) as error:
        raise StateError(f"{path} is damaged or not a model file: {error}") from None
    if metadata.get("format") != "glassgrad":
        raise StateError(f"{path} was not written by gg.save: it has no description of a model")
    return metadata, state
