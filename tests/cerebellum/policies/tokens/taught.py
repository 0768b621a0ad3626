"""Tokenisers fitted to the same chunks, once for all tests: the learned ones with small books and a short training."""

from functools import cache

from cerebellum.policies.rollouts import normalised

from hiervla.cerebellum.policies.tokens import make_tokeniser

QUICK = {"vq": {"codes": 64, "steps": 240}, "rvq": {"codes": 32, "steps": 240}}


def taught():
    return normalised(400, 0)


def unseen():
    return normalised(60, 1)


@cache
def fitted(name):
    return make_tokeniser(name, **QUICK.get(name, {})).fit(taught())
