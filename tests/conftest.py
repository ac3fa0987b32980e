"""Shared fixtures."""

import numpy as np
import pytest
from certified import FILE
from problems import Case, CASES


@pytest.fixture(params=sorted(CASES))
def case(request) -> Case:
    """Case A and Case B."""
    return CASES[request.param]


@pytest.fixture(scope="session")
def certified() -> dict[str, np.ndarray]:
    """The committed certified values."""
    with np.load(FILE) as archive:
        return dict(archive)


#: seconds each, and a quicker relative runs always: left to ``-m slow``
LONG = (
    "test_accuracy.py::test_three_ways_agree[exponential-Erf]",
    "test_accuracy.py::test_three_ways_agree[mixture-Erf]",
    "test_accuracy.py::test_three_ways_agree[normal squared-Erf]",
    "test_accuracy.py::test_three_ways_agree[weibull .6-Erf]",
    "test_accuracy.py::test_three_ways_agree[weibull .6-Sigmoid]",
    "test_accuracy.py::test_three_ways_agree[weibull .6-Linear]",
    "test_accuracy.py::test_three_ways_agree[weibull 3-Erf]",
    "test_accuracy.py::test_three_ways_agree[weibull 3-Sigmoid]",
    "test_accuracy.py::test_three_ways_agree[weibull 3-Linear]",
    "test_accuracy.py::test_three_ways_agree[pareto 5-Erf]",
    "test_accuracy.py::test_three_ways_agree[pareto 5-Sigmoid]",
    "test_accuracy.py::test_three_ways_agree[pareto 5-Linear]",
    "test_accuracy.py::test_three_ways_agree[student t 6-Erf]",
    "test_accuracy.py::test_three_ways_agree[student t 6-Sigmoid]",
    "test_accuracy.py::test_three_ways_agree[student t 6-Linear]",
    "test_accuracy.py::test_reference_values[weibull .6-Sigmoid]",
    "test_accuracy.py::test_reference_values[weibull .6-Linear]",
    "test_accuracy.py::test_reference_values[weibull 3-Sigmoid]",
    "test_accuracy.py::test_reference_values[weibull 3-Linear]",
    "test_accuracy.py::test_reference_values[pareto 5-Sigmoid]",
    "test_accuracy.py::test_reference_values[pareto 5-Linear]",
    "test_bounds.py::test_a_textbook_game_with_a_far_switch[float32]",
    "test_divergences.py::test_shifted_uniforms_with_slopes",
    "test_divergences_more.py::test_chi_square_near_its_limit",
    "test_divergences_samples.py::test_slopes_in_the_points_of_a_sample",
    "test_experiments.py::test_committed_numbers_are_those_of_the_library[figure01-end0]",
    "test_interruption.py::test_no_interrupt_is_a_crash[tracing]",
    "test_known_games.py::test_mao_game_ends_where_only_the_mean_matches",
    "test_laws.py::test_mixture",
    "test_one_step.py::test_a_projected_game[Alternating]",
    "test_neural.py::test_evidence_without_a_jacobian",
    "test_optimal.py::test_the_published_game_plays_and_is_simulated",
    "test_optimal_indicator.py::test_cost_and_its_derivatives_are_those_of_the_total_variation",
    "test_plateaus.py::test_extremes_of_case_a_against_quad",
    "test_players.py::test_generators_are_their_formulas_and_know_their_preimages[polynomial]",
    "test_regularizers.py::test_noise_is_convolution[law1]",
    "test_regularizers.py::test_noise_is_convolution[law2]",
    "test_scale.py::test_a_killed_run_goes_on_to_the_same_bits",
    "test_special.py::test_derivatives_of_the_logarithms",
    "test_stochastic.py::test_a_run_is_the_same_in_every_ensemble[fixed]",
    "test_stochastic.py::test_a_summary_is_that_of_the_ensemble",
    "test_stochastic.py::test_endpoint_distances_follow_chi_squared",
    "test_stochastic.py::test_ensembles_are_as_predicted[A-2-D-fixed]",
    "test_stochastic.py::test_statistics",
    "test_trajectory.py::test_deep_plateaus[7.0-2-D]",
    "test_trajectory.py::test_only_the_free_parameters_move[A-free0]",
    "test_trajectory.py::test_only_the_free_parameters_move[A-free2]",
    "test_trajectory.py::test_only_the_free_parameters_move[B-free0]",
    "test_trajectory.py::test_only_the_free_parameters_move[B-free2]",
    "test_trajectory.py::test_several_starts_need_vmap",
    "test_transformed_laws.py::test_bounded_functions_of_laws_without_moments[Cauchy]",
    "test_transformed_laws.py::test_bounded_functions_of_laws_without_moments[t .3]",
    "test_two_dimensions.py::test_errors_are_known",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if item.nodeid.removeprefix("tests/") in LONG:
            item.add_marker("slow")
