import Findings
import Images

extension ImagePoint {
  static let latestTag = ImagePoint(
    id: "image-latest-tag", title: "Image without a version", severity: .low,
    rationale:
      "`latest` is whatever was pushed last: what runs cannot be told from its name, and cannot be rolled back to.",
    remediation: "Give each build a tag of its own, and deploy by digest.", benchmark: nil
  ) { image in
    // A name of an archive or a folder is no tag.
    let text = ImageReference.withoutScheme(image.name) ?? image.name
    guard image.isByReference, let reference = ImageReference(text), reference.digest == nil,
      reference.tag ?? "latest" == "latest"
    else { return [] }
    return [Sighting("\(image.name) has no tag that means one image", at: "tag", value: reference.tag ?? "latest")]
  }
}
