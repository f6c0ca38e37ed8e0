/**
 * The settings that the embedded PostgreSQL is started with. They keep every promise of durability, fit the memory of
 * the machine, and keep the contents of statements, which are people's records, out of the log.
 */
import { spawnSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { totalmem } from 'node:os';
import type { DatabaseUser } from './database-user.js';

const MB = 1024 * 1024;

export type PostgresSettings = Readonly<Record<string, string>>;

export function postgresSettings(port: number, memoryBytes = totalmem()): PostgresSettings {
  return {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: `${Math.floor(Math.min(1024, Math.max(128, memoryBytes / MB / 8)))}MB`,
    work_mem: '32MB',
    maintenance_work_mem: '256MB',
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    fsync: 'on',
    synchronous_commit: 'on',
    autovacuum: 'on',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    logging_collector: 'off',
    log_statement: 'none',
    log_min_error_statement: 'panic',
    log_parameter_max_length_on_error: '0',
    log_min_duration_statement: '-1',
    // A violated key names the row's values in its detail, and a failed COPY its line in the context.
    log_error_verbosity: 'terse',
    ...sharedMemorySettings(),
  };
}

/** Parallel workers share memory through /dev/shm; containers often give it 64 MB, and large queries then fail. */
function sharedMemorySettings(): PostgresSettings {
  if (process.platform !== 'linux') return {};
  try {
    const { bsize, blocks } = statfsSync('/dev/shm');
    return bsize * blocks < 256 * MB ? { max_parallel_workers_per_gather: '0' } : {};
  } catch {
    return { max_parallel_workers_per_gather: '0', dynamic_shared_memory_type: 'mmap' };
  }
}

/** lz4 halves the log of page images for little work, but not every build of the server has it. */
export function walCompression(postgres: string, clusterDir: string, user: DatabaseUser): PostgresSettings {
  const args = ['-D', clusterDir, '-c', 'wal_compression=lz4', '-C', 'wal_compression'];
  const probe = spawnSync(postgres, args, { ...user, stdio: 'ignore', cwd: '/' });
  return probe.status === 0 ? { wal_compression: 'lz4' } : {};
}

export function asArguments(settings: PostgresSettings): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
