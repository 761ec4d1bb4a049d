import Bytes
package import Collect
package import Findings
package import Kube
package import Posture
import Transport

/// Judges nodes and a cluster by the CIS benchmark (`cis`).
package struct BenchmarkOperation: Sendable {
  /// Nil for the one that is for the cluster's version.
  package var edition: BenchmarkEdition?
  /// Files with records of nodes.
  package var records: [String] = []
  package var snapshot: ClusterSnapshot?
  /// What was found in the snapshot, where it was already judged; nil to judge it.
  package var scan: ScanResult?
  /// The namespace in which nodes leave their records.
  package var recordNamespace = NodeRecordMap.usualNamespace
  /// The cluster whose kubelets are asked for their settings; nil to ask none.
  package var endpoint: ClusterEndpoint?
  package var settings = KubernetesClient.Settings()
  package var environment: @Sendable (String) -> String? = { _ in nil }

  package init() {}

  /// The review, and what is to be told beside it.
  package struct Outcome: Sendable {
    package let review: BenchmarkReview
    /// Sentences for standard error.
    package let remarks: [String]
  }

  /// - Throws: `BartizanError` for a file that cannot be read or is no record of a node.
  package func run() async throws(BartizanError) -> Outcome {
    var remarks: [String] = []
    var all: [NodeRecord] = []
    for file in records { all += try Self.read(file) }
    if let snapshot {
      let left = NodeRecordMap.records(in: snapshot, namespace: recordNamespace)
      // A file that was named says more than what lies in the cluster.
      let named = Set(all.map(\.name))
      all += left.records.filter { !named.contains($0.name) }
      remarks += left.broken.map { "\($0.name): \($0.message); it is left out" }
      var seen = NodeRecord.records(of: snapshot)
      if let endpoint {
        let names = seen.map(\.name)
        let outcome = try await KubeletConfigz.read(
          endpoint, nodes: names, settings: settings, environment: environment)
        for index in seen.indices {
          if let answer = outcome.answers[seen[index].name] { seen[index].setKubelet(configz: answer) }
          if let reason = outcome.refused[seen[index].name] { seen[index].kubelet = .unread(reason, .configz) }
        }
        if let trouble = outcome.trouble {
          remarks.append(
            "\(endpoint.name): the settings of \(Phrase.count(outcome.refused.count, "kubelet")) were not read (get on nodes/proxy): \(trouble)"
          )
        }
      }
      all += seen
    }
    var scan = scan
    if let snapshot, scan == nil { scan = await PostureScan().run(snapshot) }
    let minor = snapshot?.serverMinor ?? all.lazy.compactMap(\.version).compactMap(Self.minor).first
    let chosen = edition ?? minor.map(BenchmarkEdition.nearest) ?? .v12
    if edition == nil, let minor, BenchmarkEdition(minor: minor) == nil {
      remarks.append("no edition is for Kubernetes 1.\(minor): cis-\(chosen.rawValue), the nearest, is used")
    }
    return Outcome(
      review: BenchmarkReview(edition: chosen, records: all, snapshot: snapshot, scan: scan), remarks: remarks)
  }

  /// What changed since an earlier report in JSON.
  ///
  /// - Throws: `BartizanError` for a file that is none, or of another edition.
  package static func trend(since file: String, _ review: BenchmarkReview) throws(BartizanError) -> BenchmarkTrend {
    let bytes = try FileReader.named(file)
    do throws(DocumentError) {
      return try BenchmarkTrend(earlier: try JSONReader.read(bytes), now: review)
    } catch { throw BartizanError(.input, "\(Location(file: file, line: error.line).text): \(error.message)") }
  }

  /// 32 of `v1.32.4+k3s1`.
  private static func minor(_ version: String) -> Int? {
    let parts = version.split(separator: ".")
    return parts.count > 1 ? Int(parts[1]) : nil
  }

  /// The records of a file, which may hold several, or a List of ConfigMaps that hold them.
  package static func read(_ file: String) throws(BartizanError) -> [NodeRecord] {
    let stream = DocumentReader.read(try FileReader.named(file))
    if let error = stream.errors.first {
      throw BartizanError(.input, "\(Location(file: file, line: error.line).text): \(error.message)")
    }
    var records: [NodeRecord] = []
    for document in stream.documents.flatMap({ $0["kind"]?.string == "List" ? $0["items"]?.elements ?? [] : [$0] }) {
      do throws(DocumentError) {
        if let record = try NodeRecordMap.record(in: document) {
          records.append(record)
        } else {
          records.append(try NodeRecord(document))
        }
      } catch {
        throw BartizanError(.input, "\(Location(file: file, line: error.line).text): \(error.message)")
      }
    }
    guard !records.isEmpty else { throw BartizanError(.input, "\(file): no record of a node in it") }
    return records
  }
}
