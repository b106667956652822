import { mount } from "./player.js";

// The player as a widget of a live notebook.

const TRAITS = ["fps", "loop", "speed", "onion", "frame", "playing", "follow", "live"];

function render({ model, el }) {
  let player = null;
  const begin = () => {
    // other clips, but the same eyes, which look from where they were
    const { focused, frame, ...view } = player?.view() ?? {};
    player?.stop();
    const state = Object.fromEntries([...TRAITS, "clips", "label", "first"].map((name) => [name, model.get(name)]));
    if (state.playing && frame !== undefined && !state.live) state.frame = frame;
    player = mount(el, { ...state, ...view, bytes: model.get("data") }, (name, value) => {
      model.set(name, value);
      model.save_changes();
    });
    if (focused) player.focus();
  };
  begin();
  model.on("change:data", begin);
  model.on("msg:custom", (message, buffers) => message.more && player.more(buffers[0]));
  for (const name of TRAITS) model.on(`change:${name}`, () => player.set(name, model.get(name)));
  return () => player.stop();
}

export default { render };
