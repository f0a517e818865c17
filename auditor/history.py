"""Runs that are kept, one JSON file for each tenant and time, so that the next one can be compared with the last.

FOLDER/TENANT/20261121T034200Z.json
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from pathlib import Path

from auditor.errors import RunFileError, SpoolError
from auditor.reports.json import render
from auditor.reports.load import load
from auditor.run import Run, TenantRun
from auditor.spool.private_files import make_folder, written_whole

_NAME = re.compile(r"\d{8}T\d{6}Z(-\d+)?\.json", re.ASCII)


def save(run: Run, tenant: TenantRun, folder: Path, keep: int) -> Path:
    """Keeps what `run` says of one of its tenants, and lets go of all but the `keep` newest. RunFileError when it
    cannot be written."""
    shelf = _shelf(folder, tenant.id)
    alone = replace(run, tenants=(tenant,), unreached=())
    try:
        make_folder(shelf)
        path = _free(shelf, re.sub(r"[-:]", "", run.started[:19]) + "Z")
        with written_whole(path) as file:
            file.write(render(alone).encode())
        for old in kept(folder, tenant.id)[:-keep] if keep else ():
            old.unlink(missing_ok=True)
    except (SpoolError, OSError) as error:
        what = error.what if isinstance(error, SpoolError) else str(error)
        raise RunFileError(f"The run could not be kept: {what}", "Name another folder in [history].") from error
    return path


def kept(folder: Path, tenant: str) -> list[Path]:
    """The files of a tenant's runs, oldest first."""
    return sorted((path for path in _shelf(folder, tenant).glob("*.json") if _NAME.fullmatch(path.name)), key=_order)


def tenants(folder: Path) -> list[str]:
    """The tenants of which runs are kept."""
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def last(folder: Path, tenant: str) -> Run | None:
    """The newest run of a tenant that was kept; None: there is none. RunFileError when it cannot be read."""
    files = kept(folder, tenant)
    return read(files[-1]) if files else None


def read(path: Path) -> Run:
    """A saved run. RunFileError when it cannot be read or is none."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise RunFileError(f"{path} cannot be read: {error.strerror}.", "Name a file that a run saved.") from error
    return load(text, str(path))


def _free(shelf: Path, stamp: str) -> Path:
    """A name that no file has, also when two runs begin in one second."""
    names = itertools.chain([stamp], (f"{stamp}-{number}" for number in itertools.count(2)))
    return next(path for name in names if not (path := shelf / f"{name}.json").exists())


def _order(path: Path) -> tuple[str, int]:
    stamp, _, number = path.stem.partition("-")
    return stamp, int(number or 1)


def _shelf(folder: Path, tenant: str) -> Path:
    return folder / (re.sub(r"[^A-Za-z0-9.-]", "_", tenant).strip(".") or "unknown")
