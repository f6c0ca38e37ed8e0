/** Whether an address stays on this machine: only there may a provider be spoken to without TLS. */
export function isLoopback(address: string): boolean {
  const host = URL.parse(address)?.hostname;
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host ?? '');
}
