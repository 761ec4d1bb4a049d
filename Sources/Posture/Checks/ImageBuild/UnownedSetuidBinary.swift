import Findings
import Images
import PodSecurity

struct UnownedSetuidBinary: ImageCheck {
  let metadata = CheckMetadata(
    id: "image-strange-setuid-file", title: "Setuid program that no package owns", severity: .medium,
    rationale:
      "No package of the distribution brought it: nobody mends it, and a shell or an interpreter with the bit makes any user root.",
    remediation: "Take the bit away, `chmod a-s`, or the file; set allowPrivilegeEscalation: false.", benchmark: "4.8")
  let parts: Set<ImagePart> = [.files]

  func examine(_ image: ReviewedImage) -> [BuildMistake] {
    image.exposures.filter { $0.runsAsOwner && !$0.isOwned }.map { file in
      let bits = [
        file.mode & FileExposure.setUser != 0 ? "set-user-id" : nil,
        file.mode & FileExposure.setGroup != 0 ? "set-group-id" : nil,
      ].compactMap { $0 }
      return BuildMistake(
        "/\(file.path) is \(bits.joined(separator: " and ")), and no package's\(image.layerText(file.layer))",
        at: "/\(file.path)", value: String(file.mode, radix: 8))
    }
  }
}
