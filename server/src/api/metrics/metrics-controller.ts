/** The process's metrics as Prometheus reads them. */
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
  read(): string {
    return this.metrics.render();
  }
}
