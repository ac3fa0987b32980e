"""Where the logistic function changes quickly: shared by discriminators, losses and divergences."""

TRANSITION_POINTS = (-40.0, -20.0, -10.0, -5.0, -2.0, 0.0, 2.0, 5.0, 10.0, 20.0, 40.0)  # in logits
