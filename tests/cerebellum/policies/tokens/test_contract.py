"""What every action tokeniser owes, on chunks of real skills, on chance's, and on lists of words that are no chunk."""

import json
import subprocess
import sys

import numpy as np
import pytest
from cerebellum.policies.tokens.taught import QUICK, fitted, taught, unseen

from hiervla.cerebellum.policies.tokens import (
    TOKENISERS,
    ActionTokeniser,
    MalformedTokens,
    Reach,
    load_tokeniser,
    make_tokeniser,
)
from hiervla.core.errors import SetupError

NAMES = sorted(TOKENISERS)
LEARNED = ("vq", "rvq")


def by_chance(reach, seed=0):
    """Chunks of every kind: noise, waves, ramps, jumps, single spikes, rest, ends of the reach, far beyond it."""
    rng = np.random.default_rng(seed)
    t = np.linspace(0, 1, 16)[:, None]
    out = [np.zeros((16, 7)), np.broadcast_to(reach.low, (16, 7)), np.broadcast_to(reach.high, (16, 7))]
    for _ in range(8):
        a, b = rng.uniform(reach.low, reach.high, (2, 7))
        spike = np.zeros((16, 7))
        spike[rng.integers(16), rng.integers(7)] = rng.choice([-1, 1])
        out += [
            rng.uniform(reach.low, reach.high, (16, 7)),
            a * np.sin(rng.uniform(1, 9, 7) * t + rng.uniform(0, 6, 7)),
            a + (b - a) * t,
            np.where(t < rng.random(), a, b),
            spike,
            rng.normal(0, 20, (16, 7)),
        ]
    return out


