import Findings
import Images
import PodSecurity

struct LatestImageTag: ImageCheck {
  let metadata = CheckMetadata(
    id: "image-latest-tag", title: "Image tag is \"latest\" or missing", severity: .low,
    rationale:
      "`latest` is whatever was pushed last: what runs cannot be told from its name, and cannot be rolled back to.",
    remediation: "Give each build a tag of its own, and deploy by digest.", benchmark: nil)
  let parts: Set<ImagePart> = []

  func examine(_ image: ReviewedImage) -> [BuildMistake] {
    // The name of an archive or folder has no tag.
    let text = ImageReference.withoutScheme(image.name) ?? image.name
    guard image.isByReference, let reference = ImageReference(text), reference.digest == nil,
      reference.tag ?? "latest" == "latest"
    else { return [] }
    return [BuildMistake("\(image.name) has no tag that means one image", at: "tag", value: reference.tag ?? "latest")]
  }
}
