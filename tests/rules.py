"""Every update rule, with different step sizes for the two players."""

import optax

import lsgan_analytic as lsgan

DISC, GEN = 0.07, 0.11  # different step sizes, to catch a swap
RULES = {
    "simultaneous": lsgan.Simultaneous((DISC, GEN)),
    "alternating": lsgan.Alternating((DISC, GEN)),
    "alternating, G first": lsgan.Alternating((DISC, GEN), order="gen"),
    "per player": lsgan.PerPlayer(optax.sgd(DISC), optax.sgd(GEN)),
    "per player, D first": lsgan.PerPlayer(optax.sgd(DISC), optax.sgd(GEN), order="disc"),
    "per player, G first": lsgan.PerPlayer(optax.sgd(DISC), optax.sgd(GEN), order="gen"),
    "extragradient": lsgan.Extragradient((DISC, GEN)),
    "past extragradient": lsgan.PastExtragradient((DISC, GEN)),
    "optimistic": lsgan.Optimistic((DISC, GEN)),
    "consensus": lsgan.Consensus((DISC, GEN), strength=0.3),
    "symplectic": lsgan.SymplecticAdjustment((DISC, GEN), strength=0.3, align=False),
    "unrolled": lsgan.Unrolled((DISC, GEN), k=3),
    "look ahead": lsgan.LookAhead((DISC, GEN)),
    "LOLA": lsgan.Lola((DISC, GEN)),
    "Taylor LOLA": lsgan.TaylorLola((DISC, GEN)),
    "competitive": lsgan.CompetitiveGradient((DISC, GEN)),
    "ridge": lsgan.FollowRidge((DISC, GEN)),
    "proximal": lsgan.Proximal((DISC, GEN)),
    "averaged": lsgan.Averaged(lsgan.Simultaneous((DISC, GEN)), decay=0.9),
    "extra per player": lsgan.ExtraPerPlayer(optax.sgd(DISC), optax.sgd(GEN)),
    "unrolled per player": lsgan.UnrolledPerPlayer(optax.sgd(DISC), optax.sgd(GEN), k=3),
    "preconditioned": lsgan.Preconditioned(lsgan.Lola((DISC, GEN)), optax.sgd(DISC), optax.sgd(GEN)),
    "adaptive competitive": lsgan.AdaptiveCompetitiveGradient((DISC, GEN), epsilon=0.5),
}
