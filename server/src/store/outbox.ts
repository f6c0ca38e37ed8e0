/** The outbox: messages that leave only if the transaction that they speak of was committed. They carry ids, never people. */
import type { Tx } from './database.js';

export async function writeOutbox(
  tx: Tx,
  message: { tenantId: string; topic: string; payload: Readonly<Record<string, unknown>> },
): Promise<void> {
  await tx.query('INSERT INTO outbox (tenant_id, topic, payload) VALUES ($1, $2, $3)', [
    message.tenantId,
    message.topic,
    message.payload,
  ]);
}
