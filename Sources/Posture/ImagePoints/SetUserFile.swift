import Findings
import Images

extension ImagePoint {
  static let setUserFile = ImagePoint(
    id: "image-setuid-file", title: "Programs that run as their owner", severity: .info,
    rationale:
      "A flaw in one of them makes any user root, unless the Pod forbids to gain privileges. Few containers need any.",
    remediation:
      "Take the bits away in the build, `RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +`, and set allowPrivilegeEscalation: false.",
    benchmark: "4.8"
  ) { image in
    let files = image.exposures.filter { $0.runsAsOwner && $0.isOwned }.map { "/" + $0.path }
    guard !files.isEmpty else { return [] }
    let shown = files.prefix(4).joined(separator: ", ") + (files.count > 4 ? " and \(files.count - 4) more" : "")
    return [
      Sighting(
        "\(files.count) of the distribution's programs run as their owner or group: \(shown)", at: "/",
        value: "\(files.count)")
    ]
  }
}
