"""Colours that the colour-blind can tell apart: Okabe & Ito (2008), and what each stands for."""

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY = "#666666"

CYCLE = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, BLACK, GREY)
DISC, GEN = BLUE, VERMILION  # blue: the discriminator's; warm: the generator's

COST_MAP = "RdBu_r"  # diverging: its middle is the plateau J = 1
SIZE_MAP = "viridis"
