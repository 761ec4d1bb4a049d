import Bytes
import Collect
import Images
import Report

/// What a report says that it is about.
struct ReportSubject: Sendable {
  /// Names that the image has there.
  var names: [String] = []
  var digests: [String] = []

  init(names: [String] = [], digests: [String] = []) {
    self.names = names.filter { !$0.isEmpty }
    self.digests = digests.filter { Digest($0) != nil }
  }

  /// Of a report of our own on an image.
  init(report: DocumentNode) {
    self.init(
      names: [report["source"]?.string].compactMap { $0 } + (report["names"]?.strings ?? []),
      digests: [report["imageId"]?.string].compactMap { $0 } + (report["digests"]?.strings ?? []))
  }

  /// The image at hand.
  struct Image {
    let identity: ImageIdentity
    /// As the user named it.
    let source: String

    init(_ contents: ImageSource.Contents, _ source: String) {
      identity = contents.identity
      self.source = source
    }

    fileprivate var digests: [String] { identity.digests.sorted() }
  }

  private enum Relation { case same, other, untold }

  /// - Parameter isBuild: whether another build of the same image counts as the same.
  private func relation(to image: Image, isBuild: Bool) -> Relation {
    if !image.identity.digests.isDisjoint(with: digests) { return .same }
    if !isBuild, !digests.isEmpty, !image.identity.digests.isEmpty { return .other }
    if names.contains(where: { $0 == image.source || image.identity.isMeant(byName: $0) }) { return .same }
    let own = image.identity.references + [image.source].compactMap(Self.reference)
    let theirs = names.compactMap(Self.reference)
    guard !own.isEmpty, !theirs.isEmpty else { return .untold }
    // The registry of a name is that of a mirror at times.
    let isKnown = theirs.contains { name in
      own.contains { $0.repository == name.repository && (isBuild || $0.tag == name.tag) }
    }
    return isKnown ? .same : .other
  }

  /// Nil for what may as well be the name of a file.
  private static func reference(_ text: String) -> ImageReference? {
    guard let reference = ImageReference(ImageReference.withoutScheme(text) ?? text), !text.hasPrefix("."),
      !text.hasPrefix("/"),
      !ImageSource.isNamedLikeFile(text), reference.tellsVersion(in: text)
    else { return nil }
    return reference
  }

  /// Nil where the report is about the image.
  func other(than image: Image, file: String, isBuild: Bool, use: (_ isCertain: Bool) -> OtherReport.Use)
    -> OtherReport?
  {
    let relation = relation(to: image, isBuild: isBuild)
    guard relation != .same else { return nil }
    let byDigest = !digests.isEmpty && !image.digests.isEmpty
    return OtherReport(
      file: file, name: names.first ?? "", digests: byDigest ? digests : [],
      expected: byDigest && !isBuild ? image.digests : [image.source], isCertain: relation == .other,
      use: use(relation == .other))
  }

  /// Whether it is known to be about the image, or about an earlier build of it.
  func isBuild(of image: Image) -> Bool { relation(to: image, isBuild: true) == .same }
}
