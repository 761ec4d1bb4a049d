import Findings
import Images
import PodSecurity

struct SetuidProgram: ImageCheck {
  let metadata = CheckMetadata(
    id: "image-setuid-file", title: "Setuid or setgid programs", severity: .info,
    rationale:
      "A flaw in one of them makes any user root, unless the Pod forbids to gain privileges. Few containers need any.",
    remediation:
      "Take the bits away in the build, `RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +`, and set allowPrivilegeEscalation: false.",
    benchmark: "4.8")
  let parts: Set<ImagePart> = [.files]

  func examine(_ image: ReviewedImage) -> [BuildMistake] {
    let files = image.exposures.filter { $0.runsAsOwner && $0.isOwned }.map { "/" + $0.path }
    guard !files.isEmpty else { return [] }
    let shown = files.prefix(4).joined(separator: ", ") + (files.count > 4 ? " and \(files.count - 4) more" : "")
    return [
      BuildMistake(
        "\(files.count) of the distribution's programs run as their owner or group: \(shown)", at: "/",
        value: "\(files.count)")
    ]
  }
}
