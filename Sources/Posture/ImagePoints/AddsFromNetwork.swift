import Findings
import Images

extension ImagePoint {
  static let addsFromNetwork = ImagePoint(
    id: "image-add-url", title: "Adds what a URL has at the time", severity: .medium,
    rationale: "ADD of a URL takes whatever is there when the build runs; who changes it there changes the image.",
    remediation:
      "Give the sum that you expect, `ADD --checksum=sha256:… URL`, or fetch it in a RUN that verifies it; COPY what is yours.",
    benchmark: "4.9"
  ) { image in
    image.steps.compactMap { number, step in
      guard step.instruction == "ADD" else { return nil }
      let words = step.arguments.split(whereSeparator: \.isWhitespace)
      guard !words.contains(where: { $0.hasPrefix("--checksum=") }),
        let url = words.dropLast().first(where: { word in
          ["http://", "https://", "ftp://", "git://", "git@", "ssh://"].contains { word.hasPrefix($0) }
        })
      else { return nil }
      return Sighting(
        "step \(number) adds \(url) unverified", at: "step \(number)", value: String(url), identity: "ADD \(url)")
    }
  }
}
