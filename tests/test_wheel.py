"""A wheel installs and runs outside the checkout, and puts nothing called tools or skills into site-packages."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_wheel_holds_the_content_and_runs_elsewhere(tmp_path):
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout[-1500:] + built.stderr[-1500:]
    wheel = next(tmp_path.glob("*.whl"))
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)  # a pure wheel installs by being unpacked
    assert {p.name for p in site.iterdir()} == {"hiervla", next(site.glob("*.dist-info")).name}
    for folder in ("skills", "tools", "prompts", "scenes"):
        assert any((site / "hiervla" / "bundled" / folder).iterdir())
    code = "import hiervla, sys; print(hiervla.__file__); from hiervla.cli.main import app; app(sys.argv[1:])"
    env = {**os.environ, "PYTHONPATH": str(site), "OMP_NUM_THREADS": "1"}
    run = [sys.executable, "-c", code, "run", "put the red cube in the blue bowl", "--json", "--no-keep", "--seed", "3"]
    done = subprocess.run(run, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    where, report = done.stdout.splitlines()
    assert where.startswith(str(site)), "the checkout was used instead of the wheel"
    assert json.loads(report)["status"] == "done", done.stderr[-1500:]
