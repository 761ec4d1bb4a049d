import Bytes
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

  package init() {}

  /// - Throws: `BartizanError` for a file that cannot be read or is no record of a node.
  package func run() async throws(BartizanError) -> BenchmarkReview {
    var all: [NodeRecord] = []
    for file in records { all += try Self.read(file) }
    if let snapshot { all += NodeRecord.records(of: snapshot) }
    var scan: ScanResult?
    if let snapshot { scan = await PostureScan().run(snapshot) }
    let minor = snapshot?.serverMinor ?? all.lazy.compactMap(\.version).compactMap(Self.minor).first
    return BenchmarkReview(
      edition: edition ?? minor.flatMap(BenchmarkEdition.init(minor:)) ?? .v12, records: all, snapshot: snapshot,
      scan: scan)
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
    for document in stream.documents {
      do throws(DocumentError) { records.append(try NodeRecord(document)) } catch {
        throw BartizanError(.input, "\(Location(file: file, line: error.line).text): \(error.message)")
      }
    }
    guard !records.isEmpty else { throw BartizanError(.input, "\(file): no record of a node in it") }
    return records
  }
}
