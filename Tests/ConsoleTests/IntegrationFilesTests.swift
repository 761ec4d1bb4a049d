import Bytes
import TestKit
import Testing

/// Rules and dashboards for what stands around the server ask for what it measures.
@Suite struct IntegrationFilesTests {
  private static let files = [
    "prometheus/rules.yml", "prometheus/rules.test.yml", "grafana/bartizan.json",
  ]

  /// Names of metrics in a text.
  private static func names(_ text: String) -> Set<String> {
    let letters = Set("abcdefghijklmnopqrstuvwxyz_")
    var names = Set<String>()
    for part in text.split(whereSeparator: { !letters.contains($0) && $0 != ":" && !$0.isNumber }) {
      if part.hasPrefix("bartizan_") { names.insert(String(part)) }
    }
    return names
  }

  /// As they are exposed: counters end in `_total`, histograms have three series.
  private static func measured() throws -> Set<String> {
    var names = Set<String>()
    let text = try FileReaderForTests.text("Sources/Console/Measures.swift")
    for part in text.split(separator: "Metrics.Measure(").dropFirst() {
      let words = part.split(whereSeparator: { " \n,(\"".contains($0) }).prefix(2).map(String.init)
      guard words.count == 2 else { continue }
      switch words[1] {
      case ".counter": names.insert(words[0] + "_total")
      case ".histogram": for end in ["_bucket", "_sum", "_count"] { names.insert(words[0] + end) }
      default: names.insert(words[0])
      }
    }
    return names
  }

  @Test(arguments: files) func metricsExist(_ name: String) throws {
    let known = try Self.measured()
    #expect(known.contains("bartizan_build_info") && known.contains("bartizan_ingest_events_total"))
    let used = Self.names(try FileReaderForTests.text("integrations/" + name))
    #expect(used.count > 3)
    #expect(used.subtracting(known).isEmpty, "\(used.subtracting(known).sorted())")
  }

  @Test func filesAreWellFormed() throws {
    let dashboard = try JSONReader.read(FileReaderForTests.bytes("integrations/grafana/bartizan.json"))
    #expect(dashboard["panels"]?.elements.count ?? 0 > 20)
    var there = Set<String>()
    var wanted = Set<String>()
    for line in try FileReaderForTests.text("integrations/kibana/bartizan.ndjson").split(separator: "\n") {
      let object = try JSONReader.read(Array(line.utf8))
      there.insert("\(object["type"]?.string ?? "")/\(object["id"]?.string ?? "")")
      for reference in object["references"]?.elements ?? [] {
        wanted.insert("\(reference["type"]?.string ?? "")/\(reference["id"]?.string ?? "")")
      }
    }
    #expect(!wanted.isEmpty && wanted.isSubset(of: there))
    for name in ["prometheus/rules.yml", "prometheus/prometheus.yml"] {
      #expect(DocumentReader.read(try FileReaderForTests.bytes("integrations/" + name)).errors.isEmpty)
    }
  }
}
