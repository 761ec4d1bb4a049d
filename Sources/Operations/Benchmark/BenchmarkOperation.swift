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
    var files: [(file: String, record: NodeRecord)] = []
    for file in records { for record in try Self.read(file) { files.append((file, record)) } }
    let named = Set(files.map(\.record.name))
    let told = Self.toldApart(files, &remarks)
    var all = told.records
    if let snapshot {
      let left = NodeRecordMap.records(in: snapshot, namespace: recordNamespace)
      // A file that was named says more than what lies in the cluster.
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
      // What the API tells of a node is added to each of its records.
      all += seen.flatMap { record in
        (told.names[record.name] ?? [record.name]).map { name in
          var own = record
          own.name = name
          return own
        }
      }
    }
    for record in all where record.distribution.isManaged && record.holdsControlPlane {
      remarks.append(
        "\(record.name): files of \(record.distribution.title), whose provider runs the control plane, and a control plane: it is judged as one of your own"
      )
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

  /// Records with names that are all different: those of one name in several files are several nodes, or one at several times, and
  /// none may hide what another shows.
  ///
  /// - Returns: the records, and the new names by the old one where there are several.
  private static func toldApart(
    _ files: [(file: String, record: NodeRecord)], _ remarks: inout [String]
  ) -> (records: [NodeRecord], names: [String: [String]]) {
    var byName: [String: [(file: String, record: NodeRecord)]] = [:]
    for (file, record) in files where !(byName[record.name] ?? []).contains(where: { $0.record == record }) {
      byName[record.name, default: []].append((file, record))
    }
    var names: [String: [String]] = [:]
    var seen: [String: Int] = [:]
    var records: [NodeRecord] = []
    for (name, own) in byName.sorted(by: { $0.key < $1.key }) {
      guard own.count > 1 else {
        records += own.map(\.record)
        continue
      }
      for (file, record) in own {
        var renamed = record
        seen["\(name)\0\(file)", default: 0] += 1
        let count = seen["\(name)\0\(file)"] ?? 1
        renamed.name = "\(name) (\(file)\(count > 1 ? " \(count)" : ""))"
        names[name, default: []].append(renamed.name)
        records.append(renamed)
      }
      remarks.append(
        "\(Phrase.count(own.count, "record")) of a node \"\(name)\" (\(own.map(\.file).joined(separator: ", "))): each is judged by itself"
      )
    }
    return (records, names)
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
