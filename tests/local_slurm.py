"""A real SLURM of one node, for tests: Debian's packages slurm-wlm and munge, and root."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

CPUS = 4  # tasks at once; more than there are cores is no harm
_CONFIGURATION = """
ClusterName=local
SlurmctldHost={node}(127.0.0.1)
AuthType=auth/munge
AuthInfo=cred_expire=5
SlurmUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=5
MinJobAge=300
NodeName={node} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
"""


def missing() -> str:
    """Why there can be no SLURM here; "" if there can."""
    programs = ("slurmctld", "slurmd", "munged", "sbatch", "srun", "scontrol")
    absent = [name for name in programs if shutil.which(name) is None]
    if absent:
        return f"no {', '.join(absent)}"
    return "" if os.geteuid() == 0 else "SLURM is started as root"


def _ports() -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _end(pid_file: Path) -> None:
    with contextlib.suppress(OSError, ValueError):
        os.kill(int(pid_file.read_text()), signal.SIGTERM)


def _start_munge(folder: Path) -> None:
    key, run = Path("/etc/munge/munge.key"), Path("/run/munge")
    if (run / "munge.socket.2").exists() and subprocess.run(
        ["munge", "-n"], capture_output=True
    ).returncode == 0:
        return
    run.mkdir(exist_ok=True)
    if not key.exists():
        subprocess.run(["mungekey", "--create"], check=True)
    for path in (run, key):
        shutil.chown(path, "munge")
    run.chmod(0o755)
    folder.chmod(0o755)
    pid = run / "test.pid"
    command = f"munged --force --pid-file={pid}"
    subprocess.run(["su", "munge", "-s", "/bin/sh", "-c", command], check=True, capture_output=True)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[dict[str, str]]:
    """The environment in which SLURM's commands find it."""
    for name in ("state", "spool"):
        (folder / name).mkdir()
    node = socket.gethostname().split(".")[0]
    file = folder / "slurm.conf"
    file.write_text(_CONFIGURATION.format(node=node, folder=folder, ports=_ports(), cpus=CPUS))
    environment = os.environ | {"SLURM_CONF": str(file)}
    _start_munge(folder)
    try:
        subprocess.run(["slurmctld", "-f", str(file)], check=True, capture_output=True)
        subprocess.run(["slurmd", "-f", str(file), "-N", node], check=True, capture_output=True)
        ends = time.monotonic() + 60
        while "idle" not in said(environment, "sinfo", "--noheader", "--format=%T", fails=False):
            if time.monotonic() > ends:
                raise RuntimeError((folder / "slurmctld.log").read_text()[-2000:])
            time.sleep(0.5)
        yield environment
    finally:
        for name in ("slurmd.pid", "slurmctld.pid"):
            _end(folder / name)
        _end(Path("/run/munge/test.pid"))


def said(environment: dict[str, str], *command: str, fails: bool = True) -> str:
    """What a command prints."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
    if fails and done.returncode:
        raise RuntimeError(f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def wait_until(condition, seconds: float = 300) -> None:
    """Until ``condition()``; TimeoutError after so many seconds."""
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            raise TimeoutError(f"{condition} after {seconds} s")
        time.sleep(0.2)
