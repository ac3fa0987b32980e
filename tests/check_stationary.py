"""How claims about stationary points are checked, for ``check_certificate.py``."""

from check_duals import number
from check_game import CheckedGame, DoubtError, halved, hull, read_box, require, unball, within
from flint import acb_mat, arb, arb_mat

_DEEPER = 9  # times that a part may be halved again


class StationaryChecks(CheckedGame):
    """One method a claim."""

    def excluded(self, part, box, deeper=_DEEPER):
        """The component keeps away from 0 on the box."""
        if part["by"] == "sign":
            return self.has_sign(part["component"], box)
        theta = hull(box)
        row = [self.names[i] for i in self.movers].index(part["component"])
        middle = [arb(0.5 * low + 0.5 * high) for low, high in box]
        slopes = self.jacobian(theta)[row]
        value = self.field(middle)[row] + sum(
            (s * (x - m) for s, x, m in zip(slopes, theta, middle, strict=True)), arb(0)
        )
        if value > 0 or value < 0:
            return True
        return deeper > 0 and all(self.excluded(part, half, deeper - 1) for half in halved(box))

    def covered(self, box, parts, check):
        """The box is cut into the parts, and each is checked."""
        mine = [p for p in parts if within(p["box"], box)]
        whole = [p for p in mine if p["box"] == box]
        if whole:
            require(check(whole[0]), f"part {whole[0]['box']}")
            return
        require(mine, f"no part covers {box}")
        for i, (low, high) in enumerate(box):
            middle = 0.5 * low + 0.5 * high
            if low < middle < high and all(
                p["box"][i][1] <= middle or p["box"][i][0] >= middle for p in mine
            ):
                for ends in ((low, middle), (middle, high)):
                    self.covered([*box[:i], ends, *box[i + 1 :]], mine, check)
                return
        raise DoubtError(f"the parts do not cover {box}")

    def no_stationary_point(self, box, parts):
        self.covered(box, parts, lambda part: self.excluded(part, part["box"]))

    def unique(self, x):
        """Krawczyk: exactly one zero in the balls x; returns where it is."""
        slopes = arb_mat(self.jacobian(x))
        inverse = arb_mat([[y.mid() for y in row] for row in slopes.tolist()]).inv()
        inverse = arb_mat([[y.mid() for y in row] for row in inverse.tolist()])
        one = arb_mat([[int(i == j) for j in range(self.n)] for i in range(self.n)])
        middle = [y.mid() for y in x]
        step = inverse * arb_mat([[f] for f in self.field(middle)])
        rest = (one - inverse * slopes) * arb_mat([[y - m] for y, m in zip(x, middle, strict=True)])
        found = [m - step[i, 0] + rest[i, 0] for i, m in enumerate(middle)]
        require(all(y.contains_interior(z) for y, z in zip(x, found, strict=True)), f"no unique zero in {x}")
        return found

    def stationary_point(self, box, parts):
        result = self.told["result"]
        points = [[unball(point[name]) for name in self.names] for point in result["points"]]
        for point in points:
            self.unique([x.mid() + arb(0, 4 * arb(x.rad()) + arb("1e-12")) for x in point])

        def check(part):
            if "point" not in part:
                return self.excluded(part, part["box"])
            around = hull(read_box(part["around"]))
            self.unique(around)
            mine = zip(around, hull(part["box"]), points[part["point"]], strict=True)
            return all(x.contains(y) and x.contains(z) for x, y, z in mine)

        self.covered(box, parts, check)
        require(len(result["inside"]) == 1, "not one point inside")
        (own,) = (points[i] for i in result["inside"])
        require(all(low < x and x < high for x, (low, high) in zip(own, box, strict=True)), "not inside")
        for i, other in enumerate(points):
            out = any(x < low or x > high for x, (low, high) in zip(other, box, strict=True))
            require(i in result["inside"] or out, "another point")

    def kind(self, box, parts):
        point = all(low == high for low, high in box)
        matrix, plan = self.jacobian(hull(box), exact=point), self.told["result"]["rule"]
        told = self.told["result"]["kind"]
        if told == "centre":
            (p, q), (r, s) = matrix
            require((p + s).is_zero() and p * s - q * r > 0, "not a centre")
            return
        matrix = arb_mat(matrix)
        one = arb_mat([[int(i == j) for j in range(self.n)] for i in range(self.n)])
        if plan is not None:
            total = one
            for who in plan["order"]:
                owners = [self.owner[name] for name in self.names]
                sizes = [number(plan[o]) if who in ("both", o) else arb(0) for o in owners]
                rows = [[sizes[i] * matrix[i, j] for j in range(self.n)] for i in range(self.n)]
                total = (one + arb_mat(rows)) * total
            matrix = total
        values = acb_mat(matrix).eig(multiple=True)
        sizes = [x.real if plan is None else abs(x) - 1 for x in values]
        require(all(x > 0 or x < 0 for x in sizes), f"eigenvalues {values}")
        unstable = sum(bool(x > 0) for x in sizes)
        name = {0: "attracting", self.n: "repelling"}.get(unstable, "saddle")
        require(unstable == self.told["result"]["unstable"] and name == told, f"eigenvalues {values}")
