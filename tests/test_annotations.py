"""The check of annotations itself: what it lets pass, what it names, and that it is on."""

import importlib
import inspect
import pkgutil
from typing import NamedTuple, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import pytest
from checked_annotations import checked, UntrueAnnotationError
from jaxtyping import Array, Float

import lsgan_analytic as lsgan


@checked
def halves(x: Float[Array, " n"], y: Float[Array, " n"], parts: int = 2) -> Float[Array, " n"]:
    if parts < 1:
        raise ValueError("parts: expected an integer >= 1")
    return (x + y.sum())[:: 1 if parts == 2 else 2] / 2


def test_what_is_as_annotated_passes():
    x = jnp.arange(4.0)
    assert jnp.array_equal(halves(x, x), (x + 6) / 2)
    assert jax.vmap(halves)(jnp.ones((3, 4)), jnp.ones((3, 4))).shape == (3, 4)
    assert jax.jit(halves)(x, x).shape == (4,)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"y": jnp.ones(3)}, r"y=.*f64\[3\] is accepted"),  # n is the length of x in this call
        ({"x": jnp.ones((4, 1))}, r"x=.*f64\[4,1\] is accepted"),
        ({"y": jnp.arange(4)}, r"y=.*i64\[4\] is accepted"),
        ({"parts": 2.0}, r"parts=float 2.0 is accepted"),
        ({"parts": 3}, r"f64\[2\] is returned"),
    ],
)
def test_an_untrue_annotation_is_named(arguments, said):
    with jax.numpy_dtype_promotion("standard"), pytest.raises(UntrueAnnotationError, match=said):
        halves(**({"x": jnp.ones(4), "y": jnp.ones(4)} | arguments))


def test_what_is_refused_is_refused_by_the_function_itself():
    with pytest.raises(ValueError, match=r"^parts: expected an integer >= 1$"):
        halves(jnp.ones(4), jnp.ones(4), parts=0.5)
    with pytest.raises(ValueError, match=r"^steps: expected an integer"):
        lsgan.trajectory(None, None, None, steps="many")


def test_self_is_the_class_of_the_call():
    class Base:
        @checked
        def other(self, which: type) -> Self:
            return which()

    class Derived(Base):
        pass

    assert isinstance(Base().other(Derived), Derived)
    with pytest.raises(UntrueAnnotationError, match=r"Base.* is returned"):
        Derived().other(Base)


def test_fields_of_modules_and_records():
    values = jnp.ones(3)
    with pytest.raises(UntrueAnnotationError, match=r"Portrait: .*cost=.*f64\[3\]"):
        lsgan.Portrait({"b": values}, values, jnp.ones((3, 1, 2)))

    class Pair(NamedTuple):
        first: float
        second: str

    Pair.__module__ = "lsgan_analytic.tests"

    @checked
    def pair(second) -> Pair:
        return Pair(1, second)

    assert pair("a") == (1, "a")
    with pytest.raises(UntrueAnnotationError, match="second=int 2"):
        pair(2)


def test_every_function_of_the_package_is_checked():
    found = 0
    for module in pkgutil.walk_packages(lsgan.__path__, "lsgan_analytic."):
        own = importlib.import_module(module.name)
        for value in vars(own).values():
            if inspect.isfunction(value) and value.__module__ == module.name:
                assert hasattr(value, "__wrapped__"), f"{module.name}.{value.__name__}"
                found += 1
    assert found > 400
    assert hasattr(lsgan.Exponential.cdf, "__wrapped__")
    assert eqx.Module.__check_init__.__module__ == "checked_annotations"


def test_help_names_what_is_accepted():
    assert "x: FloatLike" in str(inspect.signature(lsgan.Exponential.cdf))
    assert "points: Numbers" in str(inspect.signature(lsgan.PointMasses))
    assert "tolerance: ScalarLike" in str(inspect.signature(lsgan.trajectory))
