import os
import socket
import threading

import pytest
import warm_kernel


def test_a_request_of_any_length_comes_whole():
    request = {"arguments": ["-f", "x"], "environment": {"LONG": "x" * 3_000_000}, "folder": "."}
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=warm_kernel.hand_over, args=(ours, request))
        sender.start()
        heard, streams = warm_kernel.take_over(theirs)
        sender.join()
    assert heard == request
    assert len(streams) == 3
    for stream in streams:
        os.close(stream)


def test_without_an_answer_an_ordinary_python_starts(tmp_path, monkeypatch):
    class Became(Exception):
        pass

    def become(program, command):
        raise Became(command)

    monkeypatch.setattr(os, "execv", become)
    monkeypatch.setenv(warm_kernel.PLACE, str(tmp_path / "door"))
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "door"))
        door.listen()
        caller = threading.Thread(target=lambda: door.accept()[0].close())
        caller.start()
        with pytest.raises(Became, match="'-c', 'x'"):
            warm_kernel.ask(["-c", "x"])
        caller.join()
