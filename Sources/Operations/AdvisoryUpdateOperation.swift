import Bytes
package import Collect
package import Findings
import Images
package import Report
import Transport

/// Builds the advisory store and the risk index.
package struct AdvisoryUpdateOperation: Sendable {
  /// What was written: nil for advisories, or for risks, where no source of them was named.
  package struct Outcome: Sendable {
    package let store: AdvisoryUpdateAnswer.Store?
    package let risks: AdvisoryUpdateAnswer.Risks?
    /// Parts of the sources that could not be used.
    package let problems: [Problem]
  }

  /// The folder of the store.
  package let files: AdvisoryStoreFiles
  package var sources: [String] = []
  /// Names of OSV ecosystems; empty for all.
  package var ecosystems: [String] = []
  /// Sources of the risk index: KEV, EPSS, SSVC.
  package var risks: [String] = []
  /// Build time of the store, RFC 3339.
  package let time: String
  private let download: Download

  package init(_ files: AdvisoryStoreFiles, time: String, download: Download) {
    self.files = files
    self.time = time
    self.download = download
  }

  package func run(progress: @escaping ProgressHandler) async throws -> Outcome {
    let risks = risks.isEmpty ? nil : try await updateRisks()
    guard !sources.isEmpty else { return Outcome(store: nil, risks: risks, problems: []) }
    var all = AdvisoryStoreBuilder()
    var read: [(name: String, records: Int)] = []
    var problems: [Problem] = []
    var unread: [String] = []
    for name in sources {
      let outcome = try await AdvisoryCollection.read(name, ecosystems: ecosystems, download: download) {
        progress(.readingAdvisories, $0, $1)
      }
      all.add(outcome.builder)
      read += outcome.sources
      problems += outcome.problems
      unread += outcome.unread
    }
    guard unread.isEmpty || all.count == 0 else {
      throw FailedOperation(
        BartizanError(
          .remote,
          "nothing could be read of \(Phrase.list(unread.map(HTTPURL.withoutPassword), shown: 5)); the store stays as it was"
        ),
        after: problems)
    }
    guard all.count > 0 else {
      throw FailedOperation(
        BartizanError(.remote, "no advisory could be read; the store stays as it was"), after: problems)
    }
    let bytes: [UInt8]
    do throws(DocumentError) { bytes = try all.bytes(sources: read, built: time) } catch {
      throw BartizanError(.remote, error.message, cause: error)
    }
    try files.write(bytes, to: files.store)
    let store = AdvisoryUpdateAnswer.Store(
      file: files.store, bytes: bytes.count, digest: Digest.sha256(bytes).text, advisories: all.count, sources: read)
    return Outcome(store: store, risks: risks, problems: problems)
  }

  private func updateRisks() async throws -> AdvisoryUpdateAnswer.Risks {
    var builder = RiskIndex.Builder()
    var read: [(name: String, records: Int)] = []
    for name in risks {
      var bytes = try await AdvisoryCollection.bytes(name, download)
      do throws(DocumentError) {
        if Gzip.isGzip(bytes) { bytes = try Gzip.decompress(bytes) }
        read.append((HTTPURL.withoutPassword(name), try builder.add(bytes)))
      } catch {
        throw BartizanError(error, in: HTTPURL.withoutPassword(name))
      }
    }
    try files.write(builder.bytes, to: files.risks)
    return AdvisoryUpdateAnswer.Risks(file: files.risks, sources: read)
  }
}
