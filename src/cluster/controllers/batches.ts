/**
 * Does something so many times: once, then twice at the same time, then four times, as long as it succeeds, so that what fails for all
 * is not tried for all. Rejects with the first failure, when those of its batch have ended. Source: slowStartBatch of Kubernetes.
 */
export async function inGrowingBatches(count: number, act: (index: number) => Promise<unknown>): Promise<void> {
  for (let done = 0, size = 1; done < count; done += size, size = Math.min(2 * size, LARGEST)) {
    const batch = Array.from({ length: Math.min(size, count - done) }, (_, index) => act(done + index));
    const failed = (await Promise.allSettled(batch)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }
}

const LARGEST = 500;
