"""The program of the manual of Python's queue module: a worker takes items, and join() waits until all are done."""

import queue
import threading

tasks = queue.Queue(maxsize=8)
done = []


def worker():
    while True:
        item = tasks.get()
        done.append(item * item)
        tasks.task_done()


threading.Thread(target=worker, daemon=True).start()

for item in range(30):
    tasks.put(item)

tasks.join()
print(f"all {len(done)} done, sum {sum(done)}")
