// The state in the address of the page, and back.
const Address = (() => {
  // In the address games and rules have their names: it outlives another order of them.
  const encode = (state) => {
    const scene = State.sceneOf(state);
    const paths = state.paths.map((path) => ({ ...path, rule: scene.rules[path.rule].title }));
    const named = { ...state, scene: scene.title, loss: scene.loss, regularizer: scene.regularizer, paths };
    return `#${encodeURIComponent(JSON.stringify(named))}`;
  };
  // {state, note} from an address
  const decode = (hash) => {
    if (hash.length < 2) return { state: null, note: "" };
    try {
      const given = JSON.parse(decodeURIComponent(hash.slice(1)));
      if (typeof given !== "object" || given === null) throw new Error(hash);
      const { scene, loss, regularizer, ...rest } = given;
      const known = SCENES.find((each) => each.title === scene && each.loss === (loss ?? each.loss) && each.regularizer === (regularizer ?? each.regularizer));
      const index = known ? SCENES.indexOf(known) : SCENES[scene] ? scene : 0;
      const state = State.changed(State.initial(index), rest, true);
      return { state, note: given.v === State.VERSION ? "" : TEXT.old_url };
    } catch {
      return { state: null, note: TEXT.bad_url };
    }
  };

  return { encode, decode };
})();
