"""Real OWLv2, GroundingDINO and SAM code on tiny random weights from a folder: offline, without torchvision."""

import shutil

import numpy as np
import pytest
from perception.naming import tiny

from hiervla.core.config import Settings
from hiervla.core.errors import DetectorFault, SetupError
from hiervla.core.ports import Detector
from hiervla.core.task import Limits
from hiervla.named import make_detector
from hiervla.perception.naming.found import Findings, Found
from hiervla.perception.naming.segmenting import Segmenting, model_input
from hiervla.perception.naming.zero_shot import ZeroShotFinder, overlap

RGB = np.random.default_rng(0).integers(0, 255, (48, 80, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    torch = pytest.importorskip("torch")
    pytest.importorskip("transformers")
    torch.set_num_threads(1)
    at = tmp_path_factory.mktemp("models")
    tiny.owlv2(at / "owlv2")
    tiny.dino(at / "grounding-dino")
    tiny.dino(at / "mm-grounding-dino", mm=True)
    tiny.sam(at / "sam")
    return at


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["owlv2", "grounding-dino", "mm-grounding-dino"])
def test_a_local_folder_finds_boxes_in_our_pixels(folder, folders):
    kind = folder.removeprefix("mm-")
    finder = ZeroShotFinder(kind, str(folders / folder), sure=0.0)
    found = finder.find(RGB, "stapler").found
    assert found, "with nothing to be sure of, random weights find something"
    assert [f.score for f in found] == sorted((f.score for f in found), reverse=True)
    for f in found:
        x0, y0, x1, y1 = f.box
        assert 0 <= x0 < x1 <= 80 and 0 <= y0 < y1 <= 48 and 0 <= f.score <= 1 and not f.is_point
    assert all(overlap(a.box, b.box) < 0.7 for a in found for b in found if a is not b)
    assert ZeroShotFinder(kind, str(folders / folder), sure=1.0).find(RGB, "stapler") == Findings(
        tuple(f for f in found if f.score > 0.5)
    )
    assert finder.find(RGB, "long " * 30), "a long description is cut, not refused"
    with pytest.raises(DetectorFault, match="up to 200 characters"):
        finder.find(RGB, "long " * 50)
    with pytest.raises(DetectorFault, match="reads English names only"):
        finder.find(RGB, "订书机")


@pytest.mark.slow
def test_by_its_name_on_a_look_of_the_simulator(folders, look):
    seen, _, limits = look
    detector = make_detector(f"owlv2:{folders / 'owlv2'}?sure=0.01&sam={folders / 'sam'}", Settings(), "front", limits)
    assert isinstance(detector, Detector) and detector.sure == 0.01
    for d in detector.detect(seen, "stapler"):
        assert d.name == "stapler" and d.name_score is not None and d.score < 0.5 and all(np.isfinite(d.centre))


@pytest.mark.slow
def test_what_a_folder_lacks_or_holds_instead_is_told(folders, tmp_path):
    dino = folders / "grounding-dino"
    with pytest.raises(SetupError, match=f"type 'grounding-dino'; write grounding-dino:{dino}"):
        make_detector(f"owlv2:{dino}", Settings(), "front", Limits())
    with pytest.raises(SetupError, match="there is no processor_config"):
        make_detector(f"owlv2:{folders / 'sam'}", Settings(), "front", Limits())
    with pytest.raises(SetupError, match="type 'owlv2'; only SAM itself"):
        Segmenting(ZeroShotFinder("owlv2", str(folders / "owlv2")), str(folders / "owlv2"))
    for lacks in ("model.safetensors", "processor_config.json", "tokenizer.json"):
        broken = tmp_path / lacks.partition(".")[0]
        shutil.copytree(folders / "owlv2", broken)
        (broken / lacks).unlink()
        with pytest.raises(SetupError, match=f"there is no .*{lacks}") as e:
            make_detector(f"owlv2:{broken}", Settings(), "front", Limits())
        assert "\n" not in str(e.value)
    (broken / "tokenizer.json").write_text("{")
    with pytest.raises(SetupError, match="cannot be loaded"):
        make_detector(f"owlv2:{broken}", Settings(), "front", Limits())
    shutil.copy(folders / "owlv2" / "tokenizer.json", broken)
    (broken / "model.safetensors").write_bytes(b"none")
    with pytest.raises(SetupError, match="cannot be loaded"):
        make_detector(f"owlv2:{broken}", Settings(), "front", Limits())


class One:
    name, sure = "one", 0.5

    def __init__(self, *boxes):
        self.boxes = boxes

    def find(self, rgb, query):
        return Findings(tuple(Found(0.9, b) for b in self.boxes))


@pytest.mark.slow
def test_sam_draws_a_mask_for_each_box_and_point(folders):
    finder = Segmenting(One((10.0, 5.0, 40.0, 30.0), (20.0, 20.0, 20.0, 20.0)), str(folders / "sam"))
    found = finder.find(RGB, "stapler").found
    assert len(found) == 2 and finder.sure == 0.5
    assert all(f.mask is None or (f.mask.shape == (48, 80) and f.mask.any()) for f in found)
    assert Segmenting(One(), str(folders / "sam")).find(RGB, "stapler") == Findings()


def test_sams_input_is_scaled_normalised_and_padded():
    made, scale = model_input(np.full((40, 80, 3), 255, dtype=np.uint8), 160)
    assert made.shape == (3, 160, 160) and scale == 2.0
    white = (1 - np.array([0.485, 0.456, 0.406])) / np.array([0.229, 0.224, 0.225])
    assert np.allclose(made[:, 79, 159], white, atol=1e-5) and np.all(made[:, 80:] == 0)
