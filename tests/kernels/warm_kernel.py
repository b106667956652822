"""Python that starts at once: one process imports what every notebook imports and forks a Python for each that asks.

TensorFlow alone takes 6 s of CPU time in each of some twenty kernels. The controller of a run on several workers starts
`serve`; `ask` stands for `python`, with `-m MODULE` or `-c CODE` and their arguments: it has one forked, or becomes an
ordinary one. The workers themselves start so, and the Jupyter kernel that `kernel_spec` writes.
"""

import contextlib
import gc
import io
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import traceback
from pathlib import Path

PLACE = "ANIMKIT_WARM_KERNELS"  # the socket's path, for those who ask


def start(place, log):
    """Start a server; who asks during its imports waits.

    Args:
        place: path of the socket, which is made.
        log: file for what it says.

    Returns:
        subprocess.Popen.
    """
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(place)
        door.listen(64)
        command = [sys.executable, __file__, "serve", str(door.fileno())]
        return subprocess.Popen(command, stdout=log, stderr=log, pass_fds=[door.fileno()])


def serve(door):
    """Import what notebooks import, then fork a Python for each request, until the parent is gone."""
    with socket.socket(fileno=int(door)) as door:
        os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # as a kernel sets it when it starts
        import anywidget  # noqa: F401
        import ipykernel.kernelapp  # noqa: F401
        import ipywidgets  # noqa: F401
        import keras  # noqa: F401
        import matplotlib.pyplot  # noqa: F401
        import numpy as np
        import tensorflow
        from matplotlib.figure import Figure

        from animkit.data import fairytales
        from animkit.data.twins.pixel_people import draw_people
        from widgets import gan_lab, light_lab, rnn_lab, vae_lab  # noqa: F401

        # what each kernel would draw anew, and keeps: the words and layers of the twins, the glyphs of a first figure
        fairytales.load_fairytales("twin")
        draw_people(np.zeros((1, 4), int))
        Figure().text(0, 0, "$x_1$").figure.savefig(io.BytesIO())
        # as in the tests themselves: optimising a graph takes a tenth of a notebook's time at profile ci
        tensorflow.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})

        gc.freeze()  # no kernel looks for garbage in what all of them share

        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a kernel: none stays as a zombie
        parent = os.getppid()
        door.settimeout(2)
        while os.getppid() == parent:
            try:
                caller, _ = door.accept()
            except TimeoutError:
                continue
            if os.fork() == 0:
                door.close()
                become_python(caller)
            caller.close()


def hand_over(server, request):
    """Send a request, of any length, and this process's streams."""
    request = json.dumps(request).encode()
    socket.send_fds(server, [len(request).to_bytes(8)], [0, 1, 2])
    server.sendall(request)


def take_over(caller):
    """Receive what `hand_over` sends: the request, and file descriptors."""
    length, streams, *_ = socket.recv_fds(caller, 8, 3)
    with caller.makefile("rb") as file:
        return json.loads(file.read(int.from_bytes(length))), streams


def become_python(caller):
    """Run what `ask` was asked to, with its streams, folder and environment; end when it ends."""
    caller.settimeout(None)
    asked, streams = take_over(caller)
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.environ.pop("JPY_PARENT_PID", None)  # it is not this process's parent, whose end a kernel would see in it
    os.chdir(asked["folder"])
    option, what, *rest = asked["arguments"]
    sys.argv = [what if option == "-m" else option, *rest]
    sys.path[0] = ""
    caller.sendall(os.getpid().to_bytes(8))

    def end_with_the_caller():
        caller.recv(1)
        os._exit(0)

    threading.Thread(target=end_with_the_caller, daemon=True).start()
    status = 0
    try:
        if option == "-m":
            runpy.run_module(what, run_name="__main__")
        else:
            exec(what, {"__name__": "__main__"})
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(bool(end.code))
    except BaseException:
        traceback.print_exc()
        status = 1
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    with contextlib.suppress(OSError):
        caller.sendall(bytes([status]))
    os._exit(0)


def ask(arguments):
    """Have a Python forked and stand for it: pass signals on, end as it ends. Without a server, be an ordinary one."""
    place = os.environ.get(PLACE, "")
    server = socket.socket(socket.AF_UNIX)
    request, answer = {"arguments": arguments, "environment": dict(os.environ), "folder": os.getcwd()}, b""
    with contextlib.suppress(OSError):  # none there, or it ends before it answers
        server.connect(place)
        hand_over(server, request)
        answer = server.recv(8)
    if not answer:
        os.execv(sys.executable, [sys.executable, *arguments])
    forked = int.from_bytes(answer)
    signal.signal(signal.SIGINT, lambda *_: os.kill(forked, signal.SIGINT))
    status = b""
    with contextlib.suppress(ConnectionError):
        status = server.recv(1)
    if not status:  # it was killed
        os.kill(os.getpid(), signal.SIGKILL)
    sys.exit(status[0])


def kernel_spec(folder):
    """Write, below `folder`, a kernel that asks; the folder goes to the front of JUPYTER_PATH."""
    place = Path("kernels") / "python3" / "kernel.json"
    spec = json.loads((Path(sys.prefix) / "share" / "jupyter" / place).read_text())
    spec["argv"] = [sys.executable, str(Path(__file__).resolve()), "ask", "-m", "ipykernel_launcher", "-f"]
    spec["argv"].append("{connection_file}")
    (folder / place).parent.mkdir(parents=True)
    (folder / place).write_text(json.dumps(spec))
    return str(folder)


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    serve(*rest) if what == "serve" else ask([one for one in rest if one != "-u"])  # execnet's; it flushes by itself
