"""Update rules: one training step as a map of the players."""

from .adaptive_competitive_gradient import AdaptiveCompetitiveGradient as AdaptiveCompetitiveGradient
from .alternating import Alternating as Alternating
from .averaged import Averaged as Averaged
from .base import AbstractRule as AbstractRule, advance as advance
from .competitive_gradient import CompetitiveGradient as CompetitiveGradient
from .consensus import Consensus as Consensus
from .extra_per_player import ExtraPerPlayer as ExtraPerPlayer
from .extragradient import Extragradient as Extragradient
from .follow_ridge import FollowRidge as FollowRidge
from .lola import Lola as Lola
from .look_ahead import LookAhead as LookAhead
from .optimistic import Optimistic as Optimistic
from .past_extragradient import PastExtragradient as PastExtragradient
from .per_player import PerPlayer as PerPlayer
from .preconditioned import Preconditioned as Preconditioned
from .proximal import Proximal as Proximal
from .simultaneous import Simultaneous as Simultaneous
from .symplectic_adjustment import SymplecticAdjustment as SymplecticAdjustment
from .taylor_lola import TaylorLola as TaylorLola
from .unrolled import Unrolled as Unrolled
from .unrolled_per_player import UnrolledPerPlayer as UnrolledPerPlayer
