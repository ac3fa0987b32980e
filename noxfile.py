"""The commands of ``.ci/run``, one by one: ``nox -s style types tests docs``."""

import nox

nox.options.sessions = ["style", "types", "tests", "docs"]


@nox.session
def style(session: nox.Session) -> None:
    """ruff."""
    session.install("ruff>=0.12")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """pyright, of the package and of the README's examples."""
    session.install("-e", ".[dev]")
    session.run("pyright")
    program = session.create_tmp() + "/readme.py"
    code = session.run("python", ".ci/readme_code.py", silent=True)
    with open(program, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(str(code))
    session.run("pyright", program)


@nox.session(python=["3.11", "3.12", "3.13", "3.14"])
def tests(session: nox.Session) -> None:
    """The plain run."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", "-n", "auto", "--dist", "loadfile", *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """What the plain run leaves out, as far as half an hour goes."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", "-n", "auto", "-m", "slow", "--seconds", "1800", "tests")


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation; warnings are errors."""
    session.install("-e", ".[docs]")
    session.run("python", "-m", "sphinx", "-W", "-b", "html", "docs", "docs/_build")


@nox.session
def package(session: nox.Session) -> None:
    """The files of a release, checked."""
    session.install("build", "twine", "check-wheel-contents")
    session.run("python", "-m", "build")
    session.run("twine", "check", "--strict", "dist/*")
    session.run("check-wheel-contents", "dist")