@pytest.mark.parametrize("name", NAMES)
class TestEvery:
    def test_is_one(self, name):
        t = fitted(name)
        assert isinstance(t, ActionTokeniser)
        assert t.name == name
        assert 1 < t.vocabulary < 10_000

    def test_words_are_few_and_known(self, name):
        t = fitted(name)
        for chunk in [*unseen(), *by_chance(t.reach)]:
            tokens = t.encode(chunk)
            assert isinstance(tokens, list) and all(type(i) is int for i in tokens)
            assert 0 < len(tokens) <= t.longest
            assert min(tokens) >= 0 and max(tokens) < t.vocabulary

    def test_any_chunk_comes_back_as_a_chunk_within_reach(self, name):
        t = fitted(name)
        for chunk in by_chance(t.reach):
            back = t.decode(t.encode(chunk))
            assert back.shape == (16, 7) and back.dtype == np.float64
            assert (back >= t.reach.low - 1e-9).all() and (back <= t.reach.high + 1e-9).all()

    def test_it_says_the_same_each_time_and_spares_its_input(self, name):
        t, chunk = fitted(name), unseen()[0]
        before = chunk.copy()
        first = t.encode(chunk)
        t.encode(unseen()[7])
        assert t.encode(chunk) == first
        np.testing.assert_array_equal(chunk, before)
        np.testing.assert_array_equal(t.decode(first), t.decode(np.array(first)))

    def test_real_motion_is_told_far_better_than_by_its_mean(self, name):
        t = fitted(name)
        back = np.stack([t.decode(t.encode(c)) for c in unseen()])
        mean = np.broadcast_to(taught().mean(0), unseen().shape)
        lost, nothing = (np.square(x - unseen()).mean() for x in (back, mean))
        assert lost < (0.35 if name in LEARNED else 0.01) * nothing

    def test_malformed_lists_are_told(self, name):
        t = fitted(name)
        good = t.encode(unseen()[3])
        for bad in (
            [],
            good[:-1],
            [*good, good[-1]],
            [*good[:-1], t.vocabulary],
            [-1, *good[1:]],
            [float(i) for i in good],
            [good],
            ["a"] * len(good),
            [True] * len(good),
            [None],
        ):
            with pytest.raises(MalformedTokens):
                t.decode(bad)

    def test_a_list_decodes_exactly_when_each_word_was_allowed_and_none_may_follow(self, name):
        t, rng = fitted(name), np.random.default_rng(2)
        lists = [rng.integers(0, t.vocabulary, rng.integers(0, t.longest + 2)).tolist() for _ in range(20)]
        lists += [t.encode(c) for c in unseen()[:5]]
        for given in lists:
            ok = True
            for i, word in enumerate(given):
                ok = ok and bool(t.allowed(given[:i])[word])
            ok = ok and not t.allowed(given).any() if ok else False
            if ok:
                assert np.isfinite(t.decode(given)).all()
            else:
                with pytest.raises(MalformedTokens):
                    t.decode(given)

    def test_who_takes_only_allowed_words_always_ends_in_a_chunk(self, name):
        t, rng = fitted(name), np.random.default_rng(3)
        for _ in range(4):
            said = []
            while (may := t.allowed(said)).any():
                assert may.shape == (t.vocabulary,) and may.dtype == bool
                said.append(int(rng.choice(np.flatnonzero(may))))
                assert len(said) <= t.longest
            assert np.isfinite(t.decode(said)).all()

    def test_saved_and_loaded_it_is_the_same(self, name, tmp_path):
        t = fitted(name)
        t.save(tmp_path / "deep" / "down")
        again = load_tokeniser(tmp_path / "deep" / "down")
        assert type(again) is type(t)
        assert (again.vocabulary, again.longest) == (t.vocabulary, t.longest)
        for chunk in unseen()[:20]:
            tokens = t.encode(chunk)
            assert again.encode(chunk) == tokens
            np.testing.assert_array_equal(again.decode(tokens), t.decode(tokens))

    def test_spoilt_files_refuse(self, name, tmp_path):
        t = fitted(name)
        t.save(tmp_path)
        for path in sorted(tmp_path.iterdir()):
            whole = path.read_bytes()
            for spoilt in (b"", whole[: len(whole) // 2], b"[]", b"\xff\xfe\x00"):
                path.write_bytes(spoilt)
                with pytest.raises(SetupError, match=path.name):
                    load_tokeniser(tmp_path)
            path.unlink()
            with pytest.raises(SetupError, match=path.name):
                load_tokeniser(tmp_path)
            path.write_bytes(whole)
        load_tokeniser(tmp_path)
        said = json.loads((tmp_path / "tokeniser.json").read_text())
        for change in ({"reach": {"low": [0] * 7, "high": [0] * 7}}, {"reach": {"low": [-1] * 6, "high": [1] * 6}}):
            (tmp_path / "tokeniser.json").write_text(json.dumps({**said, **change}))
            with pytest.raises(SetupError, match="reach"):
                load_tokeniser(tmp_path)

    def test_chunks_that_cannot_teach_refuse(self, name):
        bad = taught().copy()
        bad[17, 3, 2] = np.nan
        with pytest.raises(SetupError, match="chunk 17 is not finite"):
            make_tokeniser(name).fit(np.concatenate([bad, bad]))
        for shape in ((400, 15, 7), (400, 16, 6), (16, 7)):
            with pytest.raises(SetupError, match=rf"tokeniser {name} learns from chunks"):
                make_tokeniser(name).fit(np.zeros(shape))
        with pytest.raises(SetupError, match="collect at least"):
            make_tokeniser(name).fit(np.zeros((0, 16, 7)))

    def test_what_is_no_chunk_is_a_bug(self, name):
        for wrong in (np.zeros((15, 7)), np.full((16, 7), np.nan), np.zeros(112)):
            with pytest.raises(ValueError, match="a chunk to encode"):
                fitted(name).encode(wrong)

    def test_a_reach_that_is_given_is_kept(self, name):
        reach = Reach(np.full(7, -0.5), np.full(7, 0.5))
        t = make_tokeniser(name, reach=reach, **QUICK.get(name, {}) | ({"steps": 8} if name in LEARNED else {}))
        back = t.fit(taught()).decode(t.encode(np.full((16, 7), 0.9)))
        assert t.reach is reach and np.abs(back).max() <= 0.5


@pytest.mark.parametrize("name", ["vq", "rvq", "fast"])
def test_what_was_never_fitted_says_so(name, tmp_path):
    with pytest.raises(RuntimeError, match="fit or load"):
        make_tokeniser(name).encode(np.zeros((16, 7)))
    with pytest.raises(RuntimeError, match="fit or load"):
        make_tokeniser(name).save(tmp_path)


def test_names_and_settings_that_are_none():
    with pytest.raises(SetupError, match="no action tokeniser 'fst'; did you mean 'fast'"):
        make_tokeniser("fst")
    with pytest.raises(SetupError, match="bins takes no such settings"):
        make_tokeniser("bins", codes=3)
    with pytest.raises(SetupError, match="nowhere"):
        make_tokeniser("nowhere.at_all:Thing")
    assert make_tokeniser("hiervla.cerebellum.policies.tokens.bins:BinsTokeniser").name == "bins"


def test_a_folder_of_another_one_refuses(tmp_path):
    (tmp_path / "tokeniser.json").write_text('{"name": "bnis", "reach": {"low": [-1], "high": [1]}}')
    with pytest.raises(SetupError, match="reach"):
        load_tokeniser(tmp_path)
    fitted("bins").save(tmp_path)
    said = json.loads((tmp_path / "tokeniser.json").read_text())
    for change, told in (({"name": "bnis"}, "did you mean 'bins'"), ({"bins": -4}, "numbers above 0")):
        (tmp_path / "tokeniser.json").write_text(json.dumps(said | change))
        with pytest.raises(SetupError, match=told):
            load_tokeniser(tmp_path)


def test_acting_loads_no_learner(tmp_path):
    """Who only runs a trained policy encodes and decodes without torch, and decodes ``fast`` without its library."""
    chunk = unseen()[0]
    for name in NAMES:
        fitted(name).save(tmp_path / name)
        (tmp_path / name / "said.json").write_text(json.dumps(fitted(name).encode(chunk)))
    code = f"""
import json, sys
from pathlib import Path
from hiervla.cerebellum.policies.tokens import load_tokeniser, make_tokeniser
import hiervla.cerebellum.policies.normaliser
assert not {{"torch", "tokenizers", "scipy", "safetensors"}} & set(sys.modules), "the port alone is light"
for name in {NAMES}:
    folder = Path({str(tmp_path)!r}) / name
    t = load_tokeniser(folder)
    back = t.decode(json.loads((folder / "said.json").read_text()))
    if name != "fast":
        t.encode(back)
assert not {{"torch", "tokenizers"}} & set(sys.modules)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("name, package", [("fast", "tokenizers"), ("vq", "torch"), ("rvq", "torch")])
def test_a_missing_package_is_told_with_its_remedy(name, package, monkeypatch):
    found = __import__("importlib").util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda p, *a: None if p == package else found(p, *a))
    with pytest.raises(SetupError, match=rf"{name} needs {package}: pip install 'hiervla\[learn\]'"):
        make_tokeniser(name).fit(taught())
