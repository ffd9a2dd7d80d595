# A program with the OpenTelemetry SDK of Python: sends what it is told to by OTLP, and prints what it sent as JSON.
# python otlp-sdk.py http|grpc ENDPOINT NAME

import json
import logging
import sys

from opentelemetry import metrics, trace
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

protocol, endpoint, name = sys.argv[1:4]
if protocol == "http":
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    def of(exporter, path, **more):
        return exporter(endpoint=f"{endpoint}/v1/{path}", compression=Compression.Gzip, **more)
else:
    import grpc
    from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    def of(exporter, path, **more):
        return exporter(endpoint=endpoint, insecure=True, compression=grpc.Compression.Gzip, **more)


resource = Resource.create({"service.name": name, "service.instance.id": "i-1", "deployment.environment": "生产"})
deltas = {Counter: AggregationTemporality.DELTA, Histogram: AggregationTemporality.DELTA}

tracing = TracerProvider(resource=resource)
tracing.add_span_processor(BatchSpanProcessor(of(OTLPSpanExporter, "traces")))
tracer = tracing.get_tracer("py", "1.2", attributes={"scope.key": "scope value"})

logs = LoggerProvider(resource=resource)
logs.add_log_record_processor(BatchLogRecordProcessor(of(OTLPLogExporter, "logs")))
log = logging.getLogger(name)
log.setLevel(logging.INFO)
log.addHandler(LoggingHandler(logger_provider=logs))

reader = PeriodicExportingMetricReader(
    of(OTLPMetricExporter, "metrics", preferred_temporality=deltas), export_interval_millis=3_600_000
)
meters = MeterProvider(
    resource=resource,
    metric_readers=[reader],
    views=[View(instrument_name="size", aggregation=ExponentialBucketHistogramAggregation())],
)
meter = meters.get_meter("py")

spans = []
for i in range(700):
    with tracer.start_as_current_span(f"order {i}", kind=trace.SpanKind.SERVER) as parent:
        parent.set_attribute("http.request.method", "POST")
        parent.set_attribute("http.response.status_code", 500 if i % 10 == 0 else 200)
        parent.set_attribute("ratio", i / 7)
        parent.set_attribute("whole", 3.0)
        parent.set_attribute("retried", i % 2 == 0)
        parent.set_attribute("tags", ["a", "b"])
        parent.set_attribute("text", 'quote " back \\ 支付 \n')
        with tracer.start_as_current_span("charge", kind=trace.SpanKind.CLIENT) as child:
            child.add_event("retry", {"attempt": i})
            if i % 10 == 0:
                child.set_status(trace.Status(trace.StatusCode.ERROR, f"card {i} refused"))
                log.error("card %d refused", i, extra={"order": i})
            else:
                log.info("charged %d", i)
        for span in (parent, child):
            context = span.get_span_context()
            spans.append(
                {
                    "traceId": format(context.trace_id, "032x"),
                    "spanId": format(context.span_id, "016x"),
                    "parentId": format(span.parent.span_id, "016x") if span.parent else "",
                    "name": span.name,
                    "status": span.status.status_code.value,
                    "message": span.status.description,
                    "start": str(span.start_time),
                    "attributes": dict(span.attributes or {}),
                    "events": [event.attributes["attempt"] for event in span.events],
                }
            )
# the ends are known once the spans have ended
orders = meter.create_counter("orders", unit="1")
latency = meter.create_histogram("latency", unit="s", explicit_bucket_boundaries_advisory=[0.1, 1, 10])
size = meter.create_histogram("size", unit="By")
for i in range(100):
    orders.add(2, {"kind": "book"})
    latency.record(i / 10)
    size.record(i * i)
done = [tracing.force_flush(), logs.force_flush(), meters.force_flush()]
tracing.shutdown()
logs.shutdown()
meters.shutdown()
print(json.dumps({"done": done, "spans": spans}))
