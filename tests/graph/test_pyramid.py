"""A pyramid is seen to stand, and said so, also where one base hides behind the other or all are of one colour."""

import pytest

from hiervla.agent import Agent
from hiervla.sim.truth import true_goals

BODY = '[[body]]\nname = "{}"\nshape = "cube"\ncolour = "{}"\nsize = 0.042\nat = {}\n'
IN_LINE = ([0.514, 0.113], [0.462, 0.113], [0.5, -0.15])
APART = ([0.40, 0.15], [0.55, 0.10], [0.5, -0.15])
ANY = "on a b c or on b a c or on c a b"


@pytest.mark.parametrize(
    ("colours", "spots"), [(("red", "green", "cyan"), IN_LINE), (("red",) * 3, APART)], ids=["in line", "one colour"]
)
def test_three_cubes_become_a_pyramid(tmp_path, colours, spots):
    file = tmp_path / "cubes.toml"
    file.write_text("".join(BODY.format(n, c, at) for n, c, at in zip("abc", colours, spots, strict=True)))
    agent = Agent(str(file), 0, keep=False)
    report = agent.run("build a pyramid from the three cubes")
    truth = true_goals(agent.cell.sim, (ANY,))
    agent.close()
    assert report.status == "done" and truth == {ANY: True}
