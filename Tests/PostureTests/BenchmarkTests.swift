import Bytes
import Findings
import Kube
import Posture
import TestKit
import Testing

/// The benchmark over nodes of each kind, hardened and weak.
struct BenchmarkTests {
  static func record(_ name: String) throws -> NodeRecord {
    try NodeRecord(JSONReader.read(FileReaderForTests.bytes(FileReaderForTests.repository + "/examples/nodes/\(name).json")))
  }

  static func review(
    _ names: [String], edition: BenchmarkEdition = .v1_12, snapshot: ClusterSnapshot? = nil
  ) async throws -> BenchmarkReview {
    var scan: ScanResult?
    if let snapshot { scan = await PostureScan().run(snapshot) }
    return BenchmarkReview(edition: edition, records: try names.map(record), snapshot: snapshot, scan: scan)
  }

  @Test func show() async throws {
    for names in [["kubeadm-weak-cp", "kubeadm-weak-worker"], ["kubeadm-hardened-cp", "kubeadm-hardened-worker"], ["k3s-hardened"], ["k3s-weak"], ["rke2-hardened"], ["rke2-weak"], ["eks-hardened"], ["eks-weak"]] {
      let review = try await Self.review(names)
      print("####", names, review.counts())
      for result in review.results where !result.section.hasPrefix("5") {
        print(result.number, result.verdict.status.name, result.verdict.status.code ?? "", result.title, result.verdict.evidence.first.map { "\($0.place) \($0.name)=\($0.value ?? "-")" } ?? "")
      }
    }
  }
}
