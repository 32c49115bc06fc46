"""Facts of several versions side by side, and only those in which they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from jupyter_mlc.domain.entities import Dataset, Feature, ModelVersion, Parameter, Scalar, Signature, Snapshot, Standing


class Topic(StrEnum):
    """What a fact is about, the most telling first."""

    PARAMETER = "parameter"
    DATASET = "dataset"
    FEATURE = "feature"
    OBJECT = "object"
    """class, library and format; size"""
    TAG = "tag"
    CODE = "code"
    PACKAGE = "package"
    """of the environment, Python and the platform among them"""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One fact that is not the same for all versions."""

    topic: Topic
    name: str
    values: tuple[Scalar, ...]
    """one a version; None where it has none, which `there` tells from a parameter that is None"""
    there: tuple[bool, ...]
    """whether the version has the fact at all"""
    standings: tuple[Standing | None, ...] = ()
    """how each is known, where that is kept"""


def parameters(versions: Sequence[Sequence[Parameter]]) -> list[Difference]:
    """Return the parameters that differ in value. How they are known makes no difference, and is told with them."""
    by_key = [{one.key: one for one in found} for found in versions]
    values = [{key: one.value for key, one in found.items()} for found in by_key]
    standings = [{key: one.standing for key, one in found.items()} for found in by_key]
    return differing(Topic.PARAMETER, values, standings)


def tags(versions: Sequence[ModelVersion]) -> list[Difference]:
    """Return the tags that differ."""
    return differing(Topic.TAG, [version.tags for version in versions])


def objects(versions: Sequence[ModelVersion]) -> list[Difference]:
    """Return in what the stored objects differ: class, library, format, size; nothing where the bytes are the same."""
    if len({version.artifact for version in versions}) == 1:
        return []
    return differing(Topic.OBJECT, [_object(one) for one in versions])


def _object(version: ModelVersion) -> dict[str, Scalar]:
    told = {"class": version.class_name, "library": version.library, "format": version.format}
    return {**{key: value for key, value in told.items() if value}, "size": version.size}


def features(signatures: Sequence[Signature]) -> list[Difference]:
    """Return the inputs and outputs that differ in type or shape, or are not there in all.

    A signature that is not known differs from none.
    """
    known = [one for one in signatures if one.inputs or one.outputs]
    if len(known) < len(signatures):
        return []
    return differing(Topic.FEATURE, [_columns(one) for one in signatures])


def _columns(signature: Signature) -> dict[str, str]:
    inputs = {f"in {one.name}": _type(one) for one in signature.inputs}
    return inputs | {f"out {one.name}": _type(one) for one in signature.outputs}


def _type(feature: Feature) -> str:
    shape = f"[{', '.join(map(str, feature.shape))}]" if feature.shape else ""
    return f"{feature.type}{shape}" or "of a type not known"


def datasets(versions: Sequence[Sequence[tuple[Dataset, Standing]]]) -> list[Difference]:
    """Return the datasets that not all versions were trained on, by content: the same rows may have several names."""
    held = [{dataset.digest for dataset, _ in found} for found in versions]
    shared = set.intersection(*held) if held else set()
    own = [[(one, standing) for one, standing in found if one.digest not in shared] for found in versions]
    values = [{one.name: _content(one) for one, _ in found} for found in own]
    return differing(Topic.DATASET, values, [{one.name: standing for one, standing in found} for found in own])


def _content(dataset: Dataset) -> str:
    return f"{dataset.rows:,} rows, {dataset.digest}"


def code(snapshots: Sequence[Snapshot]) -> list[Difference]:
    """Return in what the state of the code differs: commit, uncommitted change, branch, repository.

    Where nothing was captured of one, that is a difference as well.
    """
    return differing(Topic.CODE, [_code(one) for one in snapshots])


def _code(snapshot: Snapshot) -> dict[str, str]:
    if not snapshot.git_commit:
        return {}
    told = {"commit": snapshot.git_commit, "branch": snapshot.git_branch, "repository": snapshot.git_remote}
    told["uncommitted change"] = snapshot.git_diff or ("not kept" if snapshot.git_dirty else "")
    return {key: value for key, value in told.items() if value}


def packages(locks: Sequence[Mapping[str, str]]) -> list[Difference]:
    """Return the packages whose versions differ, or which are not there in all.

    Parameters
    ----------
    locks : sequence of mapping
        Name to version, Python and the platform among them; an empty one is not known, and differs from none.
    """
    return differing(Topic.PACKAGE, locks) if all(locks) else []


def differing(
    topic: Topic,
    values: Sequence[Mapping[str, Scalar]],
    standings: Sequence[Mapping[str, Standing]] = (),
) -> list[Difference]:
    """Return what differs among mappings, one a version, in the order of the first that has each key."""
    names = dict.fromkeys(key for found in values for key in found)
    return [_side_by_side(topic, name, values, standings) for name in names if _differs(name, values)]


def _differs(name: str, values: Sequence[Mapping[str, Scalar]]) -> bool:
    """Whether a fact is missing somewhere or has two values; 1, 1.0 and True are three, and NaN is NaN."""
    return len({repr(found[name]) if name in found else "" for found in values}) > 1


def _side_by_side(
    topic: Topic, name: str, values: Sequence[Mapping[str, Scalar]], standings: Sequence[Mapping[str, Standing]]
) -> Difference:
    return Difference(
        topic=topic,
        name=name,
        values=tuple(found.get(name) for found in values),
        there=tuple(name in found for found in values),
        standings=tuple(found.get(name) for found in standings),
    )
