"""How bounds of J, paths and the truth line are checked, for ``check_certificate.py``."""

import itertools

from check_duals import number
from check_expectations import Parts
from check_game import DoubtError, halved, hull, read_box, require, unball, within
from check_stationary import StationaryChecks
from flint import arb


class Checks(StationaryChecks):
    """All checks: one method a claim."""

    def bounds(self, box, parts):
        for name, side in (("least", 1), ("greatest", -1)):
            found = self.told["result"][name]
            value, at = unball(found["value"]), [float.fromhex(x) for x in found["at"]]
            require(all(low <= x <= high for x, (low, high) in zip(at, box, strict=True)), "at: outside")
            require(2 * value.rad() <= arb(10) ** -self.told["result"]["digits"], "too wide")
            here = self.dual(self.cost, [arb(x) for x in at], True, 0).v
            require((side * here).upper() <= (side * value).upper(), f"J at {at} is {here}")
            if any(abs(end) == float("inf") for ends in box for end in ends):
                require(value.contains(0 if side == 1 else 2), "not 0 or 2")
                continue
            floor = (side * value).lower()
            mine = [part for part in parts if part["of"] == name]
            self.nodes(box, mine, side, floor)

    def nodes(self, box, parts, side, floor):
        def check(part):
            face = read_box(part["face"])
            if face != part["box"]:
                self.monotone(part["box"], face, side)
            if "bound" in part:
                return self.above(face, side, floor)
            for half in self.children(face, parts):
                self.nodes(half, parts, side, floor)
            return True

        self.covered(box, parts, check)

    def children(self, face, parts):
        """The halves of a face that parts are made of."""
        for i, (low, high) in enumerate(face):
            middle = 0.5 * low + 0.5 * high
            halves = [[*face[:i], ends, *face[i + 1 :]] for ends in ((low, middle), (middle, high))]
            inside = [p["box"] for p in parts if within(p["box"], face) and p["box"] != face]
            if low < high and inside and all(any(within(b, half) for half in halves) for b in inside):
                return halves
        raise DoubtError(f"the face {face} has no parts")

    def monotone(self, box, face, side):
        """J falls towards the face (side J: to its least value)."""
        for i, ((low, high), (p, q)) in enumerate(zip(box, face, strict=True)):
            if (low, high) == (p, q):
                continue
            require(p == q and p in (low, high), f"{face} is no face of {box}")
            wanted = side * (1 if p == low else -1)
            require(self.rises(i, box, wanted), f"J is not monotone in {self.names[i]} on {box}")

    def rises(self, i, box, wanted, deeper=6):
        if self.has_sign(self.names[i], box) and self.game["loss"]["kind"] == "SquaredMinimax":
            alpha = Parts(self.game, self.names, hull(box)).slope_and_offset()[0].v
            return wanted == (-1 if alpha > 0 else 1)  # E[(1 - D)^2] falls with x where D rises
        theta, middle = hull(box), [arb(0.5 * low + 0.5 * high) for low, high in box]
        bends = self.dual(self.cost, theta, False, 2).h[i]
        slope = self.dual(self.cost, middle, True, 1).g[i]
        slope += sum((b * (x - m) for b, x, m in zip(bends, theta, middle, strict=True)), arb(0))
        if wanted * slope > 0:
            return True
        return deeper > 0 and all(self.rises(i, half, wanted, deeper - 1) for half in halved(box))

    def above(self, box, side, floor, deeper=14):
        """side J >= floor on the box, by Taylor's formula to second order."""
        theta, middle = hull(box), [arb(0.5 * low + 0.5 * high) for low, high in box]
        value = side * self.dual(self.cost, middle, True, 0).v
        if all(low == high for low, high in box):
            return bool(value.lower() >= floor)
        slope = self.dual(self.cost, middle, True, 1).g
        bends = self.dual(self.cost, theta, False, 2).h
        apart = [abs(x - m).upper() for x, m in zip(theta, middle, strict=True)]
        low = value - sum((abs(s) * d for s, d in zip(slope, apart, strict=True)), arb(0))
        for i, j in itertools.product(range(self.n), repeat=2):
            bend = (side * bends[i][j]).lower() if i == j else -abs(bends[i][j])
            low += arb(0).min(bend) * apart[i] * apart[j] / 2
        live = [i for i in range(self.n) if box[i][0] < box[i][1]]
        bend = (side * bends[live[0]][live[0]]).lower()
        if len(live) == 1 and bend > 0:
            low = low.max(value - slope[live[0]] ** 2 / (2 * bend))
        if low.lower() >= floor:
            return True
        return deeper > 0 and all(self.above(half, side, floor, deeper - 1) for half in halved(box))

    def path(self, box, parts):
        result, plan = self.told["result"], self.told["result"]["rule"]
        x = [arb(low) for low, _ in box]
        for k, point in enumerate(result["points"]):
            told = [unball(point[name]) for name in self.names]
            require(all(y.contains(z) for y, z in zip(told, x, strict=True)), f"point {k}: {x}")
            require(all(y.rad() < arb(10) ** -result["digits"] for y in told), f"point {k} is too wide")
            for who in plan["order"] if k + 1 < len(result["points"]) else ():
                force = self.field(x)
                owners = [self.owner[name] for name in self.names]
                x = [
                    y + (number(plan[o]) if who in ("both", o) else 0) * f
                    for y, f, o in zip(x, force, owners, strict=True)
                ]

    def truth_line(self, box, parts):
        m = 1 / number(self.game["data"]["rate"])
        attracts = self.game["loss"]["kind"] == "LeastSquares"

        def check(part):
            ((low, high),) = part["box"]
            g = hull([(low, high)])[0]
            tall = (3 * m * m + g * g) / 8
            # lambda^3 + p lambda^2 + q lambda + r, of minus the paper's Jacobian
            p, q, r = tall + arb(1) / 4, (m * m + g * g) / 32 + arb(1) / 8, arb(1) / 32
            require(p > 0 and q > 0 and r > 0 and p * q > r, "not Hurwitz")
            return part["kind"] == ("attracting" if attracts else "repelling")

        self.covered(box, parts, check)
        for g in (0.5, 1.0):  # the closed form above is that of the game
            self.names, self.n, self.movers = ("a", "b", "g", "h"), 4, [0, 1, 2, 3]
            found = self.jacobian([arb(1), arb(0), arb(g), m - g], exact=True)
            tall = (3 * m * m + g * g) / 8
            rows = [[arb(1) / 4, -m / 4, 0, 0], [-m / 4, tall, -arb(1) / 4, -arb(1) / 4]]
            rows += [[0, arb(1) / 4, 0, 0]] * 2
            for i, j in itertools.product(range(4), repeat=2):
                expected = -arb(rows[j][i]) / 2 if attracts else arb(rows[i][j])
                require(found[i][j].overlaps(expected) and found[i][j].rad() < 1e-9, f"Jacobian at g = {g}")
