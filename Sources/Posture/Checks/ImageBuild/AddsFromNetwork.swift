import Findings
import Images
import PodSecurity

struct AddsFromNetwork: ImageCheck {
  let metadata = CheckMetadata(
    id: "image-add-url", title: "ADD from a URL without a checksum", severity: .medium,
    rationale: "ADD of a URL takes whatever is there when the build runs; who changes it there changes the image.",
    remediation:
      "Give the sum that you expect, `ADD --checksum=sha256:… URL`, or fetch it in a RUN that verifies it; COPY what is yours.",
    benchmark: "4.9")
  let parts: Set<ImagePart> = [.steps]

  func examine(_ image: ReviewedImage) -> [BuildMistake] {
    image.steps.compactMap { number, step in
      guard step.instruction == "ADD" else { return nil }
      let words = step.arguments.split(whereSeparator: \.isWhitespace)
      guard !words.contains(where: { $0.hasPrefix("--checksum=") }),
        let url = words.dropLast().first(where: { word in
          ["http://", "https://", "ftp://", "git://", "git@", "ssh://"].contains { word.hasPrefix($0) }
        })
      else { return nil }
      return BuildMistake(
        "step \(number) adds \(url) unverified", at: "step \(number)", value: String(url), identity: "ADD \(url)")
    }
  }
}
