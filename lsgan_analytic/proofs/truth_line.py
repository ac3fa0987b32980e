r"""Theorem: the line of stationary points through the truth repels, or attracts.

Data x exponential of rate c, m = 1/c; G(z) = g z^2 + h with z^2 ~ Exp(1); D(x) = 1/(1 + a e^{-b x}).

*Stationary.* On a = 1, b = 0, g + h = m the score b x - log a is 0 everywhere, D = 1/2. With the paper's
sign, D ascends and G descends J = E[D(x)^2] + E[(1 - D(G))^2]; (s^2)' = 1/4, ((1 - s)^2)' = -1/4,
(s^2)'' = ((1 - s)^2)'' = 1/8 at the score 0, so that

    dJ/da = -(1/4 - 1/4) = 0,  dJ/db = (E x - E G)/4 = (m - g - h)/4 = 0,  dJ/dg, dJ/dh ~ b = 0.

*Linearised.* In (a, b, g, h), with E x^2 + E G^2 = 3 m^2 + g^2 =: 8 q,

    Df = [[1/4, -m/4, 0, 0], [-m/4, q, -1/4, -1/4], [0, 1/4, 0, 0], [0, 1/4, 0, 0]].

(0, 0, 1, -1) is along the line, of eigenvalue 0. The other three are the roots of
lambda^3 - (1/4 + q) lambda^2 + ((m^2 + g^2)/32 + 1/8) lambda - 1/32, all of positive real part: in -lambda
all coefficients are positive, and (1/4 + q) ((m^2 + g^2)/32 + 1/8) > 1/4 1/8 = 1/32 (Routh, Hurwitz). This
holds for every g and every c > 0. Under Mao's signs, LeastSquares(0, 1, 1), the Jacobian is -Df^T/2: all
three negative, the line is normally hyperbolic and attracts what starts near it, each path to a point of
it (N. Fenichel, Indiana Univ. Math. J. 21 (1971) 193). What follows proves the signs again, by balls.
"""

import math

from flint import arb, ctx

from .._checks import checked_float, checked_int
from .._types import Players
from ..discriminators.logistic import Logistic
from ..game import AbstractGame
from ..generators.square import Square
from ._balls import ball, cut, Region
from ._description import description, ROOT_HALF
from ._model import Model
from ._spectrum import characteristic, right_of_axis
from .certificate import Certificate, PROVED, UNDECIDED

_NAMES = ("a", "b", "g", "h")


def truth_line(
    game: AbstractGame, g: tuple[float, float], precision: int = 64, boxes: int = 256
) -> Certificate:
    """Prove that the line a = 1, b = 0, g + h = 1/c of the logistic game repels or attracts, g in a range.

    Three of the four eigenvalues of the Jacobian of the field have Re > 0 ("repelling"), or Re < 0
    ("attracting"); the fourth, along the line, is 0.

    Args:
        game: ``Exponential`` data, ``Rayleigh`` latent with z^2 ~ Exp(1), ``SquaredMinimax`` or
            ``LeastSquares(fake=0, real=1, target=1)``. g: (low, high).

    Raises:
        ValueError: for other games; low > high.

    >>> import lsgan_analytic as lsgan
    >>> for loss in (lsgan.SquaredMinimax(), lsgan.LeastSquares(fake=0, real=1, target=1)):
    ...     game = lsgan.Game(lsgan.Exponential(rate=1.0), lsgan.Rayleigh(), loss)
    ...     shown = lsgan.proofs.truth_line(game, g=(0.01, 3.0))
    ...     print(shown.verdict, shown.result["kind"])
    proved repelling
    proved attracting
    """
    low, high = (checked_float(end, "g") for end in g)
    if not low <= high:
        raise ValueError(f"g: expected low <= high, got {g!r}")
    spec = description(game, Players(Logistic(a=1.0, b=0.0), Square(g=1.0, h=0.0)))
    _check(spec)
    region: Region = ((low, high),)
    with ctx.workprec(checked_int(precision, "precision")):
        parts, left = _signs(Model(spec, _NAMES), region, boxes)
    kinds = {part["kind"] for part in parts}
    proved = not left and len(kinds) == 1 and kinds <= {"repelling", "attracting"}
    name = kinds.pop() if proved else UNDECIDED
    where = f"a = 1, b = 0, g + h = 1/c, g in [{low:g}, {high:g}]"
    statement = f"the line {where} is stationary and {name}, but for the eigenvalue 0 along it"
    if not proved:
        statement = f"not decided whether the stationary line {where} repels or attracts"
    verdict = PROVED if proved else UNDECIDED
    result = {"kind": name}
    return Certificate(
        "truth_line", verdict, statement, spec, ("g",), region, precision, tuple(parts), left, result
    )


def _check(spec: dict) -> None:
    labels = {key: float.fromhex(x) for key, x in spec["loss"].items() if key != "kind"}
    known = spec["loss"]["kind"] == "SquaredMinimax" or (
        spec["loss"]["kind"] == "LeastSquares" and labels == {"fake": 0.0, "real": 1.0, "target": 1.0}
    )
    parts = spec["data"]["kind"], spec["latent"]["kind"], spec["latent"].get("scale"), spec["regularizers"]
    if not known or parts != ("Exponential", "Rayleigh", ROOT_HALF, []):
        raise ValueError(
            "game: expected Exponential data, Rayleigh() latent, SquaredMinimax or LeastSquares(0, 1, 1), "
            f"without regularizers, got {spec['data']}, {spec['latent']}, {spec['loss']}"
        )


def _signs(model: Model, region: Region, boxes: int) -> tuple[list[dict], tuple[Region, ...]]:
    """The kind of every part of the range of g."""
    mean = 1 / arb(float.fromhex(model.spec["data"]["rate"]))
    todo, parts, stuck = [region], [], []
    while todo and len(parts) + len(todo) + len(stuck) <= boxes:
        part = todo.pop(0)
        g = ball(part[0])
        p = characteristic(model.jacobian([arb(1), arb(0), g, mean - g]))[:4]  # without the root 0
        right = right_of_axis(p) if all(c.is_finite() for c in p) else None
        if right is not None:
            name = {0: "attracting", 3: "repelling"}.get(right, "saddle")
            parts.append({"box": part, "kind": name})
            continue
        pieces = cut(part, [1.0], [math.ldexp(region[0][1] - region[0][0], -20)])
        todo += pieces
        stuck += [] if pieces else [part]
    return parts, tuple(stuck + todo)
