import Findings
import Images
import PodSecurity

struct UpdateWithoutInstall: ImageCheck {
  let metadata = CheckMetadata(
    id: "image-update-alone", title: "Package index updated in a step of its own", severity: .low,
    rationale:
      "A step that only updates the lists is taken from the build's cache from then on: what is installed later is what there was once.",
    remediation: "Update and install in one step: `RUN apt-get update && apt-get install -y …`.", benchmark: "4.7")
  let parts: Set<ImagePart> = [.steps]

  func examine(_ image: ReviewedImage) -> [BuildMistake] {
    image.steps.compactMap { number, step in
      var updates = false
      var installs = false
      for command in step.commands {
        let words = command.filter { !$0.hasPrefix("-") && !$0.contains("=") && $0 != "sudo" }
        guard let tool = words.first?.split(separator: "/").last, words.count > 1 else { continue }
        switch (tool, words[1]) {
        case ("apt-get", "update"), ("apt", "update"), ("apk", "update"): updates = true
        case ("apt-get", _), ("apt", _), ("apk", _): installs = true
        default: continue
        }
      }
      guard updates, !installs else { return nil }
      return BuildMistake(
        "step \(number) updates the lists of packages and installs nothing", at: "step \(number)",
        value: "step \(number)", identity: "RUN \(step.arguments.prefix(200))")
    }
  }
}
