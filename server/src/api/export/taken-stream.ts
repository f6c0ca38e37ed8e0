/** A stream that breaks when its reader takes nothing for a minute: what it waits for holds a connection to the database. */
import { Transform } from 'node:stream';

const looksEveryMs = 10_000;
const patientLooks = 6;

export function takenStream(everyMs = looksEveryMs): Transform {
  let [given, taken, idle] = [0, 0, 0];
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      given += chunk.length;
      done(null, chunk);
    },
  });
  const looking = setInterval(() => {
    const now = given - stream.readableLength;
    // Where nothing waits to be taken, it is the database that takes its time.
    idle = stream.readableLength > 0 && now === taken ? idle + 1 : 0;
    taken = now;
    if (idle >= patientLooks) stream.destroy(new Error('nobody reads on'));
  }, everyMs);
  looking.unref();
  stream.once('close', () => clearInterval(looking));
  return stream;
}
