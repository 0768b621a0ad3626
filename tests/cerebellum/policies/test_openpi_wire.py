"""openpi's wire format: the bytes its own client makes, and nothing that could run here."""

import msgpack
import numpy as np
import pytest

from hiervla.cerebellum.policies.openpi_wire import WireError, pack, unpack


@pytest.mark.parametrize("kind", ["u1", "<i4", "<i8", "<f2", "<f4", "<f8", "?", ">f4"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0, 3), (4, 5, 3)])
def test_arrays_come_back_as_they_were(kind, shape):
    a = (np.random.default_rng(0).uniform(0, 200, shape)).astype(kind)
    back = unpack(pack({"a": a, "more": {"text": "拿起", "n": 3, "x": 1.5, "none": None, "list": [1, "b"]}}))
    assert (back["a"].dtype, back["a"].shape) == (a.dtype, a.shape)
    np.testing.assert_array_equal(back["a"], a)
    assert back["more"] == {"text": "拿起", "n": 3, "x": 1.5, "none": None, "list": [1, "b"]}
    back["a"].fill(0)  # its own, not read-only


def test_a_strided_array_travels_in_order():
    a = np.arange(12, dtype=np.float32).reshape(3, 4)
    np.testing.assert_array_equal(unpack(pack(a.T[::-1])), a.T[::-1])


def test_the_bytes_are_those_of_the_format():
    """Keys are byte strings, types numpy's short names: read without this module's help."""
    raw = msgpack.unpackb(pack({"s": np.array([1.5, 2.0], "<f4"), "n": np.float32(0.5)}))
    assert raw == {
        "s": {b"__ndarray__": True, b"data": b"\x00\x00\xc0\x3f\x00\x00\x00\x40", b"dtype": "<f4", b"shape": [2]},
        "n": {b"__npgeneric__": True, b"data": 0.5, b"dtype": "<f4"},
    }
    assert unpack(msgpack.packb(raw)) == {"s": pytest.approx(np.array([1.5, 2.0])), "n": 0.5}
    assert isinstance(unpack(msgpack.packb(raw))["n"], np.float32)


def array(**changes):
    return msgpack.packb({b"__ndarray__": True, b"data": b"\0" * 8, b"dtype": "<f4", b"shape": [2]} | {k.encode(): v for k, v in changes.items()})  # fmt: skip


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (array(dtype="|O"), "plain numbers only"),
        (array(dtype="O8"), "plain numbers only"),
        (array(dtype="|V8"), "plain numbers only"),
        (array(dtype="<c8"), "plain numbers only"),
        (array(dtype="<U2"), "plain numbers only"),
        (array(dtype="(2,)<f4"), "plain numbers only"),
        (array(dtype="i4,i4"), "plain numbers only"),
        (array(dtype="no type"), "an array of type 'no type'"),
        (array(dtype=7), "an array of type 7"),
        (array(shape=[3]), r"shape \(3,\) and type float32 with 8 bytes"),
        (array(shape=[-1, 2]), "an array of shape"),
        (array(shape=[2.0]), "an array of shape"),
        (array(shape=None), "an array of shape"),
        (array(shape=[2**40, 2**40]), "an array of shape"),
        (array(shape=[True, 2]), "an array of shape"),
        (array(data="text"), "with str bytes"),
        (msgpack.packb({b"__npgeneric__": True, b"data": "x", b"dtype": "<f4"}), "a number that is none"),
        (b"\xc1", "not msgpack"),
        (b"", "not msgpack"),
        (b"\x81\xa1a", "not msgpack"),
        (pack({"a": 1}) + b"\x00", "not msgpack"),
        (b"\x91" * 5000, "not msgpack"),
        (b"\x81\xa1a\xa1\xff", "not msgpack"),
    ],
)
def test_what_is_not_of_the_format_is_refused_by_name(data, says):
    with pytest.raises(WireError, match=says):
        unpack(data)


def test_spoilt_bytes_never_do_anything_else():
    whole = pack({"actions": np.ones((4, 7)), "timing": {"ms": np.float32(3)}, "text": "ok"})
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(3000):
        data = bytearray(whole)
        for at in rng.integers(0, len(data), rng.integers(1, 6)):
            data[at] = rng.integers(0, 256)
        data = bytes(data[: rng.integers(1, len(data) + 1)])
        try:
            unpack(data)
        except WireError:
            refused += 1
    assert refused > 1000


@pytest.mark.parametrize(
    "value", [object(), np.array([object()]), np.array(["a"]), {1, 2}, np.datetime64("2020-01-01")]
)
def test_what_is_no_plain_number_does_not_leave(value):
    with pytest.raises(TypeError, match="does not travel"):
        pack({"a": value})
