import { view } from "./player_view.js";

export default { render: ({ model, el }) => view(model, el).stop };
