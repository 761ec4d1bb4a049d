import Findings
import Images
import PodSecurity

struct PackageCacheLeft: ImageCheck {
  /// Smaller caches are not worth a build step, in bytes.
  private static let leastCache = 1 << 20

  let metadata = CheckMetadata(
    id: "image-package-cache", title: "Package manager cache left in the image", severity: .low,
    rationale:
      "Nothing that runs reads it: it makes the image larger, and lists of packages in it are soon out of date.",
    remediation: "Empty the cache in the step that fills it; a later step hides it and leaves its bytes.",
    benchmark: nil)
  let parts: Set<ImagePart> = [.files]

  func examine(_ image: ReviewedImage) -> [BuildMistake] {
    image.caches.filter { $0.bytes >= Self.leastCache }.map { cache in
      let place = PackageCache.places.first { $0.folder == cache.folder }
      let size = Double(cache.bytes * 10 / 1_000_000) / 10
      return BuildMistake(
        "/\(cache.folder) holds \(size) MB of \(place?.manager ?? "a package manager")\(image.layerText(cache.layer)): \(place?.remedy ?? "empty it")",
        at: "/\(cache.folder)", value: "\(size) MB")
    }
  }
}
