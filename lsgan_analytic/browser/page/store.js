// The one state of the page, and the states before it. Those who listen draw it.
const Store = (() => {
  const KEPT = 200;
  let state;
  let past = [];
  let dragging = false;
  let listener = () => {};
  let complain = () => {};

  const form = (each) => JSON.stringify([each.scene, each.active, each.paths.length]);
  const move = (next, passing) => {
    const formed = form(next) !== form(state);
    state = next;
    listener({ passing, formed });
  };
  const keep = () => {
    past.push(State.copy(state));
    if (past.length > KEPT) past.shift();
  };

  // Take changes; false and a sentence where they cannot be. `passing`: on the way of a drag, not to undo to.
  const set = (make, passing = false) => {
    let next;
    try {
      next = State.changed(state, make());
    } catch (error) {
      complain(error.message);
      return false;
    }
    if (!dragging) keep();
    dragging = passing;
    complain("");
    move(next, passing);
    return true;
  };
  const replace = (next) => {
    keep();
    move(next, false);
  };
  const undo = () => {
    if (past.length) move(past.pop(), false);
  };
  const rest = () => (dragging = false);
  // Where on the path the page looks: nothing to undo.
  const look = (at) => move({ ...state, at: Math.min(Math.max(Math.round(at), 0), state.steps) }, true);
  const begin = (first, listen, say) => {
    state = first;
    [listener, complain] = [listen, say];
  };

  return { begin, now: () => state, set, replace, undo, rest, look };
})();
