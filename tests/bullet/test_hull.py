"""Light hulls of heavy meshes: the same bulk, few vertices, faces outwards."""

import numpy as np

from hiervla.bullet.hull import hull_obj, obj_points


def test_a_hull_keeps_the_bulk_of_a_mesh_with_few_vertices(tmp_path):
    rng = np.random.default_rng(0)
    ball = rng.normal(size=(4000, 3))
    ball *= 0.1 / np.linalg.norm(ball, axis=1, keepdims=True)
    path = tmp_path / "ball.obj"
    path.write_text(hull_obj(np.vstack([ball, 0.5 * ball])))
    corners = obj_points(path)
    assert len(corners) < 800
    far = np.linalg.norm(corners, axis=1)
    assert far.min() > 0.08 and far.max() < 0.1 + 0.008, "only the outer ball, to a grain"


def test_every_face_looks_outwards(tmp_path):
    rng = np.random.default_rng(1)
    path = tmp_path / "lump.obj"
    path.write_text(hull_obj(rng.uniform(-0.1, 0.1, (300, 3))))
    corners = obj_points(path)
    faces = [[int(v) - 1 for v in line.split()[1:]] for line in path.read_text().splitlines() if line.startswith("f ")]
    assert faces
    for a, b, c in corners[np.array(faces)]:
        assert np.cross(b - a, c - a) @ (a - corners.mean(axis=0)) > 0
