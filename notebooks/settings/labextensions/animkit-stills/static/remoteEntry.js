// Without a kernel JupyterLab has no manager of widgets, and all that they would show stays at "Loading widget...": there,
// and until a kernel is there, what they left in the notebook for such readers is shown. Written as JupyterLab loads it,
// so that nothing need be built.

const VIEW = "application/vnd.jupyter.widget-view+json";

// Resolves as soon as a notebook has a kernel.
function kernelOf(context) {
  return new Promise((resolve) => {
    const look = () => {
      if (!context.session?.kernel) return;
      context.kernelChanged.disconnect(look);
      resolve();
    };
    context.kernelChanged.connect(look);
    look();
  });
}

// Makes what draws a widget show the HTML beside it until there is a kernel.
function withStills(rendermime, context, factory) {
  const createRenderer = (options) => {
    const view = factory.createRenderer(options);
    const draw = view.renderModel.bind(view);
    view.renderModel = async (model) => {
      if (context.session?.kernel || !model.data["text/html"]) return draw(model);
      const still = rendermime.createRenderer("text/html");
      view.addWidget(still);
      kernelOf(context).then(() => {
        still.dispose();
        if (!view.isDisposed) draw(model);
      });
      return still.renderModel(model);
    };
    return view;
  };
  return { ...factory, createRenderer };
}

function activate(app) {
  app.docRegistry.addWidgetExtension("Notebook", {
    createNew(panel, { sessionContext }) {
      const { rendermime } = panel.content;
      const factory = rendermime.getFactory(VIEW);
      if (factory) rendermime.addFactory(withStills(rendermime, sessionContext, factory), rendermime.getRank(VIEW));
    },
  });
}

window._JUPYTERLAB = window._JUPYTERLAB ?? {};
window._JUPYTERLAB["animkit-stills"] = {
  init() {},
  get: async () => () => ({ id: "animkit-stills:plugin", autoStart: true, activate }),
};
