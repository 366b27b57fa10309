"""One private RabbitMQ node in a folder: own name, ports, data and cookie. Never the system's."""

import os
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from suite.console import Failure
from suite.processes import Child

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
_READY_WITHIN = 60.0


@dataclass
class Broker:
    """A node with its data in `home`, on 127.0.0.1:`port`. Its three ports stay the same over a restart."""

    home: Path
    log: Path
    port: int
    distribution_port: int
    epmd_port: int
    child: Child | None = None
    epmd: Child | None = None

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def start(self) -> None:
        """Starts the node, empty or with the data that it had, and waits until it accepts connections."""
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "rabbitmq.conf").write_text(
            f"listeners.tcp.default = 127.0.0.1:{self.port}\nvm_memory_high_watermark.absolute = 512MB\n"
            "disk_free_limit.absolute = 50MB\n"
        )
        (self.home / "enabled_plugins").write_text("[].\n")
        self.child = Child(
            name="rabbitmq",
            command=[str(SERVER)],
            cwd=self.home,
            env=self._environment(),
            log=self.log,
            die_signal=signal.SIGKILL,
        )
        self._start_epmd()
        self.child.start()
        self._wait()

    def stop(self, timeout: float = 30.0) -> None:
        """An orderly end; the queues and their messages stay on disk."""
        if self.child is not None:
            self.child.stop(timeout=timeout)
        if self.epmd is not None:
            self.epmd.kill()

    def kill(self) -> None:
        """`kill -9`: what was confirmed must be there after the next start."""
        if self.child is not None:
            self.child.kill()

    def pause(self) -> None:
        """SIGSTOP: connections stay open and nothing answers."""
        self._to_group(signal.SIGSTOP)

    def resume(self) -> None:
        self._to_group(signal.SIGCONT)

    def _to_group(self, number: signal.Signals) -> None:
        if self.child is not None and self.child.alive():
            os.killpg(self.child.pid, number)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "RABBITMQ_NODENAME": f"tts-{self.port}@localhost",
            "RABBITMQ_CONFIG_FILE": str(self.home / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self.home / "no-such-file"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.home / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.home / "data"),
            "RABBITMQ_LOG_BASE": str(self.home / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": str(self.home / "pid"),
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_PORT": str(self.epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RUNNING_UNDER_SYSTEMD": "true",  # the script then becomes the server instead of its parent
        }

    def _wait(self) -> None:
        deadline = time.monotonic() + _READY_WITHIN
        while not self._answers():
            if self.child is None or not self.child.alive():
                raise Failure(f"RabbitMQ did not start; see {self.log}")
            if time.monotonic() > deadline:
                raise Failure(f"RabbitMQ did not answer within {_READY_WITHIN:.0f} s; see {self.log}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        """Whether it greets a client in AMQP 0-9-1."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                return connection.recv(1) == b"\x01"
        except OSError:
            return False

    def _start_epmd(self) -> None:
        """Erlang's port mapper, as our child: left to itself the node would start it as a daemon that outlives us."""
        if self.epmd is None:
            self.epmd = Child(
                name="epmd",
                command=["epmd"],
                cwd=self.home,
                env=self._environment(),
                log=self.log.with_name("epmd.log"),
            )
        if not self.epmd.alive():
            self.epmd.start()
