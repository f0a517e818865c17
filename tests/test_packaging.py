"""What an installed wheel brings, seen by building one."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_the_wheel_holds_the_two_packages_and_their_data(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "-w", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"auditor", "auditor_checks"}
    assert {
        "auditor/py.typed",
        "auditor_checks/py.typed",
        "auditor/sign_ins/codes.csv",
        "auditor/local_tenant/service/graph_v1_schema.json",
    } <= set(names)
