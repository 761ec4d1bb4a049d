import Bytes
import Collect
import Findings
import TestKit
import Testing
import Transport

/// What of a folder of advisories is read, and what it lacks.
@Suite struct AdvisoryCollectionTests {
  private static func record(_ ecosystem: String) -> String {
    #"{"id":"T-\#(ecosystem)","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"\#(ecosystem)","name":"a"},"versions":["1"]}]}"#
  }

  @Test(
    arguments: [
      (["Debian:12"], ["Debian"]), (["Debian:12", "Debian:11", "PyPI"], ["Debian", "PyPI"]), ([], ["Debian", "PyPI"]),
      (["PyPI", "PyPy"], nil), (["PyPI", "npm"], nil), (["npm"], nil),
    ] as [([String], [String]?)]) func namedEcosystemsAreThereOrToldOf(_ named: [String], _ read: [String]?)
    async throws
  {
    let folder = try TemporaryFolder()
    try folder.write("Debian/all.zip", Self.record("Debian:12"))
    try folder.write("PyPI/all.zip", Self.record("PyPI"))
    let download = Download(HTTPSettings())
    do {
      let outcome = try await AdvisoryCollection.read(folder.path, ecosystems: named, download: download) { _, _ in }
      #expect(outcome.sources.map(\.name).sorted() == read)
    } catch let error as BartizanError {
      #expect(read == nil, "\(error)")
    }
  }
}
