import { mount } from "./player.js";

const TRAITS = ["fps", "loop", "speed", "onion", "frame", "playing", "follow", "live"];

// The player as a widget of a live notebook. Returns what shows the model's clips anew, and what ends it.
export function view(model, el, tool = null) {
  let player = null;
  const renew = () => {
    const state = Object.fromEntries([...TRAITS, "clips", "label", "first"].map((name) => [name, model.get(name)]));
    const bytes = model.get("data");
    if (player?.swap({ ...state, bytes })) return;
    // other clips, but the same eyes, which look from where they were
    const { focused, frame, ...eyes } = player?.view() ?? {};
    player?.stop();
    if (state.playing && frame !== undefined && !state.live) state.frame = frame;
    const tell = (name, value) => {
      model.set(name, value);
      model.save_changes();
    };
    player = mount(el, { ...state, ...eyes, bytes }, tell, tool);
    if (focused) player.focus();
  };
  renew();
  model.on("change:data", renew);
  model.on("msg:custom", (message, buffers) => message.more && player.more(buffers[0]));
  for (const name of TRAITS) model.on(`change:${name}`, () => player.set(name, model.get(name)));
  return { renew, stop: () => player.stop() };
}
