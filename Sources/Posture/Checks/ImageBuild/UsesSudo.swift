import Findings
import Images
import PodSecurity

struct UsesSudo: ImageCheck {
  let metadata = CheckMetadata(
    id: "image-sudo", title: "sudo in the image", severity: .low,
    rationale: "A way from a user to root that a container has no use for.",
    remediation: "Do what needs root before USER in the build, and leave sudo out.", benchmark: "4.3")
  let parts: Set<ImagePart> = [.packages, .steps]

  func examine(_ image: ReviewedImage) -> [BuildMistake] {
    let steps = image.steps.compactMap { number, step -> BuildMistake? in
      guard step.commands.contains(where: { $0.first == "sudo" }) else { return nil }
      return BuildMistake(
        "step \(number) runs sudo", at: "step \(number)", value: "step \(number)",
        identity: "RUN \(step.arguments.prefix(200))")
    }
    let packages = image.packages.filter { $0.name == "sudo" && $0.ecosystem.order != nil }.map {
      BuildMistake("sudo \($0.version) is installed", at: $0.path, value: $0.version, identity: "sudo")
    }
    return packages.isEmpty ? steps : packages
  }
}
