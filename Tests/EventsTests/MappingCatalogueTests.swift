import Bytes
import Events
import TestKit
import Testing

/// Every source that stands beside the project is read; what it holds, by kind.
@Suite struct SharedSourcesTests {
  static func datasets(_ path: String, options: DecodeOptions = DecodeOptions()) throws -> [String: Int] {
    let batch = EventDecoder.decode(try read(path), options: options)
    var counts: [String: Int] = [:]
    for event in batch.events { counts[event.dataset.rawValue, default: 0] += 1 }
    for problem in batch.problems { counts["problem \(problem.kind)", default: 0] += 1 }
    return counts
  }

  static func read(_ path: String) throws -> [UInt8] {
    let bytes = try SharedData.bytes(path)
    return Gzip.isGzip(bytes) ? try Gzip.decompress(bytes) : bytes
  }

  @Test func explore() throws {
    for path in [
      "kubernetes-recorded/attacks/audit-a.jsonl.gz", "kubernetes-recorded/attacks/audit-b.jsonl.gz",
      "kubernetes-recorded/attacks/audit-c.jsonl.gz", "kubernetes-recorded/audit-scenario.jsonl.gz",
      "kubernetes-recorded/audit-least-privilege.jsonl", "posture/audit2rbac/testdata/demo.log",
      "siem/panther/kubernetes_rules.jsonl", "siem/panther/gcp_k8s.jsonl", "siem/panther/ecr_registry.jsonl",
      "siem/panther/standard_rules.jsonl", "siem/captures/logger-rfc3164.udp", "siem/captures/logger-rfc5424.tcp",
      "siem/captures/rsyslog-rfc3164.udp", "siem/captures/rsyslog-rfc5424-octet.tcp",
      "siem/captures/es-py-02.body", "siem/captures/splunk-01.body",
    ] {
      print(path, try Self.datasets(path))
    }
    for folder in ["siem/falco-k8s-audit/traces", "siem/sigma/regression_data", "siem/stratus-detonation-logs"] {
      var total: [String: Int] = [:]
      for file in SharedData.files(folder) where file.hasSuffix(".json") {
        let batch = EventDecoder.decode(try SharedData.bytes(String(file.dropFirst(SharedData.root.count + 1))))
        for event in batch.events { total[event.dataset.rawValue, default: 0] += 1 }
        for problem in batch.problems { total["problem \(problem.kind)", default: 0] += 1 }
      }
      print(folder, total)
    }
  }
}
