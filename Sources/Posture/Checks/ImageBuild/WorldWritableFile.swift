import Findings
import Images
import PodSecurity

struct WorldWritableFile: ImageCheck {
  let metadata = CheckMetadata(
    id: "image-world-writable", title: "World-writable file or folder", severity: .medium,
    rationale:
      "Any process of the container, whatever its user, can put its own program or settings there, for others to use.",
    remediation: "Take the right away, `chmod o-w`; give a folder for all the sticky bit, `chmod +t`.", benchmark: nil)
  let parts: Set<ImagePart> = [.files]

  func examine(_ image: ReviewedImage) -> [BuildMistake] {
    // A folder is reported once for everything in it.
    var told: [String] = []
    return image.exposures.filter(\.isWritable).compactMap { item in
      if told.contains(where: { item.path.hasPrefix($0 + "/") }) { return nil }
      if item.isFolder { told.append(item.path) }
      return BuildMistake(
        "\(item.isFolder ? "folder " : "")/\(item.path) may be written by anybody\(image.layerText(item.layer))",
        at: "/\(item.path)", value: String(item.mode, radix: 8))
    }
  }
}
