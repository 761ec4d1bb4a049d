import Collect
import Findings
import Kube
import TestKit
import Testing

/// What people really install must load: all of it, the same way each time.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct CorpusTests {
  @Test func everyDocumentIsReadExceptTemplates() async throws {
    let folders = ["real-manifests", "charts-rendered", "vulnerable"].map { "\(SharedData.root)/posture/\($0)" }
    let first = try await Sources.snapshot(folders.map { PathSource($0) })
    let unread = first.problems.filter { $0.hidesInput && !["unrendered-template", "not-rendered"].contains($0.code) }
    print("real-world objects read: \(first.objects.count), unread documents: \(unread.count)")
    #expect(unread.isEmpty, "\(unread.map(\.text))")
    #expect(first.objects.count > 5000)
    let second = try await Sources.snapshot(folders.map { PathSource($0) })
    #expect(second.problems == first.problems)
    #expect(second.objects.map(\.subject) == first.objects.map(\.subject))
  }
}
