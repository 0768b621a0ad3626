"""Other people's checkpoints by name: ``openpi:ws://HOST:PORT`` and ``pi0:FOLDER``, each with its mapping file."""

from __future__ import annotations

from pathlib import Path

from hiervla.cerebellum.policies.mapped_policy import MappedPolicy
from hiervla.cerebellum.policies.mapping import load_mapping
from hiervla.core.errors import SetupError, unknown
from hiervla.core.ports import RobotDescription


def foreign_policy(name: str, about: RobotDescription, mapping: str) -> MappedPolicy:
    """The policy of a name, for this arm, as the mapping file declares it.

    Raises:
        SetupError: no mapping, one that does not fit, or no checkpoint there.
    """
    kind, _, where = name.partition(":")
    if not where:
        raise SetupError(f"policy {name!r} names no checkpoint: write openpi:ws://HOST:PORT or pi0:FOLDER")
    if not mapping:
        raise SetupError(
            f"policy {name} needs a file that says how it sees and acts: --mapping FILE (docs/policies.md)"
        )
    declared = load_mapping(Path(mapping), about)
    if kind == "openpi":
        from hiervla.cerebellum.policies.openpi import OpenPiPolicy

        return OpenPiPolicy(where, declared, about)
    if kind == "pi0":
        from hiervla.cerebellum.policies.pi0 import Pi0Policy

        return Pi0Policy(Path(where), declared, about)
    raise unknown("foreign policy", kind, ("openpi", "pi0"))
