"""A hundred laptops that push at once, as on a Friday evening; for `benches.sync`."""

from collections.abc import Iterator
from contextlib import closing
from statistics import median, quantiles
from threading import Barrier, Thread
from time import perf_counter

from benches.worlds.sync import EACH, audit_lines
from diag.journal.revision import now
from diag.sync.http import HttpTransport
from diag.sync.hub.door import Door
from diag.sync.hub.home import HubHome
from diag.sync.protocol import Enrolling
from diag.sync.trust import build_trust

LAPTOPS = 100
BATCH = 500


def crowd(home: HubHome, each: int) -> None:
    """Print how long they all take, and how long one request does."""
    trust = build_trust(home.authority)
    with closing(home.store()) as store:
        door = Door(store, now)
        tokens = [
            door.enrol(
                Enrolling(code=door.invite("Anne", ("*",), "write"), device="p")
            ).token
            for _ in range(LAPTOPS)
        ]
    work = [list(batches(number, each)) for number in range(LAPTOPS)]
    times: list[float] = []
    wrong: list[str] = []
    gate = Barrier(LAPTOPS + 1)

    def push(token: str, given: list[list[bytes]]) -> None:
        with closing(HttpTransport(home.settings.url, trust, token)) as office:
            gate.wait()
            for batch in given:
                start = perf_counter()
                try:
                    done = office.push(batch)
                except Exception as error:  # noqa: BLE001 -- counted, and told
                    wrong.append(str(error))
                else:
                    wrong.extend(one.problem for one in done.rejected)
                times.append(perf_counter() - start)

    threads = [
        Thread(target=push, args=pair) for pair in zip(tokens, work, strict=True)
    ]
    for thread in threads:
        thread.start()
    gate.wait()
    start = perf_counter()
    for thread in threads:
        thread.join()
    seconds = perf_counter() - start
    moved = sum(len(batch) for given in work for batch in given)
    late = quantiles(times, n=20)[-1]
    print(
        f"{LAPTOPS} laptops at once{'':16} {seconds:7.2f} s  {moved:8,}  "
        f"{moved / seconds:,.0f} a second; one request {median(times):.2f} s (median), "
        f"{late:.2f} s (19 of 20), {max(times):.2f} s at most; {len(wrong)} errors"
    )
    for one in sorted(set(wrong))[:3]:
        print(f"  {one}")


def batches(number: int, each: int) -> Iterator[list[bytes]]:
    """Cut the work of a laptop in requests: audits that nobody else writes."""
    first = 10_000 + number * 100
    audits = [audit_lines(first + at) for at in range(-(-each // EACH))]
    lines = [line for audit in audits for line in audit][:each]
    for start in range(0, len(lines), BATCH):
        yield lines[start : start + BATCH]
