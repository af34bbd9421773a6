"""An S3 server on loopback (moto's), and a proxy before it that counts requests and fails as it is asked to."""

import http.client
import logging
import os
import time
from collections import Counter
from contextlib import contextmanager

from loopback import Handler, Server, running

BUCKET = "tracks"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIDexample", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMIexample"}


class _Forwarder(Handler):
    protocol_version = "HTTP/1.1"

    def forward(self):
        proxy = self.server.proxy
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            body = self._read_chunks()
        number = proxy.note(self.command, self.path, len(body))
        time.sleep(proxy.delay_s)
        status = proxy.choose_status(number)
        if status:
            self.answer(status, b"<Error><Code>InternalError</Code><Message>no</Message></Error>" * (status != 403))
            return
        upstream = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name != "Transfer-Encoding"}
        upstream.request(self.command, self.path, body, headers | {"Content-Length": str(len(body))})
        found = upstream.getresponse()
        data = found.read()
        proxy.bytes_out += len(data)
        self.send_response(found.status)
        for name, value in found.getheaders():
            if name.lower() not in {"content-length", "transfer-encoding", "connection", "date", "server"}:
                self.send_header(name, value)
        length = found.getheader("Content-Length") if self.command == "HEAD" else str(len(data))
        self.send_header("Content-Length", length or "0")
        self.end_headers()
        self.wfile.write(data)

    def _read_chunks(self):
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = forward  # noqa: N815 - the names that the server calls


class Proxy:
    """What the proxy does, and what passed through it."""

    def __init__(self, port):
        self.port = port
        self.url = ""
        self.reset()

    def reset(self):
        self.delay_s, self.choose_status = 0.0, lambda number: None
        self.requests, self.bytes_in, self.bytes_out = [], 0, 0

    def note(self, command, path, size):
        self.requests.append((command, path))
        self.bytes_in += size
        return len(self.requests)

    def count(self):
        """Return how many requests of each kind there were; a listing is a GET of the bucket."""
        return Counter("LIST" if "list-type" in path else command for command, path in self.requests)

    def env(self, cache, url=None):
        """Return the environment of a machine with a cache of its own."""
        known = CREDENTIALS | {"AWS_ENDPOINT_URL": url or self.url, "AWS_DEFAULT_REGION": "us-east-1"}
        return known | {"NARRATOR_CACHE_DIR": str(cache), "AWS_EC2_METADATA_DISABLED": "true"}


@contextmanager
def running_s3():
    """Run the server and the proxy, with an empty bucket, while the block runs."""
    import boto3
    from moto.server import ThreadedMotoServer

    before = {name: os.environ.get(name) for name in CREDENTIALS}
    os.environ.update(CREDENTIALS)  # moto's own
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it writes a line for each request
    moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    moto.start()
    try:
        host, port = moto.get_host_and_port()
        client = boto3.client(
            "s3",
            endpoint_url=f"http://{host}:{port}",
            region_name="us-east-1",
            aws_access_key_id="a",
            aws_secret_access_key="b",  # noqa: S106 - moto takes any
        )
        client.create_bucket(Bucket=BUCKET)
        proxy = Proxy(port)
        server = Server(("127.0.0.1", 0), _Forwarder)
        server.proxy = proxy
        with running(server):
            proxy.url, proxy.client = f"http://127.0.0.1:{server.server_port}", client
            yield proxy
    finally:
        moto.stop()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def list_objects(proxy):
    """Return the size of each object of the bucket."""
    return {each["Key"]: each["Size"] for each in proxy.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])}
