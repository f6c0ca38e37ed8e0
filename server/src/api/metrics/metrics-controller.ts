/** The API process's own metrics as Prometheus reads them; a worker serves its own, with the figures of all runs. */
import { Controller, Header, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Route } from '../route.js';
import { METRICS, type RenderedMetrics } from '../tokens.js';

@ApiTags('metrics')
@Controller('metrics')
export class MetricsController {
  constructor(@Inject(METRICS) private readonly metrics: RenderedMetrics) {}

  @Route({
    method: 'GET',
    path: '',
    id: 'getMetrics',
    summary: 'Metrics in the Prometheus text format.',
    permission: 'metrics.read',
    audit: 'none',
    answer: null,
    tenant: false,
  })
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async read(): Promise<string> {
    return this.metrics.render();
  }
}
