"""Metrics of samples: how good they are, how much of the data they cover, which modes they hold."""

from .expected import (
    expected_coverage as expected_coverage,
    expected_density as expected_density,
    expected_precision as expected_precision,
    expected_recall as expected_recall,
)
from .histogram import (
    effective_modes as effective_modes,
    high_quality_share as high_quality_share,
    mode_histogram as mode_histogram,
    modes_captured as modes_captured,
)
from .hopping import hopping_period as hopping_period
from .inception import inception_score as inception_score
from .neighbours import (
    coverage as coverage,
    density as density,
    precision as precision,
    recall as recall,
)
from .packing import packed_tv as packed_tv
