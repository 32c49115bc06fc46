"""Kernels for jobs: over sockets in a private folder, in this interpreter unless another is asked for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from jupyter_client.manager import AsyncKernelManager

from jupyter_mlc.domain.errors import Unavailable
from jupyter_mlc.jobs.plan import language_of

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from jupyter_mlc.jobs.fork import Fork

NATIVE = "python3"
"""what every Python calls its own kernel"""


def manager_for(
    notebook: NotebookNode, folder: Path, python: str = "", fork: Fork | None = None
) -> tuple[AsyncKernelManager, tuple[str, ...]]:
    """A manager of the notebook's kernel, and what its user should know of the choice.

    Parameters
    ----------
    notebook : NotebookNode
        Names its kernel.
    folder : Path
        For the sockets.
    python : str
        The interpreter; empty: the one that runs this, for a notebook in Python that names no other kernel.
    fork : Fork, optional
        The process that will be the kernel; None: one is started.

    Raises
    ------
    Unavailable
        If the notebook names a kernel in another language that is not installed.
    """
    name = notebook.metadata.get("kernelspec", {}).get("name") or NATIVE
    spec, notes = _spec(name, language_of(notebook), python)
    manager = AsyncKernelManager(
        kernel_name=name,
        transport="ipc",
        connection_file=str(folder / "k.json"),
        ip=str(folder / "k"),
    )
    manager._kernel_spec = spec  # noqa: SLF001 (the only way to name an interpreter that is not installed as a kernel)
    if fork is not None:
        from jupyter_mlc.jobs.warm.kernel import WarmProvisioner

        manager.provisioner = WarmProvisioner(kernel_id=folder.name, kernel_spec=spec, parent=manager, fork=fork)
    return manager, notes


def _spec(name: str, language: str, python: str) -> tuple[KernelSpec, tuple[str, ...]]:
    if python or (name == NATIVE and language == "python"):
        return _python(python or sys.executable), ()
    try:
        spec: KernelSpec = KernelSpecManager().get_kernel_spec(name)
    except NoSuchKernel:
        if language == "python":
            return _python(sys.executable), (f"the kernel {name} is not installed here: ran in {sys.executable}",)
        known = ", ".join(sorted(KernelSpecManager().find_kernel_specs())) or "none"
        raise Unavailable(
            f"the notebook's kernel {name} ({language}) is not installed here",
            hint=f"install it (jupyter kernelspec list shows those that are: {known})",
        ) from None
    if spec.language.lower() == "python":
        return spec, ()
    return spec, (f"in {spec.language} the cells and outputs are kept; models, data and packages are not captured",)


def _python(python: str) -> KernelSpec:
    argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    return KernelSpec(argv=argv, language="python", display_name="Python 3", name=NATIVE)
