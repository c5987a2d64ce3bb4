"""What the documentation shows of a cluster is what Ray, the shell and evalkit read."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from evalkit.config.loading import load
from evalkit.config.workers import RayWorkers
from tests.support.paths import ROOT

PAGE = (ROOT / "docs/scale.md").read_text(encoding="utf-8")


def test_the_example_for_the_autoscaler_is_what_ray_allows() -> None:
    """By Ray's own schema, which refuses unknown keys."""
    ray: Any = pytest.importorskip("ray", reason="the extra `ray` is not installed")
    jsonschema: Any = pytest.importorskip("jsonschema", reason="comes with Ray")
    (text,) = re.findall(r"```yaml\n(cluster_name:.*?)```", PAGE, re.DOTALL)
    schema = Path(ray.__file__).parent / "autoscaler/ray-schema.json"
    example = yaml.safe_load(text)
    jsonschema.validate(example, json.loads(schema.read_text(encoding="utf-8")))
    assert example["head_node_type"] in example["available_node_types"]


def test_the_script_for_slurm_is_one_for_bash() -> None:
    """Its syntax, that is: there is no Slurm here."""
    (text,) = re.findall(r"```bash\n(#!/bin/bash\n#SBATCH.*?)```", PAGE, re.DOTALL)
    bash = shutil.which("bash") or pytest.skip("there is no bash")
    done = subprocess.run([bash, "-n"], input=text, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert (done.returncode, done.stderr) == (0, "")


def test_the_config_for_a_cluster_asks_for_workers_there() -> None:
    """As the page says: eight, with a GPU each, which may take minutes to come."""
    workers = load(ROOT / "configs/cluster.yaml", [])[0].workers
    assert isinstance(workers, RayWorkers)
    assert (workers.ray, workers.n, workers.gpus, workers.cpus) == ("auto", 8, 1, 4)
