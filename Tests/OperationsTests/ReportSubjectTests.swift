import Bytes
import Collect
import Images
import Report
import Testing

@testable import Operations

/// A report that is given along is about this image, about another one, or it cannot be told.
@Suite struct ReportSubjectTests {
  private static let digest = "sha256:" + String(repeating: "ab", count: 32)
  private static let otherDigest = "sha256:" + String(repeating: "cd", count: 32)

  private static func image(names: [String], digests: [String], source: String) -> ReportSubject.Image {
    var contents = ImageSource.Contents()
    for name in names { contents.identity.add(name: name) }
    for digest in digests { contents.identity.add(digest: digest) }
    return ReportSubject.Image(contents, source)
  }

  /// With whether it is another image as a report of a scan, and as a baseline, of which it may be an earlier build; nil where that
  /// cannot be told.
  @Test(
    arguments: [
      (["registry.test/team/app:1"], [digest], .some(false), .some(false)),
      // Another build of it.
      (["registry.test/team/app:1"], [otherDigest], .some(true), .some(false)),
      (["registry.test/team/app:2"], [], .some(true), .some(false)),
      // From a mirror.
      (["mirror.test/team/app:1"], [], .some(false), .some(false)),
      // Another image.
      (["registry.test/team/web:1"], [], .some(true), .some(true)),
      (["registry.test/team/web:1"], [otherDigest], .some(true), .some(true)),
      // The same under another name.
      (["registry.test/team/web:1"], [digest], .some(false), .some(false)),
      // Files tell nothing.
      (["web.tar"], [], nil, nil), ([], [], nil, nil), (["app.tar"], [], .some(false), .some(false)),
    ] as [([String], [String], Bool?, Bool?)])
  func reportsAreAboutImages(_ names: [String], _ digests: [String], _ isOther: Bool?, _ isOtherBuild: Bool?) {
    let image = Self.image(names: ["registry.test/team/app:1"], digests: [Self.digest], source: "app.tar")
    let subject = ReportSubject(names: names, digests: digests)
    for (isBuild, expected) in [(false, isOther), (true, isOtherBuild)] {
      let other = subject.other(than: image, file: "r.json", isBuild: isBuild) { _ in .compared }
      #expect((other == nil) == (expected == .some(false)), "\(other?.text ?? "the same")")
      if expected != .some(false) { #expect(other?.isCertain == (expected == .some(true))) }
    }
  }
}
