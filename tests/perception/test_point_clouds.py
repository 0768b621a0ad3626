"""Open3D comes without its web viewer until somebody asks for that."""

import subprocess
import sys

SAYS = """
import sys
from hiervla.perception.point_clouds import open3d
o3d = open3d()
assert "dash" not in sys.modules and "plotly" not in sys.modules
cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]]))
plane, _ = cloud.segment_plane(0.01, 3, 10)
assert abs(abs(plane[2]) - 1) < 1e-6
figure = o3d.visualization.get_plotly_fig([cloud])
assert len(figure.data) == 1 and "plotly" in sys.modules
assert open3d() is o3d
"""


def test_the_viewer_is_fetched_when_it_is_called():
    done = subprocess.run([sys.executable, "-c", SAYS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
