/** Counts of what was asked, for tests; paths without ids or query, so no personal data. */
export class RequestLog {
  #requests: Record<string, number> = {};
  #statuses: Record<string, number> = {};
  #inFlight = 0;
  #maxInFlight = 0;
  #tokenRequests = 0;

  begin(path: string, isToken: boolean): void {
    this.#requests[path] = (this.#requests[path] ?? 0) + 1;
    if (isToken) this.#tokenRequests += 1;
    this.#inFlight += 1;
    this.#maxInFlight = Math.max(this.#maxInFlight, this.#inFlight);
  }

  end(status: number): void {
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
    this.#inFlight -= 1;
  }

  report() {
    const total = Object.values(this.#requests).reduce((sum, count) => sum + count, 0);
    return {
      total,
      requests: this.#requests,
      statuses: this.#statuses,
      tokenRequests: this.#tokenRequests,
      inFlight: this.#inFlight,
      maxInFlight: this.#maxInFlight,
    };
  }

  clear(): void {
    this.#requests = {};
    this.#statuses = {};
    this.#maxInFlight = this.#inFlight;
    this.#tokenRequests = 0;
  }
}
