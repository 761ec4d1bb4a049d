import Testing

@testable import Console

@Suite struct GoDurationTests {
  @Test(arguments: [
    ("10s", Duration.seconds(10)), ("1m30s", .seconds(90)), ("500ms", .milliseconds(500)), ("1h", .seconds(3_600)),
    ("", nil), ("10", nil), ("s", nil), ("-5s", nil), ("0s", nil), ("1d", nil), ("9999999999s", nil), ("1.5s", nil),
  ]) func durations(_ text: String, _ duration: Duration?) {
    #expect(AdmissionService.goDuration(text) == duration)
  }
}
