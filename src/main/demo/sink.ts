// Collects rows until there is a batch of them, so that memory stays flat at any scale.

import type {
  ExemplarRow,
  HappeningRow,
  HistogramRow,
  LogRow,
  ObjectRow,
  OffsetRow,
  SampleRow,
  SpanRow,
  TelemetryBatch,
  UserEventRow,
} from '../../shared/domain/telemetry.ts'

const BATCH_ROWS = 8192

export class Sink {
  private spanRows: SpanRow[] = []
  private logRows: LogRow[] = []
  private sampleRows: SampleRow[] = []
  private histogramRows: HistogramRow[] = []
  private exemplarRows: ExemplarRow[] = []
  private objectRows: ObjectRow[] = []
  private happeningRows: HappeningRow[] = []
  private offsetRows: OffsetRow[] = []
  private userEventRows: UserEventRow[] = []

  span(row: SpanRow): void {
    this.spanRows.push(row)
  }
  log(row: LogRow): void {
    this.logRows.push(row)
  }
  sample(row: SampleRow): void {
    this.sampleRows.push(row)
  }
  histogram(row: HistogramRow): void {
    this.histogramRows.push(row)
  }
  exemplar(row: ExemplarRow): void {
    this.exemplarRows.push(row)
  }
  object(row: ObjectRow): void {
    this.objectRows.push(row)
  }
  happening(row: HappeningRow): void {
    this.happeningRows.push(row)
  }
  offset(row: OffsetRow): void {
    this.offsetRows.push(row)
  }
  userEvent(row: UserEventRow): void {
    this.userEventRows.push(row)
  }

  /** The batches that are full, or with `all` whatever there is. */
  *take(all: boolean): Generator<TelemetryBatch> {
    const due = (rows: readonly unknown[]): boolean => rows.length >= (all ? 1 : BATCH_ROWS)
    if (due(this.objectRows)) {
      yield { kind: 'objects', rows: this.objectRows }
      this.objectRows = []
    }
    if (due(this.happeningRows)) {
      yield { kind: 'happenings', rows: this.happeningRows }
      this.happeningRows = []
    }
    if (due(this.spanRows)) {
      yield { kind: 'spans', rows: this.spanRows }
      this.spanRows = []
    }
    if (due(this.logRows)) {
      yield { kind: 'logs', rows: this.logRows }
      this.logRows = []
    }
    if (due(this.sampleRows)) {
      yield { kind: 'samples', rows: this.sampleRows }
      this.sampleRows = []
    }
    if (due(this.histogramRows)) {
      yield { kind: 'histograms', rows: this.histogramRows }
      this.histogramRows = []
    }
    if (due(this.exemplarRows)) {
      yield { kind: 'exemplars', rows: this.exemplarRows }
      this.exemplarRows = []
    }
    if (due(this.offsetRows)) {
      yield { kind: 'offsets', rows: this.offsetRows }
      this.offsetRows = []
    }
    if (due(this.userEventRows)) {
      yield { kind: 'user-events', rows: this.userEventRows }
      this.userEventRows = []
    }
  }
}
