import Testing

@testable import Server

@Suite struct MetricsTextTests {
  private static func metrics() -> Metrics {
    let metrics = Metrics()
    let requests = Metrics.Measure("t_requests", .counter, "Requests, \"all\" of them.")
    metrics.add(requests, [("code", "200")])
    metrics.add(requests, [("code", "200")], by: 2)
    metrics.add(requests, [("code", "a\"b\\c\nd")])
    metrics.set(Metrics.Measure("t_open", .gauge, "Open."), to: 1.5)
    let took = Metrics.Measure("t_seconds", .histogram([0.1, 1]), "Took.")
    for value in [0.05, 0.1, 0.5, 3] { metrics.observe(took, [], value) }
    return metrics
  }

  @Test func prometheus() {
    #expect(
      MetricsText.prometheus.text(Self.metrics()) == """
        # HELP t_open Open.
        # TYPE t_open gauge
        t_open 1.5
        # HELP t_requests_total Requests, "all" of them.
        # TYPE t_requests_total counter
        t_requests_total{code="200"} 3
        t_requests_total{code="a\\"b\\\\c\\nd"} 1
        # HELP t_seconds Took.
        # TYPE t_seconds histogram
        t_seconds_bucket{le="0.1"} 2
        t_seconds_bucket{le="1.0"} 3
        t_seconds_bucket{le="+Inf"} 4
        t_seconds_sum 3.65
        t_seconds_count 4

        """)
  }

  @Test func openMetrics() {
    let text = MetricsText.openMetrics.text(Self.metrics())
    #expect(text.hasSuffix("\n# EOF\n"))
    #expect(text.contains("# TYPE t_requests counter\nt_requests_total{code=\"200\"} 3\n"))
    #expect(text.contains("# HELP t_requests Requests, \\\"all\\\" of them.\n"))
  }

  @Test(arguments: [
    (nil, MetricsText.prometheus), ("*/*", .prometheus), ("text/plain", .prometheus),
    ("application/openmetrics-text", .openMetrics),
    ("application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", .openMetrics),
    ("application/openmetrics-text;q=0.1, text/plain;q=0.9", .prometheus),
    ("application/openmetrics-text;q=0", .prometheus),
  ]) func formsAreNegotiated(_ accept: String?, _ form: MetricsText) { #expect(MetricsText(accept: accept) == form) }
}
