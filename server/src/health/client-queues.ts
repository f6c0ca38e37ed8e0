/** The lines of calls to sources in this process, all clients together: how many are under way, how many wait, and for how long. */
import type { QueueState } from '@rollcall/connectors';
import { sample, type Gauges } from '../telemetry/metrics.js';

interface Client {
  readonly queue: QueueState;
}

export class ClientQueues {
  #clients: WeakRef<Client>[] = [];

  /** Holds no client alive: they come and go with the attempts at runs. */
  add(client: Client): void {
    this.#clients = this.#clients.filter((kept) => kept.deref() !== undefined);
    this.#clients.push(new WeakRef(client));
  }

  get state(): { readonly inFlight: number; readonly waiting: number; readonly oldestMs: number } {
    const queues = this.#clients.flatMap((kept) => kept.deref()?.queue ?? []);
    return {
      inFlight: queues.reduce((sum, { inFlight }) => sum + inFlight, 0),
      waiting: queues.reduce((sum, { waiting }) => sum + waiting, 0),
      oldestMs: queues.reduce((most, { oldestMs }) => Math.max(most, oldestMs), 0),
    };
  }
}

export const queueGauges =
  (queues: ClientQueues): Gauges =>
  () => {
    const { inFlight, waiting, oldestMs } = queues.state;
    return [
      sample('rollcall_http_client_queue', inFlight, { stat: 'in_flight' }),
      sample('rollcall_http_client_queue', waiting, { stat: 'waiting' }),
      sample('rollcall_http_client_queue_oldest_seconds', oldestMs / 1000, {}),
    ];
  };
