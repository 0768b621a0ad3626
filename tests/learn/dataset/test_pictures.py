"""Pictures lose nothing but what is declared."""

import numpy as np
import pytest

from hiervla.core.errors import SetupError
from hiervla.learn.dataset.pictures import counts, decode_stored, encode, metres
from hiervla.learn.dataset.schema import Feature


def test_depth_is_rounded_once_and_what_is_out_of_range_is_no_return():
    feature = Feature(kind="depth", shape=(1, 6))
    depth = np.array([[0.0, 0.04417, 1.23456, 6.5535, 6.56, 100.0]], np.float32)
    stored = decode_stored(encode(depth, feature), feature, "here")
    assert stored.dtype == np.uint16
    assert stored.tolist() == [[0, 442, 12346, 65535, 0, 0]]
    back = metres(stored, feature.step_m)
    assert np.abs(back - depth)[0, :4].max() <= 0.51e-4
    every = np.arange(65536, dtype=np.uint16)
    assert (counts(metres(every, 1e-4), 1e-4) == every).all()


def test_a_coarser_step_reaches_farther():
    feature = Feature(kind="depth", shape=(1, 1), step_m=1e-3)
    stored = decode_stored(encode(np.full((1, 1), 40.0, np.float32), feature), feature, "here")
    assert metres(stored, 1e-3)[0, 0] == pytest.approx(40.0)


def test_colour_is_exact_also_from_a_view_turned_round():
    rgb = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)[:, ::-1]
    feature = Feature(kind="image", shape=(5, 7))
    assert (decode_stored(encode(rgb, feature), feature, "here") == rgb).all()


def test_a_damaged_or_misdeclared_picture_is_told():
    feature = Feature(kind="image", shape=(5, 7))
    data = encode(np.zeros((5, 7, 3), np.uint8), feature)
    with pytest.raises(SetupError, match="here: the stored picture cannot be decoded"):
        decode_stored(data[:30], feature, "here")
    with pytest.raises(SetupError, match=r"here: a picture of shape \[5, 7, 3\] where \[4, 7, 3\] is declared"):
        decode_stored(data, Feature(kind="image", shape=(4, 7)), "here")
