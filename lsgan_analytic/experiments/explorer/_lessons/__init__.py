"""The pictures of the page: what is shown, a question before and the answer after."""

from ._claim import Lesson
from ._dirac import dirac
from ._modes import modes
from ._normal import normal
from ._papers import cases, sequel


def lessons() -> list[Lesson]:
    """All of them, in the order of the page's list."""
    return [*cases(), *sequel(), *dirac(), *normal(), *modes()]
