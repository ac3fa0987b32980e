"""The recorded numbers, and why some of them are others than ours."""

import json
from pathlib import Path

RECORDED = json.loads(Path(__file__).with_name("_peers.json").read_text(encoding="utf-8"))
DIRAC, BILINEAR, RIDGE = RECORDED
#: largest difference, relative to max(1, |value|), that is rounding: some runs grow 10^47-fold in 1000 steps
AGREE = 1e-11
#: (peer, row) -> why its numbers are others
REASONS = {
    (DIRAC, "GAN_consensus"): "the peer's gradient of |v|²/2 has a stray factor 1/2",
    (BILINEAR, "Adam"): "the cell has no bias correction: it is RMSProp",
    (BILINEAR, "Extragradient"): "the cell does not project the extrapolated point",
}
